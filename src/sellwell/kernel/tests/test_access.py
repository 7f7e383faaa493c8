"""The rights matrix: scopes against a plain reading of their meaning, limits and dates (clause 1.3.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import product
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sellwell.kernel import access, generations
from sellwell.kernel.access import SCOPES, Actor, Cell, Post
from sellwell.kernel.door import see_companies
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import Grant, Task
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db

PATHS = ("HQ.", "HQ.EAST.", "HQ.EAST.SHANGHAI.", "HQ.EASTERN.")
REGIONS = ("", "华东")
LINES = ("", "pumps")
ELSEWHERE = uuid4()


def make_rows(world: World) -> list[Task]:
    """A task for every combination of owner, company and place."""
    ctx = world.ctx("rep")
    see_companies([world.company.pk, ELSEWHERE])
    owners = (world.user("rep"), world.user("account_manager"))
    rows = [
        Task(
            id=new_id(), company_id=company, owner=owner, department_path=path, region=region, product_line=line,
            operation="tests.x", row_type="kernel.user", row_id=new_id(), created_at=ctx.now, due_at=ctx.now,
        )
        for company, owner, path, region, line in product((world.company.pk, ELSEWHERE), owners, PATHS, REGIONS, LINES)
    ]  # fmt: skip
    return Task.objects.bulk_create(rows)


def means(scope: str, row: Task, user_id: UUID, post: Post) -> bool:
    """What a scope says, in so many words."""
    if scope == "group":
        return True
    if row.company_id != post.company_id:
        return False
    inside = row.department_path == post.department_path or row.department_path.startswith(
        post.department_path
    )
    return {
        "own": row.owner_id == user_id,
        "team": row.department_path == post.department_path,
        "department": inside,
        "region": post.region != "" and row.region == post.region,
        "product_line": post.product_line != "" and row.product_line == post.product_line,
        "company": True,
    }[scope]


posts = st.builds(
    lambda path, region, line: (path, region, line),
    st.sampled_from(PATHS), st.sampled_from(REGIONS), st.sampled_from(LINES),
)  # fmt: skip
cells = st.lists(st.tuples(st.sampled_from(SCOPES), posts, st.booleans()), max_size=4)


@clause("1.3.1")
def test_the_rows_of_a_scope_are_those_it_names(world: World) -> None:
    rows = make_rows(world)
    user_id = world.user("rep").pk

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(cells)
    def prove(drawn: list[tuple[str, tuple[str, str, str], bool]]) -> None:
        held = tuple(
            Cell(scope, None, Post("rep", ELSEWHERE if elsewhere else world.company.pk, *place))
            for scope, place, elsewhere in drawn
        )
        actor = Actor(user_id, "x", tuple(c.post for c in held), _cells={"tasks.view": held})
        expected = {row.pk for row in rows if any(means(c.scope, row, user_id, c.post) for c in held)}
        found = set(
            access.rows(actor, "tasks.view", Task.objects.filter(operation="tests.x")).values_list(
                "pk", flat=True
            )
        )
        one_by_one = {row.pk for row in rows if access.cell_for(actor, "tasks.view", row) is not None}
        assert found == expected == one_by_one

    prove()


def test_nothing_is_granted_by_default(world: World) -> None:
    actor = world.ctx("rep").actor
    assert not actor.may("company.set_grant")
    assert not access.rows(actor, "security.view", Task.objects.all()).exists()


def test_the_widest_limit_counts(world: World) -> None:
    post = Post("rep", world.company.pk)
    row = make_rows(world)[0]
    narrow, wide, unlimited = (
        Cell("own", Decimal(10), post),
        Cell("company", Decimal(99), post),
        Cell("own", None, post),
    )
    actor = Actor(row.owner_id, "x", (post,), _cells={"a": (narrow, wide), "b": (wide, unlimited, narrow)})
    assert access.cell_for(actor, "a", row) == wide
    assert access.cell_for(actor, "b", row) == unlimited


def test_a_right_holds_from_its_first_to_before_its_last_day(world: World) -> None:
    today = world.today
    Grant.objects.create(
        role="rep", verb="tests.dated", scope="own", since=today, until=today + timedelta(days=2)
    )
    generations.bump("rights")
    user = world.user("rep")
    answers = [
        access.actor_for(user, today + timedelta(days=shift)).may("tests.dated") for shift in (-1, 0, 1, 2)
    ]
    assert answers == [False, True, True, False]


def test_a_right_of_one_company_holds_in_that_company_only(world: World) -> None:
    Grant.objects.create(
        role="rep", verb="tests.here", scope="company", since=world.today, company_id=world.company.pk
    )
    generations.bump("rights")
    actor = world.ctx("rep").actor
    assert actor.may("tests.here")
    moved = tuple(replace(post, company_id=ELSEWHERE) for post in actor.posts)
    assert not replace(actor, posts=moved, _cells={}).may("tests.here")


def test_a_token_narrows_and_never_widens(world: World) -> None:
    user = world.user("rep")
    narrowed = access.actor_for(user, world.today, only=["approvals.*"])
    assert narrowed.may("approvals.view")
    assert not narrowed.may("tasks.view")
    assert not access.actor_for(user, world.today, only=["company.set_grant"]).may("company.set_grant")


def test_an_account_that_is_closed_may_nothing(world: World) -> None:
    user = world.user("rep")
    user.is_active = False
    assert access.actor_for(user, world.today).posts == ()
