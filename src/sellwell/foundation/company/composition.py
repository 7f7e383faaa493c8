"""Who there is: people by position, employment, speciality, and what they sold (clause 2.1.1)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from sellwell.foundation.company import queries
from sellwell.foundation.company.models import Assignment, Person, Position
from sellwell.kernel.models import Fact
from sellwell.kernel.values import to_cents

# What counts as sales: the measure that receivables posts. A room above posts it, so it is named and not imported.
SALES = "invoiced"
YEAR = timedelta(days=365)


@dataclass
class Share:
    """The people of one position."""

    position: Position
    people: int = 0
    full_time: int = 0
    part_time: int = 0
    specialities: Counter[str] = field(default_factory=Counter)
    sales: Decimal = Decimal(0)
    has_statement: bool = True

    @property
    def per_head(self) -> Decimal | None:
        """Sales of the last twelve months by head."""
        return to_cents(self.sales / self.people) if self.people and self.sales else None

    @property
    def mix(self) -> str:
        """The specialities, the most common first."""
        return "、".join(f"{name} {count}" for name, count in self.specialities.most_common(4))


@dataclass(frozen=True)
class Team:
    """Everybody by position, with the sums."""

    shares: list[Share]
    people: int
    full_time: int
    part_time: int
    sales: Decimal
    vacant: list[Position]

    @property
    def per_head(self) -> Decimal | None:
        """Sales by head of the front line."""
        front = sum(s.people for s in self.shares if s.sales)
        return to_cents(self.sales / front) if front and self.sales else None


def position_of(
    role: str, own: UUID | None, known: dict[UUID, Position], by_role: dict[str, Position]
) -> Position | None:
    """The position of a post: its own, else the one that stands for its role."""
    return known.get(own) if own is not None else by_role.get(role)


def positions() -> tuple[dict[UUID, Position], dict[str, Position]]:
    """Every position in use, and the one that stands for each role."""
    known = {p.pk: p for p in Position.objects.filter(is_active=True).order_by("layer", "code")}
    by_role: dict[str, Position] = {}
    for position in known.values():
        if position.code == position.role or position.role not in by_role:
            by_role[position.role] = position
    return known, by_role


def statement_in_force(position: Position, day: date) -> bool:
    """Whether a duty statement is written and holds on a day."""
    return bool(
        position.duties_zh
        and position.statement_since is not None
        and position.statement_since <= day
        and (position.statement_until is None or day < position.statement_until)
    )


def team(company_id: UUID, day: date) -> Team:
    """The company's people by position on a day. Somebody who holds several counts in each, and once in the sum."""
    known, by_role = positions()
    posts = Assignment.objects.filter(queries.held_on(day), company_id=company_id)
    people = {p.user_id: p for p in Person.objects.filter(user__in=posts.values("user_id"))}
    sold = dict(
        Fact.objects.filter(
            company_id=company_id, measure=SALES, happened_on__gt=day - YEAR, happened_on__lte=day
        )
        .values_list("person_id")
        .annotate(total=Sum("amount"))
    )
    shares = {p.pk: Share(p, has_statement=statement_in_force(p, day)) for p in known.values()}
    seen: set[tuple[UUID, UUID]] = set()
    for user_id, role, own in posts.values_list("user_id", "role", "position_id"):
        position = position_of(role, own, known, by_role)
        person = people.get(user_id)
        if position is None or person is None or (user_id, position.pk) in seen:
            continue
        seen.add((user_id, position.pk))
        share = shares[position.pk]
        share.people += 1
        share.full_time += person.employment == "full_time"
        share.part_time += person.employment == "part_time"
        if person.speciality:
            share.specialities[person.speciality] += 1
        share.sales += sold.get(user_id, Decimal(0))
    users = {user for user, _ in seen}
    part_time = sum(1 for u in users if people[u].employment == "part_time")
    return Team(
        shares=list(shares.values()),
        people=len(users),
        full_time=len(users) - part_time,
        part_time=part_time,
        sales=sum((sold.get(u, Decimal(0)) for u in users), Decimal(0)),
        vacant=[s.position for s in shares.values() if not s.people],
    )
