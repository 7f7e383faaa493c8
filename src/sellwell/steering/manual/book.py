"""The manual as a book: chapters with their sections and clauses in the edition that is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.steering.manual import queries, rules
from sellwell.steering.manual.models import Basis, Edition, Passage


@dataclass(frozen=True, slots=True)
class Leaf:
    """A passage as it is read."""

    number: str
    level: int
    text: T
    bases: tuple[str, ...]

    @property
    def chapter(self) -> str:
        """The chapter that it stands in."""
        return self.number.split(".", 1)[0]

    @property
    def section(self) -> str:
        """The section that it stands in."""
        return ".".join(self.number.split(".")[:2])


@dataclass
class Book:
    """An edition in the order of its numbers."""

    edition: Edition
    leaves: list[Leaf] = field(default_factory=list)

    @property
    def by_number(self) -> dict[str, Leaf]:
        """Every passage by its number."""
        return {leaf.number: leaf for leaf in self.leaves}

    @property
    def chapters(self) -> list[Leaf]:
        """The chapters."""
        return [leaf for leaf in self.leaves if leaf.level == 1]

    @property
    def clauses(self) -> list[Leaf]:
        """The clauses."""
        return [leaf for leaf in self.leaves if leaf.level == 3]

    def within(self, number: str) -> list[Leaf]:
        """A passage and everything below it."""
        return [leaf for leaf in self.leaves if leaf.number == number or leaf.number.startswith(f"{number}.")]

    def sections_of(self, chapter: str) -> list[Leaf]:
        """The sections of a chapter."""
        return [leaf for leaf in self.within(chapter) if leaf.level == 2]


def open_(edition: Edition) -> Book:
    """Read an edition: one query."""
    rows = sorted(Passage.objects.filter(edition=edition), key=lambda p: rules.order_of(p.number))
    return Book(edition, [Leaf(p.number, p.level, T(p.zh, p.en or p.zh), tuple(p.bases)) for p in rows])


def texts_of(edition: Edition, numbers: Iterable[str]) -> dict[str, T]:
    """The texts of a few passages of an edition, where the whole book is not needed."""
    rows = Passage.objects.filter(edition=edition, number__in=list(numbers))
    return {number: T(zh, en or zh) for number, zh, en in rows.values_list("number", "zh", "en")}


def texts(book: Book) -> dict[str, T]:
    """The text of every passage by its number."""
    return {leaf.number: leaf.text for leaf in book.leaves}


def search(book: Book, words: str) -> list[Leaf]:
    """Passages that hold every word, in either language, or whose number begins so."""
    wanted = [word.lower() for word in words.split()]

    def holds(leaf: Leaf) -> bool:
        said = f"{leaf.number} {leaf.text.zh} {leaf.text.en}".lower()
        return all(word in said for word in wanted)

    return [leaf for leaf in book.leaves if wanted and holds(leaf)]


def for_actor(book: Book, ctx: Context) -> list[Leaf]:
    """The clauses that concern the reader: those carried out by what the reader may do (clause 1.2.2)."""
    by_verb = queries.clauses_by_verb()
    mine = set(rules.clauses_of((verb for verb in by_verb if ctx.actor.may(verb)), by_verb))
    return [leaf for leaf in book.clauses if leaf.number in mine]


@dataclass(frozen=True, slots=True)
class Cited:
    """A basis as a clause cites it, with its standing on a day."""

    basis: Basis
    standing: str  # in_force | repealed | later | unchecked | unwritten


def cited(codes: Iterable[str], ctx: Context) -> list[Cited]:
    """The bases of a clause with their validity today."""
    known = queries.bases_by_code(codes)
    return [Cited(known[code], standing(known[code], ctx)) for code in codes if code in known]


def standing(basis: Basis, ctx: Context) -> str:
    """How a basis stands today."""
    if rules.is_repealed(basis.until, ctx.today):
        return "repealed"
    if basis.state != "checked":
        return basis.state
    return "later" if basis.since is not None and basis.since > ctx.today else "in_force"


def history(number: str) -> list[Passage]:
    """A passage in every published edition, newest first."""
    rows = Passage.objects.filter(number=number, edition__state="published").select_related("edition")
    return list(rows.order_by("-edition__since"))
