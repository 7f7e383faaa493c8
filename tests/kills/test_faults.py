"""A company built twice is the same company; and what it acknowledges survives kills, double sends and clock jumps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sellwell.simulation import fault_plan

DAYS = "2"
BUILD = ("demo", "--no-serve", "--size", "test", "--days", DAYS, "--seed", "5", "--today", "2026-11-20")
FAULTS = ("simulate", "--faults", "--json")


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


def told(run: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert run.returncode == 0, run.stdout + run.stderr
    report: dict[str, Any] = json.loads(run.stdout)
    assert report["problems"] == []
    return report


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

    plan = tmp_path / "plan.json"
    run = sellwell(first, *FAULTS, "--seed", "7", "--days", "1", "--kills", "5", "--save-plan", str(plan))
    report = told(run)
    assert report["acknowledged"] > 0
    assert report["kills"] == 5
    assert report["faults"].keys() & {"web", "web worker", "worker", "postmaster"}

    replayed = told(sellwell(first, *FAULTS, "--plan", str(plan)))
    assert replayed["faults"] == report["faults"]
    assert replayed["requests"] == report["requests"]

    checked = sellwell(first, "check")
    assert checked.returncode == 0, checked.stdout


def test_a_plan_comes_from_its_seed_and_survives_its_file(tmp_path: Path) -> None:
    plan = fault_plan.make(3, days=4, kills=20)
    plan.write(tmp_path / "plan.json")
    assert fault_plan.Plan.read(tmp_path / "plan.json") == plan == fault_plan.make(3, days=4, kills=20)
    assert fault_plan.make(4, days=4, kills=20) != plan
    counted = plan.counted()
    assert sum(counted.values()) - counted["clock"] == 20
    assert {"door", "http"} == set(plan.channels)


def test_what_is_no_plan_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text('{"seed": 1}')
    run = sellwell(tmp_path / "home", *FAULTS, "--plan", str(tmp_path / "plan.json"))
    assert run.returncode == 2
    assert "plan.json" in run.stderr
