"""Operations: one declaration per verb, and the registry of all of them.

    @operation("orders.confirm", T("确认订单", "Confirm order"), Order, input=ConfirmOrder,
               from_states=[OrderState.DRAFT], assess=assess_confirm, clauses=["5.2.2"], help=T("…", "…"))
    def confirm(order: Order, given: ConfirmOrder, ctx: Context, assessment: Assessment) -> Effects: ...

`kernel.door.run` is the only caller of a handler. Guards of other rooms bind to an operation by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sellwell.kernel import clock
from sellwell.kernel.inputs import Input, Nothing
from sellwell.kernel.values import Objection, T

if TYPE_CHECKING:
    from sellwell.kernel.access import Actor
    from sellwell.kernel.effects import Effects
    from sellwell.kernel.models import Row

CHANNELS = ("web", "api", "cli", "job", "import")


@dataclass(frozen=True, slots=True)
class Agreed:
    """What approvers agreed to, for the act that is run again: their request, who they are, and the releases."""

    request_id: UUID
    approvers: tuple[UUID, ...]
    releases: tuple[Any, ...]


@dataclass(frozen=True)
class Context:
    """Who acts, where, when and by which way in. Handlers take the time and the actor from here only."""

    actor: Actor
    company_id: UUID
    now: datetime
    channel: str
    request_id: UUID
    on_behalf_of: UUID | None = None
    within: str = ""  # the operation that this one is nested in
    lent: frozenset[str] = frozenset()  # verbs that the outer operation declared as nested
    outer: tuple[str, UUID | None] | None = None  # the outermost operation and its row, for nested ones
    agreed: Agreed | None = None  # set while a held act is run again for its requester

    @property
    def today(self) -> date:
        """The business day."""
        return clock.business_day(self.now)

    @property
    def user_id(self) -> UUID:
        """Who acts."""
        return self.actor.user_id

    def nested(self, operation: Operation, row_id: UUID | None = None) -> Context:
        """The context for operations that `operation`, on the row of `row_id`, runs inside itself."""
        outer = self.outer or (operation.name, row_id)
        return replace(self, within=operation.name, lent=frozenset(operation.nested), outer=outer)


def context_for(actor: Actor, channel: str, company_id: UUID | None = None) -> Context:
    """A context for an actor, now, in the given company or the actor's first one."""
    company = company_id or (actor.companies[0] if actor.companies else UUID(int=0))
    return Context(actor, company, clock.now(), channel, uuid4())


@dataclass(frozen=True)
class Assessment:
    """What an operation would mean, found by reading only.

    `content` is the document's own terms (amount, parties, lines, dates) and is what an approval releases; `context`
    is everybody else's doing (exposure, stock). Both hold identifiers and numbers, never names. `carry` hands Python
    values to guards and handler and is not stored.
    """

    row: Any = None
    given: Any = None
    content: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    carry: Any = None
    objections: tuple[Objection, ...] = ()

    @property
    def amount(self) -> Decimal | None:
        """The amount that limits are held against, in company currency."""
        value = self.content.get("amount")
        return value if isinstance(value, Decimal) else None


@dataclass(frozen=True, slots=True)
class Lock:
    """Rows to lock before the decisive look. `rank` keeps one order everywhere: see RANKS."""

    rank: int
    model: type[Any]
    ids: tuple[UUID, ...]


# The one order in which rows are locked. Number series come last and are drawn by the handler itself.
RANKS = {"document": 0, "parent": 1, "exposure": 2, "stock": 3}


def lock(rank: str, model: type[Any], ids: Iterable[UUID]) -> Lock:
    """A lock by the name of its rank."""
    return Lock(RANKS[rank], model, tuple(sorted(set(ids))))


Handler = Callable[[Any, Any, Context, Assessment], "Effects"]
Assess = Callable[[Any, Any, Context], Assessment]
LockKeys = Callable[[Any, Any, Context], list[Lock]]


@dataclass(frozen=True)
class Operation:
    """A verb of the system, with everything that channels, audit, rights and docs derive from it."""

    name: str
    title: T
    help: T
    model: type[Row]
    handler: Handler
    input: type[Input] = Nothing
    from_states: frozenset[str] = frozenset()
    creates: bool = False
    parent: str = (
        ""  # for creations: the input field that names the parent row (several: separated by spaces)
    )
    assess: Assess | None = None
    lock_keys: LockKeys | None = None
    nested: tuple[str, ...] = ()
    route: str = ""  # an approval policy that is asked for every run
    while_held: bool = False
    channels: frozenset[str] = frozenset(CHANNELS)
    clauses: tuple[str, ...] = ()
    danger: bool = False  # the page asks once more and shows it apart
    menu: bool = True  # offered on the record page; off for steps that other pages or jobs take

    @property
    def room(self) -> str:
        """The room that answers for it."""
        return self.name.split(".", 1)[0]

    @property
    def verb(self) -> str:
        """The verb without its room."""
        return self.name.split(".", 1)[1]


REGISTRY: dict[str, Operation] = {}


def operation(
    name: str, title: T, model: type[Row], *, help: T, **options: Any
) -> Callable[[Handler], Handler]:
    """Declare the decorated function as the handler of operation `name`; the function is returned unchanged."""

    def declare(handler: Handler) -> Handler:
        if name in REGISTRY:
            raise ValueError(f"the operation {name} is declared twice")
        for key in ("from_states", "channels"):
            if key in options:
                options[key] = frozenset(str(value) for value in options[key])
        for key in ("nested", "clauses"):
            options[key] = tuple(options.get(key, ()))
        REGISTRY[name] = Operation(name, title, help, model, handler, **options)
        return handler

    return declare


# --- guards ----------------------------------------------------------------------------------------------------------

Check = Callable[[list[Assessment], Context], Mapping[int, Objection | list[Objection]]]


@dataclass(frozen=True, slots=True)
class Guard:
    """A check that a room binds to operations of any room, by name. Many assessments at once, no writes."""

    name: str
    title: T
    operations: tuple[str, ...]
    check: Check
    clauses: tuple[str, ...] = ()
    lock_keys: LockKeys | None = (
        None  # rows that the check must see unchanging, for instance a credit account
    )


GUARDS: dict[str, Guard] = {}


def guard(
    name: str, title: T, *, on: Iterable[str], clauses: Iterable[str] = (), lock_keys: LockKeys | None = None
) -> Callable[[Check], Check]:
    """Bind the decorated check to the named operations."""

    def declare(check: Check) -> Check:
        if name in GUARDS:
            raise ValueError(f"the guard {name} is declared twice")
        GUARDS[name] = Guard(name, title, tuple(on), check, tuple(clauses), lock_keys)
        guards_of.cache_clear()
        return check

    return declare


@cache
def guards_of(operation_name: str) -> tuple[Guard, ...]:
    """The guards of an operation, by name. Looked up once: there are hundreds, and every act asks."""
    return tuple(GUARDS[name] for name in sorted(GUARDS) if operation_name in GUARDS[name].operations)


def operations_of(model: type[Any]) -> list[Operation]:
    """Every operation on rows of a model, in life-cycle order (the order of declaration)."""
    return [op for op in REGISTRY.values() if op.model is model]
