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


def test_a_peer_has_exact_versions_and_is_no_part_of_ours() -> None:
    peers = (server.ROOT / "tests" / "bench" / "peers" / "tryton.txt").read_text().splitlines()
    named = [line for line in peers if not line.startswith("#")]
    assert all("==" in line for line in named)
    ours = {
        line.split("==")[0].lower() for line in (server.ROOT / "requirements.lock").read_text().splitlines()
    }
    assert (
        not {line.split("==")[0].lower() for line in named if line.startswith(("tryton", "proteus"))} & ours
    )
