"""What training demands of verbs elsewhere: a required course must have been passed (clause 1.4.5)."""

from __future__ import annotations

from collections.abc import Mapping

from sellwell.kernel.operations import Assessment, Check, Context, guard
from sellwell.kernel.values import Objection, Reason, T
from sellwell.steering.improvement import queries
from sellwell.steering.improvement.rules import GatedVerb, missing

NOT_PASSED = Reason(
    "improvement.course_missing",
    T(
        "办理此事须先通过课程“{course}”。请联系人力资源安排培训。",
        "The course “{course}” must be passed before doing this. Ask human resources for a date.",
    ),
)


def course_for(verb: str) -> Check:
    """The check for one verb: the acting person has passed every course that a rule asks for it. The same for every row."""

    def course(assessments: list[Assessment], ctx: Context) -> Mapping[int, list[Objection]]:
        rules = [rule for rule in queries.rules_of(ctx.company_id) if verb in rule.operations]
        if not rules or ctx.actor.is_system:
            return {}
        passes = queries.passes_of([ctx.user_id], ctx.company_id).get(ctx.user_id, [])
        lacking = missing(rules, verb, ctx.actor.roles, passes, ctx.today)
        names = queries.course_names(lacking) if lacking else {}
        said = [NOT_PASSED.refuse(course=names[one]) for one in lacking]
        return dict.fromkeys(range(len(assessments)), said) if said else {}

    return course


# One guard per verb: a guard is not told which of its verbs asks.
for _verb in GatedVerb:
    guard(
        f"improvement.course.{_verb.value}",
        T(f"须先通过课程：{_verb.label.zh}", f"Courses to be passed first: {_verb.label.en}"),
        on=[_verb.value],
        clauses=["1.4.5"],
    )(course_for(_verb.value))
