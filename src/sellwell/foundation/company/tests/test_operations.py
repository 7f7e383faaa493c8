"""Stories of the organisation: hiring, posts, hand-over, leaving, rights, policies."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from sellwell.foundation.company.models import Assignment, Department, Person, PersonState
from sellwell.foundation.company.tests.builders import a_draft, a_draft_of, a_grant, a_person, a_task
from sellwell.kernel import access, ledger, policy
from sellwell.kernel.extensions import owned_work
from sellwell.kernel.models import Grant, LedgerChange, LedgerEntry, Owned, Task, User
from sellwell.kernel.tests.builders import a_delegation, a_request, a_token
from sellwell.kernel.values import Refusal
from sellwell.kernel.views import VIEWS
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def refused(
    world: World, role: str, operation: str, row: object = None, data: object = None
) -> list[tuple[str, str]]:
    """The codes and places of a refusal."""
    with pytest.raises(Refusal) as refusal:
        world.run(role, operation, row, data)  # type: ignore[arg-type]
    return [(o.code, o.path) for o in refusal.value.objections]


def hire(world: World, **changes: object) -> Person:
    """Somebody new in the east, a representative unless told otherwise."""
    data = {
        "name": "秦不夜", "username": "qin", "number": "E0900", "hired_on": str(world.today),
        "department": str(world.department("EAST").pk), "role": "rep", "phone": "13912345678", **changes,
    }  # fmt: skip
    made: Person = world.run("hr", "company.hire", data=data).result
    return made


# --- people -----------------------------------------------------------------------------------------------------------


@clause("1.1.2")
def test_whoever_is_hired_can_act_in_the_role(world: World) -> None:
    person = hire(world)
    actor = access.actor_for(User.objects.get(pk=person.user_id), world.today)
    assert actor.roles == ("rep",)
    assert actor.posts[0].department_path == "HQ.EAST."
    assert actor.posts[0].region == "华东"
    assert actor.may("tasks.view")


def test_name_and_phone_stand_nowhere_in_the_ledger(world: World) -> None:
    hire(world)
    entries = [str(e.given) for e in LedgerEntry.objects.all()]
    changes = [f"{c.before}{c.after}" for c in LedgerChange.objects.all()]
    assert not [text for text in entries + changes if "秦不夜" in text or "13912345678" in text]
    entry = LedgerEntry.objects.get(operation="company.hire")
    assert ledger.opened_input(entry.given)["name"] == "秦不夜"


def test_hiring_names_every_objection_at_once(world: World) -> None:
    data = {"name": "某", "username": "rep", "number": "E0001", "hired_on": str(world.today), "role": "rep"}
    assert refused(world, "hr", "company.hire", data=data) == [
        ("company.username_taken", "username"), ("company.number_taken", "number"), ("company.half_a_post", "department"),
    ]  # fmt: skip


def test_a_rep_hires_nobody(world: World) -> None:
    assert refused(world, "rep", "company.hire", data={})[0][0] == "not_permitted"


def test_a_phone_is_seen_by_human_resources_only(world: World) -> None:
    person = hire(world)
    view = VIEWS["company.people"]
    column = view.column("phone", world.ctx("hr").actor)
    assert column is not None
    assert column.read(person) == "13912345678"
    for role in ("rep", "regional_manager", "administrator", "auditor"):
        assert view.column("phone", world.ctx(role).actor) is None


def test_managers_see_the_people_of_their_region(world: World) -> None:
    world.add("south", "rep", "SOUTH")
    seen = VIEWS["company.people"].rows(world.ctx("regional_manager").actor)
    assert set(seen.values_list("user__username", flat=True)) == {
        "rep",
        "account_manager",
        "regional_manager",
    }


def test_an_issued_password_works_and_leaves_no_hash_behind(world: World) -> None:
    person = world.run("administrator", "company.issue_password", a_person(world, "rep")).result
    user = User.objects.get(pk=person.user_id)
    assert user.check_password(person.secret)
    assert not [
        c for c in LedgerChange.objects.all() if "password" in f"{c.after}" and user.password in f"{c.after}"
    ]


# --- posts ------------------------------------------------------------------------------------------------------------


def test_rights_begin_and_end_with_the_post(world: World) -> None:
    person = hire(world, username="later")
    data = {
        "person": str(person.pk), "role": "quality", "department": str(world.department("QA").pk),
        "since": str(world.today + timedelta(days=5)), "until": str(world.today + timedelta(days=9)),
    }  # fmt: skip
    world.run("hr", "company.assign", data=data)
    user = User.objects.get(pk=person.user_id)
    roles = [access.actor_for(user, world.today + timedelta(days=d)).roles for d in (4, 5, 8, 9)]
    assert roles == [("rep",), ("rep", "quality"), ("rep", "quality"), ("rep",)]


def test_the_same_post_is_not_held_twice(world: World) -> None:
    data = {
        "person": str(a_person(world, "rep").pk), "role": "rep",
        "department": str(world.department("EAST").pk), "since": str(world.today),
    }  # fmt: skip
    assert refused(world, "hr", "company.assign", data=data) == [("company.post_twice", "role")]


@clause("1.3.1")
def test_nobody_gets_two_incompatible_roles(world: World) -> None:
    _pair_people(world, "company.leave", "company.draft_policy")
    data = {
        "person": str(a_person(world, "hr").pk), "role": "finance",
        "department": str(world.department("FIN").pk), "since": str(world.today),
    }  # fmt: skip
    assert refused(world, "hr", "company.assign", data=data) == [("company.both_duties", "role")]


def _pair_people(world: World, a: str, b: str) -> None:
    data = {
        "code": "test_pair",
        "name_zh": "测试",
        "name_en": "Test",
        "duty_a": [a],
        "duty_b": [b],
        "per": "person",
    }
    world.run("administrator", "company.set_duty_pair", data=data)


def test_a_department_stands_under_its_parent(world: World) -> None:
    data = {"code": "SHANGHAI", "name": "上海办事处", "parent": str(world.department("EAST").pk)}
    made = world.run("hr", "company.add_department", data=data).result
    assert (made.path, made.region) == ("HQ.EAST.SHANGHAI.", "华东")
    assert refused(world, "hr", "company.add_department", data=data) == [("company.code_taken", "code")]


# --- hand-over and leaving ----------------------------------------------------------------------------------------------


@clause("1.3.2")
def test_nobody_leaves_before_everything_is_handed_over(world: World) -> None:
    task, request = a_task(world, "hr"), a_request(world)
    person = a_person(world, "hr")
    codes = refused(world, "administrator", "company.leave", person)
    assert [code for code, _ in codes] == ["company.still_owns", "company.still_owns"]
    colleague = world.user("administrator")
    world.run("administrator", "company.hand_over", person, {"to": str(colleague.pk)})
    for row in (task, request):
        row.refresh_from_db()
        assert row.owner_id == colleague.pk
        assert row.department_path == "HQ."
    a_token(world, "hr")
    delegation = a_delegation(world, "hr", "auditor")
    world.run("administrator", "company.leave", person)
    person.refresh_from_db()
    delegation.refresh_from_db()
    assert (person.state, person.left_on) == (PersonState.LEFT, world.today)
    assert not User.objects.get(pk=person.user_id).is_active
    assert world.ctx("hr").actor.posts == ()
    assert delegation.state == "revoked"
    assert not person.user.tokens.filter(revoked_at__isnull=True).exists()


def test_the_hand_over_stands_in_the_ledger_row_by_row(world: World) -> None:
    tasks = [a_task(world, "rep") for _ in range(3)]
    colleague = world.user("account_manager")
    outcome = world.run(
        "regional_manager", "company.hand_over", a_person(world, "rep"), {"to": str(colleague.pk)}
    )
    changes = LedgerChange.objects.filter(entry_id=outcome.entry_seq, table="kernel.task")
    assert {c.row_id for c in changes} == {t.pk for t in tasks}
    for change in changes:
        assert change.before == {"owner_id": str(world.user("rep").pk)}
        assert change.after == {"owner_id": str(colleague.pk)}


def test_a_head_is_replaced_by_the_hand_over(world: World) -> None:
    person = a_person(world, "regional_manager")
    assert [c for c, _ in refused(world, "hr", "company.leave", person)] == ["company.still_heads"]
    world.run("hr", "company.hand_over", person, {"to": str(world.user("account_manager").pk)})
    assert Department.objects.get(code="EAST").head_id == world.user("account_manager").pk
    world.run("hr", "company.leave", person)


def test_work_passes_to_somebody_else_with_a_post_here(world: World) -> None:
    a_task(world, "rep")
    person, stranger = a_person(world, "rep"), User.objects.create(username="nopost", name="无职")
    same = {"to": str(person.user_id)}
    assert refused(world, "regional_manager", "company.hand_over", person, same) == [
        ("company.to_self", "to")
    ]
    nowhere = {"to": str(stranger.pk)}
    assert refused(world, "regional_manager", "company.hand_over", person, nowhere) == [
        ("company.no_post", "to")
    ]


def test_nobody_takes_over_a_request_that_only_they_decide(world: World) -> None:
    request = a_request(world)
    to = {"to": str(world.user("regional_manager").pk)}
    assert refused(world, "administrator", "company.hand_over", a_person(world, "hr"), to) == [
        ("company.decides_alone", "to")
    ]
    request.refresh_from_db()
    assert request.owner_id == world.user("hr").pk


def test_the_only_administrator_cannot_leave(world: World) -> None:
    person = a_person(world, "administrator")
    assert ("company.last_administrator", "") in refused(world, "hr", "company.leave", person)


@clause("1.3.2")
def test_a_manager_passes_one_record_on_with_its_tasks(world: World) -> None:
    request = a_request(world)
    step = a_task(world, "hr", row_id=request.pk)
    data = {
        "row_type": "kernel.approvalrequest",
        "row": str(request.pk),
        "to": str(world.user("sales_manager").pk),
    }
    outcome = world.run("sales_manager", "company.transfer", data=data)
    request.refresh_from_db()
    step.refresh_from_db()
    assert request.owner_id == step.owner_id == world.user("sales_manager").pk
    assert (request.department_path, request.region) == ("HQ.", "")
    assert LedgerEntry.objects.get(seq=outcome.entry_seq).row_id == request.pk


def test_a_record_that_one_may_not_see_cannot_be_passed_on(world: World) -> None:
    world.add("south_manager", "regional_manager", "SOUTH")
    task = a_task(world, "rep")
    data = {"row_type": "kernel.task", "row": str(task.pk), "to": str(world.user("account_manager").pk)}
    assert refused(world, "south_manager", "company.transfer", data=data) == [
        ("company.no_such_document", "row")
    ]
    assert refused(world, "rep", "company.transfer", data=data) == [("not_permitted", "")]
    unknown = {**data, "row_type": "kernel.nothing"}
    assert refused(world, "sales_manager", "company.transfer", data=unknown) == [
        ("company.no_such_document", "row")
    ]


def test_every_table_with_an_owner_hands_over() -> None:
    """A table that forgets to register would strand a leaver's rows."""
    from django.apps import apps

    owned = {
        m._meta.label_lower
        for m in apps.get_models()
        if issubclass(m, Owned) and m.__module__.startswith("sellwell.")
    }
    # A delegation ends with its owner; an import, an answer, what was quoted and points won are matters of the past.
    past = {
        "kernel.delegation",
        "kernel.importbatch",
        "voice.response",
        "voice.passage",
        "intelligence.award",
        "voice.recipient",
    }
    assert owned - set(owned_work.functions) == past


