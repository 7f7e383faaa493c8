"""Standings, grades, pools, tags and segments for tests, and how each operation succeeds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sellwell.foundation.customers.models import Customer
from sellwell.foundation.customers.tests.builders import a_customer, or_merged
from sellwell.foundation.relations.models import (
    ClusterRun,
    GradeChange,
    Pool,
    Run,
    Segment,
    Standing,
    Tag,
)
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import Fact
from sellwell.kernel.testing import Case, builder

if TYPE_CHECKING:
    from sellwell.testing.world import World


def bought(
    world: World,
    customer: Customer,
    days_ago: int,
    amount: str = "1000",
    *,
    line: str = "水泵",
    measure: str = "",
) -> None:
    """A purchase as rooms above post it: booked and accepted on one day (or one measure only)."""
    day, document = world.today - timedelta(days=days_ago), new_id()
    for name in [measure] if measure else ["booked", "accepted"]:
        Fact.objects.create(
            company_id=world.company.pk, measure=name, happened_on=day, recorded_at=world.ctx("rep").now,
            recorded_month=day.replace(day=1), amount=Decimal(amount), document_amount=Decimal(amount),
            customer_id=customer.pk, product_line=line, document_type="orders.order", document_id=document,
            source=new_id(),
        )  # fmt: skip


def aged(customer: Customer, days: int) -> Customer:
    """A customer that was entered so many days earlier, past the door."""
    day = customer.business_date - timedelta(days=days)
    Customer.objects.filter(pk=customer.pk).update(
        business_date=day, created_at=customer.created_at - timedelta(days=days)
    )
    customer.business_date = day
    return customer


def a_good_customer(world: World, by: str = "rep") -> Customer:
    """One that buys every month and much: grade A by the shipped policies."""
    customer = a_customer(world, by)
    for days in range(5, 365, 26):
        bought(world, customer, days, "120000")
    for days in (800, 1200, 1500):
        bought(world, customer, days, "50000")
    return customer


def judged(world: World) -> Run:
    """A whole run over the company's customers."""
    run: Run = world.run("administrator", "relations.compute").result
    return run


def standing(world: World, customer: Customer) -> Standing:
    """What the last run says of a customer."""
    return Standing.objects.select_related("plan", "pool", "customer").get(pk=customer.pk)


def a_proposal(world: World) -> GradeChange:
    """A proposed grade that has not taken effect."""
    customer = a_good_customer(world)
    judged(world)
    return GradeChange.objects.get(customer=customer)


def an_override(world: World, by: str = "sales_manager") -> GradeChange:
    """A grade set by hand, approved."""
    customer = a_customer(world)
    hold = world.run(by, "relations.override_grade", customer, override_data(world)).hold
    approve(world, hold)
    return GradeChange.objects.get(customer=customer, kind="override")


def approve(world: World, hold: Any) -> None:
    """Every step of a request is agreed to by one of those asked."""
    for _ in range(4):
        hold.refresh_from_db()
        step = next(
            (s for s in hold.steps.order_by("position") if s.decided_at is None and s.opened_at), None
        )
        if step is None:
            return
        role = next(name for name, user in world.installed.users.items() if user.pk in step.candidates)
        world.run(role, "approvals.approve", hold, {"note": "同意"})


def override_data(world: World, days: int = 60, grade: str = "B") -> dict[str, Any]:
    """What is entered to set a grade."""
    until: date = world.today + timedelta(days=days)
    return {"grade": grade, "until": until.isoformat(), "reason": "战略客户，正在试用新产品"}


def a_pool(world: World, **values: Any) -> Pool:
    """The pool of the rep's region, held by the regional manager."""
    region = world.ctx("rep").actor.posts[0].region
    known = Pool.objects.filter(company_id=world.company.pk, region=region, is_open=True).first()
    if known is not None:
        return known
    data = {"name": "华东公海", "region": region, "owner": str(world.user("regional_manager").pk), **values}
    pool: Pool = world.run("sales_manager", "relations.add_pool", data=data).result
    return pool


def a_pooled_customer(world: World, by: str = "rep") -> Customer:
    """A customer that somebody released."""
    a_pool(world)
    customer = a_customer(world, by)
    world.run(by, "relations.release", customer, {"reason": "长期无需求"})
    return Customer.objects.get(pk=customer.pk)


def a_tag(world: World, **values: Any) -> Tag:
    """A tag that people give."""
    count = world.made["tags"] = world.made.get("tags", 0) + 1
    tag: Tag = world.run(
        "marketing", "relations.add_tag", data={"name": f"标签{count}", "group": "关系", **values}
    ).result
    return tag


def a_rule_tag(world: World, *conditions: tuple[str, str, str], name: str = "大客户") -> Tag:
    """A tag that a rule gives."""
    lines = [{"what": what, "op": op, "value": value} for what, op, value in conditions]
    return a_tag(world, name=name, kind="rule", conditions=lines)


def a_segment(world: World, *conditions: tuple[str, str, str], name: str = "", **values: Any) -> Segment:
    """A segment by conditions."""
    count = world.made["segments"] = world.made.get("segments", 0) + 1
    lines = [{"what": what, "op": op, "value": value} for what, op, value in conditions]
    data = {"name": name or f"客群{count}", "conditions": lines, **values}
    segment: Segment = world.run("marketing", "relations.add_segment", data=data).result
    return segment


