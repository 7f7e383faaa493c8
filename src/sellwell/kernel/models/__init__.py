"""The kernel's tables, one file per concept."""

from sellwell.kernel.models.accounts import ApiToken, ApiWindow, User
from sellwell.kernel.models.approvals import (
    ApprovalDecision,
    ApprovalNote,
    ApprovalRequest,
    ApprovalStep,
    Delegation,
    DelegationState,
    NoteKind,
    Release,
    RequestState,
    StepOutcome,
)
from sellwell.kernel.models.base import CompanyRow, DateRange, Document, Owned, Row
from sellwell.kernel.models.calendar import CalendarDay
from sellwell.kernel.models.files import StoredFile
from sellwell.kernel.models.flow import Deadline, Event, Link, ReactionDone, SearchRow, Task, TaskState
from sellwell.kernel.models.imports import BatchState, ImportBatch, ImportedDocument, RefusedRow
from sellwell.kernel.models.ledger import (
    Fact,
    IdempotencyKey,
    LedgerChange,
    LedgerEntry,
    PeriodState,
    PostingPeriod,
    SecurityLog,
)
from sellwell.kernel.models.messages import Message, MessageChoice, TapLink
from sellwell.kernel.models.personal import SubjectKey
from sellwell.kernel.models.policy import PolicyVersion
from sellwell.kernel.models.rights import DutyPair, Generation, Grant, Series
