"""What training and assessment tell other rooms: the personal data that they hold of our own people."""

from __future__ import annotations

from sellwell.foundation.privacy.extensions import hold
from sellwell.foundation.privacy.rules.words import Purpose, Source
from sellwell.kernel.values import T

hold(
    "improvement.training",
    T("培训记录", "Trainings"),
    purposes=(Purpose.EMPLOYMENT,),
    sources=(Source.REGISTRATION,),
    day="held_on",
)
hold(
    "improvement.assessment",
    T("考核记录", "Assessments"),
    purposes=(Purpose.EMPLOYMENT,),
    sources=(Source.REGISTRATION,),
    day="held_on",
)
