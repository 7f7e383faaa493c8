"""A room for tests of the door: two verbs on a small document (a delegation), with a guard that can hold.

Registered by the fixture `sample` only while a test runs, so that no other test meets it in the registry.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sellwell.kernel import door, drafting, generations, policy
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Amount, Input, ShortText
from sellwell.kernel.inputs import field as input_field
from sellwell.kernel.models import Delegation, DelegationState, Grant, Link, PolicyVersion
from sellwell.kernel.operations import GUARDS, REGISTRY, Assessment, Context, guard, guards_of, operation
from sellwell.kernel.policy_table import table
from sellwell.kernel.values import Objection, Reason, Refusal, T
from sellwell.testing.world import World

SEND, CHECK, ROUTE = "tests.send", "tests.check", "tests.route"
MAIL, DRAFT = "tests.mail", "tests.draft"
OVER = Reason("tests.over", T("超出 {by}", "Over by {by}"))
RISKY = Reason("tests.risky", T("风险 {by}", "Risk of {by}"))
BROKEN = Reason("tests.broken", T("出错", "It broke"))


class Send(Input):
    """A note that stays with the document."""

    note: ShortText = input_field(T("说明", "Note"), "")


class Mail(Input):
    """Which paper goes out with this one."""

    paper: UUID


class Draft(Input):
    """What a new paper is about."""

    amount: Amount = input_field(T("金额", "Amount"))
    note: ShortText = input_field(T("说明", "Note"), "")


@dataclass
class Sample:
    """The knobs of the sample room, and its documents."""

    world: World
    exposure: Decimal = Decimal(0)  # everybody else's doing: context, never content
    limit: Decimal = Decimal(100)
    risk: Decimal = Decimal(0)  # a second guard holds from the first unit of it
    is_broken: bool = False
    seen: list[str] = field(default_factory=list)

    def paper(self, owner: str = "rep", amount: str = "80.00", department: str = "") -> Delegation:
        """A document of somebody, in their department."""
        ctx = self.world.ctx(owner)
        path = self.world.department(department).path if department else ctx.actor.posts[0].department_path
        return Delegation.objects.create(
            company_id=self.world.company.pk, number=f"T-{new_id()}"[:40], state=DelegationState.ACTIVE.value,
            business_date=ctx.today, created_at=ctx.now, created_by=self.world.user(owner),
            owner=self.world.user(owner), department_path=path, deputy=self.world.user("auditor"),
            since=ctx.today - timedelta(days=20), until=ctx.today - timedelta(days=10), amount_limit=Decimal(amount),
        )  # fmt: skip

    def route(self, approvers: str) -> None:
        """From now on the guard's holds go to `approvers`."""
        PolicyVersion.objects.filter(name=ROUTE).update(status="draft", since=None)
        PolicyVersion.objects.create(
            name=ROUTE, number=PolicyVersion.objects.filter(name=ROUTE).count() + 1, status="in_force",
            since=self.world.today, created_at=self.world.ctx("rep").now,
            table=table(
                inputs={"measure": ("number", T("超出", "Over"))}, outputs={"approvers": ("text", T("审批", "Who"))},
                rows=[["-", approvers]],
            ),
        )  # fmt: skip
        policy.changed()

    def routes_by(self, inputs: dict[str, Any], rows: list[list[str]]) -> None:
        """From now on the guard's holds go where a table of these inputs says."""
        self.route("-")
        PolicyVersion.objects.filter(name=ROUTE, status="in_force").update(
            table=table(inputs=inputs, outputs={"approvers": ("text", T("审批", "Who"))}, rows=rows)
        )
        policy.changed()

    def grant(self, role: str, verb: str, scope: str, limit: str | None = None) -> None:
        """A cell of the matrix."""
        Grant.objects.create(role=role, verb=verb, scope=scope, amount_limit=limit, since=self.world.today)
        generations.bump("rights")

    def link(self, one: Delegation, other: Delegation) -> None:
        """`other` came from `one`."""
        Link.objects.create(
            company_id=self.world.company.pk, from_type="kernel.delegation", from_id=one.pk,
            to_type="kernel.delegation", to_id=other.pk, at=self.world.ctx("rep").now,
        )  # fmt: skip


