"""Honest coverage: a clause counts only with a control, an evidence, and a passing story that breaks it and is seen.

`bin/test` writes what its stories proved to docs/reference/clauses.json, each line with a hash over the clause's part of
the registry and the story's own source. Where either changed since, the line proves nothing any more.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from sellwell.kernel.evidence import for_clause
from sellwell.kernel.values import T
from sellwell.steering.manual import controls, rules, shipped

PROOFS = Path(settings.BASE_DIR) / "docs" / "reference" / "clauses.json"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a story said of a clause when it ran last. `breaks`: it breaks the clause and sees the evidence name it."""

    clause: str
    story: str
    outcome: str
    hash: str
    breaks: bool

    @property
    def is_current(self) -> bool:
        """Whether neither registry nor story changed since."""
        return self.hash == hash_of(self.clause, self.story)

    @property
    def is_good(self) -> bool:
        """Whether it passed and still stands."""
        return self.outcome == "passed" and self.is_current

    @property
    def title(self) -> str:
        """The story's name as words."""
        return self.story.rpartition("::")[2].removeprefix("test_").replace("_", " ")


@dataclass(frozen=True, slots=True)
class Covered:
    """How far a clause is covered, and what is missing."""

    number: str
    state: str  # covered | part | none
    controls: tuple[str, ...]
    evidence: tuple[str, ...]
    proofs: tuple[Proof, ...]
    missing: T | None

    def image(self) -> dict[str, Any]:
        """As `manual coverage --json` gives it."""
        return {
            "id": self.number,
            "state": self.state,
            "controls": list(self.controls),
            "evidence": ", ".join(self.evidence) or None,
            "tests": [p.story for p in self.proofs if p.is_good],
            "unproven": [p.story for p in self.proofs if not p.is_good],
            "missing": {"zh": self.missing.zh, "en": self.missing.en} if self.missing else None,
        }


NO_CONTROL = T("还没有控制", "no control yet")
NO_EVIDENCE = T("还没有证据", "no evidence yet")
NO_STORY = T(
    "还没有打破它并被证据发现的测试",
    "no passing story yet that breaks it and sees the evidence name the record",
)


def all_clauses() -> tuple[Covered, ...]:
    """Every clause of the shipped manual."""
    return _covered(_written())


def of_clause(number: str) -> Covered:
    """One clause, be it shipped or the company's own."""
    return coverage_of(number, _by_clause(_written()).get(number, []))


def _written() -> int:
    """When the proofs were written: what is found of them stands until then, since code does not change in a process."""
    return PROOFS.stat().st_mtime_ns if PROOFS.is_file() else 0


@lru_cache(maxsize=1)
def _by_clause(written: int) -> dict[str, list[Proof]]:
    found: dict[str, list[Proof]] = {}
    for proof in read(PROOFS):
        found.setdefault(proof.clause, []).append(proof)
    return found


@lru_cache(maxsize=1)
def _covered(written: int) -> tuple[Covered, ...]:
    return tuple(
        coverage_of(text.number, _by_clause(written).get(text.number, [])) for text in shipped.clauses()
    )


def coverage_of(number: str, proofs: Iterable[Proof]) -> Covered:
    """How far one clause is covered."""
    known = tuple(sorted(proofs, key=lambda p: p.story))
    names = tuple(dict.fromkeys(c.name for c in controls.controls_for(number)))
    evidence = tuple(controls.evidences_for(number))
    missing: list[T] = []
    if not controls.has_control(number):
        missing.append(NO_CONTROL)
    if not evidence:
        missing.append(NO_EVIDENCE)
    if not any(p.breaks and p.is_good for p in known):
        missing.append(NO_STORY)
    if (declared := shipped.kept_in_part().get(number)) is not None:
        missing.append(T(*declared))
    if not controls.has_control(number) and not evidence:
        return Covered(number, "none", names, evidence, known, NO_CONTROL)
    text = T("；".join(t.zh for t in missing), "; ".join(t.en for t in missing)) if missing else None
    return Covered(number, "part" if missing else "covered", names, evidence, known, text)


def summary(clauses: Iterable[Covered]) -> dict[str, int]:
    """How many clauses there are, how many are covered and how many in part."""
    states = [clause.state for clause in clauses]
    return {"total": len(states), "covered": states.count("covered"), "part": states.count("part")}


# --- proofs -------------------------------------------------------------------------------------------------------------


def read(path: Path = PROOFS) -> list[Proof]:
    """What the last tests proved; nothing where there is no file."""
    if not path.is_file():
        return []
    return [Proof(**item) for item in json.loads(path.read_text(encoding="utf-8"))]


def write(proofs: Iterable[Proof], path: Path = PROOFS) -> bool:
    """Keep proofs in one order, so that the same results give the same bytes. False where nothing changed."""
    ordered = sorted(set(proofs), key=lambda p: (rules.order_of(p.clause), p.story))
    lines = ",\n".join(json.dumps(_image(p), ensure_ascii=False) for p in ordered)
    text = f"[\n{lines}\n]\n"
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    return True


def _image(proof: Proof) -> dict[str, Any]:
    return {
        "clause": proof.clause,
        "story": proof.story,
        "outcome": proof.outcome,
        "hash": proof.hash,
        "breaks": proof.breaks,
    }


def merged(before: Iterable[Proof], now: Iterable[Proof]) -> list[Proof]:
    """Earlier proofs with those of this run in their place; stories that are gone are left out."""
    found = {(p.clause, p.story): p for p in before}
    ran = {p.story for p in now}
    found = {key: p for key, p in found.items() if p.story not in ran and source_of(p.story)}
    return [*found.values(), *now]


def hash_of(clause: str, story: str) -> str:
    """A hash over what the registry says of a clause and the story's source."""
    text = json.dumps([_registry_of(clause), source_of(story)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def _registry_of(clause: str) -> list[Any]:
    return [
        [[o.name, sorted(o.from_states), o.route] for o in controls.operations_for(clause)],
        [[g.name, sorted(g.operations), inspect.getsource(g.check)] for g in controls.guards_for(clause)],
        [[c.name, inspect.getsource(c.collect)] for c in sorted(for_clause(clause), key=lambda c: c.name)],
    ]


def source_of(story: str) -> str:
    """The source of a story, `path::function`; empty where it is gone."""
    path, _, name = story.partition("::")
    return _functions(path).get(name, "")


@cache
def _functions(path: str) -> dict[str, str]:
    """Every test function of a module with its source, decorators included; those of classes as `Class::function`."""
    file = Path(settings.BASE_DIR) / path
    if not file.is_file():
        return {}
    text = file.read_text(encoding="utf-8")
    lines, found = text.splitlines(), {}
    module = ast.parse(text)
    named: list[tuple[str, ast.AST]] = [("", node) for node in module.body]
    for group in module.body:
        if isinstance(group, ast.ClassDef):
            named += [(f"{group.name}::", inner) for inner in group.body]
    for prefix, node in named:
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            found[prefix + node.name] = "\n".join(lines[first - 1 : node.end_lineno])
    return found
