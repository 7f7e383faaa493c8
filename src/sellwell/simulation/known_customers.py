"""What a year of customers leaves behind: groups, teams, tax titles, and some that were entered twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.apps import apps

from sellwell.simulation.people import Stage

TWINS = 4  # customers that somebody entered again from a business card
TITLES = 8
BANKS = ("云川银行营业部", "临澜商业银行", "望海农商行")
ROLES = ("decider", "buyer", "technical", "finance")


def leave_known(stage: Stage) -> None:
    """In the last weeks: who belongs to whom, who helps whom, how invoices are made out, and what was entered twice."""
    known = list(apps.get_model("customers.Customer").objects.select_related("party").order_by("number"))
    firms = [c for c in known if c.party.kind == "organisation" and c.state == "active"]
    if len(firms) < TWINS + 6:
        return
    _group(stage, firms[:5])
    _teams(stage, firms)
    _titles(stage, firms[:TITLES])
    _twins(stage, firms[-TWINS:])
    stage.settle()


def _group(stage: Stage, firms: list[Any]) -> None:
    """A parent with two subsidiaries, one of which has two of its own."""
    manager, since = stage.user("sales_manager"), stage.today - timedelta(days=90)
    top, first, second, below, lowest = firms
    for child, parent in ((first, top), (second, top), (below, first), (lowest, first)):
        stage.act(manager, "customers.set_parent", child, {"parent": parent.pk, "since": since})


def _teams(stage: Stage, firms: list[Any]) -> None:
    """Colleagues who look after large customers too."""
    manager = stage.user("sales_manager")
    helpers = [stage.user("account_manager"), stage.user("service")]
    for number, customer in enumerate(firms[:6]):
        for helper, role, share in zip(helpers, ("sales", "service"), (30, 10), strict=True):
            if helper.pk == customer.owner_id or (role == "service" and number % 2):
                continue
            data = {"customer": customer.pk, "user": helper.pk, "role": role, "share": share}
            stage.act(manager, "customers.add_member", None, data)


def _titles(stage: Stage, firms: list[Any]) -> None:
    """How their invoices are made out, and what their contacts have to say in a purchase."""
    finance = stage.user("finance")
    for number, customer in enumerate(firms):
        data = {
            "customer": customer.pk, "title": customer.party.name, "tax_number": customer.party.uscc or "",
            "bank": BANKS[number % len(BANKS)], "account": f"622202{number:04d}{number * 7919:09d}",
        }  # fmt: skip
        stage.act(finance, "customers.add_tax_title", None, data)
    marketing = stage.user("marketing")
    contacts = (
        apps.get_model("customers.Contact")
        .objects.filter(customer__in=firms)
        .order_by("customer__number", "id")
    )
    for number, contact in enumerate(contacts[:TITLES]):
        data = {
            "name": contact.name, "title": contact.title, "purchase_role": ROLES[number % len(ROLES)],
            "influence": ("high", "medium", "low")[number % 3], "prefers": ("wechat", "phone")[number % 2],
        }  # fmt: skip
        stage.act(marketing, "customers.change_contact", contact, data)


def _twins(stage: Stage, firms: list[Any]) -> None:
    """The same companies again under a slightly other name, without their code; the daily search finds them."""
    marketing = stage.user("marketing")
    for number, customer in enumerate(firms):
        name = customer.party.name
        other = (
            name.replace("有限责任公司", "有限公司")
            if "有限责任公司" in name
            else name.replace("股份有限公司", "有限公司")
        )
        address = customer.addresses.order_by("-is_default", "id").first()
        contact = customer.contacts.order_by("-is_primary", "id").first()
        data = {
            "name": other if other != name else f"{name}（新）",
            "phone": f"1391000{number:04d}",
            "contact_phone": f"1392000{number:04d}",
            "contact_name": contact.name if contact is not None else "柳如川",
            "province": address.province if address is not None else "",
            "city": address.city if address is not None else "",
            "address": address.line if address is not None else "",
            "note": "展会名片录入",
        }
        stage.act(marketing, "customers.add", None, data)
