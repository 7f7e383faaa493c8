"""Editions: copied, changed clause by clause, approved by the policy's route, in force from a day on (clauses 1.1.3, 1.2.1)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from sellwell.kernel import generations
from sellwell.kernel.effects import Effects, NewEvent
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T
from sellwell.steering.manual import policies, queries, rules
from sellwell.steering.manual.models import Edition, EditionState, Passage

DRAFT = EditionState.DRAFT
CLAUSE_NUMBER = re.compile(r"[1-9][0-9]{0,2}(\.[1-9][0-9]{0,2}){2}")

UNKNOWN_PASSAGE = Reason(
    "manual.unknown_passage",
    T("这一版没有“{number}”。请核对编号。", "This edition has no {number}. Check the number."),
)
NUMBER_TAKEN = Reason(
    "manual.number_taken",
    T("编号 {number} 已存在，请用修改。", "There is a {number} already: change it instead."),
)
NUMBER_FORM = Reason(
    "manual.number_form",
    T(
        "编号应为“章.节.条”，且该节已存在，例如 5.2.6。",
        "Number it chapter.section.clause, in a section that exists, for instance 5.2.6.",
    ),
)
UNKNOWN_BASIS = Reason(
    "manual.unknown_basis",
    T(
        "依据登记簿中没有“{code}”。请先登记。",
        "The register of bases has no {code}. Enter it there first.",
    ),
)
REPEALED_BASIS = Reason(
    "manual.repealed_basis",
    T(
        "依据“{title}”自 {until} 起失效，请改引{successor}。",
        "“{title}” is repealed since {until}; cite {successor}.",
    ),
)
OTHER_DRAFT = Reason(
    "manual.other_draft",
    T("已有草稿 V{number}。请先发布或放弃它。", "There is a draft, V{number}. Publish or discard it first."),
)
NOTHING_CHANGED = Reason(
    "manual.nothing_changed",
    T(
        "与现行版本没有差别，无需发布。",
        "Nothing differs from the edition in force; there is nothing to publish.",
    ),
)
NOT_AFTER = Reason(
    "manual.edition_not_after",
    T(
        "V{number} 自 {since} 起生效，新版本必须晚于它。",
        "V{number} is in force from {since}; the new one must begin later.",
    ),
)
DAY_GONE = Reason(
    "manual.edition_day_gone",
    T("{since} 已过，将自批准当日起生效。", "{since} is past: it will be in force from the day of approval."),
)


class DraftEdition(Input):
    """What the new edition is for."""

    title: ShortText = field(T("名称", "Title"), min_length=1, max_length=120)
    note: ShortText = field(T("修订说明", "What is revised"), "")


def assess_draft(row: None, given: DraftEdition | None, ctx: Context) -> Assessment:
    """One draft at a time, so that two revisions never cross."""
    other = Edition.objects.filter(state=DRAFT.value).first()
    objections = (OTHER_DRAFT.refuse(number=other.number),) if other is not None else ()
    return Assessment(carry=queries.latest_published(), objections=objections)


@operation(
    "manual.draft_edition",
    T("起草新版手册", "Draft an edition"),
    Edition,
    help=T(
        "复制现行手册为草稿，再逐条修改；草稿不约束任何人。",
        "Copy the manual as a draft and change it clause by clause; a draft binds nobody.",
    ),
    input=DraftEdition,
    creates=True,
    assess=assess_draft,
    clauses=["1.1.3", "1.2.1"],
)
def draft_edition(row: None, given: DraftEdition, ctx: Context, assessment: Assessment) -> Effects:
    """Copy every passage of the latest edition, citations included."""
    before: Edition = assessment.carry
    edition = Edition(
        id=new_id(), number=queries.next_number(), title=given.title, note=given.note, based_on=before,
        created_by_id=ctx.user_id, created_at=ctx.now,
    )  # fmt: skip
    effects = Effects(result=edition)
    effects.insert(edition)
    effects.insert(
        *(
            Passage(
                id=new_id(), edition=edition, number=p.number, level=p.level, position=p.position, zh=p.zh, en=p.en,
                bases=p.bases,
            )
            for p in Passage.objects.filter(edition=before).order_by("position")
        )
    )  # fmt: skip
    return effects


# --- clause by clause ---------------------------------------------------------------------------------------------------


class ChangePassage(Input):
    """A passage's new wording and bases; what is left out stays."""

    number: Code = field(T("编号", "Number"), max_length=12)
    zh: Text | None = field(T("中文", "Chinese"), None)
    en: Text | None = field(T("英文", "English"), None)
    bases: list[Code] | None = field(
        T("依据", "Bases"), None, max_length=20, help=T("依据代码；留空不变", "Codes; empty: as before")
    )


