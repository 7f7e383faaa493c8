"""Tags by hand and by rule, segments that combine, clusters with stable labels, contacts, plans."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sellwell.foundation.customers.models import Customer
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.foundation.relations import chores, queries
from sellwell.foundation.relations.models import Cluster, ClusterRun, Mark, StagePlan
from sellwell.foundation.relations.tests.builders import (
    a_cluster_run,
    a_contact_made,
    a_good_customer,
    a_rule_tag,
    a_segment,
    a_tag,
    bought,
    judged,
    standing,
)
from sellwell.kernel import clock
from sellwell.kernel.values import Refusal
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def code_of(world: World, who: str, verb: str, row: object = None, **data: object) -> str:
    with pytest.raises(Refusal) as refusal:
        world.run(who, verb, row, data)
    return refusal.value.code


def test_a_rule_gives_its_tag_and_takes_it_again(world: World) -> None:
    good, other = a_good_customer(world), a_customer(world)
    judged(world)
    tag = a_rule_tag(world, ("value", "at_least", "500000"), ("product_line", "is", "水泵，阀门"))
    assert standing(world, good).tag_ids == [tag.pk] and standing(world, other).tag_ids == []
    world.run("marketing", "relations.change_tag", tag, {"name": "大客户", "conditions": [
        {"what": "value", "op": "at_most", "value": "0"}]})  # fmt: skip
    assert standing(world, good).tag_ids == [] and standing(world, other).tag_ids == [tag.pk]
    ended = Mark.objects.get(tag=tag, customer=good)
    assert ended.until == world.today
    assert code_of(world, "rep", "relations.mark", good, tags=[str(tag.pk)]) == "relations.tag_by_rule"


def test_tags_by_hand(world: World) -> None:
    customer, tag = a_customer(world), a_tag(world)
    judged(world)
    for _ in range(2):
        world.run("rep", "relations.mark", customer, {"tags": [str(tag.pk)]})
    assert Mark.objects.filter(customer=customer).count() == 1 and standing(world, customer).tag_ids == [
        tag.pk
    ]
    world.run("rep", "relations.unmark", customer, {"tags": [str(tag.pk)]})
    assert standing(world, customer).tag_ids == []
    world.run("rep", "relations.mark", customer, {"tags": [str(tag.pk)]})
    world.run("marketing", "relations.retire_tag", tag)
    assert standing(world, customer).tag_ids == []
    assert code_of(world, "rep", "relations.mark", customer, tags=[str(tag.pk)]) == "relations.tag_retired"


def test_segments_combine_with_all_any_and_without(world: World) -> None:
    good, plain, lost = a_good_customer(world), a_customer(world), a_customer(world)
    bought(world, lost, 700)
    bought(world, plain, 20)
    chores.judge(world.company.pk)
    world.see()
    key = a_segment(world, ("grade", "is", "A"))
    gone = a_segment(world, ("stage", "is", "churned"))
    either = a_segment(world, mode="any", within=[str(key.pk), str(gone.pk)])
    rest = a_segment(world, without=[str(either.pk)])
    both = a_segment(world, ("days_since", "at_most", "30"), within=[str(key.pk)])
    on = world.today
    assert queries.members(key.pk, on) == [good.pk] and queries.members(gone.pk, on) == [lost.pk]
    assert set(queries.members(either.pk, on)) == {good.pk, lost.pk}
    assert queries.members(rest.pk, on) == [plain.pk] and queries.members(both.pk, on) == [good.pk]
    assert code_of(world, "marketing", "relations.retire_segment", key) == "relations.segment_in_use"
    assert code_of(
        world, "marketing", "relations.change_segment", key, name="圈子", within=[str(rest.pk)]
    ) == "relations.segment_circle"  # fmt: skip
    world.run("marketing", "relations.retire_segment", rest)
    assert queries.members(rest.pk, on) == []


def test_every_field_can_be_asked(world: World) -> None:
    good = a_good_customer(world)
    judged(world)
    tag = a_tag(world, name="重点")
    world.run("rep", "relations.mark", good, {"tags": [str(tag.pk)]})
    for what, op, value in (
        ("rfm_class", "is", "111"), ("abc", "is", "A"), ("channel", "is", "direct"), ("kind", "is", "organisation"),
        ("tag", "is", "重点"), ("purchases", "at_least", "12"), ("overdue_days", "is", "0"), ("industry", "is_not", "水务"),
        ("days_since", "is_not", "99"), ("contact_days", "at_least", "0"), ("cluster", "at_least", "1"),
        ("region", "is", "火星"),
    ):  # fmt: skip
        found = queries.members(a_segment(world, (what, op, value)).pk, world.today)
        assert (good.pk in found) == (what not in ("contact_days", "cluster", "region")), what


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"conditions": []}, "relations.segment_empty"),
        ({"conditions": [{"what": "stage", "op": "is", "value": "消失"}]}, "relations.condition_unknown"),
        (
            {"conditions": [{"what": "value", "op": "at_least", "value": "'; DROP TABLE"}]},
            "relations.condition_number",
        ),
        ({"conditions": [{"what": "owner", "op": "is", "value": "x"}]}, "invalid"),
    ],
)
def test_segments_that_cannot_be_read(world: World, data: dict[str, object], code: str) -> None:
    assert code_of(world, "marketing", "relations.add_segment", name="客群甲", **data) == code


def test_clusters_have_names_and_keep_their_labels(world: World) -> None:
    customer = a_customer(world)
    many = [customer, *(a_copy(customer) for _ in range(35))]
    for index, one in enumerate(many):
        big = index % 3 == 0
        for days in range(10, 300, 30 if big else 140):
            bought(world, one, days, "90000" if big else "900", line="水泵" if index % 2 else "阀门")
    judged(world)
    run = a_cluster_run(world)
    assert code_of(world, "marketing", "relations.ask_clusters") == "relations.clusters_waiting"
    chores.cluster_when_due(world.company.pk)
    world.see()
    run.refresh_from_db()
    assert run.state == "done" and run.customers == 36 and run.rand_index is None and run.silhouette > 0.4
    clusters = list(Cluster.objects.filter(run=run))
    assert sum(c.size for c in clusters) == 36 and any("高价值" in c.name["zh"] for c in clusters)
    before = {one.pk: standing(world, one).cluster for one in many}
    a_cluster_run(world)
    chores.cluster_when_due(world.company.pk)
    world.see()
    assert {one.pk: standing(world, one).cluster for one in many} == before
    assert ClusterRun.objects.order_by("-done_at").first().rand_index == 1


def a_copy(customer: Customer) -> Customer:
    """One more customer like this one, past the door: clusters need many."""
    from sellwell.kernel.ids import new_id

    party = customer.party
    party.pk, party.uscc, party.phone_blind, party.email_blind = new_id(), None, "", ""
    party._state.adding = True
    party.save()
    copy = Customer.objects.get(pk=customer.pk)
    copy.pk, copy.party, copy.number = new_id(), party, str(new_id())
    copy._state.adding = True
    copy.save()
    return copy


def test_too_few_customers_make_no_clusters(world: World) -> None:
    a_good_customer(world)
    judged(world)
    run = a_cluster_run(world)
    world.run("administrator", "relations.find_clusters", run)
    run.refresh_from_db()
    assert run.state == "empty"


def test_a_contact_counts_at_once_and_not_in_the_future(world: World) -> None:
    customer = a_customer(world)
    judged(world)
    assert code_of(
        world, "rep", "activities.log", customer=str(customer.pk), text="明天打",
        happened_at=(clock.now() + timedelta(days=1)).isoformat(),
    ) == "activities.ahead"  # fmt: skip
    a_contact_made(world, customer)
    assert standing(world, customer).last_contact_on == world.today
    judged(world)
    assert standing(world, customer).visit_due_on == world.today + timedelta(days=180)


def test_moves_make_a_task_by_the_plan_and_stand_on_the_timeline(world: World) -> None:
    from sellwell.kernel import history
    from sellwell.kernel.models import Task

    customer = a_customer(world)
    judged(world)
    bought(world, customer, 0)
    with clock.at(clock.now() + timedelta(days=1)):
        judged(world)
        world.see()
    found = standing(world, customer)
    assert found.stage == "new" and found.plan.stage == "new"
    assert Task.objects.filter(row_id=customer.pk, operation="activities.log", state="open").count() == 1
    told = [
        change for moment in history.timeline(customer, world.ctx("rep").actor) for change in moment.changes
    ]
    assert ("阶段", "potential", "new") in [(label.zh, before, after) for label, before, after in told]


def test_a_new_plan_is_everybodys_in_the_stage(world: World) -> None:
    customer = a_customer(world)
    judged(world)
    world.run(
        "marketing",
        "relations.set_plan",
        data={"stage": "potential", "goal": "首单", "strategy": "尽快拜访决策人。"},
    )
    plan = standing(world, customer).plan
    assert (
        plan.goal == "首单" and StagePlan.objects.filter(stage="potential", until__isnull=True).count() == 1
    )


def test_conditions_are_never_code(world: World) -> None:
    a_customer(world)
    judged(world)
    segment = a_segment(world, ("region", "is", "x') OR 1=1 --"))
    assert queries.members(segment.pk, world.today) == []


def test_a_segment_is_tagged_at_once_within_what_one_may_mark(world: World) -> None:
    mine, other = a_customer(world), a_customer(world, "account_manager")
    judged(world)
    segment, tag = a_segment(world, ("stage", "is", "potential")), a_tag(world)
    many = {"segment": str(segment.pk)}
    world.run("marketing", "relations.mark_many", tag, many)
    assert Mark.objects.filter(tag=tag).count() == 2 and standing(world, other).tag_ids == [tag.pk]
    world.run("marketing", "relations.mark_many", tag, many)
    assert Mark.objects.filter(tag=tag).count() == 2
    own = a_tag(world)
    world.run("sales_manager", "relations.mark_many", own, {"customers": [str(mine.pk)]})
    assert standing(world, mine).tag_ids == sorted([tag.pk, own.pk])
    assert code_of(world, "marketing", "relations.mark_many", own) == "relations.mark_nobody"
