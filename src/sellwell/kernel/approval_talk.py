"""Talking about a request: comments, questions with their answers, copies to people who should know."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sellwell.kernel import access, approval
from sellwell.kernel import approval_course as course
from sellwell.kernel.effects import Effects, NewEvent, NewTask
from sellwell.kernel.inputs import Input, Ref, Text, field
from sellwell.kernel.models import ApprovalNote, ApprovalRequest, NoteKind, RequestState, User
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T

NOT_ASKED = Reason("approval.not_asked", T("没有等您答复的提问。", "No question waits for your answer."))
NOT_INVOLVED = Reason(
    "approval.not_involved",
    T("只有申请人和审批人可以这样做。", "Only the requester and the approvers can do this."),
)
CANNOT_READ = Reason(
    "approval.cannot_read",
    T(
        "{name}在本公司没有任职。请选择另一位同事。",
        "{name} holds no post in this company. Choose a colleague.",
    ),
)
ALL_STATES = list(RequestState)


class Say(Input):
    """Words, with files where they help."""

    text: Text = field(T("内容", "Text"), min_length=1)
    files: list[Ref("kernel.storedfile")] = field(T("附件", "Files"), default_factory=list, max_length=10)  # type: ignore[valid-type]


def takes_part(request: ApprovalRequest, ctx: Context) -> bool:
    """Whether somebody asked for it, decides it, or decided it."""
    from sellwell.kernel.models.approvals import decided_by

    if request.owner_id == ctx.user_id or decided_by(ctx.user_id).filter(step__request=request).exists():
        return True
    people = {ctx.user_id, *approval.stands_in_for(ctx.user_id, request, ctx)}
    return any(people & set(step.candidates) for step in request.steps.all())


def _involved(request: ApprovalRequest, ctx: Context) -> list[Objection]:
    return [] if takes_part(request, ctx) else [NOT_INVOLVED.refuse()]


def _readers(people: list[UUID], path: str, ctx: Context) -> list[Objection]:
    """People of this company; copies and questions reach nobody else."""
    found = []
    users = User.objects.in_bulk(people)
    for index, user in enumerate(users[person] for person in people):
        if not user.is_active or ctx.company_id not in access.actor_for(user, ctx.today).companies:
            found.append(CANNOT_READ.refuse(path=path.format(index), name=user.name))
    return found


@operation(
    "approvals.comment",
    T("评论", "Comment"),
    ApprovalRequest,
    help=T(
        "在申请下留言，看得到这项申请的人都能读到。", "A remark below the request, read by all who see it."
    ),
    input=Say,
    while_held=True,
    clauses=["1.3.1"],
    menu=False,
)
def comment(request: ApprovalRequest, given: Say, ctx: Context, assessment: Assessment) -> Effects:
    """A remark on a request."""
    effects = Effects(result=request)
    effects.insert(course.note(request, NoteKind.COMMENT, ctx, given.text, files=given.files))
    effects.events.append(NewEvent("approvals.commented", {"request": str(request.pk)}))
    return effects


class Ask(Say):
    """What, and whom; the requester where nobody is named."""

    to: Ref("kernel.user") | None = field(  # type: ignore[valid-type]
        T("问谁", "Whom"), None, help=T("不选则问申请人。", "The requester if nobody is chosen.")
    )


def assess_question(request: ApprovalRequest, given: Ask | None, ctx: Context) -> Assessment:
    """Who takes part asks; whom they ask works here."""
    objections = _involved(request, ctx)
    if given is not None and given.to is not None:
        objections += _readers([given.to], "to", ctx)
    return Assessment(objections=tuple(objections))


@operation(
    "approvals.question",
    T("提问", "Ask a question"),
    ApprovalRequest,
    help=T(
        "决定之前先问清楚；被问的人收到待办，答复后继续审批。",
        "Ask before deciding; whoever is asked gets a task, and the answer stands below the request.",
    ),
    input=Ask,
    from_states=[RequestState.OPEN],
    assess=assess_question,
    clauses=["1.3.1"],
)
def question(request: ApprovalRequest, given: Ask, ctx: Context, assessment: Assessment) -> Effects:
    """Ask somebody about a request: a task for them, a line in the course."""
    effects = Effects(result=request)
    to = given.to or request.owner_id
    effects.insert(course.note(request, NoteKind.QUESTION, ctx, given.text, files=given.files, to_id=to))
    effects.tasks.append(NewTask("approvals.answer", request, owner_id=to))
    effects.events.append(NewEvent("approvals.asked", {"request": str(request.pk), "to": str(to)}))
    return effects


def open_questions(request: ApprovalRequest, user_id: UUID) -> list[ApprovalNote]:
    """The questions to somebody that were not answered, oldest first."""
    asked = request.notes.filter(kind=NoteKind.QUESTION.value, to_id=user_id, replies__isnull=True)
    return list(asked.order_by("at", "id"))


def assess_answer(request: ApprovalRequest, given: Any, ctx: Context) -> Assessment:
    """A question waits for this person."""
    found = open_questions(request, ctx.user_id)
    return Assessment(carry=found, objections=() if found else (NOT_ASKED.refuse(),))


@operation(
    "approvals.answer",
    T("答复", "Answer"),
    ApprovalRequest,
    help=T("答复审批人的提问。", "Answer what an approver asked."),
    input=Say,
    from_states=[RequestState.OPEN],
    assess=assess_answer,
    clauses=["1.3.1"],
)
def answer(request: ApprovalRequest, given: Say, ctx: Context, assessment: Assessment) -> Effects:
    """Answer every question that waits for this person; those who asked are told."""
    effects = Effects(result=request)
    effects.insert(
        *(
            course.note(
                request,
                NoteKind.ANSWER,
                ctx,
                given.text,
                files=given.files,
                to_id=asked.user_id,
                answers_id=asked.pk,
            )
            for asked in assessment.carry
        )
    )
    course.ask_questions_again(request, effects)
    effects.events += [
        NewEvent("approvals.answered", {"request": str(request.pk), "to": str(asker)})
        for asker in dict.fromkeys(asked.user_id for asked in assessment.carry)
    ]
    return effects


class CopyTo(Input):
    """Who should know."""

    people: list[Ref("kernel.user")] = field(T("抄送给", "Copy to"), min_length=1, max_length=50)  # type: ignore[valid-type]
    note: Text = field(T("说明", "Note"), "")


def assess_copy(request: ApprovalRequest, given: CopyTo | None, ctx: Context) -> Assessment:
    """Who takes part copies it to people who work here."""
    objections = _involved(request, ctx)
    if given is not None:
        objections += _readers(given.people, "people.{}", ctx)
    return Assessment(objections=tuple(objections))


@operation(
    "approvals.copy",
    T("抄送", "Copy to"),
    ApprovalRequest,
    help=T("让同事知晓这项申请及其结果，不需要其审批。", "Let colleagues know of it; they need not decide."),
    input=CopyTo,
    from_states=ALL_STATES,
    assess=assess_copy,
    clauses=["1.3.1"],
)
def copy(request: ApprovalRequest, given: CopyTo, ctx: Context, assessment: Assessment) -> Effects:
    """Send copies; who has one already gets no second."""
    effects = Effects(result=request)
    known = set(request.notes.filter(kind=NoteKind.COPIED.value).values_list("to_id", flat=True))
    effects.insert(
        *(
            course.note(request, NoteKind.COPIED, ctx, given.note, to_id=user)
            for user in dict.fromkeys(given.people)
            if user not in known
        )
    )
    effects.events.append(NewEvent("approvals.copied", {"request": str(request.pk)}))
    return effects
