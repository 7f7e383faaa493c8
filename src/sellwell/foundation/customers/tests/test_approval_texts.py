"""What approvers write about a customer is the customer's: it is forgotten with them."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.kernel import history, personal
from sellwell.kernel.models import ApprovalDecision, ApprovalNote
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db
PLANTED = "司空琉璃拖欠过货款"


def test_words_of_an_approval_are_forgotten_with_the_customer(world: World) -> None:
    customer = a_customer(world)
    request = world.run("rep", "customers.set_terms", customer, {"grade": "B", "payment_days": 45}).hold
    assert request is not None
    world.run("regional_manager", "approvals.question", request, {"text": f"{PLANTED}吗？"})
    world.run("regional_manager", "approvals.reject", request, {"note": PLANTED})
    request.refresh_from_db()
    assert request.note == PLANTED
    assert PLANTED in history.opened(ApprovalNote.objects.get().text)
    assert request.subject_id is not None
    personal.erase(request.subject_id)
    request.refresh_from_db()
    assert request.note == ""
    assert history.opened(ApprovalNote.objects.get().text) is None
    assert history.opened(ApprovalDecision.objects.get().note) is None
    with connection.cursor() as cursor:
        for table in ("kernel_ledgerentry", "kernel_ledgerchange", "kernel_approvalrequest"):
            cursor.execute(
                f"SELECT count(*) FROM {table} t WHERE position(%s in t::text) > 0 OR position(%s in t::text) > 0",
                [PLANTED, json.dumps(PLANTED)[1:-1]],
            )
            assert cursor.fetchone()[0] == 0, table
