"""Tryton's side of the peer bench, run by its own interpreter: `tryton_client.py DATABASE CONFIGURATION`.

Takes the orders of a block in its process, over its service layer, as its own server would: a new sale filled in field
by field, quoted, confirmed, its queued task (draft invoice and shipment) run at once, its shipment assigned.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

CONTEXT = {"company": 1, "language": "en", "_skip_warnings": True}


class Tryton:
    """One database, opened in this process."""

    def __init__(self, database: str) -> None:
        from trytond.pool import Pool
        from trytond.transaction import Transaction

        Pool.start()
        self.database, self.pool = database, Pool(database)
        with Transaction().start(database, 0, readonly=True):
            self.pool.init()
            self.user = self.pool.get("res.user").search([("login", "=", "admin")])[0].id
        with self.transaction():
            self.parties = [p.id for p in self._search("party.party", [("name", "like", "Customer %")])]
            self.products = [p.id for p in self._search("product.product", [])]
        self.sales: list[int] = []
        self.locks: dict[str, Any] = {}

    def transaction(self, **extras: Any) -> Any:
        """A transaction as the administrator of the company; warnings are answered with yes."""
        from trytond.transaction import Transaction

        return Transaction().start(self.database, self.user, context=CONTEXT, **extras)

    def _search(self, model: str, domain: list[Any]) -> list[Any]:
        found: list[Any] = self.pool.get(model).search(domain, order=[("id", "ASC")])
        return found

    # -- the stages of an order ----------------------------------------------------------------------------------------

    def order(self, plan: list[dict[str, Any]]) -> None:
        """Create, quote, confirm; draft invoice and shipment; assign the stock."""
        self.sales = [self._one(order) for order in plan]

    def _one(self, order: dict[str, Any]) -> int:
        number: int = self._act(lambda: self._sold(order))
        self._act(lambda: self._assigned(number))
        return number

    def _sold(self, order: dict[str, Any]) -> int:
        Sale = self.pool.get("sale.sale")  # noqa: N806 - a class
        sale = self._filled_in(order)
        sale.save()
        Sale.quote([sale])
        Sale.confirm([sale])
        number: int = sale.id
        return number

    def _assigned(self, number: int) -> None:
        shipments = list(self.pool.get("sale.sale")(number).shipments)
        self.pool.get("stock.shipment.out").assign_try(shipments)

    def _act(self, act: Callable[[], Any]) -> Any:
        """One transaction and the tasks it queued, as its server does it: a table that turns out to need a lock starts
        the transaction anew with it. Its server learns that each time; here it is remembered, which favours the peer."""
        from trytond.transaction import TransactionError
        from trytond.worker import run_task

        while True:
            with self.transaction(**self.locks) as transaction:
                try:
                    found = act()
                    transaction.commit()
                    break
                except TransactionError as error:
                    transaction.rollback()
                    transaction.tasks.clear()
                    error.fix(self.locks)
        while transaction.tasks:
            run_task(self.pool, transaction.tasks.pop())
        return found

    def _filled_in(self, order: dict[str, Any]) -> Any:
        """A sale as a client fills it in: each field set, then what follows from it."""
        Sale, Line = self.pool.get("sale.sale"), self.pool.get("sale.line")  # noqa: N806 - classes
        sale = _with_defaults(Sale)
        sale.party = self.parties[order["customer"]]
        sale.on_change_party()
        lines = []
        for wanted in order["lines"]:
            line = _with_defaults(Line)
            line.sale = sale
            line.product = self.products[wanted["product"]]
            line.on_change_product()
            line.quantity = float(wanted["quantity"])
            line.on_change_quantity()
            lines.append(line)
        sale.lines = lines
        return sale

    def deliver(self, plan: list[dict[str, Any]]) -> None:
        """Pick, pack, ship, done."""
        Shipment = self.pool.get("stock.shipment.out")  # noqa: N806 - a class
        for number in self.sales:
            for step in ("pick", "pack", "ship", "do"):
                self._act(
                    lambda n=number, s=step: getattr(Shipment, s)(
                        list(self.pool.get("sale.sale")(n).shipments)
                    )
                )

    def invoice(self, plan: list[dict[str, Any]]) -> None:
        """Nothing to do: the draft invoice came with the confirmation."""

    def look(self, plan: list[dict[str, Any]]) -> None:
        """See that everything went as it should; not measured."""
        for number in self.sales:
            with self.transaction():
                sale = self.pool.get("sale.sale")(number)
                found = [i.state for i in sale.invoices], [s.state for s in sale.shipments], len(sale.lines)
                if found != (["draft"], ["done"], 5):
                    raise RuntimeError(f"an order of the bench ended as {found}")


def _with_defaults(model: Any) -> Any:
    row = model()
    for name, value in model.default_get(list(model._fields), with_rec_name=False).items():
        setattr(row, name, value)
    return row


def main(database: str, configuration: str) -> None:
    """Serve the stages of orders."""
    from trytond import config

    config.update_etc(configuration)  # before anything picks the database backend
    import speaking  # beside this file: our packages are unknown here

    side = Tryton(database)
    speaking.serve({"order": side.order, "deliver": side.deliver, "invoice": side.invoice, "look": side.look})


if __name__ == "__main__":
    main(*sys.argv[1:])
