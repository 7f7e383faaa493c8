"""Reading a person's days: visits in their order with where to go and whom to call, tasks, next steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sellwell.foundation.customers.queries import REVEALED_FOR, Customer
from sellwell.foundation.customers.views import ADDRESSES, CONTACTS
from sellwell.kernel import access, clock, personal
from sellwell.kernel.models import LedgerEntry, Task
from sellwell.kernel.operations import REGISTRY, Context
from sellwell.kernel.personal_values import mask_name, mask_phone
from sellwell.selling.activities import queries, rules
from sellwell.selling.activities.icalendar import Entry
from sellwell.selling.pipeline import queries as pipeline
from sellwell.selling.pipeline.queries import Visit
from sellwell.selling.pipeline.views import VISITS

VISIT_LASTS = timedelta(hours=1)
MOST_TASKS = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where a customer is, in words, and the part by which places are near each other."""

    text: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom to call at a customer: the number in full with the right or a reason of a moment ago, else masked."""

    name: str = ""
    phone: str = ""
    call: str = ""
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit of the day with all that is needed on the way."""

    visit: Visit
    place: Place
    whom: Whom
    is_late: bool


def places(ctx: Context, customer_ids: Iterable[UUID]) -> dict[UUID, Place]:
    """The delivery address of each customer, defaults first; one query."""
    found: dict[UUID, Place] = {}
    rows = ADDRESSES.rows(ctx.actor).filter(customer_id__in=list(customer_ids), kind="delivery")
    for address in rows.order_by("customer_id", "-is_default", "-id"):
        area = f"{address.province}{address.city}{getattr(address, 'district', '')}"
        found.setdefault(address.customer_id, Place(f"{area}{address.line}", area))
    return found


def whom_to_call(ctx: Context, customers: Iterable[Customer]) -> dict[UUID, Whom]:
    """The primary contact of each customer, else the customer's own number; a few queries for all."""
    known = {c.pk: c for c in customers}
    first: dict[UUID, tuple[str, object]] = {c.pk: ("", c.party.phone) for c in known.values()}
    rows = CONTACTS.rows(ctx.actor).filter(customer_id__in=list(known))
    for contact in rows.order_by("customer_id", "is_primary", "id"):
        first[contact.customer_id] = (contact.name, contact.phone or first[contact.customer_id][1])
    numbers = personal.open_many([envelope for _, envelope in first.values()])  # type: ignore[misc]
    shown = _revealed(ctx, known)
    found = {}
    for (customer_id, (name, _)), number in zip(first.items(), numbers, strict=True):
        phone = number or ""
        if access.cell_for(ctx.actor, "customers.view:personal", known[customer_id]) or customer_id in shown:
            found[customer_id] = Whom(name, phone, "".join(c for c in phone if c.isdigit() or c == "+"))
        else:
            found[customer_id] = Whom(name, mask_phone(phone), masked=bool(phone))
    return found


def _revealed(ctx: Context, customer_ids: Iterable[UUID]) -> set[UUID]:
    """Whose numbers the actor asked to see, with a reason, a moment ago."""
    asked = LedgerEntry.objects.filter(
        operation="customers.reveal", row_id__in=list(customer_ids), actor_id=ctx.user_id,
        at__gt=ctx.now - REVEALED_FOR, at__lte=ctx.now,
    )  # fmt: skip
    return {row_id for row_id in asked.values_list("row_id", flat=True) if row_id is not None}


def stops(ctx: Context, day: date) -> list[Stop]:
    """The visits of a day in the order that was set, new ones behind by their time."""
    visits = queries.visits_of_day(ctx, day)
    position = {key: place for place, key in enumerate(queries.order_of_day(ctx, day))}
    visits.sort(key=lambda v: (position.get(v.pk, len(position)), v.planned_at, v.pk))
    customers = {v.customer_id: v.customer for v in visits}
    where, whom = places(ctx, customers), whom_to_call(ctx, customers.values())
    return [
        Stop(
            v, where.get(v.customer_id, Place()), whom[v.customer_id],
            v.minutes_due_at is not None and (v.minutes_at or ctx.now) > v.minutes_due_at,
        )
        for v in visits
    ]  # fmt: skip


def suggested(found: list[Stop]) -> list[UUID]:
    """A shorter order of the visits that are still to be made; those begun stay where they are."""
    ahead = [s for s in found if s.visit.state == "planned"]
    known = pipeline.positions(s.visit.customer_id for s in ahead)
    by_key = {str(s.visit.pk): s.visit.pk for s in ahead}
    order = rules.route(
        [
            rules.Stop(str(s.visit.pk), s.visit.planned_at, known.get(s.visit.customer_id), s.place.area)
            for s in ahead
        ]
    )
    begun = [s.visit.pk for s in found if s.visit.state != "planned"]
    return [*begun, *(by_key[key] for key in order)]


def open_tasks(ctx: Context, until: date) -> list[Task]:
    """The actor's own tasks that are due before a day, the most urgent first."""
    rows = Task.objects.filter(
        company_id=ctx.company_id, owner_id=ctx.user_id, role="", state="open", due_at__lt=clock.day_begins(until)
    )  # fmt: skip
    return list(rows.select_related("owner").order_by("due_at")[:MOST_TASKS])


# --- the calendar feed -----------------------------------------------------------------------------------------------------


def calendar_entries(ctx: Context, since: date, until: date, base: str) -> list[Entry]:
    """The actor's visits and tasks for a calendar program. No numbers of people and no free text leave the house here:
    a visit is called by its customer, a person's name is masked."""
    visits = pipeline.visits_between(VISITS.rows(ctx.actor), ctx.user_id, since, until)
    where = places(ctx, {v.customer_id for v in visits})
    found = [
        Entry(
            f"{v.pk}@sellwell", f"拜访 {_called(v.customer)}", v.planned_at, VISIT_LASTS,
            where.get(v.customer_id, Place()).text if v.customer.party.kind == "organisation" else "",
            f"{base}/visits/{v.pk}/", v.version,
        )
        for v in visits
    ]  # fmt: skip
    # A planned visit's own task says the same thing again.
    tasks = [t for t in open_tasks(ctx, until) if t.operation != "pipeline.check_in"]
    found += [
        Entry(
            f"{t.pk}@sellwell", " ".join(filter(None, (_verb(t), t.row_number))), t.due_at,
            url=f"{base}/tasks",
        )
        for t in tasks
    ]  # fmt: skip
    return found


def _called(customer: Customer) -> str:
    name = customer.party.name
    return mask_name(name) if customer.party.kind == "person" else name


def _verb(task: Task) -> str:
    operation = REGISTRY.get(task.operation)
    return str(operation.title) if operation is not None else task.operation
