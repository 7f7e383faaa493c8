"""Policies in force: which version judges a day, what the database refuses, what is seeded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from sellwell.kernel import clock, policy
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import PolicyVersion
from sellwell.kernel.values import Refusal, T

pytestmark = pytest.mark.django_db


def limits(amount: str) -> dict[str, Any]:
    return policy.table(
        inputs={"amount": ("number", T("金额", "Amount"))},
        outputs={"who": ("text", T("谁", "Who"))},
        rows=[[f"<= {amount}", "rep"], ["-", "manager"]],
    )


@pytest.fixture
def name(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A policy of the test's own, declared but not seeded."""
    monkeypatch.setattr(policy, "DEFAULTS", dict(policy.DEFAULTS))
    monkeypatch.setattr(policy, "_cached", {})
    policy.default("test.limits", limits("100"), T("测试限额", "Test limits"))
    yield "test.limits"


def publish(name: str, number: int, since: date, until: date | None = None, **also: Any) -> PolicyVersion:
    row = PolicyVersion.objects.create(
        name=name, number=number, since=since, until=until, status=also.pop("status", "in_force"),
        table=limits(also.pop("amount", "100")), created_at=clock.now(), **also,
    )  # fmt: skip
    policy.changed()
    return row


def test_the_version_of_the_day_judges(name: str) -> None:
    publish(name, 1, date(2026, 1, 1), date(2026, 7, 1), status="retired")
    publish(name, 2, date(2026, 7, 1), amount="500")
    publish(name, 3, date(2027, 1, 1), status="draft")
    before, after = (policy.in_force(name, None, day) for day in (date(2026, 6, 30), date(2026, 7, 1)))
    assert (before.version, after.version) == (1, 2)
    decision = policy.decide(after.table, {"amount": Decimal(300)})
    assert decision.outputs == {"who": "rep"}
    assert "测试限额 v2 第 1 行" in decision.explanation.zh
    with pytest.raises(Refusal) as none:
        policy.in_force(name, None, date(2025, 12, 31))
    assert none.value.code == "policy.none_in_force"


def test_a_company_may_have_its_own(name: str) -> None:
    company = new_id()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sellwell.companies', %s, true)", [f"{{{company}}}"])
    publish(name, 1, date(2026, 1, 1))
    publish(name, 1, date(2026, 6, 1), date(2026, 7, 1), company_id=company, amount="900")
    assert policy.in_force(name, company, date(2026, 6, 15)).company_id == company
    assert policy.in_force(name, company, date(2026, 7, 1)).company_id is None
    assert policy.in_force(name, new_id(), date(2026, 6, 15)).company_id is None


def test_versions_are_read_once(name: str, django_assert_num_queries: Any) -> None:
    publish(name, 1, date(2026, 1, 1))
    policy.in_force(name, None, date(2026, 6, 1))
    with django_assert_num_queries(0):
        policy.in_force(name, None, date(2026, 6, 1))
    publish(name, 2, date(2024, 1, 1), date(2025, 1, 1))
    assert policy.in_force(name, None, date(2024, 6, 1)).version == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 1, "since": date(2030, 1, 1)},
        {"number": 2, "since": date(2026, 6, 1)},
        {"number": 2, "since": date(2020, 1, 1), "until": date(2019, 1, 1)},
        {"number": 2, "since": None},
        {"number": 2, "since": date(2020, 1, 1), "until": date(2021, 1, 1), "status": "valid"},
    ],
)
def test_the_database_refuses(name: str, wrong: dict[str, Any]) -> None:
    publish(name, 1, date(2026, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        publish(name, **wrong)


def test_defaults_are_seeded_once_and_follow_the_product_until_people_publish(name: str) -> None:
    assert policy.seed_defaults() >= 1
    assert policy.seed_defaults() == 0
    assert policy.in_force(name, new_id(), date(2019, 1, 1)).version == 1
    policy.DEFAULTS[name] = policy.Default(name, T("测试限额", "Test limits"), limits("777"))
    assert policy.seed_defaults(date(2026, 11, 23)) == 1
    assert policy.in_force(name, None, date(2026, 11, 22)).version == 1
    assert policy.in_force(name, None, date(2026, 11, 23)).version == 2


def test_a_wrong_default_is_a_mistake_of_the_room(name: str) -> None:
    with pytest.raises(ValueError, match="twice"):
        policy.default(name, limits("1"), T("", ""))
    with pytest.raises(ValueError, match="Row 1"):
        policy.default("test.other", limits("much"), T("", ""))


def test_every_shipped_default_is_sound() -> None:
    for shipped in policy.DEFAULTS.values():
        assert [o.text.en for o in policy.validate(shipped.table) if o.kind == "refuse"] == [], shipped.name
