"""Verbs of what several sides sign: drafted, signed by every side, revised (clause 2.2.5).

Asking for signatures is the act itself, held by a route for each side. Returning it with a reason, and taking it back, are
the kernel's verbs on the request; while it waits nothing can be changed, and a changed text is asked anew of every side.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sellwell.kernel.drafting import document
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Amount, Input, Name, Ref, Text, field
from sellwell.kernel.operations import Assessment, Context, Lock, lock, operation
from sellwell.kernel.values import Objection, Reason, T
from sellwell.kernel.views import BY_TYPE
from sellwell.steering.plans import policies, queries
from sellwell.steering.plans.models import SignOff, SignOffKind, SignOffState

DRAFT, IN_FORCE = SignOffState.DRAFT, SignOffState.IN_FORCE

DATES = Reason("plans.sign_off_dates", T("截止日期须晚于开始日期。", "It must end after it begins."))
NEEDS_AMOUNT = Reason(
    "plans.needs_amount",
    T("“{kind}”须填写金额。", "A {kind} needs an amount."),
)
NEGATIVE = Reason("plans.negative_amount", T("金额不能为负数。", "The amount must not be negative."))
NO_CONTENT = Reason(
    "plans.no_content",
    T(
        "请填写正文或上传文件，各方才知道签的是什么。",
        "Write the text or attach a file: the sides sign what stands there.",
    ),
)
IN_FORCE_ALREADY = Reason(
    "plans.in_force_already",
    T(
        "{number} 在同一时期已对该部门生效。请修订它，不要另起一份。",
        "{number} is in force for this department at the same time. Revise it instead of drafting another.",
    ),
)
BEGINS_LATER = Reason(
    "plans.begins_later",
    T(
        "上一版 {number} 仍在执行，修订版生效即取代它。请把开始日期改为 {latest} 或更早，以免中间没有文件生效。",
        "{number} still runs and is replaced once the revision holds. Let it begin on {latest} or before, so that no day is left without one.",
    ),
)
BEING_REVISED = Reason(
    "plans.being_revised",
    T(
        "{number} 正在修订本版。请在那份草稿上修改。",
        "{number} revises this version already. Change that draft.",
    ),
)


class Content(Input):
    """What is signed."""

    title: Name = field(T("名称", "Title"))
    since: date = field(T("开始日期", "From"))
    until: date = field(T("截止日期（不含）", "Until (not included)"))
    amount: Amount | None = field(
        T("金额（元）", "Amount (CNY)"),
        None,
        help=T("销售预算、推广方案必填。", "Needed for budgets and campaigns."),
    )
    text: Text = field(T("正文", "Text"), "")
    files: list[Ref("kernel.storedfile")] = field(T("附件", "Files"), default_factory=list, max_length=10)  # type: ignore[valid-type]


class DraftSignOff(Content):
    """What kind, and for whom."""

    kind: SignOffKind = field(T("类别", "Kind"))
    department: Ref("company.department") = field(T("部门", "Department"))  # type: ignore[valid-type]


def _content_objections(given: Content, kind: str, ctx: Context) -> list[Objection]:
    """What is wrong with any content."""
    found = [] if given.until > given.since else [DATES.refuse(path="until")]
    if given.amount is None and policies.needs_amount(kind, ctx.company_id, ctx.today):
        found.append(NEEDS_AMOUNT.refuse(path="amount", kind=SignOffKind(kind)))
    if given.amount is not None and given.amount < 0:
        found.append(NEGATIVE.refuse(path="amount"))
    if not given.text and not given.files:
        found.append(NO_CONTENT.refuse(path="text"))
    return found


def _gap(previous: SignOff | None, since: date, ctx: Context) -> list[Objection]:
    """A revision ends its version on the day it holds: it must not leave days without either."""
    if previous is None or previous.until <= ctx.today:
        return []
    latest = max(previous.since, ctx.today)
    return (
        [BEGINS_LATER.refuse(path="since", number=previous.number, latest=latest)] if since > latest else []
    )


def _in_force_beside(
    kind: str, department_id: UUID, since: date, until: date, but: UUID | None
) -> SignOff | None:
    """Another document of the kind that is in force for the department at the time."""
    rows = SignOff.objects.filter(
        kind=kind, department_id=department_id, state=IN_FORCE.value, since__lt=until, until__gt=since
    )
    if but is not None:
        rows = rows.exclude(pk=but)
    return rows.order_by("since", "id").first()


def assess_draft(row: None, given: DraftSignOff, ctx: Context) -> Assessment:
    """Content that can be signed, of a kind that is not in force for the department at the time."""
    found = _content_objections(given, given.kind.value, ctx)
    beside = _in_force_beside(given.kind.value, given.department, given.since, given.until, None)
    if beside is not None:
        found.append(IN_FORCE_ALREADY.refuse(path="since", number=beside.number))
    department: Any = BY_TYPE["company.department"].model._default_manager.get(pk=given.department)
    return Assessment(carry=department, objections=tuple(found))


@operation(
    "plans.draft_sign_off", T("起草会签", "Draft a sign-off"), SignOff, input=DraftSignOff, creates=True, parent="department",
    assess=assess_draft, clauses=["2.2.5"],
    help=T(
        "起草销售预算（与财务一起定）、营销策略（与市场一起定）等须各方会签的文件。",
        "Draft a sales budget (made with finance), a marketing strategy (made with marketing) and the like.",
    ),
)  # fmt: skip
def draft_sign_off(row: None, given: DraftSignOff, ctx: Context, assessment: Assessment) -> Effects:
    """The draft, and its owner's task to have it signed."""
    department = assessment.carry
    made = document(
        SignOff, ctx, "CS", DRAFT, department_id=department.pk, department_path=department.path, region=department.region,
        product_line=department.product_line, authors=[ctx.user_id], **_values(given),
    )  # fmt: skip
    made.kind = given.kind.value
    return _drafted(made)


