"""The organisation as the proof reads it, and what the proof found in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from sellwell.foundation.company import composition, queries
from sellwell.foundation.company.extensions import covered_customers
from sellwell.foundation.company.models import (
    Absence,
    AbsenceState,
    Assignment,
    Department,
    Duty,
    DutyEntry,
    DutyLetter,
    DutyWaiver,
    Position,
)
from sellwell.foundation.company.rules.days import from_then_on, in_words
from sellwell.foundation.company.rules.proof import (
    Accountable,
    Away,
    Covered,
    Found,
    Held,
    Organisation,
    Pair,
    Place,
    Route,
    Unit,
    Waived,
    prove,
)
from sellwell.foundation.company.rules.reorganising import Outcome
from sellwell.kernel import approval, clock, directory, duties, policy
from sellwell.kernel.access import ROLES
from sellwell.kernel.models import Delegation, DelegationState, DutyPair, Grant
from sellwell.kernel.values import Refusal, T, listed, plain_number

# How far ahead is looked unless somebody asks for another period.
HORIZON = timedelta(days=90)


def overlapping(since: date, until: date) -> Q:
    """Dated rows that hold on some day of a period."""
    return Q(since__lt=until) & (Q(until__isnull=True) | Q(until__gt=since))


def organisation(company_id: UUID, since: date, until: date, planned: Outcome | None = None) -> Organisation:
    """Everything that the proof looks at, as planned for the period, in a fixed number of queries.

    `planned` puts posts and departments as a reorganisation would leave them.
    """
    by_role = {role: position.code for role, position in composition.positions()[1].items()}
    departments = list(Department.objects.filter(company_id=company_id))
    held = _held(company_id, since, until, by_role, planned)
    covered = tuple(
        Covered(str(owner), Place(region, line), count)
        for _, function in covered_customers
        for owner, region, line, count in function(company_id)
    )
    known = list(Duty.objects.filter(is_active=True).order_by("order", "code"))
    accountable = _accountable(since, until)
    units = _units(departments, planned)
    return Organisation(
        duties=tuple(d.code for d in known),
        by_customer=frozenset(d.code for d in known if d.per == "customer"),
        places=_places(departments, since, held, accountable, covered),
        accountable=accountable,
        held=held,
        away=_away(company_id, since, until),
        pairs=tuple(Pair(p.code, frozenset(p.duty_a), frozenset(p.duty_b), p.per) for p in duties.pairs()),
        waived=_waived(company_id, since, until),
        verbs=_verbs(since),
        routes=routes(company_id, since),
        last_resort=approval.LAST_RESORT,
        covered=covered,
        units=units,
    )


WORKING = ("regional", "product", "division", "customer")


def _units(departments: Iterable[Department], planned: Outcome | None) -> tuple[Unit, ...]:
    """Departments that work a region or a line; with a plan, those that there will be."""
    if planned is not None:
        nodes = planned.nodes.values()
        return tuple(Unit(planned.path(n.code), n.kind, n.region, n.line) for n in nodes if n.kind in WORKING)
    return tuple(
        Unit(d.path, d.kind, d.region, d.product_line, d.since, d.until)
        for d in departments
        if d.kind in WORKING
    )


def _held(
    company_id: UUID, since: date, until: date, by_role: dict[str, str], planned: Outcome | None
) -> tuple[Held, ...]:
    rows = (
        Assignment.objects.filter(overlapping(since, until), company_id=company_id)
        .select_related("position", "department", "user")
        .order_by("id")
    )
    today = clock.business_day(clock.now())
    after = {p.id: planned.nodes[p.code] for p in planned.posts} if planned is not None else {}
    found = []
    for post in rows:
        # Whoever left held the post up to then, whatever its own end says.
        end = post.until if post.user.is_active else min(today, post.until or today)
        if end is not None and (end <= since or end <= post.since):
            continue
        own, place = post.position, post.department
        region, line, head = place.region, place.product_line, str(place.head_id or "")
        of_post = post.region
        if (node := after.get(str(post.pk))) is not None:
            # A region of the post's own stays; one that was the department's follows the department.
            of_post = "" if post.region == place.region else post.region
            region, line, head = node.region, node.line, node.head
        found.append(
            Held(
                str(post.user_id), own.code if own else by_role.get(post.role, post.role), post.role,
                (own.region if own else "") or of_post or region,
                (own.product_line if own else "") or post.product_line or line,
                post.since, end, head == str(post.user_id),
            )
        )  # fmt: skip
    return tuple(found)


def _accountable(since: date, until: date) -> tuple[Accountable, ...]:
    rows = DutyEntry.objects.filter(
        overlapping(since, until), letter=DutyLetter.ACCOUNTABLE.value, duty__is_active=True
    ).values_list(
        "duty__code",
        "position__code",
        "region",
        "product_line",
        "amount_from",
        "amount_until",
        "since",
        "until",
    )
    return tuple(Accountable(*row) for row in rows)


def _places(
    departments: Iterable[Department],
    day: date,
    held: Iterable[Held],
    accountable: Iterable[Accountable],
    covered: Iterable[Covered],
) -> tuple[Place, ...]:
    """Every region and product line that anybody works, answers for or sells in."""
    regions = {d.region for d in departments if d.until is None or d.until > day}
    regions |= {h.region for h in held} | {a.region for a in accountable} | {c.place.region for c in covered}
    lines = {d.product_line for d in departments} | {h.line for h in held} | {a.line for a in accountable}
    return tuple(
        Place(region, line)
        for region in sorted(regions - {""}) or [""]
        for line in sorted(lines - {""}) or [""]
    )


def _away(company_id: UUID, since: date, until: date) -> tuple[Away, ...]:
    rows = Absence.objects.filter(
        company_id=company_id, state=AbsenceState.PLANNED.value, since__lt=until, until__gt=since
    )
    lent = Delegation.objects.filter(
        pk__in=rows.values("delegation_id"), state=DelegationState.ACTIVE.value
    ).values_list("pk", flat=True)
    active = set(lent)
    return tuple(
        Away(str(a.user_id), a.since, a.until, str(a.deputy_id or ""), a.delegation_id in active)
        for a in rows
    )


def _waived(company_id: UUID, since: date, until: date) -> tuple[Waived, ...]:
    rows = DutyWaiver.objects.filter(company_id=company_id, since__lt=until, until__gt=since)
    return tuple(
        Waived(str(user), pair, begins, ends)
        for user, pair, begins, ends in rows.values_list("user_id", "pair__code", "since", "until")
    )


def _verbs(day: date) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for role, verb in Grant.objects.filter(queries.in_force_on(day)).values_list("role", "verb"):
        found[role].add(verb)
    return {role: frozenset(verbs) for role, verbs in found.items()}


def routes(company_id: UUID, day: date) -> tuple[Route, ...]:
    """The roles that each approval policy in force names in any of its rows."""
    found = []
    for name in sorted(policy.DEFAULTS):
        try:
            shown = policy.in_force(name, company_id, day).table
        except Refusal:
            continue
        at = next((i for i, column in enumerate(shown.outputs) if column.name == "approvers"), None)
        if at is None:
            continue
        parts = [p.strip() for row in shown.rows for p in str(row.values[at] or "").split(",")]
        roles = tuple(dict.fromkeys(p.rpartition(":")[2] for p in parts if p))
        if roles:
            found.append(Route(name, roles))
    return tuple(found)


@dataclass(frozen=True)
class Proof:
    """What was looked at and what was found, with the names that sentences need."""

    organisation: Organisation
    since: date
    until: date
    found: tuple[Found, ...]
    names: dict[str, str] = field(default_factory=dict)
    duties: dict[str, T] = field(default_factory=dict)
    positions: dict[str, T] = field(default_factory=dict)
    pairs: dict[str, T] = field(default_factory=dict)

    def sentences(self) -> list[Sentence]:
        """The counter-examples in words; those that differ only by the duty stand in one sentence."""
        groups: dict[Found, list[Found]] = defaultdict(list)
        for one in self.found:
            groups[replace(one, duty="")].append(one)
        return [_sentence(one, [f.duty for f in group if f.duty], self) for one, group in groups.items()]


def proof(company_id: UUID, since: date, until: date | None = None) -> Proof:
    """Prove a company's organisation from a day on."""
    end = until or since + HORIZON
    return told(organisation(company_id, since, end), since, end)


