"""Pages of retention, as the people concerned see them."""

from __future__ import annotations

import pytest
from django.test import Client

from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.foundation.retention.models import Intervention
from sellwell.foundation.retention.tests.builders import a_case, a_playbook, at_risk, opened_before, scored
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def page(world: World, role: str, url: str) -> str:
    """What somebody is shown."""
    client = Client()
    client.force_login(world.user(role))
    answer = client.get(url)
    assert answer.status_code == 200, url
    world.see()  # the request ended with nobody's companies
    return answer.content.decode()


def test_who_is_at_risk_and_why(world: World) -> None:
    customer = at_risk(world)
    scored(world)
    shown = page(world, "rep", "/churn-risk/")
    assert str(customer) in shown and "已 200 天未购买" in shown
    assert "已 200 天未购买" in page(world, "rep", f"/customers/{customer.pk}/")
    assert "价值与流失风险" not in page(world, "rep", f"/customers/{a_customer(world).pk}/")


def test_a_stranger_to_the_customer_sees_nothing(world: World) -> None:
    customer = at_risk(world, "account_manager")
    scored(world)
    assert str(customer) not in page(world, "rep", "/churn-risk/")


def test_the_run_says_which_method_and_why_none(world: World) -> None:
    at_risk(world)
    run = scored(world)
    shown = page(world, "executive", f"/churn-models/{run.pk}/")
    assert "间隔规则（未建模）" in shown and "成交历史不足" in shown
    run.method, run.qualities = (
        "logistic",
        {"logistic": {"auc": "0.7213", "calibration": "0.0650", "brier": "0.2108"}},
    )
    run.save()
    shown = page(world, "executive", f"/churn-models/{run.pk}/")
    assert "0.7213" in shown and "采用" in shown


def test_a_playbook_shows_its_gain_with_a_warning(world: World) -> None:
    assert "还没有到期评估的客户" in page(
        world, "sales_manager", f"/retention-playbooks/{a_playbook(world, 'P-X', 'draft').pk}/"
    )
    case = opened_before(a_case(world, "offer"), 90)
    world.run("sales_manager", "retention.measure", case.playbook)
    shown = page(world, "sales_manager", f"/retention-playbooks/{case.playbook_id}/")
    assert "样本较少" in shown and "干预组" in shown


def test_a_case_says_what_to_do_next(world: World) -> None:
    case = a_case(world)
    shown = page(world, "rep", f"/retention-cases/{case.pk}/")
    assert "记录联系" in shown and "电话了解停购原因" in shown
    assert str(case.customer) in page(world, "rep", "/retention-cases/")
    assert Intervention.objects.count() == 1