def a_cluster_run(world: World) -> ClusterRun:
    """An analysis that waits for the worker."""
    run: ClusterRun = world.run("marketing", "relations.ask_clusters").result
    return run


def a_contact_made(world: World, customer: Customer, by: str = "rep", **values: Any) -> None:
    """A contact with a customer, noted where it is noted: in the room above."""
    data = {"customer": str(customer.pk), "kind": "call", "text": "电话确认下季度用量", **values}
    world.run(by, "activities.log", data=data)


@builder("relations.compute")
def _compute(world: World) -> Case:
    a_good_customer(world)
    return Case("administrator")


@builder("relations.apply_grades")
def _apply(world: World) -> Case:
    a_good_customer(world)
    return Case("administrator", judged(world))


@builder("relations.override_grade")
def _override(world: World) -> Case:
    return Case(
        "account_manager",
        a_customer(world, "account_manager"),
        override_data(world),
        or_merged(world),
        held=True,
    )


@builder("relations.end_override")
def _end(world: World) -> Case:
    return Case("sales_manager", an_override(world, "regional_manager"))


@builder("relations.decline_grade")
def _decline(world: World) -> Case:
    return Case("sales_manager", a_proposal(world), {"reason": "一次性项目，不可持续"})


@builder("relations.set_plan")
def _set_plan(world: World) -> Case:
    data = {"stage": "dormant", "goal": "唤醒", "strategy": "三日内联系，了解停购原因。", "contact_days": 3}
    return Case("sales_manager", data=data)


@builder("relations.add_pool")
def _add_pool(world: World) -> Case:
    data = {
        "name": "华南公海",
        "region": "华南",
        "capacity": 100,
        "owner": str(world.user("regional_manager").pk),
    }
    return Case("sales_manager", data=data)


@builder("relations.change_pool")
def _change_pool(world: World) -> Case:
    return Case(
        "sales_manager", a_pool(world), {"name": "华东公海", "capacity": 50, "per_day": 2, "rest_days": 60}
    )


@builder("relations.close_pool")
def _close_pool(world: World) -> Case:
    return Case("sales_manager", a_pool(world))


@builder("relations.release")
def _release(world: World) -> Case:
    a_pool(world)  # its holder goes on seeing the customer, so that the same key gives the same answer
    return Case("regional_manager", a_customer(world), {"reason": "长期无需求"}, or_merged(world))


@builder("relations.recycle")
def _recycle(world: World) -> Case:
    a_pool(world)
    customer = aged(a_customer(world), 200)
    run = judged(world)
    before = world.today - timedelta(days=1)  # as if the owner had been warned in time
    Standing.objects.filter(pk=customer.pk).update(recycle_on=before, warned_on=before)
    return Case("administrator", run)


@builder("relations.claim")
def _claim(world: World) -> Case:
    return Case("rep", a_pool(world), {"customer": str(a_pooled_customer(world, "account_manager").pk)})


@builder("relations.assign")
def _assign(world: World) -> Case:
    customer = a_pooled_customer(world)
    return Case(
        "sales_manager",
        a_pool(world),
        {"customers": [str(customer.pk)], "to": str(world.user("account_manager").pk)},
    )


@builder("relations.add_tag")
def _add_tag(world: World) -> Case:
    lines = [
        {"what": "grade", "op": "is", "value": "A,B"},
        {"what": "value", "op": "at_least", "value": "500000"},
    ]
    return Case("marketing", data={"name": "核心客户", "group": "价值", "kind": "rule", "conditions": lines})


@builder("relations.change_tag")
def _change_tag(world: World) -> Case:
    return Case("marketing", a_tag(world), {"name": "改名", "group": "关系"})


@builder("relations.retire_tag")
def _retire_tag(world: World) -> Case:
    return Case("marketing", a_tag(world))


@builder("relations.mark")
def _mark(world: World) -> Case:
    return Case("rep", a_customer(world), {"tags": [str(a_tag(world).pk)]}, or_merged(world))


@builder("relations.unmark")
def _unmark(world: World) -> Case:
    customer, tag = a_customer(world), a_tag(world)
    world.run("rep", "relations.mark", customer, {"tags": [str(tag.pk)]})
    return Case("rep", customer, {"tags": [str(tag.pk)]}, or_merged(world))


@builder("relations.add_segment")
def _add_segment(world: World) -> Case:
    lines = [{"what": "stage", "op": "is", "value": "dormant,churned"}]
    return Case("marketing", data={"name": "待唤醒", "conditions": lines, "about": "唤醒活动"})


@builder("relations.change_segment")
def _change_segment(world: World) -> Case:
    lines = [{"what": "grade", "op": "is_not", "value": "D"}]
    return Case("marketing", a_segment(world, ("grade", "is", "A")), {"name": "非 D 级", "conditions": lines})


@builder("relations.retire_segment")
def _retire_segment(world: World) -> Case:
    return Case("marketing", a_segment(world, ("grade", "is", "A")))


@builder("relations.ask_clusters")
def _ask_clusters(world: World) -> Case:
    return Case("marketing", data={"features": ["value", "frequency", "preference"]})


@builder("relations.find_clusters")
def _find_clusters(world: World) -> Case:
    return Case("administrator", a_cluster_run(world))


@builder("relations.mark_many")
def _mark_many(world: World) -> Case:
    return Case("marketing", a_tag(world), {"customers": [str(a_customer(world).pk)]})
