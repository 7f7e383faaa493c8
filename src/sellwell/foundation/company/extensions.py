"""Open work that the kernel keeps: tasks, and requests that wait for approval."""

from __future__ import annotations

from uuid import UUID

from sellwell.kernel.extensions import own_tasks, owned_work
from sellwell.kernel.models import ApprovalRequest, RequestState, Task, TaskState

# Deciding stays with those who hold the role of the step: these tasks are asked anew, never handed to anybody.
DECIDING = ("approvals.approve", "approvals.reject")


@owned_work.register("kernel.task")
def _tasks(user_id: UUID) -> list[tuple[type[Task], list[UUID]]]:
    rows = Task.objects.filter(owner_id=user_id, state=TaskState.OPEN.value).exclude(
        operation__in=[*DECIDING, *own_tasks]
    )
    return [(Task, list(rows.values_list("pk", flat=True)))]


@owned_work.register("kernel.approvalrequest")
def _requests(user_id: UUID) -> list[tuple[type[ApprovalRequest], list[UUID]]]:
    rows = ApprovalRequest.objects.filter(owner_id=user_id, state=RequestState.OPEN.value)
    return [(ApprovalRequest, list(rows.values_list("pk", flat=True)))]
