"""The company that Tryton sells from, made by its own interpreter: `tryton_company.py DATABASE CONFIGURATION`.

Like ours: products with ample stock, customers with ample credit, a price list with a step by quantity.
"""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal
from typing import Any

CUSTOMERS, PRODUCTS = 40, 40
AMPLE_STOCK, AMPLE_CREDIT = 1_000_000, Decimal(10**12)


def main(database: str, configuration: str) -> None:
    """Company, accounts, years, tax, price list; then products with stock and customers with credit."""
    from proteus import config as client
    from trytond import config

    config.update_etc(configuration)  # before anything picks the database backend
    from tryton_client import Tryton  # beside this file: our packages are unknown here

    address = config.get("database", "uri") + database
    client.set_trytond(address, config_file=configuration)
    _accounts()
    _catalogue()
    _stock(Tryton(database))


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()


def _accounts() -> None:
    from proteus import Model
    from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, create_tax, get_accounts
    from trytond.modules.account_invoice.tests.tools import (
        create_payment_term,
        set_fiscalyear_invoice_sequences,
    )
    from trytond.modules.company.tests.tools import create_company
    from trytond.modules.currency.tests.tools import get_currency

    create_company(currency=get_currency("EUR"))
    create_chart()
    year = _today().year
    for each in (year - 1, year, year + 1):
        fiscal = create_fiscalyear(today=(dt.date(each, 1, 1), dt.date(each, 12, 31)))
        fiscal = set_fiscalyear_invoice_sequences(fiscal)
        fiscal.save()
        fiscal.click("create_period")
    accounts = get_accounts()
    tax = create_tax(Decimal("0.13"))
    tax.save()
    terms = create_payment_term()
    terms.save()
    settings = Model.get("account.configuration")(1)
    settings.default_customer_payment_term = terms
    settings.save()
    category = Model.get("product.category")(name="Goods", accounting=True)
    category.account_revenue, category.account_expense = accounts["revenue"], accounts["expense"]
    category.customer_taxes.append(tax)
    category.save()


def _catalogue() -> None:
    """A price list with a step by quantity; products; customers who buy by the list, with credit."""
    from proteus import Model

    prices = Model.get("product.price_list")(name="Wholesale", price="list_price")
    step = prices.lines.new()
    step.quantity, step.formula = 10.0, "unit_price * 0.9"
    prices.lines.new().formula = "unit_price * 0.95"
    prices.save()
    (category,) = Model.get("product.category").find([("name", "=", "Goods")])
    (unit,) = Model.get("product.uom").find([("name", "=", "Unit")])
    Template, Party = Model.get("product.template"), Model.get("party.party")  # noqa: N806 - classes
    for number in range(PRODUCTS):
        template = Template(name=f"Product {number:04d}", type="goods", default_uom=unit, salable=True)
        template.list_price = Decimal(100 + 7 * number)
        template.account_category = category
        template.products[0].code = f"P{number:04d}"
        template.save()
    for number in range(CUSTOMERS):
        party = Party(name=f"Customer {number:04d}", sale_price_list=prices)
        party.credit_limit_amount = AMPLE_CREDIT
        party.addresses[0].street, party.addresses[0].city = f"{number} Main Street", "Town"
        party.save()


def _stock(tryton: Any) -> None:
    with tryton.transaction():
        Move = tryton.pool.get("stock.move")  # noqa: N806 - a class
        (storage,) = tryton._search("stock.location", [("code", "=", "STO")])
        lost, *_ = tryton._search("stock.location", [("type", "=", "lost_found")])
        moves = Move.create(
            [
                {
                    "product": product.id, "quantity": AMPLE_STOCK, "unit": product.default_uom.id, "company": 1,
                    "from_location": lost.id, "to_location": storage.id,
                    "effective_date": _today() - dt.timedelta(days=60),
                }
                for product in tryton._search("product.product", [])
            ]
        )  # fmt: skip
        Move.do(moves)


if __name__ == "__main__":
    main(*sys.argv[1:])
