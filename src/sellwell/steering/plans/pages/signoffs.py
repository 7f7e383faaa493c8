"""What several sides sign: list, record with who has signed and who has not, earlier requests, versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sellwell.kernel.models import ApprovalRequest, RequestState
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T, months_later
from sellwell.steering.plans import documents, policies, queries
from sellwell.steering.plans.models import SignOff, SignOffState
from sellwell.steering.plans.rules import Side
from sellwell.steering.plans.views import SIGN_OFFS
from sellwell.web.files import ATTACHED
from sellwell.web.registry import form, list_page, panel, record_page, related

list_page(
    SIGN_OFFS, section="plans", icon="edit", order=30, new=["plans.draft_sign_off"],
    columns=["number", "title", "kind", "department", "amount", "state", "effective_on", "owner"],
    card=["title", "kind", "state", "amount"],
    saved=[
        ("draft", T("起草与会签中", "Drafts and waiting"), {"state": "draft"}),
        ("in-force", T("已生效", "In force"), {"state": "in_force"}),
        ("budgets", T("销售预算", "Budgets"), {"kind": "budget"}),
        ("strategies", T("营销策略", "Strategies"), {"kind": "strategy"}),
        ("mine", T("我的", "Mine"), {"owner": "me"}),
    ],
    empty=T(
        "还没有会签。先起草销售预算或营销策略，再提交各方签署。",
        "No sign-offs yet. Draft a sales budget or a marketing strategy, then have it signed.",
    ),
)  # fmt: skip
record_page(
    SIGN_OFFS, amount="amount", path=[SignOffState.DRAFT, SignOffState.IN_FORCE, SignOffState.REPLACED],
    facts=["kind", "department", "since", "until", "revision", "previous", "effective_on", "replaced_on", "fingerprint"],
    comment="plans.comment_sign_off",
)  # fmt: skip


# --- who has signed ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SideLine:
    """A side: who signed for it when, or whom it waits for."""

    label: T
    signed_by: str
    at: datetime | None
    waits_for: list[str]
    said_no: str


@dataclass(frozen=True)
class Earlier:
    """An earlier request for signatures and how it ended."""

    number: str
    url: str
    state: RequestState
    at: datetime | None
    note: str


def signing(row: SignOff, ctx: Context) -> dict[str, Any]:
    """The sides of the latest request; without one, those that will be asked. Earlier requests with their reasons."""
    requests = list(
        ApprovalRequest.objects.filter(operation=queries.PUT_IN_FORCE, row_id=row.pk)
        .prefetch_related("steps__decisions")
        .order_by("-created_at", "-id")
    )
    is_asked = bool(requests) and requests[0].state in (RequestState.OPEN.value, RequestState.APPROVED.value)
    latest = requests[0] if is_asked else None
    steps = list(latest.steps.all()) if latest is not None else []
    people = {u for s in steps for u in s.candidates} | {d.user_id for s in steps for d in s.decisions.all()}
    names = queries.names(people)
    needed = policies.sides_of(row.kind, row.company_id, ctx.today)
    if latest is not None:
        asked = {s.guard for s in steps}
        needed = [side for side in Side if queries.guard_of(side) in asked]
    return {
        "sides": [
            _side(side, [s for s in steps if s.guard == queries.guard_of(side)], names) for side in needed
        ],
        "is_asked": is_asked,
        "is_draft": row.state == SignOffState.DRAFT.value,
        "earlier": [_earlier(r) for r in requests[1 if is_asked else 0 :]],
    }


def _side(side: Side, steps: list[Any], names: dict[UUID, str]) -> SideLine:
    """How far one side is."""
    said = [(d, s) for s in steps for d in s.decisions.all() if d.round == s.round]
    yes = [d for d, s in said if d.agrees and s.decided_at is not None]
    no = [d for d, _ in said if not d.agrees]
    is_through = bool(steps) and all(s.decided_at is not None for s in steps) and not no
    waiting = [names.get(u, "") for s in steps if s.decided_at is None for u in s.candidates]
    signed_by = "、".join(dict.fromkeys(names.get(d.user_id, "") for d in yes)) if is_through else ""
    at = max((d.at for d in yes), default=None) if is_through else None
    return SideLine(
        side.label, signed_by, at, list(dict.fromkeys(waiting)), names.get(no[0].user_id, "") if no else ""
    )


def _earlier(request: ApprovalRequest) -> Earlier:
    return Earlier(
        request.number,
        f"/approvals/{request.pk}/",
        RequestState(request.state),
        request.decided_at,
        request.note,
    )


panel(
    "plans.signoff", "sides", T("各方签署", "Signatures"), "plans/_sides.html", context=signing, place="main", order=5
)  # fmt: skip


def content(row: SignOff, ctx: Context) -> dict[str, Any]:
    """The text and the files that are signed."""
    files = documents.files_of(row.files)
    of = f"plans.signoff/{row.pk}"
    return {"files": [(f"/files/{pk}?inline&of={of}", files[pk].name) for pk in row.files if pk in files]}


panel(
    "plans.signoff", "text", T("会签内容", "What is signed"), "plans/_text.html", context=content, place="main", order=10
)  # fmt: skip
related(
    "plans.signoff", SIGN_OFFS, by="previous_id", title=T("后续版本", "Later versions"), order=20,
    columns=["number", "title", "revision", "state", "effective_on"],
)  # fmt: skip
related(
    "company.department", SIGN_OFFS, by="department_id", order=45,
    columns=["number", "title", "kind", "amount", "state", "effective_on"],
)  # fmt: skip
ATTACHED["plans.signoff"] = lambda row: set(row.files)


# --- forms ---------------------------------------------------------------------------------------------------------------------


def for_own_department(row: Any, ctx: Context) -> dict[str, Any]:
    """The reader's own department and next month."""
    begins = months_later(ctx.today.replace(day=1), 1)
    path = next((p.department_path for p in ctx.actor.posts if p.company_id == ctx.company_id), "")
    own = queries.departments(ctx.company_id).filter(path=path)
    return {
        "department": own.values_list("pk", flat=True).first(),
        "since": begins,
        "until": months_later(begins, 1),
    }


def as_it_stands(row: SignOff, ctx: Context) -> dict[str, Any]:
    """The content as it stands."""
    return {name: getattr(row, name) for name in ("title", "since", "until", "amount", "text", "files")}


form("plans.draft_sign_off", wide=True, initial=for_own_department)
form("plans.change_sign_off", wide=True, initial=as_it_stands)
form("plans.revise_sign_off", after=lambda outcome, ctx: f"/sign-offs/{outcome.result.pk}/")
