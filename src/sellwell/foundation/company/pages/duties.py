"""Positions, the duty matrix, the proof with its counter-examples, waivers and absences."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse

from sellwell.foundation.company import composition, proving, queries
from sellwell.foundation.company.duty_views import ABSENCES, DUTY_LIST, LAYERS, MATRIX, POSITIONS, WAIVERS
from sellwell.foundation.company.models import Absence, AbsenceState, Duty, DutyEntry, Position
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T, plain_number
from sellwell.web.registry import (
    Warning_,
    family,
    form,
    list_page,
    menu,
    page,
    record_page,
    related,
    section,
    warnings,
)
from sellwell.web.shortcuts import render

section("people", T("组织与人员", "People"), order=80)

# --- lists and records -------------------------------------------------------------------------------------------------

list_page(
    POSITIONS,
    new=["company.define_position"],
    columns=["name", "layer", "role", "purpose", "statement_since", "statement_until"],
    card=["name", "layer"],
    empty=T("还没有岗位。", "No positions yet."),
)
record_page(
    POSITIONS,
    facts=["role", "layer", "purpose", "duties", "region", "product_line", "statement_since",
           "statement_until", "is_active"],
)  # fmt: skip
related("company.position", MATRIX, by="position_id", title=T("职责分工", "Duties"), place="main", order=20)
list_page(DUTY_LIST, new=["company.define_duty"], columns=["code", "name", "per", "is_active"], card=["name"])
record_page(DUTY_LIST, facts=["code", "per", "verbs", "is_active"])
related("company.duty", MATRIX, by="duty_id", title=T("职责分工", "Who does it"), place="main", order=10)
list_page(
    MATRIX,
    new=["company.set_duty"],
    columns=["duty", "position", "letter", "region", "amount_from", "amount_until", "since", "until"],
    card=["duty", "position", "letter"],
)
record_page(MATRIX)
list_page(
    WAIVERS,
    section="people",
    icon="shield",
    order=64,
    new=["company.waive_conflict"],
    columns=["person", "pair", "control", "since", "until", "granted_by"],
    card=["person", "pair"],
    empty=T("没有豁免：没有人兼任不相容职务。", "No waivers: nobody holds incompatible duties."),
)
record_page(WAIVERS)
list_page(
    ABSENCES,
    section="people",
    icon="calendar",
    order=50,
    new=["company.plan_absence"],
    columns=["person", "since", "until", "deputy", "state"],
    card=["person", "since", "deputy"],
    saved=[("planned", T("已登记", "Planned"), {"state": "planned"})],
    empty=T("没有登记缺勤。", "No absences are planned."),
)
record_page(ABSENCES, path=[AbsenceState.PLANNED])
related("company.person", ABSENCES, by="user__person", title=T("缺勤", "Absences"), order=60)
menu(
    T("岗位与构成", "Positions"),
    "/composition",
    section="people",
    right="company.duty_matrix",
    icon="user",
    order=35,
)

family("/composition", "/duty-matrix", "/duty-proof", "/waivers/")


def _today(row: Any, ctx: Context) -> dict[str, Any]:
    return {"since": ctx.today.isoformat()}


form("company.set_duty", initial=_today)
form("company.end_duty", initial=lambda row, ctx: {"until": ctx.today.isoformat()})
form("company.waive_conflict", initial=_today)


def _own_absence(row: Any, ctx: Context) -> dict[str, Any]:
    person = queries.person_of(ctx.user_id)
    return {"since": ctx.today.isoformat(), "person": str(person.pk) if person is not None else ""}


form("company.plan_absence", initial=_own_absence)


# --- the matrix --------------------------------------------------------------------------------------------------------


def _cells(day: date) -> dict[tuple[Any, Any], list[dict[str, str]]]:
    """The letters of a day by duty and position, with the scope and tier that narrow them."""
    found: dict[tuple[Any, Any], list[dict[str, str]]] = defaultdict(list)
    for entry in DutyEntry.objects.filter(queries.in_force_on(day)).order_by("amount_from", "letter"):
        narrow = [text for text in (entry.region, entry.product_line) if text]
        if entry.amount_until is not None:
            narrow.append(f"< {plain_number(entry.amount_until)}")
        if entry.amount_from:
            narrow.append(f"≥ {plain_number(entry.amount_from)}")
        found[entry.duty_id, entry.position_id].append(
            {"letter": entry.letter, "narrow": " · ".join(narrow), "id": str(entry.pk)}
        )
    return found


def matrix_page(request: Any) -> HttpResponse:
    """Duties by positions: who is responsible, accountable, consulted, informed today."""
    day = request.ctx.today
    cells = _cells(day)
    held = {position for _, position in cells}
    positions = [p for p in Position.objects.filter(is_active=True).order_by("layer", "code") if p.pk in held]
    rows = [
        {
            "duty": duty,
            "cells": [cells.get((duty.pk, p.pk), ()) for p in positions],
            "accountable": any(c["letter"] == "A" for p in positions for c in cells.get((duty.pk, p.pk), ())),
        }
        for duty in Duty.objects.filter(is_active=True).order_by("order", "code")
    ]
    context = {"positions": positions, "rows": rows}
    return render(request, "company/duty_matrix.html", context, title=T("职责矩阵", "Duty matrix"))


page(
    "duty-matrix", matrix_page, "company.duty_matrix_page", title=T("职责矩阵", "Duty matrix"),
    right="company.duty_matrix", section="people", icon="columns", order=60,
)  # fmt: skip


# --- the proof ---------------------------------------------------------------------------------------------------------

GROUPS = (
    (
        T("职责缺口", "Duties with nobody"),
        ("no_position", "nobody", "owner_away", "owner_gone", "region_none"),
    ),
    (T("职责重叠", "Duties with more than one"), ("two_positions", "several", "region_twice", "line_twice")),
    (T("不相容职务", "Incompatible duties"), ("conflict", "pair_alone")),
    (T("审批无人", "Approvals with nobody"), ("route_dead", "own_request", "route_empty")),
)
PERIODS = {"30": T("今后 30 天", "The next 30 days"), "90": T("今后 90 天", "The next 90 days"), "365": T("今后一年", "The next year")}  # fmt: skip
MOST_SHOWN = 100


def proof_page(request: Any) -> HttpResponse:
    """Every counter-example of the coming weeks, in words."""
    asked = request.GET.get("days", "90")
    length = asked if asked in PERIODS else "90"
    since = request.ctx.today
    proof = proving.proof(request.ctx.company_id, since, since + timedelta(days=int(length)))
    sentences = proof.sentences()
    groups = []
    for title, kinds in GROUPS:
        mine = [s for s in sentences if s.kind in kinds]
        mine.sort(key=lambda s: (s.found.since, kinds.index(s.kind)))
        groups.append({"title": title, "count": len(mine), "sentences": mine[:MOST_SHOWN], "more": max(0, len(mine) - MOST_SHOWN)})  # fmt: skip
    context = {
        "groups": groups,
        "total": len(sentences),
        "periods": [(code, text, code == length) for code, text in PERIODS.items()],
        "looked": looked_at(proof),
    }
    return render(request, "company/duty_proof.html", context, title=T("职责证明", "Proof of duties"))


def looked_at(proof: proving.Proof) -> list[tuple[T, int]]:
    """How much was looked at, so that 'nothing found' means something."""
    shown = proof.organisation
    return [
        (T("职责", "duties"), len(shown.duties)),
        (T("区域与产品线", "places"), len(shown.places)),
        (T("任职", "posts"), len(shown.held)),
        (T("缺勤", "absences"), len(shown.away)),
        (T("不相容职务对", "forbidden pairs"), len(shown.pairs)),
        (T("审批制度", "approval policies"), len(shown.routes)),
    ]


page(
    "duty-proof", proof_page, "company.duty_proof_page", title=T("职责证明", "Proof of duties"),
    right="company.duty_matrix", section="people", icon="check", order=62,
)  # fmt: skip


# --- who there is ------------------------------------------------------------------------------------------------------


def composition_page(request: Any) -> HttpResponse:
    """The team by position: how many, full-time and part-time, specialities, sales per head."""
    found = composition.team(request.ctx.company_id, request.ctx.today)
    context = {"team": found, "layers": LAYERS}
    return render(
        request, "company/composition.html", context, title=T("岗位与构成", "Positions and composition")
    )


page("composition", composition_page, "company.composition", right="company.duty_matrix")


# --- workbench ---------------------------------------------------------------------------------------------------------


def absences_without_deputy(ctx: Context) -> list[Warning_]:
    """People who will be away soon with nobody to stand in."""
    rows = ABSENCES.rows(ctx.actor).filter(
        state=AbsenceState.PLANNED.value,
        deputy=None,
        until__gt=ctx.today,
        since__lt=ctx.today + timedelta(days=14),
    )
    return [_without_deputy(absence) for absence in rows.order_by("since")[:5]]


def _without_deputy(absence: Absence) -> Warning_:
    first, last = absence.since.isoformat(), (absence.until - timedelta(days=1)).isoformat()
    text = T(
        f"{absence.user.name} {first} 至 {last} 缺勤，没有代理人",
        f"{absence.user.name} is away from {first} to {last} without a deputy",
    )
    return Warning_(text, f"/absences/{absence.pk}/", "near")


for _role in ("hr", "regional_manager", "sales_manager"):
    warnings(_role, absences_without_deputy)