# --- rights -----------------------------------------------------------------------------------------------------------


@clause("1.3.1")
def test_a_right_set_today_works_at_once_and_ends_what_was_before(world: World) -> None:
    data = {
        "role": "rep",
        "verb": "security.view",
        "scope": "company",
        "since": str(world.today),
        "amount_limit": "5.00",
    }
    assert not world.ctx("rep").actor.may("security.view")
    first = world.run("administrator", "company.set_grant", data=data).result
    assert world.ctx("rep").actor.may("security.view")
    world.run("administrator", "company.set_grant", data={**data, "amount_limit": "7.00"})
    first.refresh_from_db()
    assert first.amount_limit == Decimal("7.00")  # corrected on the same day
    later = {**data, "since": str(world.today + timedelta(days=3))}
    world.run("administrator", "company.set_grant", data=later)
    first.refresh_from_db()
    assert first.until == world.today + timedelta(days=3)
    assert refused(world, "administrator", "company.set_grant", data=data) == [
        ("company.rights_later", "since")
    ]


def test_rights_are_not_set_backwards_nor_for_unknown_verbs(world: World) -> None:
    data = {"role": "rep", "verb": "no.verb", "scope": "own", "since": str(world.today - timedelta(days=1))}
    assert refused(world, "administrator", "company.set_grant", data=data) == [
        ("company.unknown_verb", "verb"), ("company.rights_past", "since"),
    ]  # fmt: skip


