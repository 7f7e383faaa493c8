"""Wordings of consents: drafted, changed, published; consents to older ones count on unless the change was one of substance."""

from __future__ import annotations

from typing import Annotated

from django.db.models import Max
from pydantic import StringConstraints

from sellwell.foundation.privacy.models import ConsentText
from sellwell.foundation.privacy.rules.words import ConsentKind, Purpose, TextState
from sellwell.kernel.effects import Effects
from sellwell.kernel.inputs import Input, Text, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T

DRAFT, IN_FORCE, REPLACED = TextState.DRAFT, TextState.IN_FORCE, TextState.REPLACED
ONE_DRAFT = Reason(
    "privacy.one_draft",
    T(
        "“{purpose}”已有一份草稿，请先修改或发布它。",
        "There is a draft for “{purpose}” already: change or publish that one.",
    ),
)

Words = Annotated[Text, StringConstraints(min_length=10)]


class Wording(Input):
    """What people are told and agree to."""

    kind: ConsentKind = field(T("同意方式", "Kind"), ConsentKind.GENERAL)
    text: Words = field(
        T("文本", "Wording"), help=T("写明谁处理、目的、方式、信息种类、保存期限和行使权利的方式", "Who, what for, how, which data, how long, and how to use one's rights")
    )  # fmt: skip
    text_en: Text = field(T("英文文本", "Wording in English"), "")
    months: int = field(
        T("有效期（月）", "Valid for (months)"),
        24,
        ge=0,
        le=120,
        help=T("0 表示直到撤回", "0: until withdrawn"),
    )


class DraftText(Wording):
    """For which purpose."""

    purpose: Purpose = field(T("用途", "Purpose"))


def assess_draft(row: None, given: DraftText, ctx: Context) -> Assessment:
    """One draft at a time."""
    taken = ConsentText.objects.filter(
        company_id=ctx.company_id, purpose=given.purpose.value, state=DRAFT.value
    ).exists()
    return Assessment(objections=(ONE_DRAFT.refuse("purpose", purpose=given.purpose),) if taken else ())


@operation(
    "privacy.draft_text", T("起草同意文本", "Draft a wording"), ConsentText, input=DraftText, creates=True, assess=assess_draft,
    clauses=["4.3.1"],
    help=T("起草某一用途的告知同意文本；发布后才用于征求同意。", "Draft what people are told for a purpose; it is used once published."),
)  # fmt: skip
def draft_text(row: None, given: DraftText, ctx: Context, assessment: Assessment) -> Effects:
    """The next number of the purpose, as a draft."""
    of_purpose = ConsentText.objects.filter(company_id=ctx.company_id, purpose=given.purpose.value)
    last = of_purpose.aggregate(last=Max("number"))["last"] or 0
    made = ConsentText(
        company_id=ctx.company_id, purpose=given.purpose.value, number=last + 1, **_values(given)
    )
    effects = Effects(result=made)
    effects.insert(made)
    return effects


def _values(given: Wording) -> dict[str, object]:
    return {"kind": given.kind.value, "text": given.text, "text_en": given.text_en, "months": given.months}


@operation(
    "privacy.change_text", T("修改同意文本", "Change a wording"), ConsentText, input=Wording, from_states=[DRAFT],
    clauses=["4.3.1"], help=T("修改草稿。已发布的文本不能修改，只能起草新版。", "Change a draft. A published wording stays: draft the next version."),
)  # fmt: skip
def change_text(row: ConsentText, given: Wording, ctx: Context, assessment: Assessment) -> Effects:
    """The draft anew."""
    effects = Effects(result=row)
    effects.update(row, **_values(given))
    return effects


class Publish(Input):
    """Whether people must be asked again."""

    substance: bool = field(
        T("实质变更", "A change of substance"), False,
        help=T("目的、方式或信息种类变了：以前的同意不再有效，须重新征求", "Purpose, method or kinds of data changed: earlier consents no longer count"),
    )  # fmt: skip


@operation(
    "privacy.publish_text", T("发布同意文本", "Publish a wording"), ConsentText, input=Publish, from_states=[DRAFT],
    clauses=["4.3.1"],
    help=T("发布后立即用于征求同意；实质变更时，以前的同意即刻不再有效。", "Used from now on; after a change of substance earlier consents no longer count at once."),
)  # fmt: skip
def publish_text(row: ConsentText, given: Publish, ctx: Context, assessment: Assessment) -> Effects:
    """The one in force ends today; consents count from this one, or from where they did."""
    effects = Effects(result=row)
    before = ConsentText.objects.filter(
        company_id=row.company_id, purpose=row.purpose, state=IN_FORCE.value
    ).first()
    counts_from = row.number if given.substance or before is None else before.counts_from
    if before is not None:
        effects.update(before, state=REPLACED.value, until=ctx.today)
    effects.update(
        row, state=IN_FORCE.value, since=ctx.today, counts_from=counts_from, published_by_id=ctx.user_id
    )
    return effects
