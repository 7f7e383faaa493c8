"""Stories that break clauses of chapters 1 and 2 and see the evidence name the record, then mend it and see it vanish."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from sellwell.foundation.company.models import Assignment
from sellwell.foundation.company.tests.builders import a_person
from sellwell.foundation.customers.tests.builders import a_code
from sellwell.kernel import clock, door, ledger
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import LedgerEntry, SecurityLog, User
from sellwell.kernel.operations import REGISTRY, Assessment
from sellwell.kernel.values import Refusal
from sellwell.selling.orders.models import Order
from sellwell.selling.orders.tests.builders import an_order
from sellwell.selling.pipeline.models import Opportunity
from sellwell.selling.pipeline.tests.builders import a_visit, an_opportunity
from sellwell.steering.manual.models import Basis, Conformance, Passage, Reading
from sellwell.steering.manual.tests.builders import (
    a_basis,
    a_draft,
    a_reading,
    a_variation,
    a_variation_of,
    publish,
    the_edition,
)
from sellwell.testing.breaking import naming
from sellwell.testing.marks import clause
from sellwell.testing.refusals import refused
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


@clause("1.1.1", breaks=True)
def test_a_figure_that_could_not_be_measured_is_named_until_it_is(world: World) -> None:
    world.run("auditor", "manual.measure", data={"months": 1})
    figure = Conformance.objects.get(evidence="company.people_without_a_role", department_path="")
    month = (world.today - figure.month).days
    assert naming(world, "1.1.1", figure, days=month) == set()
    Conformance.objects.filter(pk=figure.pk).update(concerned=None, kept=None, failed="DatabaseError")
    assert naming(world, "1.1.1", figure, days=month) == {"measured"}
    a_basis(world)  # something is done, so that there is something to measure
    world.run("auditor", "manual.measure", data={"months": 1})
    assert naming(world, "1.1.1", figure, days=month) == set()


@clause("1.1.2", breaks=True)
def test_somebody_without_a_role_is_named_until_given_one(world: World) -> None:
    person, post = a_person(world, "quality"), Assignment.objects.get(user=world.user("quality"))
    assert naming(world, "1.1.2", person) == set()
    world.run("hr", "company.end_assignment", post, {"until": str(world.today)})
    assert naming(world, "1.1.2", person) == {"people_without_a_role"}
    data = {
        "person": str(person.pk), "role": "quality", "department": str(world.department("QA").pk),
        "since": str(world.today),
    }  # fmt: skip
    world.run("hr", "company.assign", data=data)
    assert naming(world, "1.1.2", person) == set()


def passage_of(number: str, world: World) -> Passage:
    return Passage.objects.get(edition=the_edition(world), number=number)


@clause("1.1.3", breaks=True)
def test_a_repealed_basis_flags_every_clause_that_cites_it_until_they_cite_its_successor(
    world: World,
) -> None:
    old = Basis.objects.get(code="price-law")
    citing = list(Passage.objects.filter(edition=the_edition(world), bases__contains=["price-law"]))
    assert citing and not any(naming(world, "1.1.3", p) for p in citing)
    new = world.run(
        "legal", "manual.add_basis",
        data={"code": "new-price-law", "kind": "law", "zh": "新价格法", "state": "checked", "since": str(world.today)},
    ).result  # fmt: skip
    world.run("legal", "manual.repeal_basis", old, {"until": str(world.today), "successor": str(new.pk)})
    assert all(naming(world, "1.1.3", p) == {"citing_repealed_bases"} for p in citing)
    draft = a_draft(world)
    for passage in citing:
        bases = ["new-price-law" if code == "price-law" else code for code in passage.bases]
        world.run("administrator", "manual.change_passage", draft, {"number": passage.number, "bases": bases})
    publish(world, draft)
    assert not any(naming(world, "1.1.3", passage_of(p.number, world)) for p in citing)


@clause("1.1.3")
def test_the_contract_law_is_succeeded_by_the_civil_code_since_2021(world: World) -> None:
    old = Basis.objects.select_related("successor").get(code="contract-law")
    assert (str(old.until), old.successor and old.successor.code) == ("2021-01-01", "civil-code-contracts")
    assert not Passage.objects.filter(bases__contains=["contract-law"]).exists()
    outcome = world.run(
        "administrator",
        "manual.change_passage",
        a_draft(world),
        {"number": "5.1.1", "bases": ["contract-law"]},
    )
    assert [o.code for o in outcome.warnings] == ["manual.repealed_basis"]
    assert "民法典" in str(outcome.warnings[0].text)


@clause("1.2.1", breaks=True)
def test_a_clause_without_a_basis_is_named_until_it_has_one(world: World) -> None:
    bare = passage_of("2.4.1", world)
    assert naming(world, "1.2.1", bare) == {"without_a_basis"}
    a_basis(world)
    draft = a_draft(world)
    world.run("administrator", "manual.change_passage", draft, {"number": "2.4.1", "bases": ["test-policy"]})
    published = publish(world, draft)
    assert naming(world, "1.2.1", Passage.objects.get(edition=published, number="2.4.1")) == set()
    emptied = a_draft(world)
    world.run("administrator", "manual.change_passage", emptied, {"number": "5.2.2", "bases": []})
    published = publish(world, emptied, since=world.today + timedelta(days=1))
    with clock.at(clock.now() + timedelta(days=1)):
        without = Passage.objects.get(edition=published, number="5.2.2")
        assert naming(world, "1.2.1", without) == {"without_a_basis"}


@clause("1.2.2", breaks=True)
def test_a_reading_that_is_late_is_named_until_it_is_confirmed(world: World) -> None:
    reading = a_reading(world)
    assert naming(world, "1.2.2", reading) == set()
    late = clock.now() + timedelta(days=40)
    with clock.at(late):
        assert naming(world, "1.2.2", reading, days=60) == {"readings_in_time"}
        assert refused(world, "finance", "manual.acknowledge", reading) == {"not_found"}
        assert refused(world, "hr", "manual.acknowledge", reading) == {"not_permitted"}
        world.run("rep", "manual.acknowledge", reading)
        assert naming(world, "1.2.2", reading, days=60) == set()
    assert Reading.objects.get(pk=reading.pk).read_at is not None


@clause("1.2.4", breaks=True)
def test_a_step_outside_any_definition_is_refused_at_every_door_and_named_when_planted(world: World) -> None:
    row, ctx = a_variation(world, "cancelled"), world.ctx("regional_manager")
    assert refused(world, "regional_manager", "manual.approve_variation", row) == {"wrong_state"}
    client = Client()
    client.force_login(world.user("regional_manager"))
    assert client.get(f"/do/manual.wave_through/{row.pk}/").status_code == 404
    assert client.post(f"/api/v1/process-variations/{row.pk}/wave_through", {}).status_code in (401, 404)
    with pytest.raises(KeyError):
        world.run("regional_manager", "manual.wave_through", row)
    world.see()
    assert naming(world, "1.2.4", row) == set()
    planted = LedgerEntry.objects.filter(row_id=row.pk).latest("seq")
    planted.pk, planted.id, planted.operation = None, new_id(), "manual.wave_through"
    planted.save(force_insert=True)
    assert naming(world, "1.2.4", row) == {"steps_outside_any_definition"}
    other = a_variation(world)
    image = {
        "table": "manual.variation",
        "row_id": str(other.pk),
        "before": {"state": "cancelled"},
        "after": {"state": "approved"},
    }
    ledger.write(
        REGISTRY["manual.approve_variation"], ctx, row_id=other.pk, given={}, assessment=Assessment(), policies=[],
        answers=[], changes=[image],
    )  # fmt: skip
    assert naming(world, "1.2.4", other) == {"steps_outside_any_definition"}


@clause("1.2.4")
def test_a_variation_holds_once_approved_alone_for_its_process_and_time(world: World) -> None:
    row = a_variation(world, "approved")
    assert row.state == "approved"
    assert refused(world, "regional_manager", "manual.propose_variation", data=a_variation_of(world)) == {
        "manual.variation_overlap"
    }
    unknown = a_variation_of(
        world, process="orders.nothing", since=str(world.today + timedelta(days=200)), until=None
    )
    assert refused(world, "regional_manager", "manual.propose_variation", data=unknown) == {"invalid"}
    world.run(
        "regional_manager", "manual.end_variation", row, {"until": str(world.today + timedelta(days=1))}
    )
    later = a_variation_of(world, since=str(world.today + timedelta(days=1)))
    assert world.run("regional_manager", "manual.propose_variation", data=later).result.state == "draft"


@clause("1.3.1", breaks=True)
def test_what_the_matrix_refuses_at_any_door_is_named_and_granted_work_is_not(world: World) -> None:
    data = {"code": "sample-law", "kind": "law", "zh": "示例法"}
    assert refused(world, "rep", "manual.add_basis", data=data) == {"not_permitted"}
    for channel in ("api", "cli"):
        ctx = replace(world.ctx("rep"), channel=channel)
        with pytest.raises(Refusal):
            door.run("manual.add_basis", ctx, None, data)
    attempts = list(SecurityLog.objects.filter(operation="manual.add_basis"))
    assert {a.channel for a in attempts} == {"web", "api", "cli"}
    assert all(naming(world, "1.3.1", a) == {"refused_by_the_matrix"} for a in attempts)
    grant = {"role": "rep", "verb": "manual.add_basis", "scope": "group", "since": str(world.today)}
    world.run("administrator", "company.set_grant", data=grant)
    assert world.run("rep", "manual.add_basis", data=data).result.code == "sample-law"
    assert SecurityLog.objects.filter(operation="manual.add_basis").count() == len(attempts)


@clause("1.3.2", breaks=True)
def test_open_work_of_somebody_who_left_is_named_until_it_is_handed_over(world: World) -> None:
    order = an_order(world)
    assert "company.still_owns" in refused(world, "hr", "company.leave", a_person(world, "rep"))
    assert naming(world, "1.3.2", order) == set()
    User.objects.filter(pk=world.user("rep").pk).update(is_active=False)  # past the door
    assert naming(world, "1.3.2", order) == {"documents_without_an_active_person"}
    data = {"row_type": "orders.order", "row": str(order.pk), "to": str(world.user("account_manager").pk)}
    world.run("regional_manager", "company.transfer", data=data)
    assert Order.objects.get(pk=order.pk).owner_id == world.user("account_manager").pk
    assert naming(world, "1.3.2", order) == set()


@clause("1.4.2", breaks=True)
def test_a_customer_without_a_key_is_named_until_it_has_one(world: World) -> None:
    bare = world.run("rep", "customers.add", data={"name": "无名水务"}).result
    assert "customers_without_a_key" in naming(world, "1.4.2", bare)
    world.run(
        "rep", "customers.change", bare, {"name": "无名水务", "uscc": a_code(901), "phone": "13812340001"}
    )
    assert "customers_without_a_key" not in naming(world, "1.4.2", bare)


@clause("1.4.3", breaks=True)
def test_a_stage_without_its_conditions_is_refused_and_named_when_planted(world: World) -> None:
    opportunity = an_opportunity(world)
    assert refused(world, "rep", "pipeline.match_products", opportunity, {"products": []})
    Opportunity.objects.filter(pk=opportunity.pk).update(state="match")
    assert naming(world, "1.4.3", opportunity) == {"stage_changes_without_conditions"}
    Opportunity.objects.filter(pk=opportunity.pk).update(state=opportunity.state)
    assert naming(world, "1.4.3", opportunity) == set()


@clause("2.2.4", breaks=True)
def test_minutes_that_are_late_are_named_and_minutes_in_time_are_not(world: World) -> None:
    with clock.at(clock.now() - timedelta(hours=30)):
        missing, in_time = a_visit(world, state="started"), a_visit(world, state="done")
    assert naming(world, "2.2.4", missing) == {"visits_without_minutes_in_time"}
    assert naming(world, "2.2.4", in_time) == set()
