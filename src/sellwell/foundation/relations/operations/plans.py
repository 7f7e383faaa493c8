"""What is done with customers in each stage (clause 4.3.3)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from sellwell.foundation.relations.models import Stage, StagePlan, Standing
from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import T

Words = Annotated[Code, StringConstraints(max_length=1000)]
Goal = Annotated[Code, StringConstraints(min_length=2, max_length=100)]


class SetPlan(Input):
    """A stage's plan from today on."""

    stage: Stage = field(T("阶段", "Stage"))
    goal: Goal = field(T("目标", "Goal"))
    strategy: Words = field(T("策略", "Strategy"), min_length=4)
    service: Words = field(T("服务方案", "Service"), "")
    contact_days: Annotated[int, Field(ge=0, le=90)] | None = field(
        T("进入阶段后几个工作日内联系", "First contact within working days"), None,
        help=T("不填则不派任务", "No task if empty"),
    )  # fmt: skip


@operation(
    "relations.set_plan", T("设定阶段策略", "Set the plan of a stage"), StagePlan, input=SetPlan, creates=True,
    clauses=["4.3.3"],
    help=T(
        "为一个生命周期阶段写下目标、策略和服务方案；处于该阶段的客户即按新策略执行。",
        "Writes goal, strategy and service of a stage; customers in it go by the new plan at once.",
    ),
)  # fmt: skip
def set_plan(row: None, given: SetPlan, ctx: Context, assessment: Assessment) -> Effects:
    """The plan of before ends today; who is in the stage has the new one."""
    effects = Effects()
    for before in StagePlan.objects.select_for_update().filter(
        company_id=ctx.company_id, stage=given.stage.value, until__isnull=True
    ):
        effects.update(before, until=ctx.today)
    values: dict[str, Any] = {
        name: getattr(given, name) for name in ("goal", "strategy", "service", "contact_days")
    }
    plan = StagePlan(
        id=new_id(), company_id=ctx.company_id, stage=given.stage.value, since=ctx.today, **values
    )
    effects.insert(plan)
    # Which plan a customer goes by follows from its stage: it is derived, like the rest of a standing.
    Standing.objects.filter(company_id=ctx.company_id, stage=given.stage.value).update(plan=plan)
    effects.result = plan
    return effects
