"""Evidence about people: roles, rights, and one accountable person for each document."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.apps import apps

from sellwell.foundation.company import queries
from sellwell.foundation.company.access import RoleCode
from sellwell.foundation.company.models import Assignment, Person, PersonState
from sellwell.kernel import clock
from sellwell.kernel.evidence import Broken, Evidence, evidence, found
from sellwell.kernel.models import Document, LedgerEntry, SecurityLog
from sellwell.kernel.values import Period, T
from sellwell.kernel.views import BY_TYPE

NO_ROLE = T("没有角色", "holds no role")
NOBODY = T("没有人担任", "nobody holds it")
LEFT = T("负责人已离职", "the accountable person has left")
# What the rights matrix refuses: no right, out of scope, over the limit, duties that do not go together.
REFUSED_BY_MATRIX = (
    "not_permitted",
    "not_permitted.scope",
    "over_limit",
    "over_limit.no_route",
    "sod.same_person",
)


def last_day(period: Period) -> date:
    """The day that the organisation is looked at: the period's last, today where it is still running."""
    today = clock.business_day(clock.now())
    return today if period.until is None else min(today, period.until - timedelta(days=1))


@evidence("1.1.2", T("在职人员都有角色", "Every active person holds a role"))
def people_without_a_role(company_id: UUID, period: Period) -> Evidence:
    """Active people and whether each holds a role on the period's last day (in any company)."""
    day = last_day(period)
    people = Person.objects.filter(state=PersonState.ACTIVE.value, hired_on__lte=day).select_related("user")
    holding = set(Assignment.objects.filter(queries.in_force_on(day)).values_list("user_id", flat=True))
    rows = list(people)
    broken = [
        Broken("company.person", row.pk, row.user.name, NO_ROLE) for row in rows if row.user_id not in holding
    ]
    return found(len(rows), broken)


@evidence("1.1.2", T("每个角色都有人担任", "Every role has a person"))
def roles_without_a_person(company_id: UUID, period: Period) -> Evidence:
    """The 14 roles and whether an active person of the company holds each on the period's last day."""
    held = Assignment.objects.filter(
        queries.in_force_on(last_day(period)), company_id=company_id, user__is_active=True
    ).values_list("role", flat=True)
    missing = [role for role in RoleCode if role.value not in set(held)]
    return found(len(RoleCode), [Broken("role", None, str(role.label), NOBODY) for role in missing])


def moments(period: Period) -> dict[str, datetime]:
    """The period as moments, for `at`."""
    found_moments = {"at__gte": datetime.combine(period.since, time(), clock.BUSINESS_ZONE).astimezone(UTC)}
    if period.until is not None:
        found_moments["at__lt"] = datetime.combine(period.until, time(), clock.BUSINESS_ZONE).astimezone(UTC)
    return found_moments


@evidence("1.3.1", T("被权限矩阵拒绝的操作", "Operations refused by the matrix"))
def refused_by_the_matrix(company_id: UUID, period: Period) -> Evidence:
    """Every attempt of the period: those done, and those that rights, limits or duties refused."""
    within = moments(period)
    done = LedgerEntry.objects.filter(company_id=company_id, within="", **within).count()
    refused = SecurityLog.objects.filter(company_id=company_id, code__in=REFUSED_BY_MATRIX, **within)
    broken = [
        Broken("kernel.securitylog", row.pk, row.operation, T(row.code, row.code))
        for row in refused.order_by("-at")
    ]
    return found(done + len(broken), broken)


@evidence("1.3.2", T("未了结单据都有在职负责人", "Every open document has an active person"))
def documents_without_an_active_person(company_id: UUID, period: Period) -> Evidence:
    """Open documents, table by table, whose accountable person has left. Must find none."""
    concerned, broken = 0, []
    for model in documents():
        rows = model._default_manager.filter(company_id=company_id, state__in=open_states(model))
        concerned += rows.count()
        for row in rows.filter(owner__is_active=False):
            name = str(getattr(row, "number", row.pk))
            broken.append(Broken(model._meta.label_lower, row.pk, name, LEFT))
    return found(concerned, broken)


def documents() -> list[type[Document]]:
    """Every table of documents in the house."""
    return [model for model in apps.get_models() if issubclass(model, Document)]


def open_states(model: type[Document]) -> list[str]:
    """The states of a document from which some verb still leads on; those of a table without verbs are all open."""
    from sellwell.kernel.operations import operations_of

    leading = {state for op in operations_of(model) if not op.while_held for state in op.from_states}
    view = BY_TYPE.get(model._meta.label_lower)
    every = view.states.values() if view is not None and view.states is not None else []
    return sorted(leading or set(every))
