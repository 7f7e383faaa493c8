"""Stories of contracts: drafted, checked, approved with the text frozen, signed, ended."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from sellwell.kernel import checks, evidence
from sellwell.kernel.models import Fact, LedgerEntry, Task
from sellwell.kernel.values import Period, Refusal
from sellwell.selling.contracts import paper, queries, texts
from sellwell.selling.contracts.models import Contract, ContractTemplate
from sellwell.selling.contracts.tests.builders import (
    a_buyer,
    a_contract,
    agree,
    approved,
    goods,
    line_data,
    signing,
)
from sellwell.testing.marks import clause
from sellwell.testing.world import World, world

__all__ = ["world"]


def refused(world: World, operation: str, row: object, data: dict | None = None) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as found:
        world.run("rep", operation, row, data)
    return [(o.code, o.path) for o in found.value.objections]


def read(contract: Contract) -> str:
    contract.refresh_from_db()
    return "\n".join(term["filled"] for term in texts.shown(contract, queries.live_lines(contract.pk)))


@clause("5.1.1")
def test_a_contract_states_its_parties_lines_and_total_in_capitals(world: World) -> None:
    contract = a_contract(world, (("P-001", "2"), ("P-002", "1", "100.00")), title="水泵采购")
    text = read(contract)
    assert contract.total == Decimal("326.00")
    for part in ("云川第一机械厂", "衡达云川", "P-001", "¥326.00（人民币叁佰贰拾陆元整）", contract.number):
        assert part in text
    assert "{" not in text
    assert ContractTemplate.objects.count() == 1
    assert Task.objects.get(row_id=contract.pk, state="open").operation == "contracts.approve"


@clause("5.1.1")
def test_a_draft_that_lacks_something_cannot_be_submitted_and_is_told_where(world: World) -> None:
    contract = a_contract(world)
    terms = [{"key": t["key"], "title": t["title"], "text": t["text"]} for t in texts.terms_of(contract)]
    without = [t for t in terms if t["key"] != "breach"]
    without[3]["text"] = "按____执行"
    world.run("rep", "contracts.change_terms", contract, {"terms": without})
    said = refused(world, "contracts.approve", contract)
    assert said == [("contracts.term_missing", "terms"), ("contracts.blank_left", "terms.3.text")]


@clause("5.1.1", "5.1.3", "5.1.5")
def test_approval_goes_by_tier_and_freezes_the_text(world: World) -> None:
    contract = a_contract(world, payment_days=45)
    outcome = world.run("rep", "contracts.approve", contract)
    steps = list(outcome.hold.steps.order_by("position").values_list("role", flat=True))
    assert steps == ["regional_manager", "finance"]
    agree(world, outcome.hold)
    contract.refresh_from_db()
    assert (contract.state, contract.held_by) == ("approved", None)
    assert len(contract.text_hash) == 64
    assert contract.text_hash == texts.text_hash(texts.terms_of(contract))


@clause("5.1.5")
def test_a_change_after_approval_opens_the_contract_again(world: World) -> None:
    contract = a_contract(world, state="approved")
    world.run("rep", "contracts.change", contract, {"lines": line_data(world, (("P-001", "3"),))})
    contract.refresh_from_db()
    assert (contract.state, contract.text_hash, contract.total) == ("draft", "", Decimal("339.00"))
    assert "¥339.00" in read(contract)
    assert refused(world, "contracts.sign", contract, signing(world))[0][0] == "wrong_state"


@clause("5.1.5")
def test_wording_of_ones_own_goes_to_legal(world: World) -> None:
    contract = a_contract(world, payment_days=30)
    terms = [{"key": t["key"], "title": t["title"], "text": t["text"]} for t in texts.terms_of(contract)]
    terms[3]["text"] += "另附验收标准。"
    world.run("rep", "contracts.change_terms", contract, {"terms": terms})
    hold = world.run("rep", "contracts.approve", contract).hold
    assert "legal" in hold.steps.values_list("role", flat=True)


@clause("5.1.2", "5.1.5")
def test_signing_needs_a_scan_a_possible_day_and_the_approved_text(world: World) -> None:
    contract = a_contract(world, state="approved")
    late = signing(world) | {"signed_on": (world.today + timedelta(days=1)).isoformat()}
    assert refused(world, "contracts.sign", contract, late) == [("contracts.signed_when", "signed_on")]
    frozen = contract.terms_text
    Contract.objects.filter(pk=contract.pk).update(terms_text=frozen.replace("万分之五", "万分之一"))
    assert refused(world, "contracts.sign", contract, signing(world)) == [("contracts.text_changed", "")]
    assert [f.record for f in checks.run_all(["contracts.text"])] == [contract.number]
    Contract.objects.filter(pk=contract.pk).update(terms_text=frozen)
    world.run("rep", "contracts.sign", contract, signing(world))
    facts = Fact.objects.filter(document_id=contract.pk, measure="contracted")
    assert [f.amount for f in facts] == [contract.net]
    assert Task.objects.get(row_id=contract.pk, state="open").operation == "orders.create"


def test_cancelling_a_signed_contract_reverses_what_was_posted(world: World) -> None:
    contract = a_contract(world, state="signed")
    world.run("rep", "contracts.cancel", contract, {"reason": "双方同意解除"})
    assert sum(f.amount for f in Fact.objects.filter(document_id=contract.pk)) == 0
    assert not Task.objects.filter(row_id=contract.pk, state="open").exists()


def test_closing_early_needs_a_reason(world: World) -> None:
    contract = a_contract(world, state="signed")
    assert refused(world, "contracts.close", contract) == [("contracts.still_left", "reason")]
    world.run("rep", "contracts.close", contract, {"reason": "双方商定"})


def test_a_contract_needs_a_customer_and_lines(world: World) -> None:
    assert refused(world, "contracts.create", None, {}) == [("contracts.no_customer", "customer")]
    nothing = {"customer": str(a_buyer(world).pk), "lines": []}
    assert refused(world, "contracts.create", None, nothing) == [("contracts.no_lines", "lines")]


def test_names_of_a_contract_stand_in_the_ledger_as_envelopes_only(world: World) -> None:
    contract = a_contract(world, state="signed", title="郝建国专用合同")
    entries = LedgerEntry.objects.filter(row_id=contract.pk).prefetch_related("changes")
    kept = "".join(str(e.given) + "".join(f"{c.before}{c.after}" for c in e.changes.all()) for e in entries)
    assert "郝建国" not in kept
    assert "我方代表" not in kept


def test_the_paper_is_a_pdf_of_the_text(world: World) -> None:
    contract = a_contract(world)
    assert paper.pdf(contract).startswith(b"%PDF-")
    assert [paper.numeral(n) for n in (1, 10, 11, 20, 34)] == ["一", "十", "十一", "二十", "三十四"]


def test_the_sums_hold(world: World) -> None:
    goods(world, "P-003", "0.333333")
    approved(world, a_contract(world, (("P-001", "3.333333"), ("P-003", "7.5"))))
    assert not checks.run_all(["contracts.totals", "contracts.text"])


@clause("5.1.1", "5.1.2", "5.1.3", "5.1.5")
def test_evidence_finds_what_was_signed_otherwise(world: World) -> None:
    contract = a_contract(world, state="signed")
    period = Period(world.today)

    def kept(number: str) -> list[tuple[int, int]]:
        return [
            (s.concerned, s.kept)
            for c in evidence.for_clause(number)
            for s in [c.collect(world.company.pk, period)]
        ]

    assert [kept(n) for n in ("5.1.1", "5.1.2", "5.1.3", "5.1.5")] == [[(1, 1)]] * 4
    text = contract.terms_text.replace('"breach"', '"other"')
    Contract.objects.filter(pk=contract.pk).update(terms_text=text, customer_signatory="")
    assert [kept(n) for n in ("5.1.1", "5.1.2", "5.1.5")] == [[(1, 0)]] * 3
