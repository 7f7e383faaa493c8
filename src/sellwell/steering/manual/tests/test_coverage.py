"""Coverage is honest: what changed since is unproven, what lacks a part is not covered."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sellwell.steering.manual import controls, coverage
from sellwell.steering.manual.coverage import Proof
from sellwell.testing.marks import clause

STORY = "src/sellwell/steering/manual/tests/test_coverage.py::test_controls_come_from_the_registry"


def a_proof(number: str, **changed: object) -> Proof:
    proof = Proof(number, STORY, "passed", coverage.hash_of(number, STORY), True)
    return replace(proof, **changed)  # type: ignore[arg-type]


@clause("1.1.1")
def test_controls_come_from_the_registry() -> None:
    names = {c.name for c in controls.controls_for("5.2.2")}
    assert {"orders.confirm", "receivables.credit", "pricing.floor", "orders.approval"} <= names
    papers = [c for c in controls.controls_for("5.1.2") if c.kind == "paper"]
    assert [c.name for c in papers] == ["contracts.sign:scan"]
    assert not controls.has_control("7.3.1") and controls.controls_for("7.3.1") == ()


def test_a_clause_counts_only_with_control_evidence_and_a_story_that_breaks_it() -> None:
    whole = coverage.coverage_of("5.2.2", [a_proof("5.2.2")])
    assert (whole.state, whole.missing) == ("covered", None)
    for lacking in (
        [],
        [a_proof("5.2.2", breaks=False)],
        [a_proof("5.2.2", outcome="failed")],
        [a_proof("5.2.2", hash="of another time")],
    ):
        assert coverage.coverage_of("5.2.2", lacking).state == "part"
    assert coverage.coverage_of("5.1.2", [a_proof("5.1.2")]).state == "part"  # declared so
    assert coverage.coverage_of("5.2.4", [a_proof("5.2.4")]).state == "part"  # no evidence
    nothing = coverage.coverage_of("7.3.1", [a_proof("7.3.1")])
    assert (nothing.state, nothing.image()["evidence"]) == ("none", None)


def test_a_story_that_changed_is_unproven() -> None:
    stale = coverage.coverage_of("5.2.2", [a_proof("5.2.2", hash="0")]).image()
    assert (stale["tests"], stale["unproven"]) == ([], [STORY])


def test_the_same_results_give_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "clauses.json"
    proofs = [a_proof("5.10.1"), a_proof("5.2.2"), a_proof("1.1.1")]
    assert coverage.write(proofs, path)
    assert not coverage.write(proofs[::-1], path)
    assert [item["clause"] for item in json.loads(path.read_text())] == ["1.1.1", "5.2.2", "5.10.1"]
    gone = a_proof("5.2.2", story="tests/no_such_file.py::test_nothing")
    failed = a_proof("5.2.2", outcome="failed")
    assert coverage.merged([*coverage.read(path), gone], [failed]) == [failed]


def test_the_proofs_of_a_clause_are_read_once_for_each_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "clauses.json"
    monkeypatch.setattr(coverage, "PROOFS", path)
    assert coverage.of_clause("5.2.2").proofs == ()
    coverage.write([a_proof("5.2.2")], path)
    assert coverage.of_clause("5.2.2").state == "covered"
    monkeypatch.setattr(coverage, "read", None)  # not called again
    assert coverage.of_clause("5.2.2").state == "covered"
    assert coverage.of_clause("5.2.99").proofs == ()  # a clause of the company's own


def test_all_clauses_of_the_manual_are_counted() -> None:
    counts = coverage.summary(coverage.all_clauses())
    assert counts["total"] == 141
    assert counts["covered"] + counts["part"] <= 141


@pytest.mark.parametrize("proof", coverage.read(), ids=lambda p: f"{p.clause} {p.title}"[:60])
def test_every_kept_proof_names_a_story_that_is_there(proof: Proof) -> None:
    assert coverage.source_of(proof.story)
