"""Customers for tests, made by the operations themselves, and how each operation succeeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stdnum.cn import uscc

from sellwell.foundation.customers.models import Address, Contact, Customer
from sellwell.kernel.testing import Case, builder

if TYPE_CHECKING:
    from sellwell.testing.world import World

NAMES = ("云川", "临澜", "北辰", "南屏", "望海", "青崖", "长汀", "白榆")


def a_code(count: int) -> str:
    """A social credit code that its check digit proves."""
    body = f"91350100M{count:08d}"
    return body + uscc.calc_check_digit(body)


def a_customer(world: World, by: str = "rep", **values: Any) -> Customer:
    """A customer of that person with a code, a phone and an e-mail address of its own."""
    count = world.made["customers"] = world.made.get("customers", 0) + 1
    data = {
        "name": f"{NAMES[count % len(NAMES)]}{count}号精密机械有限公司",
        "uscc": a_code(count),
        "phone": f"138{count:08d}",
        "email": f"office{count}@example.com",
        **values,
    }
    customer: Customer = world.run(by, "customers.add", data=data).result
    return customer


def a_contact(world: World, customer: Customer | None = None, by: str = "rep", **values: Any) -> Contact:
    """A contact of a customer."""
    customer = customer or a_customer(world, by)
    data = {
        "customer": str(customer.pk),
        "name": "闻人景行",
        "title": "采购经理",
        "phone": "13900001111",
        **values,
    }
    contact: Contact = world.run(by, "customers.add_contact", data=data).result
    return contact


def an_address(world: World, customer: Customer | None = None, by: str = "rep", **values: Any) -> Address:
    """A delivery address of a customer."""
    customer = customer or a_customer(world, by)
    data = {
        "customer": str(customer.pk),
        "province": "云川省",
        "city": "云川市",
        "line": "机械路 1 号",
        **values,
    }
    address: Address = world.run(by, "customers.add_address", data=data).result
    return address


def a_blocked_customer(world: World) -> Customer:
    """A customer that we do no new business with."""
    customer = a_customer(world)
    world.run("finance", "customers.block", customer, {"reason": "长期拖欠"})
    return customer


@builder("customers.add")
def _add(world: World) -> Case:
    return Case(
        "rep",
        data={
            "name": "云川联合泵业有限公司",
            "uscc": a_code(900),
            "phone": "13700001234",
            "contact_name": "闻人景行",
        },
    )


@builder("customers.change")
def _change(world: World) -> Case:
    return Case(
        "rep",
        row=a_customer(world),
        data={"name": "云川新名机械有限公司", "phone": "13700004321", "industry": "机械"},
    )


@builder("customers.comment")
def _comment(world: World) -> Case:
    return Case("rep", row=a_customer(world), data={"text": "客户计划明年扩产。"})


@builder("customers.add_contact")
def _add_contact(world: World) -> Case:
    return Case(
        "rep", data={"customer": str(a_customer(world).pk), "name": "闻人景行", "phone": "13900001111"}
    )


@builder("customers.change_contact")
def _change_contact(world: World) -> Case:
    return Case(
        "rep",
        row=a_contact(world),
        data={"name": "闻人景行", "title": "总工程师", "email": "wen@example.com"},
    )


@builder("customers.add_address")
def _add_address(world: World) -> Case:
    return Case("rep", data={"customer": str(a_customer(world).pk), "line": "机械路 2 号"})


@builder("customers.change_address")
def _change_address(world: World) -> Case:
    return Case(
        "rep", row=an_address(world), data={"kind": "invoice", "line": "机械路 3 号", "phone": "010-62345678"}
    )


@builder("customers.set_terms")
def _set_terms(world: World) -> Case:
    return Case("rep", row=a_customer(world), data={"grade": "B", "payment_days": 30})


@builder("customers.block")
def _block(world: World) -> Case:
    return Case("finance", row=a_customer(world), data={"reason": "长期拖欠"})


@builder("customers.unblock")
def _unblock(world: World) -> Case:
    return Case("finance", row=a_blocked_customer(world), data={"reason": "欠款已清"})


@builder("customers.reveal")
def _reveal(world: World) -> Case:
    return Case("finance", row=a_customer(world), data={"purpose": "collection", "reason": "催收到期货款"})


@builder("customers.erase")
def _erase(world: World) -> Case:
    return Case("legal", row=a_customer(world), data={"ground": "request", "reference": "DSR-0001"})


@builder("customers.erase_contact")
def _erase_contact(world: World) -> Case:
    return Case("legal", row=a_contact(world), data={"ground": "request", "reference": "DSR-0002"})
