"""Passing one document, or one customer, to another owner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sellwell.foundation.company import moves, queries
from sellwell.foundation.company.extensions import DECIDING
from sellwell.foundation.company.models import Person
from sellwell.foundation.company.operations.handover import NO_POST, sole_deciders
from sellwell.kernel import access
from sellwell.kernel.effects import Effects, NewEvent
from sellwell.kernel.inputs import Code, Input, Ref, ShortText, field
from sellwell.kernel.models import ApprovalRequest, Owned
from sellwell.kernel.operations import Assessment, Context, Lock, lock, operation
from sellwell.kernel.values import Objection, Reason, T
from sellwell.kernel.views import BY_TYPE

NO_SUCH_DOCUMENT = Reason("company.no_such_document", T("没有找到这条记录。", "There is no such record."))
NOT_IN_SCOPE = Reason(
    "company.transfer_scope",
    T(
        "您不能移交这条记录。请联系其所在部门的经理。",
        "You may not pass this record on. Ask the manager of its department.",
    ),
)
SAME_OWNER = Reason("company.same_owner", T("此人已是负责人。", "This person is the owner already."))


class Transfer(Input):
    """Which record, and to whom."""

    row_type: Code = field(T("记录类型", "Type of record"))
    row: UUID = field(
        T("记录", "Record")
    )  # no Ref: its type is the field above; `assess` checks that it may be seen
    to: Ref("kernel.user") = field(T("接手人", "To"))  # type: ignore[valid-type]
    note: ShortText = field(T("说明", "Note"), "")


def transfer_locks(row: Any, given: Transfer, ctx: Context) -> list[Lock]:
    """The record itself."""
    model = queries.owned_model(given.row_type)
    return [lock("document", model, [given.row])] if model is not None else []


def assess_transfer(row: Any, given: Transfer, ctx: Context) -> Assessment:
    """The record is one that the actor may see and pass on; the colleague holds a post in its company."""
    document = visible_document(given, ctx)
    if document is None:
        return Assessment(objections=(NO_SUCH_DOCUMENT.refuse(path="row"),))
    objections: list[Objection] = []
    if not ctx.actor.is_system and access.cell_for(ctx.actor, "company.transfer", document) is None:
        objections.append(NOT_IN_SCOPE.refuse(path="row"))
    scope = queries.scope_columns(given.to, document.company_id, ctx.today)
    if scope is None:
        objections.append(NO_POST.refuse(path="to"))
    if given.to == document.owner_id:
        objections.append(SAME_OWNER.refuse(path="to"))
    if isinstance(document, ApprovalRequest):
        objections += [o.at("to") for o in sole_deciders([document.pk], given.to)]
    content = {"row_type": given.row_type, "row": str(given.row), "to": str(given.to)}
    return Assessment(content=content, carry=(document, scope), objections=tuple(objections))


def visible_document(given: Transfer, ctx: Context) -> Owned | None:
    """The record, read again under its lock, if the actor may see it."""
    model, view = queries.owned_model(given.row_type), BY_TYPE.get(given.row_type)
    document = (
        model._default_manager.filter(pk=given.row).first()
        if model is not None and view is not None
        else None
    )
    if document is None or view is None:
        return None
    is_seen = ctx.actor.is_system or access.cell_for(ctx.actor, view.name, document) is not None
    return document if is_seen else None


@operation(
    "company.transfer",
    T("移交", "Transfer"),
    Person,
    help=T(
        "把一张单据或一个客户交给另一位同事负责，其待办随之转移。",
        "Make a colleague accountable for one document or customer; its open tasks follow.",
    ),
    input=Transfer,
    creates=True,
    assess=assess_transfer,
    lock_keys=transfer_locks,
    clauses=["1.3.2", "1.3.3"],
)
def transfer(row: Any, given: Transfer, ctx: Context, assessment: Assessment) -> Effects:
    """Pass one record on with its open tasks. What was posted before stays with whom it was posted for."""
    document, scope = assessment.carry
    before = document.owner_id
    effects = Effects(result=document)
    effects.update(document, **scope)
    moves.pass_on_tasks(effects, document.pk, before, scope, except_for=DECIDING)
    room, _, name = given.row_type.partition(".")
    payload = {name: str(document.pk), "from": str(before), "to": str(given.to)}
    effects.events.append(NewEvent(f"{room}.transferred", payload))
    return effects
