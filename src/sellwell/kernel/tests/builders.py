"""How the kernel's own operations succeed: approvals, delegations, tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sellwell.kernel import drafting, files
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import (
    ApiToken,
    ApprovalRequest,
    ApprovalStep,
    Delegation,
    ImportBatch,
    PolicyVersion,
    PostingPeriod,
    RequestState,
    StoredFile,
)
from sellwell.kernel.testing import Case, builder

if TYPE_CHECKING:
    from sellwell.testing.world import World

HELD = "company.change_department"


def a_request(world: World, *roles: str) -> ApprovalRequest:
    """A request of the people department that waits for the manager of the region (or the roles named, in order)."""
    roles = roles or ("regional_manager",)
    ctx = world.ctx("hr")
    department = world.department("SOUTH")
    request = drafting.document(
        ApprovalRequest, ctx, "AP", RequestState.OPEN, operation=HELD, row_type="company.department",
        row_id=department.pk, given={"name_en": "South"}, content_hash="0" * 64,
        department_path=world.department("EAST").path,
    )  # fmt: skip
    request.save(force_insert=True)
    for position, role in enumerate(roles):
        ApprovalStep.objects.create(
            id=new_id(), company_id=world.company.pk, request=request, guard="tests", position=position, role=role,
            content_hash="0" * 64, candidates=[] if position else [world.user(role).pk],
            opened_at=None if position else ctx.now,
        )  # fmt: skip
    return request


def step_of(request: ApprovalRequest, position: int = 0) -> ApprovalStep:
    """A step of a request's one route."""
    return ApprovalStep.objects.get(request=request, position=position)


def a_failed_request(world: World) -> ApprovalRequest:
    """A request that was approved and could not be done then."""
    request = a_request(world)
    ApprovalRequest.objects.filter(pk=request.pk).update(state=RequestState.FAILED.value)
    request.refresh_from_db()
    return request


def a_second_step(world: World) -> ApprovalRequest:
    """A request whose first step was decided by the manager of the region; finance decides now."""
    request = a_request(world, "regional_manager", "finance")
    world.run("regional_manager", "approvals.approve", request)
    request.refresh_from_db()
    return request


def an_asked_request(world: World) -> ApprovalRequest:
    """A request whose approver asked its requester something."""
    request = a_request(world)
    world.run("regional_manager", "approvals.question", request, {"text": "为什么改名？"})
    request.refresh_from_db()
    return request


def a_signer(world: World) -> ApprovalRequest:
    """A request where the approver had legal sign first."""
    request = a_request(world)
    world.run(
        "regional_manager",
        "approvals.add_signer",
        request,
        {"person": str(world.user("legal").pk), "where": "before"},
    )
    request.refresh_from_db()
    return request


def a_delegation(
    world: World, owner: str = "regional_manager", deputy: str = "account_manager"
) -> Delegation:
    """Somebody's approvals, lent for the next days."""
    made: Delegation = world.run(owner, "approvals.delegate", data=delegation_data(world, deputy)).result
    return made


def delegation_data(world: World, deputy: str) -> dict[str, Any]:
    """The input that lends approvals from today for a week."""
    until = world.today + timedelta(days=7)
    return {"deputy": str(world.user(deputy).pk), "since": str(world.today), "until": str(until)}


def a_token(world: World, role: str = "rep") -> ApiToken:
    """A personal token."""
    made: ApiToken = world.run(role, "tokens.create", data={"label": "脚本"}).result
    return made


@builder("approvals.approve")
def _approve(world: World) -> Case:
    return Case("regional_manager", row=a_request(world), data={"note": "同意"})


@builder("approvals.reject")
def _reject(world: World) -> Case:
    return Case("regional_manager", row=a_request(world), data={"note": "金额有误"})


@builder("approvals.withdraw")
def _withdraw(world: World) -> Case:
    return Case("hr", row=a_request(world))


@builder("approvals.retry")
def _retry(world: World) -> Case:
    def in_state(state: str) -> ApprovalRequest:
        request = a_request(world)
        ApprovalRequest.objects.filter(pk=request.pk).update(state=state)
        return request

    return Case("hr", row=a_failed_request(world), in_state=in_state)


@builder("approvals.return")
def _return(world: World) -> Case:
    request = a_second_step(world)
    return Case("finance", row=request, data={"step": str(step_of(request).pk), "note": "请再核对"})


@builder("approvals.add_signer")
def _add_signer(world: World) -> Case:
    return Case("regional_manager", row=a_request(world), data={"person": str(world.user("legal").pk)})


@builder("approvals.drop_signer")
def _drop_signer(world: World) -> Case:
    return Case("regional_manager", row=a_signer(world), data={"person": str(world.user("legal").pk)})


@builder("approvals.amend")
def _amend(world: World) -> Case:
    from sellwell.kernel import policy
    from sellwell.kernel.approval_fields import FIELDS

    PolicyVersion.objects.filter(name=FIELDS).update(
        table={**policy.DEFAULTS[FIELDS].table, "rows": [[HELD, "-", "-", "name_en"]]}
    )
    policy.changed()
    return Case("regional_manager", row=a_request(world), data={"name": "name_en", "value": "Southern"})


@builder("approvals.comment")
def _comment(world: World) -> Case:
    return Case("hr", row=a_request(world), data={"text": "材料已补充"})


@builder("approvals.question")
def _question(world: World) -> Case:
    return Case("regional_manager", row=a_request(world), data={"text": "为什么改名？"})


@builder("approvals.answer")
def _answer(world: World) -> Case:
    return Case("hr", row=an_asked_request(world), data={"text": "英文名有误"})


