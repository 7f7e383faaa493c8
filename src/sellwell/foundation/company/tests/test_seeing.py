"""Sums of sales are for those who may see the invoices behind them, of all that is added up."""

from __future__ import annotations

from copy import copy

import pytest
from django.test import Client

from sellwell.foundation.company import seeing
from sellwell.foundation.company.tests.test_structure import a_sale
from sellwell.kernel import access
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def page(world: World, role: str, path: str) -> str:
    client = Client()
    client.force_login(world.user(role))
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_departments_sales_are_for_those_who_see_its_invoices(world: World) -> None:
    a_sale(world, "125.00", "HQ.EAST.", "parts")
    a_sale(world, "75.00", "HQ.SOUTH.", "parts")
    east, south = (f"/departments/{world.department(code).pk}/" for code in ("EAST", "SOUTH"))
    assert "¥125.00" in page(world, "executive", east)
    assert "¥125.00" in page(world, "regional_manager", east)
    assert "¥75.00" not in page(world, "regional_manager", south)
    for role in ("hr", "administrator"):  # they see every duty and no invoice
        assert "今年销售额" not in page(world, role, east)


def test_both_lines_are_for_those_who_see_every_invoice(world: World) -> None:
    a_sale(world, "125.00", "HQ.EAST.", "parts")
    assert "¥125.00" in page(world, "executive", "/org-lines")
    for role in ("hr", "regional_manager"):
        html = page(world, role, "/org-lines")
        assert "¥125.00" not in html and "查看全公司的发票的权限" in html


def test_a_products_sum_runs_along_its_line_whatever_department_one_sees(world: World) -> None:
    product = copy(world.department("EAST"))
    product.kind, product.product_line = "product", "parts"
    actor = access.actor_for(world.user("regional_manager"), world.today)
    assert seeing.may_see_sales_of(actor, world.department("EAST"))
    assert not seeing.may_see_sales_of(actor, product)
