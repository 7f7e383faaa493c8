"""Questionnaires: written question by question, published as they stand, retired, written anew (clause 2.4.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from sellwell.control.voice.models import Questionnaire, QuestionnaireState
from sellwell.control.voice.rules import questions as rules
from sellwell.control.voice.rules.questions import Block, Condition, Kind, Test
from sellwell.kernel import drafting
from sellwell.kernel.effects import Effects, NewTask
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Name, ShortText, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T

DRAFT, PUBLISHED, RETIRED = QuestionnaireState.DRAFT, QuestionnaireState.PUBLISHED, QuestionnaireState.RETIRED
CLAUSES = ["2.4.2"]
TO_PUBLISH = Decimal(80)  # working hours that a draft may take

NOTHING_ASKED = Reason(
    "voice.nothing_asked",
    T("问卷还没有题目。请先添加。", "The questionnaire asks nothing yet. Add a question."),
)
NO_SUCH_QUESTION = Reason(
    "voice.no_such_question",
    T("没有这道题目，它可能已被移除。", "There is no such question; it may have been taken out."),
)
TOO_MANY_QUESTIONS = Reason(
    "voice.too_many_questions",
    T("一份问卷最多 {most} 题，问得越少答得越多。", "At most {most} questions; the fewer, the more answers."),
)
DRAFT_EXISTS = Reason(
    "voice.draft_exists",
    T(
        "已有新版草稿 {number}，请在其上修改。",
        "There is a draft of the next version, {number}. Change that one.",
    ),
)

Words = Annotated[Text, Field(max_length=600)]
Line = Annotated[Text, Field(max_length=7000)]


class Head(Input):
    """What stands around the questions."""

    title: Name = field(T("标题", "Title"))
    title_en: ShortText = field(T("英文标题", "English title"), "", max_length=120)
    intro: Words = field(
        T("开场语", "Introduction"),
        "",
        help=T(
            "告诉对方问什么、要多久、答案怎么用。",
            "What is asked, how long it takes, what the answers are used for.",
        ),
    )
    intro_en: Words = field(T("英文开场语", "English introduction"), "")
    thanks: Words = field(T("致谢语", "Thanks"), "")
    thanks_en: Words = field(T("英文致谢语", "English thanks"), "")


@operation(
    "voice.add_questionnaire", T("新建问卷", "Add questionnaire"), Questionnaire, input=Head, creates=True, clauses=CLAUSES,
    help=T("新建一份问卷草稿，再逐题添加。", "A draft; then its questions are added one by one."),
)  # fmt: skip
def add_questionnaire(row: None, given: Head, ctx: Context, assessment: Assessment) -> Effects:
    """The first version of a new family."""
    family = new_id()
    made = drafting.document(
        Questionnaire,
        ctx,
        "QN",
        DRAFT,
        id=family,
        family=family,
        **{n: getattr(given, n) for n in Head.model_fields},
    )
    effects = Effects(result=made)
    effects.insert(made)
    effects.search.append(made)
    effects.tasks.append(NewTask("voice.publish", made, working_hours=TO_PUBLISH))
    return effects


@operation(
    "voice.change_questionnaire", T("修改标题与说明", "Change texts"), Questionnaire, input=Head, from_states=[DRAFT],
    clauses=CLAUSES, help=T("修改标题、开场语与致谢语。", "Title, introduction and thanks."),
)  # fmt: skip
def change_questionnaire(row: Questionnaire, given: Head, ctx: Context, assessment: Assessment) -> Effects:
    """Set the texts anew."""
    effects = Effects(result=row)
    effects.update(row, **{name: getattr(given, name) for name in Head.model_fields})
    effects.search.append(row)
    return effects


# --- questions -------------------------------------------------------------------------------------------------------------


class AskedQuestion(Input):
    """One question and when it is asked."""

    kind: Kind = field(T("题型", "Kind"), Kind.CSAT)
    text: ShortText = field(T("题目", "Question"), min_length=1)
    text_en: ShortText = field(T("英文题目", "Question in English"), "")
    required: bool = field(T("必答", "Required"), False)
    options: Line = field(
        T("选项（选择题）", "Options (of choices)"),
        "",
        help=T("每行一个，可写“中文 | English”。", "One a line; “Chinese | English” gives both languages."),
    )
    rows: Line = field(
        T("评价内容（矩阵题）", "Lines (of a matrix)"),
        "",
        help=T("每行一个，可写“中文 | English”。", "One a line; “Chinese | English” gives both languages."),
    )
    depends_on: Code = field(
        T("仅当这一题", "Only if the question"), "", help=T("留空：总是显示。", "Empty: it is always asked.")
    )
    test: Test = field(T("的回答", "answer"), Test.AT_MOST)
    value: Code = field(
        T("分值或选项序号", "score or number of the option"),
        "",
        help=T("例如 6，或第 2 个选项写 2。", "For instance 6, or 2 for the second option."),
    )

    def block(self, key: str) -> Block:
        """As the questionnaire keeps it. What does not belong to the kind is left out."""
        kind = Kind(self.kind)
        condition = Condition(self.depends_on, self.test.value, self.value) if self.depends_on else None
        return Block(
            key, kind.value, self.text, self.text_en, self.required,
            rules.options_of(self.options) if kind in rules.CHOSEN else (),
            rules.options_of(self.rows) if kind is Kind.MATRIX else (), condition,
        )  # fmt: skip


class ChangeQuestion(AskedQuestion):
    """A question as it shall be."""

    key: Code = field(T("题号", "Question"), min_length=2)


class NamedQuestion(Input):
    """A question by its key."""

    key: Code = field(T("题号", "Question"), min_length=2)


class MoveQuestion(NamedQuestion):
    """Where a question shall stand."""

    position: int = field(T("移到第几题", "Move to place"), ge=1, le=rules.MOST_QUESTIONS)


def _place(blocks: Sequence[Block], key: str) -> int | None:
    return next((place for place, one in enumerate(blocks) if one.key == key), None)


def _write(row: Questionnaire, blocks: Sequence[Block]) -> Effects:
    effects = Effects(result=row)
    effects.update(row, blocks=rules.stored(blocks))
    return effects


def assess_add_question(row: Questionnaire, given: AskedQuestion | None, ctx: Context) -> Assessment:
    """A whole question that looks back only, and room for it."""
    blocks = row.asked
    if len(blocks) >= rules.MOST_QUESTIONS:
        return Assessment(objections=(TOO_MANY_QUESTIONS.refuse(most=rules.MOST_QUESTIONS),))
    if given is None:
        return Assessment()
    block = given.block(rules.new_key(blocks))
    return Assessment(carry=[*blocks, block], objections=tuple(rules.block_objections(block, blocks)))


@operation(
    "voice.add_question", T("添加题目", "Add question"), Questionnaire, input=AskedQuestion, from_states=[DRAFT],
    assess=assess_add_question, clauses=CLAUSES,
    help=T("添加一题：评分、选择、矩阵或文字；可设显示条件。", "A score, a choice, a matrix or a text; asked always or by an earlier answer."),
)  # fmt: skip
def add_question(row: Questionnaire, given: AskedQuestion, ctx: Context, assessment: Assessment) -> Effects:
    """At the end."""
    return _write(row, assessment.carry)


def assess_change_question(row: Questionnaire, given: ChangeQuestion | None, ctx: Context) -> Assessment:
    """The question is there, is whole, and later conditions still fit it."""
    if given is None:
        return Assessment()
    blocks = list(row.asked)
    place = _place(blocks, given.key)
    if place is None:
        return Assessment(objections=(NO_SUCH_QUESTION.refuse(path="key"),))
    blocks[place] = given.block(given.key)
    found = rules.block_objections(blocks[place], blocks[:place])
    return Assessment(carry=blocks, objections=tuple(found or rules.order_objections(blocks)))


@operation(
    "voice.change_question", T("修改题目", "Change question"), Questionnaire, input=ChangeQuestion, from_states=[DRAFT],
    assess=assess_change_question, clauses=CLAUSES, menu=False, help=T("修改草稿中的一题。", "A question of a draft."),
)  # fmt: skip
def change_question(
    row: Questionnaire, given: ChangeQuestion, ctx: Context, assessment: Assessment
) -> Effects:
    """In its place, under its key."""
    return _write(row, assessment.carry)


def assess_move_question(row: Questionnaire, given: MoveQuestion | None, ctx: Context) -> Assessment:
    """It is there, and no condition looks ahead afterwards."""
    if given is None:
        return Assessment()
    blocks = list(row.asked)
    place = _place(blocks, given.key)
    if place is None:
        return Assessment(objections=(NO_SUCH_QUESTION.refuse(path="key"),))
    blocks.insert(given.position - 1, blocks.pop(place))
    return Assessment(carry=blocks, objections=tuple(rules.order_objections(blocks)))


@operation(
    "voice.move_question", T("移动题目", "Move question"), Questionnaire, input=MoveQuestion, from_states=[DRAFT],
    assess=assess_move_question, clauses=CLAUSES, menu=False,
    help=T("调整题目顺序；显示条件不能引用后面的题目。", "The order of the questions; a condition never looks ahead."),
)  # fmt: skip
def move_question(row: Questionnaire, given: MoveQuestion, ctx: Context, assessment: Assessment) -> Effects:
    """To another place."""
    return _write(row, assessment.carry)


def assess_drop_question(row: Questionnaire, given: NamedQuestion | None, ctx: Context) -> Assessment:
    """It is there, and no condition rests on it."""
    if given is None:
        return Assessment()
    blocks = [one for one in row.asked if one.key != given.key]
    if len(blocks) == len(row.asked):
        return Assessment(objections=(NO_SUCH_QUESTION.refuse(path="key"),))
    return Assessment(carry=blocks, objections=tuple(rules.order_objections(blocks)))


@operation(
    "voice.drop_question", T("移除题目", "Take question out"), Questionnaire, input=NamedQuestion, from_states=[DRAFT],
    assess=assess_drop_question, clauses=CLAUSES, menu=False,
    help=T("从草稿中移除一题。", "A question leaves the draft."),
)  # fmt: skip
def drop_question(row: Questionnaire, given: NamedQuestion, ctx: Context, assessment: Assessment) -> Effects:
    """The others close up."""
    return _write(row, assessment.carry)


# --- versions --------------------------------------------------------------------------------------------------------------


def assess_publish(row: Questionnaire, given: Any, ctx: Context) -> Assessment:
    """It asks something, and every condition fits."""
    blocks = row.asked
    found = [] if blocks else [NOTHING_ASKED.refuse()]
    for place, one in enumerate(blocks):
        found += rules.block_objections(one, blocks[:place])
    return Assessment(content={"questions": len(blocks)}, objections=tuple(found))


@operation(
    "voice.publish", T("发布", "Publish"), Questionnaire, from_states=[DRAFT], assess=assess_publish, clauses=CLAUSES,
    help=T(
        "发布后内容不再改动；同一问卷的上一版随之停用，已发出的邀请仍按原版作答。",
        "It stays as it is from now on. The version before is retired; invitations that are out keep theirs.",
    ),
)  # fmt: skip
def publish(row: Questionnaire, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """This version is asked; the one before is not asked any more."""
    effects = Effects(result=row)
    for before in Questionnaire.objects.filter(family=row.family, state=PUBLISHED.value):
        effects.update(before, state=RETIRED.value, retired_at=ctx.now)
    effects.update(row, state=PUBLISHED.value, published_at=ctx.now)
    return effects


@operation(
    "voice.retire", T("停用", "Retire"), Questionnaire, from_states=[PUBLISHED], danger=True, clauses=CLAUSES,
    help=T("不再用于新的邀请；已发出的仍可作答。", "It is not asked any more; invitations that are out can still be answered."),
)  # fmt: skip
def retire(row: Questionnaire, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Nobody new is asked."""
    effects = Effects(result=row)
    effects.update(row, state=RETIRED.value, retired_at=ctx.now)
    return effects


