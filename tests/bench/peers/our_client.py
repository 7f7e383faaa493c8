"""Our side of the peer bench: the same orders through the door, each step by the person whose step it is."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

from tests.bench import server
from tests.bench.peers import speaking


class Ours:
    """The stages of an order, a block of orders at a time."""

    def __init__(self) -> None:
        from sellwell.kernel import access, clock
        from sellwell.kernel.models import User

        self.today = clock.business_day(clock.now())
        self.actors = {
            name: access.actor_for(User.objects.get(username=name), self.today)
            for name in ("rep", "warehouse", "sales_manager")
        }
        self.orders: list[Any] = []
        self.shipments: list[Any] = []

    def order(self, plan: list[dict[str, Any]]) -> None:
        """Create, confirm (prices, credit, reservation) and plan the shipment."""
        self.orders, self.shipments = [], []
        for data in plan:
            order = self._do("rep", "orders.create", None, data)
            self._do("rep", "orders.confirm", order.pk, {})
            self.orders.append(order.pk)
            self.shipments.append(
                self._do("warehouse", "delivery.plan_shipment", None, {"order": str(order.pk)}).pk
            )

    def deliver(self, plan: list[dict[str, Any]]) -> None:
        """Pick, ship, deliver, accept."""
        arrival = (self.today + timedelta(days=2)).isoformat()
        for shipment in self.shipments:
            self._do("warehouse", "delivery.pick", shipment, {})
            self._do("warehouse", "delivery.ship", shipment, {"carrier": "自送", "expected_on": arrival})
            self._do("rep", "delivery.confirm_delivery", shipment, {"signed_by": "收货部"})
            self._do("rep", "delivery.accept", shipment, {"accepted_by": "收货部"})

    def invoice(self, plan: list[dict[str, Any]]) -> None:
        """Ask for the invoice: the draft that finance issues."""
        for order in self.orders:
            self._do("rep", "receivables.request_invoice", None, {"order": str(order)})

    def look(self, plan: list[dict[str, Any]]) -> None:
        """See that everything went as it should; not measured."""
        from django.apps import apps

        for order in self.orders:
            invoice = apps.get_model("receivables.Invoice").objects.get(order_id=order)
            shipment = apps.get_model("delivery.Shipment").objects.get(order_id=order)
            found = invoice.state, shipment.state, invoice.lines.count()
            if found != ("requested", "accepted", 5):
                raise RuntimeError(f"an order of the bench ended as {found}")

    def _do(self, who: str, name: str, row_id: Any, data: dict[str, Any]) -> Any:
        from sellwell.kernel import door
        from sellwell.kernel.operations import context_for

        outcome = door.run(name, context_for(self.actors[who], "web"), row_id, data)
        if outcome.hold is not None:
            raise RuntimeError(f"{name} of the bench was held")
        return outcome.result


if __name__ == "__main__":
    server.use_home()
    import django

    django.setup()
    server.use(sys.argv[1])
    side = Ours()
    speaking.serve({"order": side.order, "deliver": side.deliver, "invoice": side.invoice, "look": side.look})
