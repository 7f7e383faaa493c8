"""Doing: `POST /api/v1/<room>/<verb>[/<row>]` runs an operation through the door."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from sellwell.api import bodies
from sellwell.api.answers import answer, error, told
from sellwell.api.reading import image
from sellwell.kernel import access, door
from sellwell.kernel.models import ApprovalRequest, RequestState
from sellwell.kernel.operations import Context, Operation
from sellwell.kernel.values import Reason, T
from sellwell.kernel.views import BY_TYPE

DECIDED = Reason(
    "approval.decided",
    T(
        "审批单 {number} 的结果是“{state}”，没有办理。请修改后以新的请求标识提交。",
        "Approval {number} ended as “{state}”; nothing was done. Change it and send it with a new key.",
    ),
)


def act(request: HttpRequest, ctx: Context, *, operation: Operation, row_id: UUID | None) -> HttpResponse:
    """Run one operation. 200 with the row, 201 for a new one, 202 while it waits for approval."""
    outcome = door.run(
        operation.name,
        ctx,
        row_id,
        bodies.body(request),
        expected_version=bodies.expected_version(request),
        key=bodies.idempotency_key(request),
    )
    body: dict[str, Any] = {
        "operation": operation.name,
        "replayed": outcome.replayed,
        "warnings": told(outcome.warnings),
    }
    if outcome.hold is not None:
        return held(body, outcome.hold, ctx)
    body["row"] = row_image(outcome.result, ctx)
    response = answer(body, ctx, 201 if operation.creates else 200)
    if body["row"] is not None and body["row"]["version"] is not None:
        response["ETag"] = f'"{body["row"]["version"]}"'
    return response


def held(body: dict[str, Any], hold: ApprovalRequest, ctx: Context) -> HttpResponse:
    """The act waits for approval; or the approval ended without it, which the same key is told as a conflict."""
    approval = {
        "id": str(hold.pk),
        "number": hold.number,
        "state": hold.state,
        "objections": hold.objections,
    }
    if hold.state != RequestState.OPEN.value:
        state = RequestState(hold.state).label
        refusal = DECIDED.refuse(number=hold.number, state=state)
        return error([refusal], ctx.request_id, approval=approval)
    response = answer({**body, "approval": approval}, ctx, 202)
    response["Location"] = f"/api/v1/{BY_TYPE['kernel.approvalrequest'].url}/{hold.pk}"
    return response


def row_image(result: Any, ctx: Context) -> dict[str, Any] | None:
    """The result with today's rights: what the actor may not see is not there."""
    meta = getattr(result, "_meta", None)
    view = BY_TYPE.get(meta.label_lower) if meta is not None else None
    if view is None or access.cell_for(ctx.actor, view.name, result) is None:
        return None
    fresh = view.rows(ctx.actor).filter(pk=result.pk).first()
    return {"type": view.row_type, **image(fresh, view.visible(ctx.actor))} if fresh is not None else None
