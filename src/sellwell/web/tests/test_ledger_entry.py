"""The page of a ledger entry tells of a record only to those who may see the record."""

from __future__ import annotations

import pytest
from django.test import Client

from sellwell.kernel import clock
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import LedgerEntry
from sellwell.selling.orders.tests.builders import an_order
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db

SAID = {"code": "profiles.ends_already", "args": {"until": "2031-05-06"}}


def page(world: World, role: str, seq: int) -> str:
    client = Client()
    client.force_login(world.user(role))
    answer = client.get(f"/ledger/{seq}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_guards_said_is_for_those_who_may_see_the_record(world: World) -> None:
    order = an_order(world)
    entry = LedgerEntry.objects.create(
        company_id=world.company.pk, at=clock.now(), actor_id=world.user("rep").pk, channel="web",
        operation="orders.confirm", row_type="orders.order", row_id=order.pk, request_id=new_id(), hash=b"",
        answers=[{"guard": "receivables.credit", "said": [SAID]}],
        policies=[{"policy": "company.staffing", "version": 3, "row": 7}],
    )  # fmt: skip
    seen = page(world, "auditor", entry.seq)
    assert "2031-05-06" in seen and "第 7" in seen
    hidden = page(world, "administrator", entry.seq)
    assert "2031-05-06" not in hidden and "第 7" not in hidden
    assert "只列出把关事项" in hidden and "没有异议" not in hidden
