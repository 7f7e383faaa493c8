"""The tables of voice, one file per concept."""

from sellwell.control.voice.models.campaigns import (
    Campaign,
    CampaignState,
    Channel,
    Goal,
    Language,
    Recipient,
    RecipientState,
    Side,
)
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
    "Answer", "Campaign", "CampaignState", "Channel", "Finding", "FollowUp", "FollowUpState", "Goal", "Guide", "GuideState", "Interview", "InterviewAnswer", "InterviewState",
    "Invitation", "InvitationState", "Language", "OpenLink", "OpenLinkState", "Passage", "Programme",
    "ProgrammeState", "Questionnaire", "QuestionnaireState", "Recipient", "RecipientState", "Response", "ResponseState", "Round", "RoundState", "Side", "Study",
    "StudyQuestionnaire", "StudyState", "Trigger", "Way",
]  # fmt: skip
