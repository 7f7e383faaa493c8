"""Activities, routes, feeds and consent for tests, made by the operations, and how each operation succeeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.kernel import clock
from sellwell.kernel.testing import Case, builder
from sellwell.selling.activities.models import Activity, CalendarFeed, LocationConsent
from sellwell.selling.pipeline.tests.builders import a_visit

if TYPE_CHECKING:
    from sellwell.foundation.customers.models import Customer
    from sellwell.testing.world import World


def an_activity(
    world: World, customer: Customer | None = None, *, state: str = "noted", by: str = "rep", **values: Any
) -> Activity:
    """A call of a moment ago, brought to a state: noted, open, done, void."""
    customer = customer or a_customer(world, by)
    data = {"customer": str(customer.pk), "kind": "call", "text": "确认了样本已收到。", **values}
    if state in ("open", "done"):
        data["next_step"] = "寄送报价"
    made: Activity = world.run(by, "activities.log", data=data).result
    if state == "done":
        world.run(by, "activities.finish_step", made, {"outcome": "报价已寄出。"})
    if state == "void":
        world.run(by, "activities.void", made, {"reason": "记错客户"})
    return Activity.objects.select_related("customer").get(pk=made.pk)


def a_feed(world: World, by: str = "rep") -> CalendarFeed:
    """An open feed; its secret stands on it."""
    feed: CalendarFeed = world.run(by, "activities.open_feed").result
    return feed


def a_consent(world: World, by: str = "rep") -> LocationConsent:
    """Consent to positions."""
    consent: LocationConsent = world.run(by, "activities.allow_location").result
    return consent


@builder("activities.log")
def _log(world: World) -> Case:
    data = {"customer": str(a_customer(world).pk), "text": "客户询问交期。", "next_step": "回复交期"}
    return Case("rep", data=data)


@builder("activities.finish_step")
def _finish_step(world: World) -> Case:
    return Case(
        "rep",
        row=an_activity(world, state="open"),
        data={"outcome": "已回复。"},
        in_state=lambda state: an_activity(world, state=state),
    )


@builder("activities.void")
def _void(world: World) -> Case:
    return Case(
        "rep",
        row=an_activity(world),
        data={"reason": "记错客户"},
        in_state=lambda state: an_activity(world, state=state),
    )


@builder("activities.arrange_day")
def _arrange_day(world: World) -> Case:
    visit = a_visit(world)
    day = clock.business_day(visit.planned_at)
    return Case("rep", data={"day": day.isoformat(), "visits": [str(visit.pk)]})


@builder("activities.open_feed")
def _open_feed(world: World) -> Case:
    return Case("rep")


@builder("activities.revoke_feed")
def _revoke_feed(world: World) -> Case:
    return Case("rep", row=a_feed(world))


@builder("activities.allow_location")
def _allow_location(world: World) -> Case:
    return Case("rep")


@builder("activities.withdraw_location")
def _withdraw_location(world: World) -> Case:
    return Case("rep", row=a_consent(world))
