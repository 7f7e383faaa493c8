"""The plan of a fault run: what each actor does, and what is killed when. All of it comes from the seed, and can be kept
in a file and played again.

Rows are named by place (the third customer, somewhere in the middle of the orders), so that a plan fits any company.
"""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ACTS_A_DAY = 8
# How each actor speaks to the system: straight through the door, as jobs and commands do, or over HTTP with a token.
CHANNELS = ("door", "http", "http", "door")
CUSTOMERS, PRODUCTS = 40, 30
# What is killed, and how often out of a hundred.
KILLS = {"actor": 35, "web": 15, "web worker": 10, "worker": 15, "postmaster": 25}
CLOCK_JUMPS = (-3600, 0, 7200, 86400)
WRONG = ("quantity", "product", "field")


@dataclass(frozen=True)
class Act:
    """One request: `key` tells it apart within the run. `sent` is once, twice (after each other), at once (on two lines),
    or lost (the line is cut before the answer is read, and the same request sent again)."""

    key: str
    verb: str
    sent: str
    where: float
    customer: int
    lines: list[list[int]]
    wrong: str = ""


@dataclass(frozen=True)
class Fault:
    """Something that breaks once `after` requests of the run were answered, `delay` seconds later. `pick` chooses among
    several processes; `shift` is where the clock jumps to."""

    after: int
    delay: float
    what: str
    pick: int = 0
    shift: int = 0


@dataclass(frozen=True)
class Plan:
    """Acts by actor, and faults in their order."""

    seed: int
    channels: list[str]
    acts: list[list[Act]]
    faults: list[Fault]

    @classmethod
    def read(cls, path: Path) -> Plan:
        """A plan from its file."""
        found = json.loads(path.read_text(encoding="utf-8"))
        acts = [[Act(**act) for act in each] for each in found["acts"]]
        return cls(found["seed"], found["channels"], acts, [Fault(**fault) for fault in found["faults"]])

    def write(self, path: Path) -> None:
        """Keep the plan in a file."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @property
    def requests(self) -> int:
        """How many acts there are."""
        return sum(len(each) for each in self.acts)

    def counted(self) -> dict[str, int]:
        """How often each kind of fault stands in the plan."""
        return {what: sum(f.what == what for f in self.faults) for what in (*KILLS, "clock")}


def make(seed: int, days: int, kills: int) -> Plan:
    """The plan of a seed: acts for so many days, kills spread over them, and a clock jump for every fourth kill."""
    acts = [
        [_act(f"{actor}-{number}", random.Random(f"{seed}/{actor}/{number}")) for number in range(ACTS_A_DAY * days)]  # noqa: S311
        for actor in range(len(CHANNELS))
    ]  # fmt: skip
    dice = random.Random(f"faults/{seed}")  # noqa: S311 - a simulation
    total = sum(len(each) for each in acts)
    kinds = dice.choices(list(KILLS), weights=list(KILLS.values()), k=kills) + ["clock"] * ((kills + 3) // 4)
    dice.shuffle(kinds)
    moments = sorted(dice.randrange(int(total * 0.9)) for _ in kinds)
    return Plan(
        seed, list(CHANNELS), acts, [_fault(*each, dice) for each in zip(moments, kinds, strict=True)]
    )


def _act(key: str, dice: random.Random) -> Act:
    verb = dice.choices(("create", "confirm", "cancel"), weights=(55, 30, 15))[0]
    sent = dice.choices(("once", "twice", "at once", "lost"), weights=(60, 10, 10, 20))[0]
    lines = [[dice.randrange(PRODUCTS), dice.randint(1, 4)] for _ in range(dice.randint(1, 4))]
    wrong = dice.choice(WRONG) if dice.random() < 0.2 else ""
    return Act(key, verb, sent, dice.randrange(1000) / 1000, dice.randrange(CUSTOMERS), lines, wrong)


def _fault(after: int, what: str, dice: random.Random) -> Fault:
    shift = dice.choice(CLOCK_JUMPS) if what == "clock" else 0
    return Fault(after, round(dice.uniform(0, 0.3), 3), what, dice.randrange(100), shift)


def request(act: Act, world: dict[str, Any], orders: list[str]) -> tuple[str, str | None, dict[str, Any]]:
    """The operation, row and content of an act in this company. Where no order is known yet, one is made instead."""
    if act.verb == "create" or not orders:
        return "orders.create", None, _order(act, world)
    row = orders[int(act.where * len(orders))]
    if act.verb == "confirm":
        return "orders.confirm", row, {"nonsense": 1} if act.wrong == "field" else {}
    return "orders.cancel", row, {"reason": "" if act.wrong == "field" else "故障演练"}


def _order(act: Act, world: dict[str, Any]) -> dict[str, Any]:
    customers, products = world["customers"], world["products"]
    lines = [
        {"product": products[place % len(products)], "quantity": str(quantity)}
        for place, quantity in act.lines
    ]
    data = {
        "customer": customers[act.customer % len(customers)], "lines": lines, "consignee": "收货部", "ship_to": "一号门",
        "customer_reference": f"{world['run']}-{act.key}",
    }  # fmt: skip
    if act.wrong == "quantity":
        lines[0]["quantity"] = "-1"
    elif act.wrong == "product":
        lines[0]["product"] = "00000000-0000-7000-8000-000000000000"
    elif act.wrong == "field":
        data["nonsense"] = "1"
    return data
