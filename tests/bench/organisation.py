"""org.chart and org.proof: 300 departments and 2,000 people, and half of it to see how it grows."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from tests.bench import lists, measuring, server
from tests.bench.measuring import Figure

SIZES = ((150, 1000), (300, 2000))
MOST_CHART, MOST_PROOF = 300.0, 10_000.0
LINES = ("parts", "robot", "packing", "conveyor")


def _build() -> None:
    _fill(*SIZES[1])


def _build_half() -> None:
    _fill(*SIZES[0])


def _fill(departments: int, people: int) -> None:
    """A company of three levels: 12 regions, teams below them, people with posts, a sixth of them away some days."""
    from sellwell.foundation.company.install import install
    from sellwell.foundation.company.models import Absence, Assignment, Department, Person
    from sellwell.kernel import clock, generations
    from sellwell.kernel.door import see_companies
    from sellwell.kernel.ids import new_id
    from sellwell.kernel.models import User

    today = clock.business_day(clock.now())
    since = today - timedelta(days=400)
    installed = install(since, password="bench-2026")
    company = installed.company.pk
    see_companies([company])
    top = installed.departments["HQ"]
    regions = [
        Department(
            id=new_id(), company_id=company, code=f"R{n:02d}", name=f"第{n}大区", kind="regional", parent=top,
            path=f"HQ.R{n:02d}.", region=f"区域{n}", since=since,
        )
        for n in range(12)
    ]  # fmt: skip
    teams = [
        Department(
            id=new_id(), company_id=company, code=f"T{n:03d}", name=f"第{n}组", kind="regional",
            parent=regions[n % 12], path=f"{regions[n % 12].path}T{n:03d}.", region=regions[n % 12].region,
            product_line=LINES[n % 4], since=since,
        )
        for n in range(departments - 12)
    ]  # fmt: skip
    Department.objects.bulk_create(regions)
    users = [User(id=new_id(), username=f"p{n}", name=f"员工{n}") for n in range(people)]
    User.objects.bulk_create(users)
    Person.objects.bulk_create(
        Person(id=new_id(), user=u, number=f"B{n:05d}", hired_on=since) for n, u in enumerate(users)
    )
    for n, team in enumerate(teams):
        team.head = users[12 + n]
    Department.objects.bulk_create(teams)
    for n, region in enumerate(regions):
        region.head = users[n]
        region.save(update_fields=["head"])
    posts = []
    for n, user in enumerate(users):
        where = regions[n] if n < 12 else teams[(n - 12) % len(teams)]
        role = "regional_manager" if n < 12 else "account_manager" if n < 12 + len(teams) else "rep"
        posts.append(
            Assignment(
                id=new_id(), company_id=company, user=user, role=role, department=where, region=where.region,
                product_line="" if n < 12 else where.product_line, since=since,
            )
        )  # fmt: skip
    Assignment.objects.bulk_create(posts)
    away = [
        Absence(
            id=new_id(), company_id=company, user=user, since=today + timedelta(days=n % 80),
            until=today + timedelta(days=n % 80 + 5), deputy=users[n + 1] if n % 2 else None,
        )
        for n, user in enumerate(users[:-1])
        if n % 6 == 0 or n < 12
    ]  # fmt: skip
    Absence.objects.bulk_create(away)
    generations.bump("organisation")


def _databases() -> list[tuple[int, str]]:
    return [
        (SIZES[0][1], server.template("orghalf", _build_half)),
        (SIZES[1][1], server.template("org", _build)),
    ]


def chart(rounds: int = 9) -> list[Figure]:
    """The chart's page, and one branch that is opened, through HTTP."""
    found: list[Figure] = []
    before: dict[str, float] = {}
    for people, name in _databases():
        server.use(name)
        browser = lists.client("hr")
        for what, url in (("page", "/org-chart"), ("branch", "/org-chart/part?code=R01")):
            spent = measuring.repeated(lambda url=url, browser=browser: lists.get(browser, url), rounds)
            ratio = spent.wall / before[what] if what in before else None
            before[what] = spent.wall
            found.append(
                Figure(
                    f"org.chart.{what}.{people}", spent.wall, "ms", "at half the size" if ratio else "", ratio,
                    f"<= {MOST_CHART:.0f} ms", spent.wall <= MOST_CHART, spent.wall,
                    f"client {spent.client:.1f} + backend {spent.backend:.1f} ms CPU",
                )
            )  # fmt: skip
    return found


def proof(rounds: int = 3) -> list[Figure]:
    """The whole proof over 90 days, from the database to sentences."""
    from sellwell.foundation.company import proving
    from sellwell.foundation.company.models import Company
    from sellwell.kernel import clock
    from sellwell.kernel.door import see_companies

    found: list[Figure] = []
    before = 0.0
    for people, name in _databases():
        server.use(name)
        company: Any = Company.objects.get()
        see_companies([company.pk])
        walls, count = [], 0
        for _ in range(rounds):
            began = time.perf_counter()
            shown = proving.proof(company.pk, clock.business_day(clock.now()))
            count = len(shown.sentences())
            walls.append((time.perf_counter() - began) * 1000)
        wall = measuring.median(walls)
        found.append(
            Figure(
                f"org.proof.{people}", wall, "ms", "at half the size" if before else "", wall / before if before else None,
                f"<= {MOST_PROOF:.0f} ms", wall <= MOST_PROOF, wall,
                f"{len(shown.organisation.places)} places, {len(shown.organisation.away)} absences, {count} sentences",
            )
        )  # fmt: skip
        before = wall
    return found
