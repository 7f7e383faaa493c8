"""The organisation chart: layers, spans of control, shares, and what lies outside the limits (clauses 2.1.2, 2.2.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sellwell.foundation.company.rules.reorganising import Node, Post


@dataclass
class Branch:
    """A department in the chart."""

    node: Node
    level: int  # 1 at the top
    children: list[Branch] = field(default_factory=list)
    people: int = 0  # who hold a post right here
    total: int = 0  # here and below, each once
    span: int = 0  # who report to the head: the others here, and the heads of the departments right below
    layers: int = (
        0  # heads one above the other from the front line here up to the top, the front line included
    )


@dataclass(frozen=True)
class Limits:
    """What the policy allows for a kind of department."""

    span_from: int
    span_to: int
    layers: int


@dataclass(frozen=True, slots=True)
class Beyond:
    """A department outside a limit: `kind` is span_small, span_large, layers, no_head or front_heads."""

    kind: str
    code: str
    count: int = 0
    limit: int = 0


@dataclass
class Chart:
    """The whole of it."""

    tops: list[Branch]
    by_code: dict[str, Branch]
    people: int
    by_layer: dict[int, int]

    @property
    def deepest(self) -> int:
        """The largest number of layers from the front line to the top."""
        return max((b.layers for b in self.by_code.values()), default=0)


def chart(nodes: Iterable[Node], posts: Iterable[Post]) -> Chart:
    """Build the chart of a day. A department whose superior is not there stands at the top."""
    known = {n.code: n for n in nodes}
    below: dict[str, list[Node]] = defaultdict(list)
    for node in known.values():
        below[node.above if node.above in known else ""].append(node)
    members: dict[str, set[str]] = defaultdict(set)
    layer_of: dict[str, int] = {}
    for post in posts:
        if post.code in known:
            members[post.code].add(post.person)
            layer_of[post.person] = min(post.layer, layer_of.get(post.person, post.layer))
    found = Chart([], {}, len(layer_of), dict.fromkeys((1, 2, 3), 0))
    for layer in layer_of.values():
        found.by_layer[layer] += 1

    def grow(node: Node, level: int, heads: tuple[str, ...]) -> tuple[Branch, set[str]]:
        branch = found.by_code[node.code] = Branch(node, level)
        here, everybody = members[node.code], set(members[node.code])
        up = heads if not node.head or node.head in heads else (*heads, node.head)
        for child in sorted(below[node.code], key=lambda n: n.code):
            grown, inside = grow(child, level + 1, up)
            branch.children.append(grown)
            everybody |= inside
        branch.people, branch.total = len(here), len(everybody)
        if node.head:
            reports = (here | {c.node.head for c in branch.children if c.node.head}) - {node.head}
            branch.span = len(reports)
        branch.layers = len(up) + (1 if here - set(up) else 0)
        return branch, everybody

    found.tops = [grow(node, 1, ())[0] for node in sorted(below[""], key=lambda n: n.code)]
    return found


def beyond(shown: Chart, limits: dict[str, Limits], layer_of: dict[str, int]) -> list[Beyond]:
    """Departments without a head, spans and layers outside the limits, and front-line people who head others."""
    found: list[Beyond] = []
    for code, branch in sorted(shown.by_code.items()):
        limit = limits[branch.node.kind]
        if not branch.node.head:
            if branch.total:
                found.append(Beyond("no_head", code, branch.total))
        elif branch.span > limit.span_to:
            found.append(Beyond("span_large", code, branch.span, limit.span_to))
        elif branch.span < limit.span_from:
            found.append(Beyond("span_small", code, branch.span, limit.span_from))
        if branch.layers > limit.layers:
            found.append(Beyond("layers", code, branch.layers, limit.layers))
        if layer_of.get(branch.node.head) == 3 and branch.children:
            found.append(Beyond("front_heads", code, len(branch.children)))
    return found
