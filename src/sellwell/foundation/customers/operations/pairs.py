"""Possible duplicates: the base is compared with itself, pairs are proposed, people judge them (clause 4.3.5)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sellwell.foundation.customers import matching, queries
from sellwell.foundation.customers.models import (
    Customer,
    MatchPair,
    MatchRun,
    PairState,
    RunState,
)
from sellwell.kernel import numbering
from sellwell.kernel.effects import Effects, NewEvent
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Ref, Text, field
from sellwell.kernel.models import LedgerEntry
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, State, T

GIVEN_UP_AFTER = timedelta(hours=6)
UNDER_WAY = Reason(
    "customers.matching_under_way",
    T(
        "查重正在进行，请稍候查看结果。",
        "A search for duplicates is under way. Look at its result in a moment.",
    ),
)
SAME_RECORD = Reason("customers.pair_itself", T("请选择两个不同的客户。", "Choose two different customers."))
MERGED_ONE = Reason(
    "customers.pair_merged",
    T("其中一个客户已经合并，无需再判断。", "One of them was merged already; there is nothing to judge."),
)
OWN_PAIR = Reason(
    "customers.pair_own",
    T(
        "这是您自己提出的客户对，是否同一客户须由另一位同事判断。",
        "You proposed this pair yourself: somebody else judges whether the two are the same.",
    ),
)
KNOWN = Reason(
    "customers.pair_known",
    T(
        "这两个客户已在疑似重复中（{number}）。",
        "These two are among the possible duplicates already ({number}).",
    ),
)


@operation(
    "customers.find_duplicates",
    T("全库查重", "Search for duplicates"),
    MatchRun,
    help=T(
        "在后台把所有客户互相比对，找出可能重复的；每天自动办理一次。",
        "Compares all customers with each other in the background and proposes those that may be one. Done by itself daily.",
    ),
    creates=True,
    channels=("web", "api", "cli", "job"),
    assess=lambda row, given, ctx: _assess_find(ctx),
    clauses=["4.3.5"],
)
def find_duplicates(row: None, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """A run that the worker takes up."""
    effects = Effects()
    for old in MatchRun.objects.filter(company_id=ctx.company_id, state=RunState.ASKED.value):
        effects.update(old, state=RunState.FAILED.value, done_at=ctx.now)
    effects.result = run = MatchRun(id=new_id(), company_id=ctx.company_id, asked_at=ctx.now, day=ctx.today)
    effects.insert(run)
    effects.events.append(NewEvent("customers.matching_asked", {"run": str(run.pk)}))
    return effects


def _assess_find(ctx: Context) -> Assessment:
    # one that has not ended for so long never will: the next one takes its place
    waiting = MatchRun.objects.filter(
        company_id=ctx.company_id, state=RunState.ASKED.value, asked_at__gt=ctx.now - GIVEN_UP_AFTER
    ).exists()
    return Assessment(objections=(UNDER_WAY.refuse(),) if waiting else ())


def assess_match(run: MatchRun, given: Any, ctx: Context) -> Assessment:
    """The comparison itself: reads only, and may take minutes for a large base."""
    compared, found = matching.compare(ctx)
    content = {"customers": compared, "pairs": len(found)}
    return Assessment(content=content, carry=found)


@operation(
    "customers.match",
    T("比对客户", "Compare customers"),
    MatchRun,
    help=T("执行一次查重，写下可能重复的客户对。", "Does a search for duplicates and notes the pairs."),
    from_states=[RunState.ASKED],
    assess=assess_match,
    channels=["cli", "job"],
    menu=False,
    clauses=["4.3.5"],
)
def match(run: MatchRun, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """New pairs; those that wait get the new score; what somebody decided stays decided."""
    effects, found = Effects(result=run), assessment.carry
    known = {
        (pair.first_id, pair.second_id): pair
        for pair in MatchPair.objects.select_related("first").filter(company_id=run.company_id)
    }
    fresh = [one for one in found if (one.first, one.second) not in known]
    for one in found:
        pair = known.get((one.first, one.second))
        if pair is not None and pair.state == PairState.CANDIDATE.value:
            effects.update(pair, score=one.score, certain=one.certain, levels=dict(one.levels))
    numbers = numbering.draw(run.company_id, "DP", ctx.today.year, len(fresh)) if fresh else []
    firsts = Customer.objects.in_bulk([one.first for one in fresh])
    effects.insert(
        *(
            MatchPair(
                id=new_id(), company_id=run.company_id, number=number, first=firsts[one.first], second_id=one.second,
                score=one.score, certain=one.certain, levels=dict(one.levels), found_on=ctx.today,
            )
            for one, number in zip(fresh, numbers, strict=True)
        )
    )  # fmt: skip
    effects.update(
        run, state=RunState.DONE.value, done_at=ctx.now, customers=assessment.content["customers"],
        proposed=len(found), new=len(fresh),
    )  # fmt: skip
    return effects


# --- judging -----------------------------------------------------------------------------------------------------------


class Verdict(State):
    """What a person says of a pair."""

    SAME = "same", T("同一客户", "The same")
    DIFFERENT = "different", T("不是同一客户", "Different")


class DecidePair(Input):
    """The verdict and why."""

    verdict: Verdict = field(T("判断", "Verdict"))
    reason: Text = field(T("理由", "Reason"), min_length=2)


def assess_decide(pair: MatchPair, given: DecidePair | None, ctx: Context) -> Assessment:
    """Pairs with a merged customer need no verdict; nobody makes a pair of two customers and judges it the same alone."""
    ids = [pair.first_id, pair.second_id]
    found = []
    if Customer.objects.filter(queries.merged_away(), pk__in=ids).exists():
        found.append(MERGED_ONE.refuse())
    if given is not None and given.verdict is Verdict.SAME and pair.by_hand and _proposed(pair, ctx):
        found.append(OWN_PAIR.refuse(path="verdict"))
    return Assessment(content={"pair": pair.number}, objections=tuple(found))


def _proposed(pair: MatchPair, ctx: Context) -> bool:
    entries = LedgerEntry.objects.filter(row_id=pair.pk, operation="customers.propose_pair")
    return entries.filter(actor_id=ctx.user_id).exists()


@operation(
    "customers.decide_pair",
    T("判断是否同一客户", "Judge a pair"),
    MatchPair,
    help=T(
        "写明两个客户是不是同一个；是同一个的，接着合并。",
        "Say whether the two are one, and why; if they are, merge them next.",
    ),
    input=DecidePair,
    from_states=[PairState.CANDIDATE, PairState.SAME, PairState.DIFFERENT],
    assess=assess_decide,
    clauses=["4.3.5"],
)
def decide_pair(pair: MatchPair, given: DecidePair, ctx: Context, assessment: Assessment) -> Effects:
    """The verdict stands with its reason, its day and who gave it; it may be given again while nothing was merged."""
    effects = Effects(result=pair)
    effects.update(
        pair, state=given.verdict.value, decision=given.reason, decided_by_id=ctx.user_id, decided_at=ctx.now
    )
    return effects


class ProposePair(Input):
    """Two customers that somebody takes for one."""

    first: Ref("customers.customer") = field(T("客户", "Customer"))
    second: Ref("customers.customer") = field(T("另一客户", "Other customer"))


def assess_propose(row: None, given: ProposePair, ctx: Context) -> Assessment:
    """Two different customers that are no pair yet."""
    if given.first == given.second:
        return Assessment(objections=(SAME_RECORD.refuse(path="second"),))
    found = queries.customers([given.first, given.second])
    if any(one.merged_into_id for one in found.values()):
        return Assessment(objections=(MERGED_ONE.refuse(path="second"),))
    known = queries.pair_of(given.first, given.second)
    if known is not None:
        return Assessment(objections=(KNOWN.refuse(path="second", number=known.number),))
    return Assessment(
        content={"customer": str(given.first), "other": str(given.second)},
        carry=matching.compare_two(ctx, list(found.values())),
    )


@operation(
    "customers.propose_pair",
    T("提出疑似重复", "Propose a pair"),
    MatchPair,
    help=T(
        "把两个你认为重复的客户列入疑似重复。",
        "Puts two customers that you take for one among the possible duplicates.",
    ),
    input=ProposePair,
    creates=True,
    assess=assess_propose,
    clauses=["4.3.5"],
)
def propose_pair(row: None, given: ProposePair, ctx: Context, assessment: Assessment) -> Effects:
    """A pair like those that the comparison finds, with the score that it would give."""
    effects, likeness = Effects(), assessment.carry
    first, second = sorted((given.first, given.second))
    effects.result = pair = MatchPair(
        id=new_id(), company_id=ctx.company_id, first=queries.customer(first), second_id=second, by_hand=True,
        score=likeness.score if likeness else Decimal(0), levels=dict(likeness.levels) if likeness else {},
        certain=bool(likeness and likeness.certain), found_on=ctx.today,
        number=numbering.draw(ctx.company_id, "DP", ctx.today.year)[0],
    )  # fmt: skip
    effects.insert(pair)
    return effects
