"""The tables of voice, one file per concept."""

from sellwell.control.voice.models.interviews import (
    Finding,
    Guide,
    GuideState,
    Interview,
    InterviewAnswer,
    InterviewState,
    Passage,
    Study,
    StudyQuestionnaire,
    StudyState,
)
from sellwell.control.voice.models.questionnaires import (
    OpenLink,
    OpenLinkState,
    Questionnaire,
    QuestionnaireState,
)
from sellwell.control.voice.models.surveys import (
    Answer,
    FollowUp,
    FollowUpState,
    Invitation,
    InvitationState,
    OptOut,
    OptOutState,
    Programme,
    ProgrammeState,
    Response,
    ResponseState,
    Round,
    RoundState,
    Trigger,
    Way,
)

__all__ = [
    "Answer", "Finding", "FollowUp", "FollowUpState", "Guide", "GuideState", "Interview", "InterviewAnswer", "InterviewState",
    "Invitation", "InvitationState", "OpenLink", "OpenLinkState", "OptOut", "OptOutState", "Passage", "Programme",
    "ProgrammeState", "Questionnaire", "QuestionnaireState", "Response", "ResponseState", "Round", "RoundState", "Study",
    "StudyQuestionnaire", "StudyState", "Trigger", "Way",
]  # fmt: skip
