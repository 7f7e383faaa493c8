"""Customers for tests, made by the operations themselves, and how each operation succeeds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from stdnum.cn import uscc

from sellwell.foundation.customers.models import (
    Address,
    BankAccount,
    Contact,
    Customer,
    MatchPair,
    Merge,
    TaxTitle,
    TeamMember,
)
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


def or_merged(world: World) -> Callable[[str], Customer | None]:
    """The row of a customer that went into another one; other states can be forced."""
    return lambda state: a_merge(world).loser if state == "merged" else None


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
        in_state=or_merged(world),
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
    return Case(
        "rep", row=a_customer(world), data={"grade": "B", "payment_days": 30}, in_state=or_merged(world)
    )


@builder("customers.block")
def _block(world: World) -> Case:
    return Case("finance", row=a_customer(world), data={"reason": "长期拖欠"}, in_state=or_merged(world))


@builder("customers.unblock")
def _unblock(world: World) -> Case:
    return Case(
        "finance", row=a_blocked_customer(world), data={"reason": "欠款已清"}, in_state=or_merged(world)
    )


@builder("customers.reveal")
def _reveal(world: World) -> Case:
    return Case(
        "finance",
        row=a_customer(world),
        data={"purpose": "collection", "reason": "催收到期货款"},
        in_state=or_merged(world),
    )


@builder("customers.erase")
def _erase(world: World) -> Case:
    return Case(
        "legal",
        row=a_customer(world),
        data={"ground": "request", "reference": "DSR-0001"},
        in_state=or_merged(world),
    )


@builder("customers.erase_contact")
def _erase_contact(world: World) -> Case:
    return Case("legal", row=a_contact(world), data={"ground": "request", "reference": "DSR-0002"})


# --- two that are one ----------------------------------------------------------------------------------------------------


def two_with_one_phone(world: World) -> tuple[Customer, Customer]:
    """Two customers of one person with one telephone: the second came by import, which nobody looked at."""
    survivor, loser = a_customer(world), a_customer(world, uscc="")
    type(loser.party).objects.filter(pk=loser.party_id).update(
        phone=survivor.party.phone,
        phone_blind=survivor.party.phone_blind,
        phone_last4_blind=survivor.party.phone_last4_blind,
    )
    Customer.objects.filter(pk=loser.pk).update(origin="import")
    return Customer.objects.get(pk=survivor.pk), Customer.objects.get(pk=loser.pk)


def a_merge(world: World) -> Merge:
    """A merge by the data steward."""
    survivor, loser = two_with_one_phone(world)
    world.run("marketing", "customers.merge", survivor, {"other": str(loser.pk), "reason": "电话相同"})
    return Merge.objects.get(loser=loser)


@builder("customers.merge")
def _merge(world: World) -> Case:
    survivor, loser = two_with_one_phone(world)
    return Case(
        "marketing",
        row=survivor,
        data={"other": str(loser.pk), "reason": "电话与地址都相同"},
        in_state=or_merged(world),
    )


@builder("customers.unmerge")
def _unmerge(world: World) -> Case:
    return Case("sales_manager", row=a_merge(world), data={"reason": "核实后是两家公司"})


@builder("customers.bring_along")
def _bring_along(world: World) -> Case:
    return Case("marketing", row=a_merge(world))


def a_pair(world: World) -> MatchPair:
    """Two customers with one name, proposed by hand."""
    one = a_customer(world, name="望海水务有限公司")
    other = a_customer(world, name="望海水务有限责任公司", uscc="")
    data = {"first": str(one.pk), "second": str(other.pk)}
    pair: MatchPair = world.run("marketing", "customers.propose_pair", data=data).result
    return pair


@builder("customers.find_duplicates")
def _find_duplicates(world: World) -> Case:
    return Case("marketing")


@builder("customers.match")
def _match(world: World) -> Case:
    a_customer(world, name="望海水务有限公司")
    a_customer(world, name="望海水务有限责任公司", uscc="")
    return Case("marketing", row=world.run("marketing", "customers.find_duplicates").result)


@builder("customers.propose_pair")
def _propose_pair(world: World) -> Case:
    data = {"first": str(a_customer(world).pk), "second": str(a_customer(world).pk)}
    return Case("marketing", data=data)


@builder("customers.decide_pair")
def _decide_pair(world: World) -> Case:
    return Case("marketing", row=a_pair(world), data={"verdict": "different", "reason": "地址与法人都不同"})


# --- groups, teams, titles, accounts -------------------------------------------------------------------------------------


def a_subsidiary(world: World, parent: Customer | None = None) -> Customer:
    """A customer that belongs to another one since a month ago."""
    parent, child = parent or a_customer(world), a_customer(world)
    since = (world.today - timedelta(days=30)).isoformat()
    world.run("rep", "customers.set_parent", child, {"parent": str(parent.pk), "since": since})
    return child


def a_member(
    world: World, customer: Customer | None = None, user: str = "account_manager", **values: Any
) -> TeamMember:
    """Somebody on the team of a customer."""
    customer = customer or a_customer(world)
    data = {"customer": str(customer.pk), "user": str(world.user(user).pk), "share": "30", **values}
    member: TeamMember = world.run("sales_manager", "customers.add_member", data=data).result
    return member


def a_title(world: World, customer: Customer | None = None, **values: Any) -> TaxTitle:
    """A tax title with an account."""
    customer = customer or a_customer(world)
    data = {
        "customer": str(customer.pk),
        "title": "云川第一机械厂",
        "bank": "云川银行",
        "account": "6222021234561234",
        **values,
    }
    title: TaxTitle = world.run("rep", "customers.add_tax_title", data=data).result
    return title


def an_account_at_a_bank(world: World) -> BankAccount:
    """A bank account of a customer."""
    data = {
        "customer": str(a_customer(world).pk),
        "holder": "云川第一机械厂",
        "bank": "云川银行",
        "account": "6222021234561234",
    }
    account: BankAccount = world.run("rep", "customers.add_bank_account", data=data).result
    return account


@builder("customers.set_parent")
def _set_parent(world: World) -> Case:
    data = {"parent": str(a_customer(world).pk)}
    return Case("rep", row=a_customer(world), data=data, in_state=or_merged(world))


@builder("customers.leave_group")
def _leave_group(world: World) -> Case:
    return Case("rep", row=a_subsidiary(world), in_state=or_merged(world))


@builder("customers.add_member")
def _add_member(world: World) -> Case:
    data = {
        "customer": str(a_customer(world).pk),
        "user": str(world.user("account_manager").pk),
        "share": "30",
    }
    return Case("sales_manager", data=data)


@builder("customers.end_member")
def _end_member(world: World) -> Case:
    return Case("sales_manager", row=a_member(world))


@builder("customers.add_tax_title")
def _add_tax_title(world: World) -> Case:
    data = {"customer": str(a_customer(world).pk), "title": "云川第一机械厂", "account": "6222021234561234"}
    return Case("rep", data=data)


@builder("customers.change_tax_title")
def _change_tax_title(world: World) -> Case:
    return Case("finance", row=a_title(world), data={"title": "云川第一机械厂（新）", "bank": "云川银行"})


@builder("customers.retire_tax_title")
def _retire_tax_title(world: World) -> Case:
    return Case("finance", row=a_title(world))


@builder("customers.add_bank_account")
def _add_bank_account(world: World) -> Case:
    data = {
        "customer": str(a_customer(world).pk),
        "holder": "云川第一机械厂",
        "bank": "云川银行",
        "account": "6222021234561234",
    }
    return Case("rep", data=data)


@builder("customers.retire_bank_account")
def _retire_bank_account(world: World) -> Case:
    return Case("finance", row=an_account_at_a_bank(world))
