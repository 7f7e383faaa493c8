"""Days of the company: business comes in, people work off their tasks, the worker drains what follows.

People are driven by their own task lists: whatever verb a task asks for has a recipe. So the simulation is also a proof
that every hand-over puts the next step in somebody's list (clause 1.3.3).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps

from sellwell.kernel import calendar
from sellwell.kernel.models import Task, User
from sellwell.kernel.operations import REGISTRY
from sellwell.simulation import campaigns, cycles, leads, market, relations, surveys
from sellwell.simulation.people import Stage
from sellwell.simulation.recipes import LATER, RECIPES, Instead, Scene, some_lines

# The year's rhythm: spring festival is quiet, the last quarter busy.
SEASON = (0.8, 0.4, 1.1, 1.0, 1.0, 1.1, 0.9, 0.9, 1.2, 1.1, 1.3, 1.5)

# Tasks of these rooms are worked on by recipes of the room's own, not by the task lists.
DAYS_OF_THEIR_OWN = ("plans.", "intelligence.", "relations.", "retention.", "activities.", "voice.")


@dataclass
class Play:
    """One run: who there is and how much comes in."""

    scene: Scene
    customers: list[Any]
    staff: dict[str, list[User]]
    sales_a_day: float
    most_tasks_a_day: int = 120
    tell: Callable[[str], None] = lambda line: None
    last: date | None = None  # the day up to which it is played: the market is reported on before it

    @property
    def stage(self) -> Stage:
        """The stage of the scene."""
        return self.scene.stage

    def days(self, first: date, last: date) -> int:
        """Play the working days from `first` to `last`; gives how many."""
        day, played = first, 0
        while day <= last:
            if calendar.is_working_day(day):
                self.one(day)
                played += 1
            day += timedelta(days=1)
        return played

    def one(self, day: date) -> None:
        """One working day: business in the morning, tasks over the day, money in the afternoon."""
        self.stage.begin(day)
        for _ in range(self._arrivals(day)):
            self._business()
        self._work_off()
        cycles.a_day(self.stage)
        if self.last is not None:
            market.a_day(self.stage, self.last)
        relations.a_day(self.stage)
        surveys.a_day(self.stage)
        if self.last is not None:
            campaigns.a_day(self.stage, self.last)
        self.stage.settle()
        self._money()
        self.stage.settle()

    def _arrivals(self, day: date) -> int:
        expected = self.sales_a_day * SEASON[day.month - 1]
        whole = math.floor(expected)
        return whole + (1 if self.stage.rng.random() < expected - whole else 0)

    # -- business that comes in --------------------------------------------------------------------------------------

    def _business(self) -> None:
        roll = self.stage.rng.random()
        if roll < 0.15:
            self._lead()
        elif roll < 0.40:
            self._opportunity()
        else:
            self._direct_order()
        if self.stage.rng.random() < 0.3:
            self._visit()

    def _seller(self) -> User:
        sellers = [u for key, people in self.staff.items() if key.startswith("rep@") for u in people]
        return self.stage.rng.choice([*sellers, self.stage.user("rep")])

    def _customer(self) -> Any:
        """Few customers buy often: a customer's weight falls with its place."""
        return self.customers[
            min(int(self.stage.rng.expovariate(4 / len(self.customers))), len(self.customers) - 1)
        ]

    def _lead(self) -> None:
        from sellwell.simulation.names import Namer

        namer = Namer(self.stage.rng)
        place = self.stage.rng.choice(["EAST", "SOUTH", "NORTH", "WEST"])
        name, _, _ = namer.company(place)
        data = {
            "name": name, "contact_name": namer.person(), "phone": namer.mobile(), "need": "网上看到产品，希望了解报价",
            "source": self.stage.rng.choice(["fair", "referral", "entry"]),
        }  # fmt: skip
        leads.bring(self.stage, self._seller(), place, data)

    def _opportunity(self) -> None:
        customer = self._customer()
        data = {
            "customer": customer.pk, "title": "设备更新", "expected_amount": Decimal(self.stage.rng.randint(3, 80)) * 10_000,
            "expected_close": self.stage.today + timedelta(days=self.stage.rng.randint(20, 70)),
        }  # fmt: skip
        self.stage.act(self._owner(customer), "pipeline.add_opportunity", None, data)

    def _direct_order(self) -> None:
        customer = self._customer()
        data = {
            "customer": customer.pk, "lines": some_lines(self.scene),
            "requested_on": self.stage.today + timedelta(days=self.stage.rng.randint(3, 20)),
        }  # fmt: skip
        self.stage.act(self._owner(customer), "orders.create", None, data)

    def _visit(self) -> None:
        customer = self._customer()
        data = {
            "customer": customer.pk,
            "planned_at": self.stage.now + timedelta(days=1),
            "purpose": "回访与需求了解",
        }
        self.stage.act(self._owner(customer), "pipeline.plan_visit", None, data)

    def _owner(self, row: Any) -> User:
        return User.objects.get(pk=row.owner_id)

    # -- tasks ---------------------------------------------------------------------------------------------------------

    def _work_off(self) -> None:
        """Everybody works off what is in the list, oldest first; some things wait for another day."""
        tasks = Task.objects.filter(state="open", created_at__lt=self.stage.now).order_by(
            "due_at", "row_number", "operation", "pk"
        )
        # These have days of their own (`cycles.a_day`, `market.a_day` …): they take nobody's turn and draw no chance.
        for elsewhere in DAYS_OF_THEIR_OWN:
            tasks = tasks.exclude(operation__startswith=elsewhere)
        for task in list(tasks[: self.most_tasks_a_day]):
            if self.stage.rng.random() < 0.12:
                continue
            if Task.objects.filter(
                pk=task.pk, state="open"
            ).exists():  # a colleague may have done it meanwhile
                self.do(task)

    def do(self, task: Task) -> None:
        """Do what one task asks, as its person or as one of its role."""
        how = RECIPES.get(task.operation)
        if how is None:
            return
        row = apps.get_model(task.row_type)._default_manager.filter(pk=task.row_id).first()
        if row is None or (getattr(row, "held_by", None) and not REGISTRY[task.operation].while_held):
            return
        person = self.scene.person = self._person(task)
        data = how(self.scene, row)
        if data is LATER:
            return
        name, given = task.operation, data
        creates = REGISTRY[name].creates
        if isinstance(data, Instead):
            name, given, creates = data.operation, data.data, data.creates
        self.stage.act(person, name, None if creates else row, given)

    def _person(self, task: Task) -> User:
        if not task.role:
            return User.objects.get(pk=task.owner_id)
        people = [u for key, found in self.staff.items() if key.startswith(f"{task.role}@") for u in found]
        return self.stage.rng.choice([*people, self.stage.user(task.role)])

    # -- money ---------------------------------------------------------------------------------------------------------

    def _money(self) -> None:
        """Customers pay what is due: most in time, some late, some in parts."""
        invoice_model = apps.get_model("receivables.Invoice")
        today, rng = self.stage.today, self.stage.rng
        due = invoice_model._default_manager.filter(
            state="issued", kind="invoice", due_on__lte=today + timedelta(days=5)
        )
        for invoice in due.order_by("due_on", "number"):
            open_amount = invoice.total - invoice.settled
            late = (today - (invoice.due_on or today)).days
            if open_amount <= 0 or rng.random() > (0.25 if late < 0 else 0.18):
                continue
            part = rng.random() < 0.15 and open_amount > 2000
            amount = (open_amount / 2).quantize(Decimal("1.00")) if part else open_amount
            self._pay(invoice, amount)

    def _pay(self, invoice: Any, amount: Decimal) -> None:
        clerk = self._person(Task(role="finance", owner_id=invoice.owner_id))
        receipt = self.stage.act(
            clerk, "receivables.enter_receipt", None,
            {
                "customer": invoice.customer_id, "method": "bank", "amount": amount, "received_on": self.stage.today,
                "bank_reference": f"BK{self.stage.today:%Y%m%d}{self.stage.rng.randint(100000, 999999)}",
            },
        )  # fmt: skip
        if receipt is not None:
            self.stage.act(
                clerk, "receivables.apply", receipt, {"lines": [{"invoice": invoice.pk, "amount": amount}]}
            )
