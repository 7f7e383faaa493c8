"""How requests end: fulfilled, in part, or refused with the reason; and closed once the person was told (clause 4.3.4)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sellwell.foundation.customers import people as customers
from sellwell.foundation.privacy import rules
from sellwell.foundation.privacy.holding import keeping
from sellwell.foundation.privacy.models import DataSubject, Request
from sellwell.foundation.privacy.operations.consents import refuse_all
from sellwell.foundation.privacy.operations.persons import RESTRICTED, new_subject
from sellwell.foundation.privacy.operations.requests import (
    CLOSED,
    FULFILLED,
    IN_PROGRESS,
    OFFICER,
    OPEN,
    PARTLY,
    REFUSED,
)
from sellwell.foundation.privacy.operations.whose import Found, find
from sellwell.foundation.privacy.rules.words import Law, Purpose, RefusalGround, RequestKind, Way
from sellwell.kernel import door
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.inputs import Input, Text, field
from sellwell.kernel.models import LedgerEntry
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T

NO_COPY = Reason("privacy.no_copy", T("请先整理副本，再办结。", "Make the copy first, then finish."))
NOT_CORRECTED = Reason(
    "privacy.not_corrected",
    T(
        "收到请求之后，客户或联系人的资料没有修改过。请先更正，再办结。",
        "Neither customer nor contact was changed since the request arrived. Correct the data first.",
    ),
)
CHANGES = (
    "customers.change",
    "customers.change_contact",
    "customers.change_address",
    "customers.change_tax_title",
)
# Saying no means no to all of these; what a contract or a law asks for goes on.
WITHDRAWN = tuple(
    p for p in Purpose if p in rules.MARKETING or p in (Purpose.SHARING, Purpose.PUBLICATION, Purpose.ABROAD)
)


class Fulfil(Input):
    """What the person is told."""

    answer: Text = field(T("答复", "Answer"), min_length=2)


def assess_fulfil(row: Request, given: Fulfil | None, ctx: Context) -> Assessment:
    """What was asked must have been done: the copy made, the data corrected."""
    found = []
    if row.kind in (RequestKind.ACCESS.value, RequestKind.COPY.value) and row.copied_at is None:
        found.append(NO_COPY.refuse())
    if row.kind == RequestKind.CORRECTION.value and not _was_corrected(row):
        found.append(NOT_CORRECTED.refuse())
    return Assessment(objections=tuple(found))


def _was_corrected(row: Request) -> bool:
    """Whether the person's own rows were changed since: the contact, or the customer with what belongs to it."""
    rows = [row.contact_id] if row.contact_id is not None else customers.rows_of(row.customer_id)
    return LedgerEntry.objects.filter(row_id__in=rows, operation__in=CHANGES, at__gte=row.created_at).exists()


@operation(
    "privacy.fulfil_request", T("满足请求", "Fulfil"), Request, input=Fulfil, from_states=[IN_PROGRESS], assess=assess_fulfil,
    nested=["customers.erase", "customers.erase_contact"], danger=True, clauses=["4.3.4"],
    help=T("按请求办理：删除会销毁密钥且无法恢复，限制和撤回即刻生效；复制须先整理副本，更正须先修改资料。", "Does what was asked: erasure destroys the key for good, restriction and withdrawal count at once; a copy is made first, data is corrected first."),
)  # fmt: skip
def fulfil_request(row: Request, given: Fulfil, ctx: Context, assessment: Assessment) -> Effects:
    """Answered; erasure, restriction and withdrawal are done with it, in the same transaction."""
    effects = _answered(row, FULFILLED.value, ctx, answer=given.answer)
    if row.kind == RequestKind.ERASURE.value:
        _erase(effects, row, ctx)
    elif row.kind == RequestKind.RESTRICTION.value:
        _restrict(effects, row, RefusalGround.RETENTION, None)
    elif row.kind == RequestKind.WITHDRAWAL.value and (found := _found(row)) is not None:
        refuse_all(effects, found, list(WITHDRAWN), Way(row.way), ctx)
    return effects


