"""`api.fuzz`: every endpoint of the API asked by many more generated requests than in the tests; none may be a 5xx."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from sellwell.kernel.home import CHECKOUT
from tests.bench.measuring import Figure

EXAMPLES = 100
SUITE = "src/sellwell/api/tests/test_fuzz.py"


def api_fuzz(examples: int = EXAMPLES) -> list[Figure]:
    """Run the suite in a process of its own, on a database of its own."""
    before = time.perf_counter()
    command = [sys.executable, "-m", "pytest", SUITE, "-q", "-n", "2", "--tb=short"]
    environment = {**os.environ, "SELLWELL_FUZZ": str(examples)}
    done = subprocess.run(command, check=False, cwd=CHECKOUT, env=environment, capture_output=True, text=True)
    failed = sum(line.startswith("FAILED") for line in done.stdout.splitlines())
    if done.returncode:
        print(done.stdout[-4000:], file=sys.stderr)
    return [
        Figure(
            "api.fuzz", float(failed), "rooms with a 5xx", goal="0", ok=done.returncode == 0,
            wall=(time.perf_counter() - before) * 1000, note=f"{examples} examples for each endpoint",
        )
    ]  # fmt: skip
