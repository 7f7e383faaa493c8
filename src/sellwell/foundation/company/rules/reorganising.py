"""What a reorganisation does to the organisation: departments and posts before, departments and posts after.

Departments are known by their codes, which never change. Every problem is found, not only the first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Node:
    """A department on a day. `above` is the code of the department above, `head` the person who heads it."""

    code: str
    name: str
    name_en: str = ""
    kind: str = "regional"
    region: str = ""
    line: str = ""
    above: str = ""
    head: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A post in a department: held on the day, or from `since` on where that is set."""

    person: str
    role: str
    code: str
    id: str = ""
    layer: int = 3
    since: date | None = None  # empty: held on the day already
    until: date | None = None

    def meets(self, other: Post) -> bool:
        """Whether there is a day on which both are held."""
        return _before(self.since, other.until) and _before(other.since, self.until)

    def covers(self, other: Post) -> bool:
        """Whether this one is held for as long as the other."""
        begins = self.since is None or (other.since is not None and self.since <= other.since)
        return begins and (self.until is None or (other.until is not None and other.until <= self.until))


def _before(since: date | None, until: date | None) -> bool:
    return since is None or until is None or since < until


@dataclass(frozen=True, slots=True)
class Step:
    """One change; see `models.ChangeAction`. `into` is the department above, or the one that it goes into."""

    action: str
    code: str = ""
    into: str = ""
    name: str = ""
    name_en: str = ""
    kind: str = ""
    region: str = ""
    line: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a step cannot be: `code` of a reason, the step's number, and what the sentence needs."""

    code: str
    step: int
    args: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The organisation after the steps, what became of closed departments, and what was wrong."""

    nodes: dict[str, Node]
    posts: tuple[Post, ...]
    went: dict[str, str]  # closed department -> the one that its documents go to; "" where it was empty
    problems: tuple[Problem, ...] = ()

    def path(self, code: str) -> str:
        """`HQ.EAST.` of a department that is still there."""
        return path(self.nodes, code)

    def followed(self, code: str) -> str:
        """The department that has the documents of `code` afterwards: itself, or where it went in the end."""
        while code in self.went:
            code = self.went[code]
        return code


def path(nodes: Mapping[str, Node], code: str) -> str:
    """The codes from the top down to a department. A department in a cycle has no path: ''."""
    codes: list[str] = []
    while code:
        if code in codes or code not in nodes:
            return ""
        codes.append(code)
        code = nodes[code].above
    return "".join(f"{c}." for c in reversed(codes))


def is_below(nodes: Mapping[str, Node], code: str, top: str) -> bool:
    """Whether a department is `top` or stands somewhere under it."""
    seen: set[str] = set()
    while code and code not in seen:
        if code == top:
            return True
        seen.add(code)
        code = nodes[code].above if code in nodes else ""
    return False


def deciders(nodes: Mapping[str, Node], posts: Iterable[Post], role: str, code: str) -> frozenset[str]:
    """Who decides for a role in a department, as approvals climb: those in it, else in the one above, else anybody."""
    held = [p for p in posts if p.role == role]
    seen: set[str] = set()
    while code in nodes and code not in seen:
        if here := frozenset(p.person for p in held if p.code == code):
            return here
        seen.add(code)
        code = nodes[code].above
    return frozenset(p.person for p in held)


def apply(
    nodes: Iterable[Node], posts: Iterable[Post], steps: Sequence[Step], taken: Collection[str] = ()
) -> Outcome:
    """The organisation after every step, in their order. `taken`: codes that closed departments keep."""
    work = _Work({n.code: n for n in nodes}, list(posts), taken)
    for number, step in enumerate(steps, start=1):
        ACTIONS[step.action](work, step, number)
    work.check_people(len(steps))
    return Outcome(work.nodes, tuple(work.posts), work.went, tuple(work.problems))


class _Work:
    def __init__(self, nodes: dict[str, Node], posts: list[Post], taken: Collection[str]) -> None:
        self.nodes, self.posts, self.taken = nodes, posts, taken
        self.made: set[str] = set()
        self.went: dict[str, str] = {}
        self.problems: list[Problem] = []

    def refuse(self, reason: str, step: int, /, **args: object) -> None:
        self.problems.append(Problem(reason, step, args))

    def known(self, code: str, step: int) -> bool:
        if code in self.nodes:
            return True
        self.refuse("no_department", step, code=code)
        return False

    def ends(self, code: str, into: str, step: int) -> bool:
        """Whether a department can be closed into another one, which must be there. Without one, it just closes."""
        if not self.known(code, step) or (into and not self.known(into, step)):
            return False
        if code in self.made:
            self.refuse("made_here", step, code=code)
            return False
        if into and is_below(self.nodes, into, code):
            self.refuse("cycle", step, code=code, into=into)
            return False
        return True

    def people_in(self, code: str) -> list[Post]:
        return [p for p in self.posts if p.code == code]

    def check_people(self, last: int) -> None:
        """Nobody holds one role twice in one department afterwards, and nobody reports to himself or herself."""
        seen: dict[tuple[str, str, str], list[Post]] = {}
        for post in self.posts:
            others = seen.setdefault((post.person, post.role, post.code), [])
            if any(post.meets(other) for other in others):
                self.refuse("overlapping", last, person=post.person, code=post.code)
            others.append(post)
        for node in self.nodes.values():
            above = self.nodes.get(node.above)
            if node.head and above is not None and above.head == node.head:
                self.refuse("own_superior", last, person=node.head, code=node.code, above=above.code)


def _add(work: _Work, step: Step, number: int) -> None:
    if step.code in work.nodes or step.code in work.went or step.code in work.taken:
        work.refuse("code_taken", number, code=step.code)
        return
    if step.into and not work.known(step.into, number):
        return
    above = work.nodes.get(step.into)
    work.made.add(step.code)
    work.nodes[step.code] = Node(
        step.code, step.name, step.name_en, step.kind or "regional",
        step.region or (above.region if above else ""), step.line or (above.line if above else ""), step.into,
        step.person,
    )  # fmt: skip


def _move(work: _Work, step: Step, number: int) -> None:
    if not work.known(step.code, number) or (step.into and not work.known(step.into, number)):
        return
    if step.into and is_below(work.nodes, step.into, step.code):
        work.refuse("cycle", number, code=step.code, into=step.into)
        return
    work.nodes[step.code] = replace(work.nodes[step.code], above=step.into)


def _merge(work: _Work, step: Step, number: int) -> None:
    if not work.ends(step.code, step.into, number):
        return
    work.nodes = {
        code: replace(n, above=step.into) if n.above == step.code else n for code, n in work.nodes.items()
    }
    # Somebody who holds the role in both keeps the post there; the other one just ends.
    there = work.people_in(step.into)
    kept = [
        p
        for p in work.posts
        if p.code != step.code
        or not any((t.person, t.role) == (p.person, p.role) and t.covers(p) for t in there)
    ]
    work.posts = [replace(p, code=step.into) if p.code == step.code else p for p in kept]
    del work.nodes[step.code]
    work.went[step.code] = step.into


def _close(work: _Work, step: Step, number: int) -> None:
    if not work.ends(step.code, step.into, number):
        return
    below = [n.code for n in work.nodes.values() if n.above == step.code]
    people = {p.person for p in work.people_in(step.code)}
    if below:
        work.refuse("has_departments", number, code=step.code, count=len(below))
    if people:
        work.refuse("has_people", number, code=step.code, count=len(people))
    if below or people:
        return
    work.went[step.code] = step.into or work.nodes[step.code].above
    del work.nodes[step.code]


def _head(work: _Work, step: Step, number: int) -> None:
    if work.known(step.code, number):
        work.nodes[step.code] = replace(work.nodes[step.code], head=step.person)


def _person(work: _Work, step: Step, number: int) -> None:
    if not work.known(step.code, number) or not work.known(step.into, number):
        return
    mine = [p for p in work.people_in(step.code) if p.person == step.person]
    if not mine:
        work.refuse("no_post_there", number, person=step.person, code=step.code)
        return
    work.posts = [replace(p, code=step.into) if p in mine else p for p in work.posts]


ACTIONS = {"add": _add, "move": _move, "merge": _merge, "close": _close, "head": _head, "person": _person}