def test_a_right_that_would_join_incompatible_duties_is_refused(world: World) -> None:
    _pair_people(world, "company.leave", "company.draft_policy")
    data = {"role": "hr", "verb": "company.draft_policy", "scope": "group", "since": str(world.today)}
    assert refused(world, "administrator", "company.set_grant", data=data) == [
        ("company.both_duties", "verb")
    ]


def test_a_right_that_was_taken_away_is_gone(world: World) -> None:
    assert world.ctx("rep").actor.may("company.people")
    world.run("administrator", "company.end_grant", a_grant(world), {"until": str(world.today)})
    assert not world.ctx("rep").actor.may("company.people")


def test_nobody_locks_everybody_out(world: World) -> None:
    cell = Grant.objects.get(verb="company.set_grant")
    codes = refused(world, "administrator", "company.end_grant", cell, {"until": str(world.today)})
    assert codes == [("company.last_key", "")]


def test_the_shipped_matrix_names_known_roles_and_scopes() -> None:
    assert {d.role for d in access.DEFAULTS} <= set(access.ALL_ROLES)
    assert set(access.ROLES) == set(access.ALL_ROLES)


# --- policies ---------------------------------------------------------------------------------------------------------


def test_whoever_drafts_a_policy_does_not_publish_it(world: World) -> None:
    draft = a_draft(world, by="sales_manager")
    since = {"since": str(world.today)}
    assert refused(world, "sales_manager", "company.publish_policy", draft, since) == [
        ("sod.same_person", "")
    ]
    world.run("administrator", "company.publish_policy", draft, since)
    held = policy.in_force(draft.name, world.company.pk, world.today)
    assert held.version == draft.number
    assert (
        policy.in_force(draft.name, world.company.pk, world.today - timedelta(days=1)).version
        == draft.number - 1
    )