def _values(given: Content) -> dict[str, Any]:
    return {
        "title": given.title, "since": given.since, "until": given.until, "amount": given.amount,
        "text": given.text.replace("\r\n", "\n"), "files": list(dict.fromkeys(given.files)),
    }  # fmt: skip


def _drafted(made: SignOff) -> Effects:
    effects = Effects(result=made)
    effects.insert(made)
    effects.search.append(made)
    effects.tasks.append(NewTask(queries.PUT_IN_FORCE, made, owner_id=made.owner_id))
    return effects


def assess_change(sign_off: SignOff, given: Content | None, ctx: Context) -> Assessment:
    """Content that can be signed; a revision leaves no gap after its version."""
    if given is None:
        return Assessment()
    found = _content_objections(given, sign_off.kind, ctx) + _gap(sign_off.previous, given.since, ctx)
    return Assessment(objections=tuple(found))


@operation(
    "plans.change_sign_off", T("修改会签内容", "Change the content"), SignOff, input=Content, from_states=[DRAFT],
    assess=assess_change, clauses=["2.2.5"],
    help=T("修改草稿；已有的签署全部作废，须重新会签。", "Change the draft; signatures given so far are void, every side is asked anew."),
)  # fmt: skip
def change_sign_off(sign_off: SignOff, given: Content, ctx: Context, assessment: Assessment) -> Effects:
    """Set the content anew; who changes it is one of its authors and does not sign."""
    effects = Effects(result=sign_off)
    authors = list(dict.fromkeys([*sign_off.authors, ctx.user_id]))
    effects.update(sign_off, authors=authors, **_values(given))
    effects.search.append(sign_off)
    return effects


# --- in force once every side has signed ---------------------------------------------------------------------------------


