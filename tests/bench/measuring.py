"""What a bench measures: CPU time of a client plus its database backend, the clock beside it, medians, one row a figure."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One row of the report. `ratio` is yardstick / ours where both are costs; `goal` is what it should reach."""

    name: str
    value: float | None
    unit: str
    against: str = ""
    ratio: float | None = None
    goal: str = ""
    ok: bool | None = None
    wall: float | None = None  # ms beside CPU time
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """The row with its fixed keys first."""
        found = {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}
        return found if found["note"] else {k: v for k, v in found.items() if k != "note"}


@dataclass
class Spent:
    """CPU of this process and of database backends, and the clock, in milliseconds."""

    client: float = 0.0
    backend: float = 0.0
    wall: float = 0.0

    @property
    def cpu(self) -> float:
        """Both together."""
        return self.client + self.backend


def cpu_of(pid: int) -> float:
    """CPU time of a process in milliseconds: to the nanosecond where the kernel tells, else in its ticks."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
    except (OSError, IndexError, ValueError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


@contextmanager
def spending(backend: int) -> Iterator[Spent]:
    """Measure the block; `backend` is the process of the connection that the block uses."""
    spent = Spent()
    client, database, wall = time.process_time(), cpu_of(backend), time.perf_counter()
    yield spent
    spent.wall = (time.perf_counter() - wall) * 1000
    spent.client, spent.backend = (time.process_time() - client) * 1000, cpu_of(backend) - database


def django_backend() -> int:
    """The process behind Django's connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid: int = cursor.fetchone()[0]
    return pid


def median(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def repeated(act: Callable[[], Any], rounds: int, warm: int = 3) -> Spent:
    """Do something `rounds` times after warming up, through Django's connection; the medians."""
    for _ in range(warm):
        act()
    found = []
    for _ in range(rounds):
        with spending(django_backend()) as spent:
            act()
        found.append(spent)
    return Spent(
        median([s.client for s in found]), median([s.backend for s in found]), median([s.wall for s in found])
    )
