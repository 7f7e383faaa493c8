"""orders.confirm.1 and .4: create and confirm five-line orders, ours against SQL by hand, with one and four clients."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID

from tests.bench import by_hand, company, digests, measuring, server
from tests.bench.measuring import Figure, Spent

LIMIT, GOAL = 0.25, 0.5
ROUNDS, ORDERS = 9, 12
WARM = 8  # orders per client before it counts: statements are planned, caches filled
OURS, HAND = "bench_ours", "bench_hand"


def one(rounds: int = ROUNDS) -> list[Figure]:
    """With one client."""
    return [_bench(1, rounds)]


def four(rounds: int = ROUNDS) -> list[Figure]:
    """With four clients."""
    return [_bench(4, rounds)]


def _bench(clients: int, rounds: int, orders: int = ORDERS) -> Figure:
    ours, hand, equal = compare(clients, rounds, orders)
    cost, yardstick = measuring.median([s.cpu for s in ours]), measuring.median([s.cpu for s in hand])
    ratio, wall = yardstick / cost, measuring.median([s.wall for s in ours])
    parts = [measuring.median([getattr(s, part) for s in ours]) for part in ("client", "backend")]
    return Figure(
        f"orders.confirm.{clients}", cost, "ms CPU/order", f"SQL by hand {yardstick:.2f} ms, {by_hand.STATEMENTS} statements",
        ratio, f">= {LIMIT}, goal {GOAL}", equal and ratio >= LIMIT, wall,
        f"client {parts[0]:.1f} + backend {parts[1]:.1f}; by hand {measuring.median([s.wall for s in hand]):.1f} ms wall;"
        f" rows {'equal' if equal else 'DIFFER'}",
    )  # fmt: skip


def compare(clients: int, rounds: int, orders: int) -> tuple[list[Spent], list[Spent], bool]:
    """Both sides on copies of one company, block by block in turns: what each block cost per order, and whether they
    wrote equal rows."""
    base = server.template("company", company.build)
    server.copy(OURS, base)
    server.copy(HAND, base)
    server.use(OURS)
    count = clients * (WARM + rounds * orders)
    plan = company.plan(count, seed=1)
    _open_month()
    server.use("postgres")
    ours: list[Spent] = []
    hand: list[Spent] = []
    with _clients(OURS, _ours, clients) as our, _clients(HAND, _by_hand, clients) as theirs:
        _block([*zip(our, _dealt(plan[: clients * WARM], clients), strict=True)])
        _block([*zip(theirs, _dealt(plan[: clients * WARM], clients), strict=True)])
        for number in range(rounds):
            start = clients * (WARM + number * orders)
            dealt = _dealt(plan[start : start + clients * orders], clients)
            sides = [(ours, our), (hand, theirs)]
            for found, pipes in sides if number % 2 == 0 else reversed(sides):
                found.append(_block([*zip(pipes, dealt, strict=True)]))
    with server.connect(OURS) as a, server.connect(HAND) as b:
        equal = digests.digest(a, shared=clients > 1) == digests.digest(b, shared=clients > 1)
    return ours, hand, equal


def _open_month() -> None:
    """Both sides find the month's period row: it is opened once a month, not once an order."""
    from sellwell.kernel import clock, ids

    month = clock.business_day(clock.now()).replace(day=1)
    for name in (OURS, HAND):
        with server.connect(name) as connection:
            connection.execute(
                "INSERT INTO kernel_postingperiod (id, version, company_id, month, state)"
                " SELECT %s, 1, id, %s, 'open' FROM company_company ON CONFLICT DO NOTHING", [ids.new_id(), month],
            )  # fmt: skip


def _dealt(plan: list[dict[str, Any]], clients: int) -> list[list[dict[str, Any]]]:
    return [plan[number::clients] for number in range(clients)]


def _block(work: list[tuple[Connection, list[dict[str, Any]]]]) -> Spent:
    """Send every client its orders at once; what an order cost on average, and the clock of the slowest client."""
    for pipe, orders in work:
        pipe.send(orders)
    answers: list[Spent] = [pipe.recv() for pipe, _ in work]
    count = sum(len(orders) for _, orders in work)
    return Spent(
        sum(a.client for a in answers) / count, sum(a.backend for a in answers) / count,
        max(a.wall for a in answers) / max(len(orders) for _, orders in work),
    )  # fmt: skip


# --- clients ------------------------------------------------------------------------------------------------------------


@contextmanager
def _clients(
    database: str, target: Callable[[Connection, str], None], count: int
) -> Iterator[list[Connection]]:
    """Processes of their own, each with one connection; they end with the block."""
    spawn = multiprocessing.get_context("spawn")
    pairs = [spawn.Pipe() for _ in range(count)]
    processes = [spawn.Process(target=target, args=(theirs, database), daemon=True) for _, theirs in pairs]
    for process in processes:
        process.start()
    try:
        for pipe, _ in pairs:
            pipe.recv()  # ready
        yield [pipe for pipe, _ in pairs]
    finally:
        for (pipe, _), process in zip(pairs, processes, strict=True):
            if process.is_alive():
                pipe.send(None)
            process.join(20)


def _ours(pipe: Connection, database: str) -> None:
    """A client that does it as the product does: as a representative, through the door."""
    _start(database)
    from sellwell.kernel import access, clock, door
    from sellwell.kernel.models import User
    from sellwell.kernel.operations import context_for

    user = User.objects.get(username="rep")
    actor = access.actor_for(user, clock.business_day(clock.now()))

    def act(data: dict[str, Any]) -> None:
        order = door.run("orders.create", context_for(actor, "web"), None, data).result
        if door.run("orders.confirm", context_for(actor, "web"), order.pk, {}).hold is not None:
            raise RuntimeError("an order of the bench was held")

    _serve(pipe, act, measuring.django_backend())


def _by_hand(pipe: Connection, database: str) -> None:
    """A client that does it by hand on one psycopg connection, as the same role."""
    _start(database)
    from sellwell.kernel.models import User

    user = User.objects.get(username="rep")
    with server.connect(database) as owner:
        (company_id,) = owner.execute("SELECT id FROM company_company").fetchone() or (UUID(int=0),)
        versions = owner.execute(
            "SELECT name, number FROM kernel_policyversion WHERE name = 'orders.approval' AND status = 'in_force'"
        ).fetchall()
    policies = [{"policy": name, "version": number, "row": 5} for name, number in versions]
    with server.connect(database, "app", autocommit=True) as connection:
        hand = by_hand.Hand(connection, company_id, user.pk, policies)
        _serve(pipe, hand.one, connection.info.backend_pid)


def _start(database: str) -> None:
    server.use_home()
    import django

    django.setup()
    server.use(database)


def _serve(pipe: Connection, act: Callable[[dict[str, Any]], None], backend: int) -> None:
    pipe.send("ready")
    while (orders := pipe.recv()) is not None:
        with measuring.spending(backend) as spent:
            for data in orders:
                act(data)
        pipe.send(spent)