def told(shown: Organisation, since: date, until: date) -> Proof:
    """Prove an organisation, also one that is only planned, and look up the names."""
    found = prove(shown, since, until)
    people = {UUID(p) for one in found for p in one.people}
    return Proof(
        shown, since, until, tuple(found),
        names={str(k): v for k, v in directory.current().names(people).items()},
        duties={d.code: T(d.name_zh, d.name_en) for d in Duty.objects.all()},
        positions={p.code: T(p.name_zh, p.name_en) for p in Position.objects.all()},
        pairs={p.code: T(p.name_zh, p.name_en) for p in DutyPair.objects.all()},
    )  # fmt: skip


# --- words -----------------------------------------------------------------------------------------------------------

# kind -> (sign, the sentence). The sign is a colour's name: late is wrong, near is doubtful.
WORDS: dict[str, tuple[str, T]] = {
    "no_position": ("late", T("{what}{where}没有设定负责岗位（{when}）。",
                              "{what}{where} have no accountable position {when}.")),
    "two_positions": ("late", T("{what}{where}有多个负责岗位：{positions}（{when}）。",
                                "{what}{where} have more than one accountable position {when}: {positions}.")),
    "nobody": ("late", T("{what}{where}在{when}无人负责：没有在岗的{positions}。",
                         "{what}{where} have nobody {when}: no {positions} is there.")),
    "several": ("late", T("{what}{where}在{when}有多人同时负责，且无一人是部门负责人：{people}。",
                          "{what}{where} have several people {when} and none of them heads the department: {people}.")),
    "conflict": ("late", T("{people}在{when}兼有不相容职务“{pair}”。",
                           "{people} holds both sides of “{pair}” {when}.")),
    "pair_alone": ("near", T("“{pair}”要求两人分办，{when}只有{people}一人在岗，业务将停滞。",
                             "“{pair}” needs two people, but only {people} is there {when}: such sales would stop.")),
    "route_empty": ("near", T("审批“{routes}”需要{positions}，{when}无人在岗，将转给最后审批人。",
                              "Approvals “{routes}” need a {positions}, and none is there {when}: they go to the last resort.")),
    "route_dead": ("late", T("审批“{routes}”在{when}无人可以决定。", "Approvals “{routes}” cannot be decided by anybody {when}.")),
    "own_request": ("late", T("审批“{routes}”在{when}只有{people}一人可决定，其本人的申请无人审批。",
                              "Approvals “{routes}” can be decided by {people} alone {when}: nobody can decide that person's own requests.")),
    "owner_away": ("late", T("{people}在{when}缺勤且无代理人，名下 {count} 家客户无人照应。",
                             "{people} is away {when} without a deputy: {count} customers have nobody.")),
    "owner_gone": ("late", T("{people}在{when}没有任职，名下仍有 {count} 家客户。",
                             "{people} holds no post {when} but still owns {count} customers.")),
    "region_none": ("late", T("{region}有 {count} 家客户，{when}没有部门负责该区域。",
                              "{count} customers are in {region}, which no department works {when}.")),
    "region_twice": ("late", T("{when}有多个部门同时负责{region}：{paths}。",
                               "More than one department works {region} {when}: {paths}.")),
    "line_twice": ("late", T("{when}有多个部门同时负责产品线{line}：{paths}。",
                             "More than one department works the line {line} {when}: {paths}.")),
}  # fmt: skip


