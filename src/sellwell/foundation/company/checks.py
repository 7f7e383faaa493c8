"""Invariants of the organisation that `sellwell check` proves."""

from __future__ import annotations

from collections.abc import Iterable

from sellwell.foundation.company import queries
from sellwell.foundation.company.directory import seeing_every_company
from sellwell.foundation.company.evidence import documents_without_an_active_person
from sellwell.foundation.company.models import Company
from sellwell.foundation.company.operations.rights import KEYS, people_with_conflicts
from sellwell.kernel import clock, directory
from sellwell.kernel.checks import Finding, check, from_sql
from sellwell.kernel.models import Grant
from sellwell.kernel.values import Period, T


@check(
    "duties.people", T("没有人兼任不相容职务", "Nobody's roles join incompatible duties"), clauses=["1.3.1"]
)
def _people() -> Iterable[Finding]:
    today = clock.business_day(clock.now())
    with seeing_every_company():
        conflicts = people_with_conflicts(today)
    names = directory.current().names({user_id for user_id, _ in conflicts})
    return [
        Finding("duties.people", names.get(user_id, str(user_id)), f"holds both sides of {pair.code}")
        for user_id, pair in conflicts
    ]


@check(
    "documents.owners",
    T("未了结单据都有在职负责人", "Every open document has an active person"),
    clauses=["1.3.2"],
)
def _owners() -> Iterable[Finding]:
    today = clock.business_day(clock.now())
    with seeing_every_company():
        for company in Company.objects.all():
            found = documents_without_an_active_person(company.pk, Period(today))
            for broken in found.broken:
                yield Finding("documents.owners", f"{broken.row_type} {broken.name}", broken.why.en)


@check("departments.paths", T("部门路径与上下级一致", "Every department's path follows its parent's"))
def _paths() -> Iterable[Finding]:
    with seeing_every_company():
        return from_sql(
            "departments.paths",
            "SELECT d.code, d.path FROM company_department d LEFT JOIN company_department p ON p.id = d.parent_id"
            " WHERE d.path <> coalesce(p.path, '') || d.code || '.'",
            "the path {} is not the parent's path and the code",
        )


@check(
    "people.left",
    T("离职者不能登录，也不再任职", "Nobody who left can sign in or holds a post"),
    clauses=["1.3.2"],
)
def _left() -> Iterable[Finding]:
    with seeing_every_company():
        return from_sql(
            "people.left",
            "SELECT p.number, u.username FROM company_person p JOIN kernel_user u ON u.id = p.user_id"
            " WHERE p.state = 'left' AND (u.is_active OR EXISTS (SELECT 1 FROM company_assignment a"
            " WHERE a.user_id = u.id AND a.until IS NULL))",
            "{} has left but can still act",
        )


@check("rights.keys", T("总有人能设定权限", "Somebody can always set rights"), clauses=["1.3.1"])
def _keys() -> Iterable[Finding]:
    today = clock.business_day(clock.now())
    for verb in KEYS:
        if not Grant.objects.filter(queries.in_force_on(today), verb=verb).exists():
            yield Finding("rights.keys", verb, "no role may do it")
