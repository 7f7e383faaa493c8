"""Questionnaires: the list, and a version with its questions to edit and a preview as a phone shows it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sellwell.control.voice.models import Questionnaire, QuestionnaireState
from sellwell.control.voice.operations.questionnaires import Head
from sellwell.control.voice.rules import questions as rules
from sellwell.control.voice.rules.questions import Block, Kind, Test
from sellwell.control.voice.views import QUESTIONNAIRES
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web.do import new_key
from sellwell.web.registry import choices, form, list_page, new_button, panel, record_page, related, section

section("voice", T("客户之声", "Voice of the customer"), order=60)
TYPE = QUESTIONNAIRES.row_type
SCORE = T("{test} {value} 分", "{test} {value}")
ONLY_IF = T("仅当第 {place} 题的回答{test}时显示", "Only if the answer to question {place} {test}")

list_page(
    QUESTIONNAIRES, section="voice", icon="file-text", order=40, new=["voice.add_questionnaire"],
    columns=["title", "number", "state", "revision", "questions", "published_at", "owner"],
    card=["title", "state", "revision"],
    saved=[
        ("published", T("已发布", "Published"), {"state": "published"}),
        ("draft", T("草稿", "Drafts"), {"state": "draft"}),
    ],
    empty=T(
        "还没有问卷。新建一份，添加题目，预览后发布。", "No questionnaires yet. Add one, put its questions in, look at it, publish it."
    ),
)  # fmt: skip
record_page(
    QUESTIONNAIRES,
    path=[QuestionnaireState.DRAFT, QuestionnaireState.PUBLISHED],
    facts=["revision", "questions", "published_at", "intro", "thanks", "number"],
)
new_button("voice.add_questionnaire")


def condition_words(block: Block, blocks: tuple[Block, ...]) -> T | None:
    """When a question is asked, in words; None: always."""
    if block.only_if is None:
        return None
    place = next(n for n, one in enumerate(blocks, 1) if one.key == block.only_if.key)
    asked = blocks[place - 1]
    label = Test(block.only_if.test).label
    if asked.kind in rules.SCALES:
        test = SCORE.format(test=label, value=block.only_if.value)
    else:
        option = next(o for o in asked.options if o.code == block.only_if.value).text
        test = T(f"{label.zh}“{option.zh}”", f"{label.en} “{option.en}”")
    return ONLY_IF.format(place=place, test=test)


def _change_url(row: Questionnaire, one: Block) -> str:
    values: dict[str, Any] = {
        "key": one.key, "kind": one.kind, "text": one.zh, "text_en": one.en, "required": "1" if one.required else "",
        "options": rules.as_lines(one.options), "rows": rules.as_lines(one.rows),
    }  # fmt: skip
    if one.only_if is not None:
        values |= {
            "depends_on": one.only_if.key,
            "test": str(one.only_if.test),
            "value": one.only_if.value,
        }
    return f"/do/voice.change_question/{row.pk}/?{urlencode(values)}"


def editor(row: Questionnaire, ctx: Context) -> dict[str, Any]:
    """The questions in order; on a draft with what can be done to each."""
    blocks = row.asked
    is_draft = row.state == QuestionnaireState.DRAFT.value and ctx.actor.may("voice.change_question")
    return {
        "is_draft": is_draft,
        "lines": [
            {
                "block": one, "place": place, "kind": Kind(one.kind).label, "condition": condition_words(one, blocks),
                "url": _change_url(row, one) if is_draft else "", "up": place - 1, "down": place + 1 if place < len(blocks) else 0,
                "keys": [new_key() for _ in range(3)] if is_draft else [],
            }
            for place, one in enumerate(blocks, 1)
        ],
    }  # fmt: skip


def preview(row: Questionnaire, ctx: Context) -> dict[str, Any]:
    """As a phone shows it, one question below the other."""
    return {"blocks": row.asked, "head": row}


panel(TYPE, "questions", T("题目", "Questions"), "voice/_editor.html", context=editor, place="main", order=10)
panel(
    TYPE,
    "preview",
    T("手机预览", "As a phone shows it"),
    "voice/_preview.html",
    context=preview,
    place="side",
    order=5,
)
related(
    TYPE, QUESTIONNAIRES, by="family", title=T("后续版本", "Later versions"), order=80,
    columns=["number", "revision", "state", "published_at", "questions"], order_by=["-revision"],
)  # fmt: skip


def as_it_stands(row: Questionnaire, ctx: Context) -> dict[str, Any]:
    """The texts, to be changed."""
    return {name: getattr(row, name) for name in Head.model_fields}


def earlier(row: Questionnaire, ctx: Context) -> list[tuple[str, T | str]]:
    """The questions that a condition may look at."""
    found: list[tuple[str, T | str]] = [("", T("（总是显示）", "(always asked)"))]
    for place, one in enumerate(row.asked, 1):
        if one.kind not in (Kind.TEXT, Kind.MATRIX):
            found.append((one.key, T(f"{place}. {one.text.zh}", f"{place}. {one.text.en}")))
    return found


for _verb in ("voice.add_question", "voice.change_question"):
    choices(_verb, "depends_on", earlier)
_BACK = "/questionnaires/{}/"
form("voice.change_questionnaire", wide=True, initial=as_it_stands)
form("voice.add_questionnaire", wide=True, after=lambda outcome, ctx: _BACK.format(outcome.result.pk))
form("voice.add_question", wide=True)
form("voice.change_question", wide=True, hidden=["key"])
form("voice.revise", after=lambda outcome, ctx: _BACK.format(outcome.result.pk))
for _verb in ("voice.move_question", "voice.drop_question"):
    form(_verb, hidden=["key"], after=lambda outcome, ctx: _BACK.format(outcome.result.pk))
