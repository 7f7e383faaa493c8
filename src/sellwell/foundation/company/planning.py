"""What a reorganisation would do: before and after, in rules and in words, and what changes hands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Q

from sellwell.foundation.company import proving, structure
from sellwell.foundation.company.extensions import changing_hands
from sellwell.foundation.company.models import Department, Reorganisation, ReorganisationStep
from sellwell.foundation.company.rules import reorganising
from sellwell.foundation.company.rules.reorganising import Outcome, Problem
from sellwell.foundation.company.structure import AsOf
from sellwell.kernel import directory
from sellwell.kernel.access import ROLES
from sellwell.kernel.models import ApprovalRequest, Owned, RequestState, Task
from sellwell.kernel.values import Objection, Reason, T

PROBLEMS = {
    "no_department": Reason(
        "company.change_no_department",
        T("第 {step} 项：没有代码为 {code} 的部门，或它已在前面被撤并。请改选部门。",
          "Change {step}: there is no department {code}, or an earlier change closed it. Choose another one."),
    ),
    "code_taken": Reason(
        "company.change_code_taken",
        T("第 {step} 项：部门代码 {code} 已被使用。请换一个。", "Change {step}: the code {code} is taken. Choose another one."),
    ),
    "made_here": Reason(
        "company.change_made_here",
        T("第 {step} 项：{code} 是本草稿新设的部门。不要它，请去掉新设它的那一项。",
          "Change {step}: {code} is made by this draft. To do without it, drop the change that adds it."),
    ),
    "cycle": Reason(
        "company.change_cycle",
        T("第 {step} 项：{into} 在 {code} 之下，不能成为它的上级。请另选上级。",
          "Change {step}: {into} stands under {code} and cannot be above it. Choose another department above."),
    ),
    "has_departments": Reason(
        "company.change_has_departments",
        T("第 {step} 项：{code} 之下还有 {count} 个部门。请先移走或并入其他部门。",
          "Change {step}: {count} departments stand under {code}. Move or merge them first."),
    ),
    "has_people": Reason(
        "company.change_has_people",
        T("第 {step} 项：{code} 还有 {count} 人。请先把他们调到其他部门，或改为并入。",
          "Change {step}: {count} people are in {code}. Move them first, or merge the department."),
    ),
    "no_post_there": Reason(
        "company.change_no_post",
        T("第 {step} 项：{person} 在 {code} 没有任职。请选择其所在部门。",
          "Change {step}: {person} holds no post in {code}. Choose the department where the post is."),
    ),
    "overlapping": Reason(
        "company.change_overlapping",
        T("{person} 在 {code} 会重复担任同一角色。请先结束其中一个任职。",
          "{person} would hold one role twice in {code}. End one of the posts first."),
    ),
    "own_superior": Reason(
        "company.change_own_superior",
        T("{person} 同时是 {code} 和上级 {above} 的负责人，会向自己汇报。请另定负责人。",
          "{person} would head {code} and {above} above it, and report to himself or herself. Name another head."),
    ),
}  # fmt: skip


def objections(problems: Iterable[Problem]) -> list[Objection]:
    """Problems as refusals, with people's names."""
    found = list(problems)
    people = {UUID(str(p.args["person"])) for p in found if p.args.get("person")}
    names = directory.current().names(people) if people else {}
    answers = []
    for problem in found:
        args: dict[str, Any] = {"step": problem.step, **problem.args}
        if args.get("person"):
            args["person"] = names.get(UUID(str(args["person"])), "")
        answers.append(PROBLEMS[problem.code].refuse(**args))
    return answers


def both(row: Reorganisation, day: date, also: ReorganisationStep | None = None) -> tuple[AsOf, Outcome]:
    """The organisation of a day without this reorganisation, and with it; posts that begin later go along."""
    before = structure.as_of(row.company_id, day, without=row.pk, ahead=True)
    steps = structure.steps_of(row) + ([structure.step_of(also)] if also is not None else [])
    taken = department_by_code(row.company_id)
    return before, reorganising.apply(before.nodes, before.posts, steps, taken)


def outcome(row: Reorganisation, also: ReorganisationStep | None = None) -> Outcome:
    """The organisation on its day, with this reorganisation."""
    return both(row, row.effective_on, also)[1]


# --- what changes hands ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moves:
    """What is different afterwards, as rows of records are found by: old paths, and people in old paths."""

    paths: dict[str, tuple[str, str]]  # old path -> (new path, the region that goes with it or '')
    people: tuple[tuple[str, str, str, str], ...]  # (person, old path, new path, new region)


def moves(before: AsOf, after: Outcome) -> Moves:
    """Which paths change, and who goes where."""
    was = {n.code: n for n in before.nodes}
    paths: dict[str, tuple[str, str]] = {}
    for code in was:
        old = reorganising.path(was, code)
        target = after.followed(code)
        new = after.path(target)
        if old != new and new:
            region = after.nodes[target].region if target != code else ""
            paths[old] = (new, region)
    held = {p.id: p for p in before.posts}
    people = []
    for post in after.posts:
        old_post = held.get(post.id)
        # Who only goes where the whole department goes is moved with its path.
        if old_post is not None and post.code != after.followed(old_post.code):
            people.append(
                (
                    post.person,
                    reorganising.path(was, old_post.code),
                    after.path(post.code),
                    after.nodes[post.code].region,
                )
            )
    return Moves(paths, tuple(people))


def owned_models() -> list[type[Owned]]:
    """Every table whose rows belong to a department."""
    return [m for m in apps.get_models() if issubclass(m, Owned)]