def basis_objections(codes: list[str] | None, day: date) -> list[Objection]:
    """A basis must be in the register; one that is repealed may be cited, but is told."""
    known = queries.bases_by_code(codes or ())
    found = []
    for place, code in enumerate(codes or ()):
        basis = known.get(code)
        if basis is None:
            found.append(UNKNOWN_BASIS.refuse(path=f"bases.{place}", code=code))
        elif rules.is_repealed(basis.until, day):
            follows = basis.successor
            successor = (
                T(follows.zh, follows.en or follows.zh) if follows else T("现行依据", "what is in force")
            )
            title = T(basis.zh, basis.en or basis.zh)
            found.append(
                REPEALED_BASIS.warn(
                    path=f"bases.{place}", title=title, until=basis.until, successor=successor
                )
            )
    return found


def assess_change(edition: Edition, given: ChangePassage | None, ctx: Context) -> Assessment:
    """The passage is one of this draft's; its bases are known."""
    if given is None:
        return Assessment()
    passage = Passage.objects.filter(edition=edition, number=given.number).first()
    objections = basis_objections(given.bases, ctx.today)
    if passage is None:
        objections.append(UNKNOWN_PASSAGE.refuse(path="number", number=given.number))
    return Assessment(carry=passage, objections=tuple(objections))


@operation(
    "manual.change_passage",
    T("修改条文", "Change a passage"),
    Edition,
    help=T(
        "修改草稿中一条的文字或依据。",
        "Change the wording or the bases of a clause, section or chapter of the draft.",
    ),
    input=ChangePassage,
    from_states=[DRAFT],
    assess=assess_change,
    clauses=["1.1.3", "1.2.1"],
)
def change_passage(edition: Edition, given: ChangePassage, ctx: Context, assessment: Assessment) -> Effects:
    """Write what differs."""
    effects = Effects(result=edition)
    wanted = {"zh": given.zh, "en": given.en, "bases": given.bases}
    values = {name: value for name, value in wanted.items() if value is not None}
    effects.update(assessment.carry, **values)
    return effects


class AddClause(Input):
    """A further clause of an existing section."""

    number: Code = field(T("编号", "Number"), max_length=12, help=T("例如 5.2.6", "For instance 5.2.6"))
    zh: Text = field(T("中文", "Chinese"), min_length=1)
    en: Text = field(T("英文", "English"), "")
    bases: list[Code] = field(T("依据", "Bases"), default_factory=list, max_length=20)


def _is_clause_number(number: str) -> bool:
    """Whether a number is chapter.section.clause. 5.2.06 is none: it would stand beside 5.2.6."""
    return CLAUSE_NUMBER.fullmatch(number) is not None


def assess_add_clause(edition: Edition, given: AddClause | None, ctx: Context) -> Assessment:
    """The section exists and the number is free."""
    if given is None:
        return Assessment()
    objections = basis_objections(given.bases, ctx.today)
    section = None
    if _is_clause_number(given.number):
        section = Passage.objects.filter(edition=edition, number=given.number.rpartition(".")[0]).first()
    if section is None:
        objections.append(NUMBER_FORM.refuse(path="number"))
    elif Passage.objects.filter(edition=edition, number=given.number).exists():
        objections.append(NUMBER_TAKEN.refuse(path="number", number=given.number))
    return Assessment(carry=section, objections=tuple(objections))


