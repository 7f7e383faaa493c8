"""A company built twice is the same company; and what it acknowledges survives kills, double sends and clock jumps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DAYS = "2"
BUILD = ("demo", "--no-serve", "--size", "test", "--days", DAYS, "--seed", "5", "--today", "2026-11-20")


def sellwell(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One command on a home of its own."""
    environment = {**os.environ, "SELLWELL_HOME": str(home)}
    for name in ("SELLWELL_DB_ROLE", "DATABASE_URL", "DATABASE_OWNER_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", "sellwell", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )


def digest_of(output: str) -> str:
    return next(line for line in output.splitlines() if line.startswith("digest"))


@pytest.mark.kills
@pytest.mark.xdist_group("kills")
def test_the_same_seed_gives_the_same_company_and_faults_lose_nothing(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    built = sellwell(first, *BUILD)
    assert built.returncode == 0, built.stdout + built.stderr
    again = sellwell(second, *BUILD)
    assert digest_of(again.stdout) == digest_of(built.stdout)

    run = sellwell(first, "simulate", "--seed", "7", "--days", "2", "--faults", "--kills", "5", "--json")
    assert run.returncode == 0, run.stdout + run.stderr
    report = json.loads(run.stdout)
    assert report["problems"] == []
    assert report["acknowledged"] > 0
    assert sum(report["kills"].values()) == 5

    checked = sellwell(first, "check")
    assert checked.returncode == 0, checked.stdout
