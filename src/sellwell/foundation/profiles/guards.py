"""What profiles demand of verbs elsewhere: no record of a kind that the company does not deal in (clause 1.1.4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sellwell.foundation.profiles import queries, rules
from sellwell.foundation.profiles.extensions import Claim, all_subjects, claims
from sellwell.kernel import access
from sellwell.kernel.operations import Assessment, Check, Context, guard
from sellwell.kernel.values import Objection, Reason, T, listed

OUTSIDE = Reason(
    "profiles.outside",
    T(
        "“{kind}”（{subject}）不在本公司已启用的行业模板内。“{profiles}”模板包含它，可请{who}启用。",
        "“{kind}” ({subject}) is in no industry profile that the company has on. “{profiles}” brings it: ask {who} to switch it on.",
    ),
)
NOWHERE = Reason(
    "profiles.nowhere",
    T(
        "没有行业模板包含“{kind}”（{subject}）。可请{who}把它加入模板。",
        "No industry profile brings “{kind}” ({subject}). Ask {who} to add it to one.",
    ),
)
ENDING = Reason(
    "profiles.ending",
    T(
        "“{kind}”（{subject}）所在的行业模板即将停用，新的记录会落在模板之外。可请{who}重新启用。",
        "The industry profile that brings “{kind}” ({subject}) is about to go off, and a new record would be left outside. Ask {who} to keep it on.",
    ),
)
SOMEBODY = T("有权限的人员", "somebody who has the right")

Spans = Mapping[rules.Kind, Iterable[rules.Span]]

# The verbs that give a record its kind. Each room says in its extensions which kind that would be.
GUARDED = (
    "catalog.add_product",
    "catalog.change_product",
    "catalog.resume_product",
    "pipeline.begin_trial",
    "contracts.create",
    "orders.create",
    "delivery.accept",
)


def within(verb: str) -> Check:
    """The check for one verb: every kind that it would give is one that some profile allows today.

    What stands without a day of its own, such as a product, needs its kind for good: profiles that go off do not see it.
    """

    def allowed(assessments: list[Assessment], ctx: Context) -> Mapping[int, list[Objection]]:
        wanted = {index: list(claims.functions[verb](one, ctx)) for index, one in enumerate(assessments)}
        if not any(wanted.values()):
            return {}
        spans = queries.spans(ctx.company_id)
        standing = {name for name, subject in all_subjects().items() if not subject.day}
        outside = {
            index: [c for c in made if not _is_within(c, spans, standing, ctx)]
            for index, made in wanted.items()
        }
        brought = queries.offering(
            ctx.company_id, {(c.subject, c.code) for made in outside.values() for c in made}
        )
        return {
            index: [
                _objection(claim, spans, brought.get((claim.subject, claim.code), []), ctx) for claim in made
            ]
            for index, made in outside.items()
            if made
        }

    return allowed


def _is_within(claim: Claim, spans: Spans, standing: Collection[str], ctx: Context) -> bool:
    """Whether some profile allows a kind on its day; a standing one from then on."""
    kind, day = (claim.subject, claim.code), claim.day or ctx.today
    return (
        rules.lasts(spans.get(kind, ()), day) if claim.subject in standing else rules.allows(spans, kind, day)
    )


def _objection(claim: Claim, spans: Spans, profiles: list[T], ctx: Context) -> Objection:
    """Which profile would allow it, and who can see to that."""
    subject = all_subjects()[claim.subject]
    said = {"kind": queries.label(queries.names_of(subject), claim.code), "subject": subject.title}
    if rules.allows(spans, (claim.subject, claim.code), claim.day or ctx.today):
        return ENDING.refuse(claim.path, **said, who=_who("profiles.switch_on", ctx))
    if profiles:
        who = _who("profiles.switch_on", ctx)
        return OUTSIDE.refuse(claim.path, **said, profiles=listed(profiles), who=who)
    return NOWHERE.refuse(claim.path, **said, who=_who("profiles.change", ctx))


def _who(verb: str, ctx: Context) -> T:
    """The roles that hold a verb."""
    names = [
        access.ROLES[code].name
        for code in access.roles_with(verb, ctx.company_id, ctx.today)
        if code in access.ROLES
    ]
    return listed(names) if names else SOMEBODY


# One guard per verb: a guard is not told which of its verbs asks.
for _verb in GUARDED:
    guard(
        f"profiles.allowed.{_verb}", T("行业模板之内", "Within the industry profiles"), on=[_verb], clauses=["1.1.4"]
    )(within(_verb))  # fmt: skip