@operation(
    "manual.add_clause",
    T("增加条款", "Add a clause"),
    Edition,
    help=T(
        "在草稿的某一节增加公司自己的条款。", "Add a clause of the company's own to a section of the draft."
    ),
    input=AddClause,
    from_states=[DRAFT],
    assess=assess_add_clause,
    clauses=["1.1.3", "1.2.1"],
)
def add_clause(edition: Edition, given: AddClause, ctx: Context, assessment: Assessment) -> Effects:
    """Insert the clause at its place in the book; all that comes after it moves on by one."""
    place = rules.order_of(given.number)
    passages = Passage.objects.filter(edition=edition).values_list("number", "position")
    position = 1 + max(at for number, at in passages if rules.order_of(number) < place)
    effects = Effects(result=edition)
    effects.execute(Passage, _MOVE_ON, [edition.pk, position])
    effects.insert(
        Passage(
            id=new_id(), edition=edition, number=given.number, level=3,
            position=position, zh=given.zh, en=given.en, bases=given.bases,
        )
    )  # fmt: skip
    return effects


_MOVE_ON = """
UPDATE manual_passage SET position = manual_passage.position + 1, version = manual_passage.version + 1
WHERE edition_id = %s AND position >= %s
RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


# --- in force -----------------------------------------------------------------------------------------------------------


class PublishEdition(Input):
    """From which day it holds."""

    since: date = field(T("生效日期", "In force from"))


def assess_publication(edition: Edition, given: PublishEdition | None, ctx: Context) -> Assessment:
    """Something differs, and it begins after the edition that it follows."""
    before = queries.latest_published()
    differing = rules.differences(queries.wordings(before.pk), queries.wordings(edition.pk)) if before else []
    objections: list[Objection] = []
    if before is not None and not differing:
        objections.append(NOTHING_CHANGED.refuse())
    if given is not None:
        begins = max(given.since, ctx.today)
        if before is not None and before.since is not None and begins <= before.since:
            objections.append(NOT_AFTER.refuse(path="since", number=before.number, since=before.since))
        if given.since < ctx.today:
            objections.append(DAY_GONE.warn(path="since", since=given.since))
    content = {
        "edition": str(edition.pk),
        "changed": Decimal(len(differing)),
        "numbers": [d.number for d in differing],
        "texts": rules.digest(differing),
        "since": given.since if given is not None else None,
    }
    return Assessment(content=content, carry=before, objections=tuple(objections))


@operation(
    "manual.publish_edition",
    T("提交审批并发布", "Submit and publish"),
    Edition,
    help=T(
        "按审批制度送审；批准后自生效日起约束全员，提交人不能自己批准。",
        "Goes to those whom the policy names; once approved it binds everybody from its day on. Nobody approves their own.",
    ),
    input=PublishEdition,
    from_states=[DRAFT],
    assess=assess_publication,
    route=policies.EDITIONS,
    clauses=["1.1.3", "1.2.1", "1.2.2"],
)
def publish_edition(edition: Edition, given: PublishEdition, ctx: Context, assessment: Assessment) -> Effects:
    """Put it in force; the edition before ends on that day."""
    effects = Effects(result=edition)
    begins = max(given.since, ctx.today)
    if assessment.carry is not None:
        effects.update(assessment.carry, until=begins)
    effects.update(edition, state=EditionState.PUBLISHED.value, since=begins, held_by=None)
    effects.events.append(NewEvent("manual.published", {"edition": str(edition.pk)}))
    generations.bump(queries.GENERATION)
    effects.drop_tasks.append(edition.pk)
    return effects


@operation(
    "manual.discard_edition",
    T("放弃草稿", "Discard the draft"),
    Edition,
    help=T("不再使用这份草稿；内容仍可查阅。", "Give the draft up; it can still be read."),
    from_states=[DRAFT],
    clauses=["1.1.3"],
    danger=True,
)
def discard_edition(edition: Edition, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Give a draft up."""
    effects = Effects(result=edition)
    effects.update(edition, state=EditionState.DISCARDED.value)
    effects.drop_tasks.append(edition.pk)
    return effects