@dataclass(frozen=True)
class Sentence:
    """A counter-example for people."""

    kind: str
    sign: str
    text: T
    found: Found
    count: int


def _sentence(one: Found, named: list[str], proof: Proof) -> Sentence:
    sign, text = WORDS[one.kind]
    routes = [policy.title_of(name) for name in one.code.split(",")] if one.code else []
    filled = text.format(
        what=_what(one, named, proof),
        where=_where(one),
        when=in_words(one.since, one.until) if one.until < proof.until else from_then_on(one.since),
        positions=listed(proof.positions.get(p) or _role(p) for p in one.positions),
        people=listed(_plain(proof.names.get(p, p)) for p in one.people),
        pair=proof.pairs.get(one.code, T(one.code, one.code)),
        routes=listed(routes),
        region=one.region,
        line=one.line,
        count=one.count,
        paths="、".join(one.positions),
    )
    filled = T(filled.zh, filled.en[:1].upper() + filled.en[1:])
    return Sentence(one.kind, sign, filled, one, max(1, len(named)))


def _role(code: str) -> T:
    return ROLES[code].name if code in ROLES else T(code, code)


def _plain(text: str) -> T:
    return T(text, text)


def _what(one: Found, named: list[str], proof: Proof) -> T:
    """`Claims over 500,000`: the duties and their tier."""
    names = listed(proof.duties.get(code, _plain(code)) for code in named)
    if one.above and one.up_to is None:
        limit = plain_number(one.above)
        return T(f"{limit} 元及以上的{names.zh}", f"{names.en} over {limit}")
    if one.up_to is not None:
        low, high = plain_number(one.above), plain_number(one.up_to)
        if one.above:
            return T(f"{low} 至 {high} 元的{names.zh}", f"{names.en} from {low} to {high}")
        return T(f"{high} 元以下的{names.zh}", f"{names.en} under {high}")
    return names


def _where(one: Found) -> T:
    """` in East, line parts`; nothing where it is so everywhere."""
    parts_zh = [one.region] if one.region else []
    parts_en = [f"in {one.region}"] if one.region else []
    if one.line:
        parts_zh.append(f"产品线 {one.line}")
        parts_en.append(f"line {one.line}")
    if not parts_zh:
        return T("", "")
    return T(f"（{'、'.join(parts_zh)}）", " " + ", ".join(parts_en))
