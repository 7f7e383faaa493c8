"""The yardstick of the order bench writes what the product writes; no times are asserted here."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.bench import server

CODE = """
from tests.bench import company, confirm, server
company.CUSTOMERS, company.PRODUCTS = 4, 12
with server.running():
    ours, hand, equal = confirm.compare(1, 1, 4)
    print("equal" if equal else "differ")
"""


@pytest.mark.kills
def test_both_sides_of_the_order_bench_write_equal_rows() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        check=False,
        capture_output=True,
        text=True,
        cwd=server.ROOT,
        timeout=300,
    )
    assert done.stdout.strip().endswith("equal"), done.stdout + done.stderr
