"""What higher rooms tell profiles: the kinds that they know, which records have which, and which a verb would make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from sellwell.kernel.extensions import Extension
from sellwell.kernel.operations import Assessment, Context
from sellwell.kernel.values import T


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that profiles decide, such as the kind of a contract, and the records that have it.

    `codes` lists what there is; None: people write their own (units). `code`, `name`, `day` and `department` are ORM paths of
    the records. Without a day a record is standing (a product): it is judged as long as it is `open`. `open` says which
    records still depend on their kind.
    """

    title: T
    codes: Callable[[], Sequence[tuple[str, T]]] | None
    records: Callable[[UUID], QuerySet[Any]]
    code: str
    name: str
    open: Q
    day: str = ""
    department: str = ""
    order: int = 50


@dataclass(frozen=True, slots=True)
class Claim:
    """A kind that a verb would give to a record, the input field that says so, and the record's day (today if not said)."""

    subject: str
    code: str
    path: str = ""
    day: date | None = None


# By the subject's name: () -> Subject.
subjects: Extension[Callable[[], Subject]] = Extension(
    "profiles.subjects", "kinds that industry profiles decide, and the records that have them"
)

# By the operation's name: (assessment, ctx) -> the kinds that it would make. `profiles.allowed` guards each of them.
claims: Extension[Callable[[Assessment, Context], Iterable[Claim]]] = Extension(
    "profiles.claims", "kinds that a verb would give to a record"
)


def all_subjects() -> dict[str, Subject]:
    """Every subject by its name, in the order in which people read them."""
    found = {name: function() for name, function in subjects}
    return dict(sorted(found.items(), key=lambda pair: (pair[1].order, pair[0])))
