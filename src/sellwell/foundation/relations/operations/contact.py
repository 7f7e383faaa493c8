"""Getting in touch with a customer: what counts for visit frequency, recycling and the plan of a stage."""

from __future__ import annotations

from datetime import date

from sellwell.foundation.customers.queries import customer as customer_of
from sellwell.foundation.relations.models import Standing, Touch, TouchKind
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Ref, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T

AHEAD = Reason(
    "relations.contact_ahead",
    T("联系日期不能晚于今天 {today}。", "A contact cannot be dated after today, {today}."),
)


class LogContact(Input):
    """A call, message or meeting, in a few words."""

    customer: Ref("customers.customer") = field(T("客户", "Customer"))
    kind: TouchKind = field(T("方式", "How"), TouchKind.CALL)
    made_on: date | None = field(T("日期", "Day"), None, help=T("不填即今天", "Today if empty"))
    summary: Text = field(T("说了什么、下一步", "What was said, what is next"), min_length=2)


def assess_contact(row: None, given: LogContact, ctx: Context) -> Assessment:
    """Not in the future."""
    late = given.made_on is not None and given.made_on > ctx.today
    return Assessment(
        content={"customer": str(given.customer)},
        objections=(AHEAD.refuse(path="made_on", today=ctx.today),) if late else (),
    )


@operation(
    "relations.log_contact", T("记录联系", "Log a contact"), Touch, input=LogContact, creates=True, parent="customer",
    assess=assess_contact, clauses=["4.2.1", "4.2.3"],
    help=T(
        "记下一次电话、消息或会面；联系频率、公海回收和阶段任务都以此为准。",
        "Notes a call, message or meeting; visit frequency, recycling and stage tasks go by it.",
    ),
)  # fmt: skip
def log_contact(row: None, given: LogContact, ctx: Context, assessment: Assessment) -> Effects:
    """The contact, and what waited for one is put off at once."""
    effects = Effects()
    customer = customer_of(given.customer)
    touch = Touch(
        id=new_id(), company_id=customer.company_id, customer=customer, kind=given.kind.value,
        made_on=given.made_on or ctx.today, made_by_id=ctx.user_id, summary=given.summary,
    )  # fmt: skip
    effects.insert(touch)
    standing = Standing.objects.filter(pk=customer.pk).first()
    if standing is not None and (standing.last_contact_on or touch.made_on) <= touch.made_on:
        # Until tomorrow's run: who was reached is neither overdue nor about to be recycled.
        Standing.objects.filter(pk=customer.pk).update(
            last_contact_on=touch.made_on, visit_due_on=None, recycle_on=None, warned_on=None
        )
    effects.result = touch
    return effects