@contextmanager
def registered(world: World) -> Iterator[Sample]:
    """The sample room, known to the door inside the block."""
    sample = Sample(world)
    before = dict(REGISTRY), dict(GUARDS)
    _declare(sample)
    for role in ("rep", "account_manager", "regional_manager", "sales_manager"):
        for verb in (SEND, CHECK, MAIL, DRAFT):
            sample.grant(role, verb, "own" if role == "rep" else "company")
        if role == "account_manager":
            sample.grant(role, "approvals.delegations", "company")
    sample.route("regional_manager")
    try:
        yield sample
    finally:
        for registry, kept in zip((REGISTRY, GUARDS), before, strict=True):
            registry.clear()
            registry.update(kept)  # type: ignore[arg-type]
        guards_of.cache_clear()


def _declare(sample: Sample) -> None:
    def assess(row: Delegation, given: Any, ctx: Context) -> Assessment:
        content = {"amount": row.amount_limit, "deputy": str(row.deputy_id)}
        return Assessment(content=content, context={"exposure": sample.exposure})

    @operation(
        SEND, T("寄出", "Send"), Delegation, help=T("寄出", "Send it."), input=Send,
        from_states=[DelegationState.ACTIVE], assess=assess,
    )  # fmt: skip
    def send(row: Delegation, given: Send, ctx: Context, assessment: Assessment) -> Effects:
        """Send the paper."""
        if sample.is_broken:
            raise Refusal(BROKEN.refuse())
        sample.seen.append(ctx.actor.name)
        effects = Effects(result=row)
        effects.update(row, note=given.note or "sent")
        return effects

    @operation(
        CHECK,
        T("核对", "Check"),
        Delegation,
        help=T("核对", "Check it."),
        from_states=[DelegationState.ACTIVE],
    )
    def check(row: Delegation, given: Any, ctx: Context, assessment: Assessment) -> Effects:
        """Check the paper."""
        return Effects(result=row)

    @operation(
        MAIL, T("邮寄", "Mail"), Delegation, help=T("邮寄", "Mail it."), input=Mail,
        from_states=[DelegationState.ACTIVE], nested=[SEND],
    )  # fmt: skip
    def mail(row: Delegation, given: Mail, ctx: Context, assessment: Assessment) -> Effects:
        """Stamp this paper and send another one with it."""
        effects = Effects(result=row)
        effects.update(row, note="stamped")
        door.run(SEND, ctx, given.paper, {"note": "with the mail"})
        return effects

    def assess_draft(row: Any, given: Draft, ctx: Context) -> Assessment:
        return Assessment(content={"amount": given.amount}, context={"exposure": sample.exposure})

    @operation(
        DRAFT, T("起草", "Draft"), Delegation, help=T("起草", "Draft one."), input=Draft, creates=True,
        assess=assess_draft,
    )  # fmt: skip
    def draft(row: Any, given: Draft, ctx: Context, assessment: Assessment) -> Effects:
        """Make a paper."""
        if sample.is_broken:
            raise Refusal(BROKEN.refuse())
        effects = Effects()
        effects.result = drafting.document(
            Delegation, ctx, "DG", DelegationState.ACTIVE, deputy_id=sample.world.user("auditor").pk,
            since=ctx.today - timedelta(days=20), until=ctx.today - timedelta(days=10), amount_limit=given.amount,
            note=given.note,
        )  # fmt: skip
        effects.insert(effects.result)
        return effects

    @guard("tests.risk", T("风险", "Risk"), on=[SEND])
    def risk(assessments: list[Assessment], ctx: Context) -> dict[int, Objection]:
        """Holds every risk, whatever its size."""
        return {
            i: RISKY.hold(ROUTE, measure=sample.risk, by=sample.risk)
            for i, _ in enumerate(assessments)
            if sample.risk
        }

    @guard("tests.limit", T("限额", "Limit"), on=[SEND, DRAFT])
    def limit(assessments: list[Assessment], ctx: Context) -> dict[int, Objection]:
        """Holds what is over the limit, by how much."""
        over = {i: a.content["amount"] + sample.exposure - sample.limit for i, a in enumerate(assessments)}
        return {i: OVER.hold(ROUTE, measure=m, by=m) for i, m in over.items() if m > 0}