def assess_revise(row: Questionnaire, given: Any, ctx: Context) -> Assessment:
    """One draft at a time."""
    draft = Questionnaire.objects.filter(family=row.family, state=DRAFT.value).first()
    return Assessment(objections=() if draft is None else (DRAFT_EXISTS.refuse(number=draft.number),))


@operation(
    "voice.revise", T("修订为新版", "Revise"), Questionnaire, from_states=[PUBLISHED, RETIRED], assess=assess_revise,
    clauses=CLAUSES,
    help=T("复制为下一版草稿；发布之前，现版照常使用。", "A draft of the next version; until it is published this one is asked."),
)  # fmt: skip
def revise(row: Questionnaire, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """The same questions under the same keys, to be changed."""
    latest = (
        Questionnaire.objects.filter(family=row.family)
        .order_by("-revision")
        .values_list("revision", flat=True)[0]
    )
    first = Questionnaire.objects.get(pk=row.family)
    copied: Mapping[str, Any] = {name: getattr(row, name) for name in (*Head.model_fields, "blocks")}
    made = drafting.document(
        Questionnaire,
        ctx,
        "QN",
        DRAFT,
        family=row.family,
        revision=latest + 1,
        number=f"{first.number}-{latest + 1}",
        **copied,
    )
    effects = Effects(result=made)
    effects.insert(made)
    effects.links.append((row, made))
    effects.tasks.append(NewTask("voice.publish", made, working_hours=TO_PUBLISH))
    return effects
