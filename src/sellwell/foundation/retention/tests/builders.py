"""Purchases as facts, scores, playbooks and cases for tests, and how each operation succeeds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sellwell.foundation.customers.queries import Customer
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.foundation.retention.models import Intervention, Playbook, Run
from sellwell.kernel import clock
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import Fact
from sellwell.kernel.testing import Case, builder

if TYPE_CHECKING:
    from sellwell.testing.world import World


def bought(world: World, customer: Customer, *days_ago: int, amount: str = "1000.00") -> None:
    """The customer bought so many days ago: facts as an order posts them. What the models learn from are facts alone."""
    for ago in days_ago:
        on = world.today - timedelta(days=ago)
        Fact.objects.create(
            company_id=world.company.pk, measure="booked", happened_on=on, recorded_at=clock.now(),
            recorded_month=date(on.year, on.month, 1), amount=Decimal(amount), document_amount=Decimal(amount),
            person_id=customer.owner_id, department_path=customer.department_path, customer_id=customer.pk,
            document_type="orders.order", document_id=new_id(), source=new_id(),
        )  # fmt: skip


def at_risk(world: World, by: str = "rep") -> Customer:
    """A customer who bought every thirty days and then no more for two hundred."""
    customer = a_customer(world, by)
    bought(world, customer, 290, 260, 230, 200)
    return customer


def scored(world: World) -> Run:
    """Scores as of today; made once a day."""
    found = Run.objects.filter(on=world.today).first()
    return found or world.run("sales_manager", "retention.score").result


def a_playbook(world: World, code: str = "P-01", state: str = "active", **values: Any) -> Playbook:
    """A playbook for everybody at high risk, without a hold-out group unless asked for."""
    data = {
        "code": code,
        "name": f"高风险回访 {code}",
        "advice": "电话了解停购原因，约上门服务",
        "holdout": 0,
        **values,
    }
    playbook: Playbook = world.run("sales_manager", "retention.add_playbook", data=data).result
    if state != "draft":
        world.run("sales_manager", "retention.start_playbook", playbook)
    if state == "ended":
        world.run("sales_manager", "retention.end_playbook", playbook)
    playbook.refresh_from_db()
    return playbook


def a_case(world: World, state: str = "opened", by: str = "rep") -> Intervention:
    """A case of a customer at risk, brought into a state by the verbs."""
    count = world.made["playbooks"] = world.made.get("playbooks", 0) + 1
    held = 50 if state == "watched" else 0
    playbook = a_playbook(world, f"P-{count:02d}", state="draft", holdout=held)
    customer = at_risk(world, by)
    if held:  # by chance half are held out: as many customers as it takes
        from sellwell.foundation.retention.rules import is_held_out

        while not is_held_out(playbook.pk, customer.pk, held):
            customer = at_risk(world, by)
    Run.objects.filter(on=world.today).update(on=world.today - timedelta(days=count))
    scored(world)
    world.run("sales_manager", "retention.start_playbook", playbook)
    world.run("sales_manager", "retention.apply", playbook)
    case = Intervention.objects.get(customer=customer)
    if state in ("contacted", "offer", "retained", "lost"):
        world.run(by, "retention.contact", case, {"note": "客户换了供应商"})
    if state == "offer":
        world.run(by, "retention.offer", case, {"offer": "上门检修一次"})
    if state == "retained":
        Intervention.objects.filter(pk=case.pk).update(opened_on=world.today - timedelta(days=1))
        bought(world, customer, 0)
        world.run(by, "retention.retain", case)
    if state == "lost":
        world.run(by, "retention.lose", case, {"reason": "已停产"})
    case.refresh_from_db()
    return case


def opened_before(case: Intervention, days: int) -> Intervention:
    """The case as if it had been opened earlier, with all its days."""
    moved = timedelta(days=days)
    Intervention.objects.filter(pk=case.pk).update(
        opened_on=case.opened_on - moved,
        due_on=case.due_on - moved if case.due_on else None,
        judged_from=case.judged_from - moved,
    )
    case.refresh_from_db()
    return case


@builder("retention.score")
def _score(world: World) -> Case:
    at_risk(world)
    return Case("sales_manager")


@builder("retention.add_playbook")
def _add(world: World) -> Case:
    return Case(
        "sales_manager",
        data={"code": "P-09", "name": "重点客户回访", "advice": "三日内上门", "grades": ["A", "B"]},
    )


def _in_state(world: World) -> Any:
    return lambda state: a_playbook(world, f"S-{state}", state)


@builder("retention.change_playbook")
def _change(world: World) -> Case:
    data = {"name": "中高风险回访", "advice": "电话回访", "level": "medium", "least_value": "500.00"}
    return Case("sales_manager", a_playbook(world, state="draft"), data, _in_state(world))


@builder("retention.start_playbook")
def _start(world: World) -> Case:
    return Case("sales_manager", a_playbook(world, state="draft"), {}, _in_state(world))


@builder("retention.end_playbook")
def _end(world: World) -> Case:
    return Case("sales_manager", a_playbook(world), {}, _in_state(world))


@builder("retention.apply")
def _apply(world: World) -> Case:
    at_risk(world)
    scored(world)
    return Case("sales_manager", a_playbook(world), {}, _in_state(world))


@builder("retention.measure")
def _measure(world: World) -> Case:
    case = opened_before(a_case(world), 90)
    return Case("sales_manager", case.playbook, {}, _in_state(world))


def in_case_state(world: World) -> Callable[[str], Intervention | None]:
    """A case in a state; what only a merge makes can be forced."""
    return lambda state: None if state == "merged" else a_case(world, state)


@builder("retention.contact")
def _contact(world: World) -> Case:
    return Case("rep", a_case(world), {"note": "价格高于同行"}, in_case_state(world))


@builder("retention.offer")
def _offer(world: World) -> Case:
    case = a_case(world, "contacted")
    return Case("rep", case, {"offer": "延长质保三个月"}, in_case_state(world))


@builder("retention.retain")
def _retain(world: World) -> Case:
    case = opened_before(a_case(world, "offer"), 5)
    bought(world, case.customer, 1)
    return Case("rep", case, {}, in_case_state(world))


@builder("retention.lose")
def _lose(world: World) -> Case:
    return Case("rep", a_case(world, "offer"), {"reason": "搬迁至外省"}, in_case_state(world))
