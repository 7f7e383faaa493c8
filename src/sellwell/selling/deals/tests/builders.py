"""Registrations of deals for tests, made by the operations, and how each operation succeeds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.kernel import clock
from sellwell.kernel.testing import Case, builder
from sellwell.selling.deals.models import Registration

if TYPE_CHECKING:
    from sellwell.testing.world import World

WHY = "已拜访两次，客户确认了改造需求。"


def a_registration(world: World, *, state: str = "protected", by: str = "rep", **values: Any) -> Registration:
    """A registration of a name of its own, brought to a state."""
    if state in ("disputed", "rejected"):
        return a_dispute(world, state=state, by=by, **values)
    count = world.made["deals"] = world.made.get("deals", 0) + 1
    data = {
        "name": f"听涛{'甲乙丙丁戊己庚辛'[count % 8]}{count}造纸有限公司",
        "expected_amount": "300000.00",
        "evidence": WHY,
        **values,
    }
    if state == "expired":
        then = clock.now() - timedelta(days=91)
        with clock.at(then):
            made = world.run(by, "deals.register", data=data).result
        world.run("sales_manager", "deals.expire", made)
        return again(made)
    made = world.run(by, "deals.register", data=data).result
    if state == "settled":
        world.run(by, "deals.settle", made, {"result": "won", "outcome": "签了合同"})
    if state == "withdrawn":
        world.run(by, "deals.withdraw", made, {"reason": "客户没有预算"})
    return again(made)


def a_dispute(world: World, *, state: str = "disputed", by: str = "rep", **values: Any) -> Registration:
    """The same name registered by a colleague of the same department first; ruled upon for 'rejected'."""
    if "colleague" not in world.installed.users:
        world.add("colleague", "rep", "EAST")
    first = a_registration(world, by="colleague", **values)
    made: Registration = world.run(
        by,
        "deals.register",
        data={"name": first.name, "expected_amount": "280000.00", "evidence": WHY, **values},
    ).result
    if state == "rejected":
        world.run("sales_manager", "deals.rule", made, {"ruling": "keep", "reason": "首报者已有方案"})
    return again(made)


def again(row: Registration) -> Registration:
    """The row as the database has it now."""
    return Registration.objects.select_related("customer__party", "owner").get(pk=row.pk)


@builder("deals.register")
def _register(world: World) -> Case:
    data = {"customer": str(a_customer(world).pk), "expected_amount": "50000.00", "evidence": WHY}
    return Case("rep", data=data)


@builder("deals.link_customer")
def _link_customer(world: World) -> Case:
    made = a_registration(world)
    customer = a_customer(world, name=made.name)
    return Case("rep", row=made, data={"customer": str(customer.pk)})


@builder("deals.rule")
def _rule(world: World) -> Case:
    return Case(
        "regional_manager",
        row=a_dispute(world),
        data={"ruling": "grant", "reason": "后报者持有客户委托书"},
        in_state=lambda state: a_registration(world, state=state),
    )


@builder("deals.remind")
def _remind(world: World) -> Case:
    return Case("sales_manager", row=a_registration(world))


@builder("deals.renew")
def _renew(world: World) -> Case:
    return Case("rep", row=a_registration(world), data={"progress": "方案已通过客户技术评审"})


@builder("deals.expire")
def _expire(world: World) -> Case:
    with clock.at(clock.now() - timedelta(days=91)):
        made = a_registration(world)
    return Case("sales_manager", row=made)


@builder("deals.settle")
def _settle(world: World) -> Case:
    return Case("rep", row=a_registration(world), data={"result": "lost", "outcome": "预算取消"})


@builder("deals.withdraw")
def _withdraw(world: World) -> Case:
    return Case("rep", row=a_registration(world), data={"reason": "客户没有预算"})


@builder("deals.comment")
def _comment(world: World) -> Case:
    return Case("rep", row=a_registration(world), data={"text": "对手也在接触。"})