def assess_force(sign_off: SignOff, given: Any, ctx: Context) -> Assessment:
    """The content that is signed, and the sides that must; nothing of the kind is in force beside it."""
    found = _gap(sign_off.previous, sign_off.since, ctx)
    beside = _in_force_beside(
        sign_off.kind, sign_off.department_id, sign_off.since, sign_off.until, sign_off.previous_id
    )
    if beside is not None:
        found.append(IN_FORCE_ALREADY.refuse(number=beside.number))
    needed = policies.sides_of(sign_off.kind, sign_off.company_id, ctx.today)
    return Assessment(content=queries.content_of(sign_off), carry=needed, objections=tuple(found))


def rows_beside(sign_off: SignOff, given: Any, ctx: Context) -> list[Lock]:
    """The department, so that of two drafts signed at one moment one waits and sees the other; the version it replaces."""
    department: Any = BY_TYPE["company.department"].model
    previous = [sign_off.previous_id] if sign_off.previous_id else []
    return [lock("parent", department, [sign_off.department_id]), lock("parent", SignOff, previous)]


@operation(
    queries.PUT_IN_FORCE, T("提交会签", "Have it signed"), SignOff, from_states=[DRAFT], assess=assess_force,
    lock_keys=rows_beside, clauses=["2.2.5"],
    help=T(
        "同时送各方签署；全部签署后生效，内容随之冻结。",
        "Goes to every side at once; in force once all have signed, and frozen from then on.",
    ),
)  # fmt: skip
def put_in_force(sign_off: SignOff, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """It holds from today, with the hash of what was signed; the version before it stays readable."""
    effects = Effects(result=sign_off)
    effects.update(
        sign_off,
        state=IN_FORCE.value,
        effective_on=ctx.today,
        content_hash=queries.hash_of(dict(assessment.content)),
    )
    if sign_off.previous is not None:
        effects.update(sign_off.previous, state=SignOffState.REPLACED.value, replaced_on=ctx.today)
    effects.drop_tasks.append(sign_off.pk)
    return effects


@operation(
    "plans.cancel_sign_off", T("作废草稿", "Cancel the draft"), SignOff, from_states=[DRAFT], danger=True, clauses=["2.2.5"],
    help=T("草稿不再会签；记录保留。", "The draft is not signed any more; it stays on record."),
)  # fmt: skip
def cancel_sign_off(sign_off: SignOff, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Give the draft up."""
    effects = Effects(result=sign_off)
    effects.update(sign_off, state=SignOffState.CANCELLED.value)
    effects.drop_tasks.append(sign_off.pk)
    return effects


def assess_revising(sign_off: SignOff, given: Any, ctx: Context) -> Assessment:
    """One revision at a time."""
    draft = SignOff.objects.filter(previous=sign_off, state=DRAFT.value).first()
    return Assessment(objections=(BEING_REVISED.refuse(number=draft.number),) if draft is not None else ())


@operation(
    "plans.revise_sign_off", T("修订", "Revise"), SignOff, from_states=[IN_FORCE], assess=assess_revising, clauses=["2.2.5"],
    help=T(
        "起草新版；新版经各方签署生效后取代本版，本版仍可查阅。",
        "Draft a new version; once every side has signed it takes the place of this one, which stays readable.",
    ),
)  # fmt: skip
def revise_sign_off(sign_off: SignOff, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """A draft with the same content, one revision further."""
    made = document(
        SignOff, ctx, "CS", DRAFT, department_id=sign_off.department_id, department_path=sign_off.department_path, region=sign_off.region, product_line=sign_off.product_line,
        title=sign_off.title, since=sign_off.since, until=sign_off.until, amount=sign_off.amount, text=sign_off.text,
        files=sign_off.files, authors=[ctx.user_id], revision=sign_off.revision + 1, previous=sign_off,
    )  # fmt: skip
    made.kind = sign_off.kind
    effects = _drafted(made)
    effects.links.append((sign_off, made))
    return effects
