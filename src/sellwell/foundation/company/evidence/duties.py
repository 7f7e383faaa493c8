"""Evidence about duties: positions vacant, statements missing, gaps, overlaps and conflicts (clauses 2.1.1, 2.1.4)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sellwell.foundation.company import composition, proving, queries, scorecards
from sellwell.foundation.company.models import Assignment
from sellwell.foundation.company.rules import judged
from sellwell.kernel.evidence import MOST_NAMED, Broken, Evidence, evidence, found, last_day
from sellwell.kernel.values import Period, T

VACANT = T("无人担任", "nobody holds it")
NO_SCORECARD = T("没有生效的记分卡", "has no scorecard in force")
UNSOUND = T("记分卡的指标或权重不完整", "its scorecard does not add up")
NO_STATEMENT = T("所任岗位没有有效的职责说明", "the position held has no duty statement in force")


@evidence("2.1.1", T("每个岗位都有人担任", "Every position is held"))
def positions_vacant(company_id: UUID, period: Period) -> Evidence:
    """Positions in use, and whether somebody of the company holds each on the period's last day."""
    team = composition.team(company_id, last_day(period))
    broken = [Broken("company.position", p.pk, str(p), VACANT) for p in team.vacant]
    return found(len(team.shares), broken)


@evidence("2.1.1", T("任职者的岗位都有职责说明", "Every position held has a duty statement in force"))
def people_without_a_statement(company_id: UUID, period: Period) -> Evidence:
    """Posts of the period's last day, and whether the position's duty statement is in force."""
    day = last_day(period)
    known, by_role = composition.positions()
    posts = Assignment.objects.filter(queries.held_on(day), company_id=company_id).select_related("user")
    rows, broken = list(posts.order_by("id")), []
    for post in rows:
        position = composition.position_of(post.role, post.position_id, known, by_role)
        if position is None or not composition.statement_in_force(position, day):
            broken.append(Broken("company.assignment", post.pk, post.user.name, NO_STATEMENT))
    return found(len(rows), broken)


@evidence("2.1.1", T("每个岗位都有生效的记分卡", "Every position has a scorecard in force"))
def positions_without_a_scorecard(company_id: UUID, period: Period) -> Evidence:
    """Positions in use, and whether an approved scorecard that adds up holds on the period's last day."""
    known, _ = composition.positions()
    broken = [
        Broken("company.position", position.pk, str(position), NO_SCORECARD if card is None else UNSOUND)
        for position, card in scorecards.without_a_sound_one(last_day(period))
    ]
    return found(len(known), broken)


@evidence("2.1.4", T("职责无缺口、无重叠、无冲突", "Duties without gaps, overlaps and conflicts"))
def duty_conflicts(company_id: UUID, period: Period) -> Evidence:
    """Each duty in each place, person, approving role, region and line, proved over the period. A counter-example may
    concern several of them: they are counted each once, and it is named once, in its words."""
    since = last_day(period) if period.until is None else period.since
    until = period.until or since + timedelta(days=1)
    proof = proving.proof(company_id, since, until)
    things = judged.things(proof.organisation)
    kept = things - judged.broken(proof.organisation, proof.found)
    broken = [Broken("company.duty", None, s.kind, s.text) for s in proof.sentences()]
    return Evidence(len(things), len(kept), tuple(broken[:MOST_NAMED]))
