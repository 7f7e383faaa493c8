"""Contracts for tests, made by the operations themselves, and how each operation succeeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sellwell.foundation.catalog.tests.builders import a_product
from sellwell.foundation.pricing.tests.builders import a_price
from sellwell.foundation.stock.tests.builders import stock_of
from sellwell.kernel import files
from sellwell.kernel.models import StoredFile
from sellwell.kernel.testing import Case, builder
from sellwell.selling.contracts import texts
from sellwell.selling.contracts.models import Contract

if TYPE_CHECKING:
    from sellwell.foundation.catalog.models import Product
    from sellwell.testing.world import World

Lines = Sequence[tuple[str, ...]]
ONE_LINE: Lines = (("P-001", "2"),)


def goods(world: World, code: str = "P-001", price: str = "113.00", stock: str = "100") -> Product:
    """A product with a list price (tax inside) and stock; the same one for the same code."""
    known: dict[str, Product] = world.made.setdefault("goods", {})
    if code not in known:
        known[code] = a_product(world, code, cost="60.00")
        a_price(world, known[code], price)
        if stock != "0":
            stock_of(world, known[code], stock)
    return known[code]


def a_buyer(world: World, name: str = "云川第一机械厂", by: str = "rep") -> Any:
    """A customer of the rep, with an address; the same one for the same name."""
    known: dict[str, Any] = world.made.setdefault("buyers", {})
    if name not in known:
        data = {"name": name, "province": "云川省", "city": "云川市", "address": "机械路 1 号"}
        known[name] = world.run(by, "customers.add", data=data).result
    return known[name]


def line_data(world: World, lines: Lines) -> list[dict[str, Any]]:
    """Lines as an operation takes them: (product code, quantity) or (code, quantity, unit price)."""
    return [
        {
            "product": str(goods(world, code).pk),
            "quantity": quantity,
            **({"unit_price": price[0]} if price else {}),
        }
        for code, quantity, *price in lines
    ]


def a_scan(world: World, by: str = "rep") -> StoredFile:
    """An uploaded scan of a signed contract."""
    content = b"%PDF-1.4\n% a signed contract\n%%EOF\n"
    row = files.receive([content], "signed.pdf", company_id=world.company.pk, uploaded_by=world.user(by).pk)
    row.save(force_insert=True)
    return row


def a_contract(world: World, lines: Lines = ONE_LINE, state: str = "draft", **values: Any) -> Contract:
    """A contract of the rep in a state."""
    data = {"customer": str(a_buyer(world).pk), "lines": line_data(world, lines), **values}
    contract: Contract = world.run("rep", "contracts.create", data=data).result
    if state in ("approved", "signed", "closed"):
        approved(world, contract)
    if state in ("signed", "closed"):
        signed(world, contract)
    if state == "closed":
        world.run("rep", "contracts.close", contract, {"reason": "双方商定提前结束"})
    if state == "cancelled":
        world.run("rep", "contracts.cancel", contract, {"reason": "客户撤回"})
    contract.refresh_from_db()
    return contract


def approved(world: World, contract: Contract) -> None:
    """Have it approved: the rep submits, everybody on its route agrees."""
    outcome = world.run("rep", "contracts.approve", contract)
    agree(world, outcome.hold)


def agree(world: World, request: Any) -> None:
    """Every approver of a request agrees, step by step, until it is decided."""
    for _ in range(12):
        request.refresh_from_db()
        if request.state != "open":
            return
        step = (
            request.steps.filter(opened_at__isnull=False, decided_at__isnull=True)
            .order_by("position")
            .first()
        )
        role = next(name for name, user in world.installed.users.items() if user.pk in step.candidates)
        world.run(role, "approvals.approve", request.pk)


def signed(world: World, contract: Contract) -> None:
    """Have it signed today."""
    contract.refresh_from_db()
    world.run("rep", "contracts.sign", contract, signing(world))


def signing(world: World) -> dict[str, Any]:
    """The input of a signature."""
    return {
        "signed_on": world.today.isoformat(),
        "signatory": "我方代表",
        "customer_signatory": "对方代表",
        "scan": str(a_scan(world).pk),
    }


def _in_state(world: World) -> Any:
    return lambda state: a_contract(world, state=state)


@builder("contracts.create")
def _create(world: World) -> Case:
    data = {"customer": str(a_buyer(world).pk), "lines": line_data(world, ONE_LINE), "title": "水泵采购"}
    return Case("rep", data=data)


@builder("contracts.change")
def _change(world: World) -> Case:
    data = {"lines": line_data(world, (("P-001", "3"),)), "payment_days": 45}
    return Case("rep", a_contract(world), data, in_state=_in_state(world))


@builder("contracts.change_terms")
def _change_terms(world: World) -> Case:
    contract = a_contract(world)
    terms = [{"key": t["key"], "title": t["title"], "text": t["text"]} for t in texts.terms_of(contract)]
    terms[-1]["text"] += "双方各自承担签约费用。"
    return Case("legal", contract, {"terms": terms}, in_state=_in_state(world))


@builder("contracts.approve")
def _approve(world: World) -> Case:
    return Case("rep", a_contract(world), in_state=_in_state(world), held=True)


@builder("contracts.sign")
def _sign(world: World) -> Case:
    return Case("rep", a_contract(world, state="approved"), signing(world), in_state=_in_state(world))


@builder("contracts.close")
def _close(world: World) -> Case:
    return Case(
        "rep", a_contract(world, state="signed"), {"reason": "双方商定提前结束"}, in_state=_in_state(world)
    )


@builder("contracts.cancel")
def _cancel(world: World) -> Case:
    return Case("rep", a_contract(world), {"reason": "客户撤回询价"}, in_state=_in_state(world))


@builder("contracts.comment")
def _comment(world: World) -> Case:
    return Case("rep", a_contract(world), {"text": "客户法务在看第三条"})