def test_a_policy_is_not_published_backwards_or_twice(world: World) -> None:
    draft = a_draft(world)
    yesterday = {"since": str(world.today - timedelta(days=1))}
    assert refused(world, "administrator", "company.publish_policy", draft, yesterday) == [
        ("company.policy_past", "since")
    ]
    world.run("administrator", "company.publish_policy", draft, {"since": str(world.today)})
    again = {"since": str(world.today)}
    assert refused(world, "administrator", "company.publish_policy", draft, again) == [("wrong_state", "")]


def test_a_policy_in_force_says_so_and_offers_no_publication(world: World) -> None:
    draft = a_draft(world, by="sales_manager")
    client = Client()
    client.force_login(world.user("administrator"))
    verb = f"/do/company.publish_policy/{draft.pk}/"

    def page() -> str:
        shown = client.get(f"/policies/{draft.pk}/").content.decode()
        menu = client.get(f"/policies/{draft.pk}/menu").content.decode()
        world.see()
        return shown + menu

    before = page()
    assert verb in before and "草稿" in before
    world.run("administrator", "company.publish_policy", draft, {"since": str(world.today)})
    after = page()
    assert verb not in after and "生效" in after


def test_a_cell_that_cannot_be_read_is_named(world: World) -> None:
    name = sorted(policy.DEFAULTS)[0]
    data = a_draft_of(name)
    data["rows"][0]["cells"] = ["=< what"] * len(data["rows"][0]["cells"])
    assert refused(world, "finance", "company.draft_policy", data=data)[0][1].startswith("rows.0")


def test_nothing_is_open_for_whoever_did_nothing(world: World) -> None:
    person = a_person(world, "quality")
    to = {"to": str(world.user("service").pk)}
    assert ("company.nothing_open", "") in refused(world, "hr", "company.hand_over", person, to)
    assert not Task.objects.filter(owner=world.user("quality")).exists()
    assert Assignment.objects.filter(user=world.user("quality")).count() == 1