def touched(company_id: UUID, shown: Moves) -> Q:
    """Rows of any such table that the moves change."""
    q = Q(department_path__in=list(shown.paths))
    for person, old, _, _ in shown.people:
        q |= Q(owner_id=person, department_path=old)
    return Q(company_id=company_id) & q


@dataclass(frozen=True)
class Deciders:
    """Who decides for a role in a department, before and after."""

    department: T
    role: T
    before: str
    after: str


@dataclass(frozen=True)
class Preview:
    """What people look at before they settle it."""

    departments: list[tuple[T, T]]  # the department, what happens to it
    people: list[tuple[str, T, T]]  # who, from where, to where
    records: list[tuple[T, int]]  # what changes hands, how many
    requests: list[tuple[str, str]]  # open requests whose record moves: number, requester
    approvals: list[Deciders]  # who decides from then on, where it is somebody else
    gaps: list[proving.Sentence]
    objections: list[Objection]


def preview(row: Reorganisation) -> Preview:
    """Departments, people and records that change, approvals that change hands, and new counter-examples."""
    before, after = both(row, row.effective_on)
    shown = moves(before, after)
    found = touched(row.company_id, shown)
    records: list[tuple[T, int]] = []
    if shown.paths or shown.people:
        for model in owned_models():
            if model not in (Task, ApprovalRequest) and (
                count := model._default_manager.filter(found).count()
            ):
                records.append((model.noun, count))
        records += [pair for _, ask in changing_hands for pair in ask(row.company_id, found) if pair[1]]
    return Preview(
        departments=_departments(before, after),
        people=_people(before, after),
        records=records,
        requests=_requests(found) if shown.paths or shown.people else [],
        approvals=_approvals(row.company_id, before, after),
        gaps=[] if after.problems else new_sentences(row, after),
        objections=objections(after.problems),
    )


def _departments(before: AsOf, after: Outcome) -> list[tuple[T, T]]:
    was = {n.code: n for n in before.nodes}
    names = structure.names_of([*before.nodes, *after.nodes.values()])
    people = {UUID(n.head) for n in (*before.nodes, *after.nodes.values()) if n.head}
    heads = {str(k): v for k, v in directory.current().names(people).items()}
    found: list[tuple[T, T]] = []
    for code, node in after.nodes.items():
        old = was.get(code)
        if old is None:
            above = names.get(node.above, T("", ""))
            found.append((names[code], T(f"新设，上级 {above.zh}", f"new, under {above.en}")))
            continue
        if old.above != node.above:
            above = names.get(node.above, T("", ""))
            found.append((names[code], T(f"上级改为 {above.zh}", f"now under {above.en}")))
        if old.head != node.head:
            head = heads.get(node.head, "")
            found.append((names[code], T(f"负责人改为 {head}", f"now headed by {head}")))
    for code, target in after.went.items():
        into = names.get(target, T("", ""))
        found.append((names[code], T(f"撤销，并入 {into.zh}", f"closed, goes into {into.en}")))
    return found


def _people(before: AsOf, after: Outcome) -> list[tuple[str, T, T]]:
    names = structure.names_of([*before.nodes, *after.nodes.values()])
    held = {p.id: p for p in before.posts}
    # Somebody with several posts in a department is named once.
    moved = dict.fromkeys(
        (p.person, held[p.id].code, p.code) for p in after.posts if p.id in held and held[p.id].code != p.code
    )
    known = directory.current().names({UUID(person) for person, _, _ in moved})
    return [(known.get(UUID(person), ""), names[old], names[new]) for person, old, new in moved]


def _requests(found: Q) -> list[tuple[str, str]]:
    """Open requests of records that move. Who was asked already still decides them."""
    rows = ApprovalRequest.objects.filter(found, state=RequestState.OPEN.value).select_related("owner")
    return [(row.number, row.owner.name) for row in rows.order_by("number")[:50]]


def _approvals(company_id: UUID, before: AsOf, after: Outcome) -> list[Deciders]:
    """For each role that approval policies name and each department: whether somebody else decides afterwards."""
    roles = sorted({role for route in proving.routes(company_id, before.day) for role in route.roles})
    was, names = {n.code: n for n in before.nodes}, structure.names_of(after.nodes.values())
    held_then, held_now = ([p for p in posts if p.since is None] for posts in (before.posts, after.posts))
    changed: list[tuple[str, str, frozenset[str], frozenset[str]]] = []
    for code in after.nodes:
        for role in roles:
            then = reorganising.deciders(was, held_then, role, code)
            now = reorganising.deciders(after.nodes, held_now, role, code)
            if then != now and code in was:
                changed.append((code, role, then, now))
    people = {UUID(p) for _, _, then, now in changed for p in (*then, *now)}
    known = {str(k): v for k, v in directory.current().names(people).items()}

    def listed(who: frozenset[str]) -> str:
        return "、".join(sorted(known.get(p, "") for p in who)[:4]) or "—"

    return [
        Deciders(names[code], ROLES[role].name if role in ROLES else T(role, role), listed(then), listed(now))
        for code, role, then, now in changed[:50]
    ]


def new_sentences(row: Reorganisation, after: Outcome) -> list[proving.Sentence]:
    """Counter-examples that there would be afterwards and that there are not without it."""
    since = row.effective_on
    until = since + proving.HORIZON
    plain = proving.told(proving.organisation(row.company_id, since, until), since, until)
    changed = proving.told(proving.organisation(row.company_id, since, until, planned=after), since, until)
    known = {(s.kind, s.text.zh) for s in plain.sentences()}
    return [s for s in changed.sentences() if (s.kind, s.text.zh) not in known]


def department_by_code(company_id: UUID) -> dict[str, Department]:
    """The company's departments, closed ones included."""
    return {d.code: d for d in Department.objects.filter(company_id=company_id)}