def _answered(row: Request, state: str, ctx: Context, **values: Any) -> Effects:
    """The clocks stop; the person is told next."""
    effects = Effects(result=row)
    effects.drop_tasks.append(row.pk)
    effects.drop_deadlines.append(row.pk)
    effects.update(row, state=state, answered_at=ctx.now, **values)
    effects.tasks.append(NewTask("privacy.close_request", row, role=OFFICER))
    return effects


def _found(row: Request) -> Found | None:
    return find(row.customer_id, row.contact_id)[0]


def _erase(effects: Effects, row: Request, ctx: Context) -> None:
    """The one way of forgetting; what the law asks to keep stays, restricted, and says until when."""
    kept_until = keeping.kept_until(row)
    if kept_until is not None:
        effects.update(row, kept_until=kept_until)
        _restrict(effects, row, RefusalGround.RETENTION, kept_until)
    data = {"ground": "request", "reference": row.number}
    if row.contact_id is not None:
        door.run("customers.erase_contact", ctx, row.contact_id, data)
    else:
        door.run("customers.erase", ctx, row.customer_id, data)
    row.refresh_from_db()


def _restrict(effects: Effects, row: Request, ground: RefusalGround, until: date | None) -> None:
    known = DataSubject.objects.filter(company_id=row.company_id, subject_id=row.subject_id).first()
    values = {"state": RESTRICTED.value, "restricted_ground": ground.value, "restricted_until": until}
    if known is not None:
        effects.update(known, **values)
    elif (found := _found(row)) is not None:
        effects.insert(new_subject(found, law=Law(row.law).value, **values))


class Part(Fulfil):
    """What was not done, and why."""

    ground: RefusalGround = field(T("未满足部分的原因", "Why not the rest"))
    kept_until: date | None = field(
        T("保存至", "Kept until"), None, help=T("依法保存的到期日", "The end of what the law asks to keep")
    )


@operation(
    "privacy.fulfil_partly", T("部分满足", "Fulfil in part"), Request, input=Part, from_states=[IN_PROGRESS], clauses=["4.3.4"],
    help=T("只能满足一部分（如法律要求保存的单据）：说明原因；要求删除的，其余信息转为限制处理。", "Only in part, say why (documents that the law asks to keep). Of an erasure, what stays is restricted."),
)  # fmt: skip
def fulfil_partly(row: Request, given: Part, ctx: Context, assessment: Assessment) -> Effects:
    """Answered in part; what stays of an erasure is used for nothing else."""
    effects = _answered(
        row, PARTLY.value, ctx, answer=given.answer, ground=given.ground.value, kept_until=given.kept_until
    )
    if row.kind in (RequestKind.ERASURE.value, RequestKind.RESTRICTION.value):
        _restrict(effects, row, given.ground, given.kept_until)
    return effects


class Refuse(Fulfil):
    """Why not."""

    ground: RefusalGround = field(T("拒绝原因", "Ground"))


@operation(
    "privacy.refuse_request", T("拒绝请求", "Refuse"), Request, input=Refuse, from_states=list(OPEN), danger=True,
    clauses=["4.3.4"], help=T("说明理由；本人可以向法院起诉（个人信息保护法第五十条）。", "Give the reason; the person may go to court (PIPL art. 50)."),
)  # fmt: skip
def refuse_request(row: Request, given: Refuse, ctx: Context, assessment: Assessment) -> Effects:
    """Refused with its ground."""
    return _answered(row, REFUSED.value, ctx, answer=given.answer, ground=given.ground.value)


class Close(Input):
    """How the person was told."""

    way: Way = field(T("告知渠道", "Told by"))


@operation(
    "privacy.close_request", T("告知并结案", "Tell and close"), Request, input=Close, from_states=[FULFILLED, PARTLY, REFUSED],
    clauses=["4.3.4"], help=T("已把结果告知本人，结案。", "The person was told the outcome: close."),
)  # fmt: skip
def close_request(row: Request, given: Close, ctx: Context, assessment: Assessment) -> Effects:
    """The end."""
    effects = Effects(result=row)
    effects.drop_tasks.append(row.pk)
    effects.update(row, state=CLOSED.value)
    return effects