@builder("approvals.copy")
def _copy(world: World) -> Case:
    return Case("hr", row=a_request(world), data={"people": [str(world.user("finance").pk)]})


@builder("approvals.remind")
def _remind(world: World) -> Case:
    return Case("hr", row=a_request(world))


@builder("approvals.escalate")
def _escalate(world: World) -> Case:
    return Case("sales_manager", row=a_request(world))


@builder("approvals.delegate")
def _delegate(world: World) -> Case:
    return Case("regional_manager", data=delegation_data(world, "account_manager"))


@builder("approvals.revoke")
def _revoke(world: World) -> Case:
    return Case("regional_manager", row=a_delegation(world))


@builder("tokens.create")
def _create_token(world: World) -> Case:
    return Case("rep", data={"label": "脚本"})


@builder("tokens.revoke")
def _revoke_token(world: World) -> Case:
    return Case("rep", row=a_token(world))


IMPORTED = {
    "profile": "orders",
    "source": "old-shop",
    "file_name": "sales.csv",
    "file_hash": "ab" * 20,
    "currency": "GBP",
}


def a_batch(world: World, state: str = "running", role: str = "sales_manager") -> ImportBatch:
    """A batch of an import of orders, without documents; stopped it is one that the worker does."""
    if state == "stopped":
        return a_job(world, state, role)
    batch: ImportBatch = world.run(role, "imports.begin", data=IMPORTED).result
    if state in ("done", "undone"):
        world.run(role, "imports.finish", batch, {"rows": 0, "rejected": 0, "known": 0})
    if state == "undone":
        world.run(role, "imports.undo", batch)
    batch.refresh_from_db()
    return batch


def an_upload(world: World, role: str, content: str) -> StoredFile:
    """A file sent to be imported: sealed under a key of its own."""
    subject = new_id()
    made = files.receive(
        [content.encode()], "rows.csv", company_id=world.company.pk, uploaded_by=world.user(role).pk,
        subject_id=subject,
    )  # fmt: skip
    made.id = subject
    return files.keep(made)


def a_job(world: World, state: str = "running", role: str = "sales_manager") -> ImportBatch:
    """A batch that the worker does, of an uploaded file with one row."""
    content = "单号,产品,数量,日期,单价,客户\nJ1,P-1,2,2024-03-01,9.90,K1\n"
    file = an_upload(world, role, content)
    fields = dict(
        zip(
            ("invoice", "product", "quantity", "day", "price", "customer"),
            content.splitlines()[0].split(","),
            strict=True,
        )
    )
    data = IMPORTED | {"file": str(file.pk), "mapping": {"options": {"source": "old-shop"}, "fields": fields}}
    batch: ImportBatch = world.run(role, "imports.begin", data=data).result
    if state == "stopped":
        world.run(role, "imports.stop", batch, {"reason": "文件有误"})
    if state in ("done", "undone"):
        world.run(role, "imports.finish", batch, {"rows": 0, "rejected": 0, "known": 0})
    if state == "undone":
        world.run(role, "imports.undo", batch)
    batch.refresh_from_db()
    return batch


@builder("imports.advance")
def _advance_import(world: World) -> Case:
    refused = [{"number": "S7", "zh": "未能写入", "en": "It could not be written"}]
    given = {"position": 3, "of": 9, "rows": 12, "refused": refused}
    return Case("sales_manager", a_job(world), given, in_state=lambda state: a_job(world, state))


@builder("imports.stop")
def _stop_import(world: World) -> Case:
    return Case(
        "sales_manager", a_job(world), {"reason": "文件有误"}, in_state=lambda state: a_job(world, state)
    )


@builder("imports.resume")
def _resume_import(world: World) -> Case:
    return Case("sales_manager", a_job(world, "stopped"), in_state=lambda state: a_job(world, state))


@builder("imports.begin")
def _begin_import(world: World) -> Case:
    return Case("sales_manager", data=IMPORTED)


@builder("imports.begin_rows")
def _begin_rows(world: World) -> Case:
    content = "客户名称\n文件里的客户\n"
    file = an_upload(world, "rep", content)
    data = {
        "operation": "customers.add", "file": str(file.pk),
        "mapping": {"options": {}, "fields": {"name": "客户名称"}},
    }  # fmt: skip
    return Case("rep", data=data)


@builder("imports.finish")
def _finish_import(world: World) -> Case:
    counts = {"rows": 3, "rejected": 1, "known": 0, "total": "12.50"}
    return Case("sales_manager", a_batch(world), counts, in_state=lambda state: a_batch(world, state))


@builder("imports.undo")
def _undo_import(world: World) -> Case:
    return Case("sales_manager", a_batch(world, "done"), in_state=lambda state: a_batch(world, state))


def a_period(world: World, state: str = "open") -> PostingPeriod:
    """The month that the company began in, which is over."""
    period = PostingPeriod.objects.filter(company_id=world.company.pk).earliest("month")
    if state != period.state:
        data = {"reason": "补记运费"} if state == "open" else {}
        world.run("finance", "periods.reopen" if state == "open" else "periods.close", period, data)
        period.refresh_from_db()
    return period


@builder("periods.close")
def _close_period(world: World) -> Case:
    return Case("finance", a_period(world), in_state=lambda state: a_period(world, state))


@builder("periods.reopen")
def _reopen_period(world: World) -> Case:
    data = {"reason": "补记运费"}
    return Case("finance", a_period(world, "closed"), data, in_state=lambda state: a_period(world, state))


@builder("messages.choose")
def _choose_messages(world: World) -> Case:
    data = {
        "systems": ["wecom", "mail"],
        "mail": "rep@example.com",
        "quiet_from": "21:00",
        "quiet_until": "08:00",
    }
    return Case("rep", data=data)
