"""What is noted of a person: country and so the law, age, source, notice; restriction of processing."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import StringConstraints

from sellwell.foundation.privacy import rules
from sellwell.foundation.privacy.models import DataSubject
from sellwell.foundation.privacy.operations.whose import Found, OfWhom, find
from sellwell.foundation.privacy.rules.words import Age, RefusalGround, Source, Standing
from sellwell.kernel.effects import Effects
from sellwell.kernel.inputs import Code, Input, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T

NORMAL, RESTRICTED = Standing.NORMAL, Standing.RESTRICTED
DESCRIBED = Reason(
    "privacy.described",
    T("此人已登记，请直接修改。", "This person is described already: change that record."),
)
FUTURE = Reason("privacy.future", T("日期不能晚于今天。", "The day must not lie ahead."))

Country = Annotated[Code, StringConstraints(pattern=r"^[A-Z]{2}$")]


class About(Input):
    """What decides which rules apply."""

    country: Country = field(
        T("所在国家（两位代码）", "Country (two letters)"),
        "CN",
        help=T("CN 中国，DE 德国……", "CN China, DE Germany …"),
    )
    age: Age = field(T("年龄", "Age"), Age.ADULT)
    source: Source = field(T("信息来源", "Source"), Source.REGISTRATION)
    informed_on: date | None = field(
        T("告知日期", "Informed on"),
        None,
        help=T("何时向本人告知了处理目的和方式", "When the person was told what for and how"),
    )


class Describe(About, OfWhom):
    """A person for the first time."""


def assess_describe(row: None, given: Describe, ctx: Context) -> Assessment:
    """A person of the customer, once."""
    found, wrong = find(given.customer, given.contact)
    if (
        found is not None
        and DataSubject.objects.filter(
            company_id=ctx.company_id, subject_id=found.somebody.subject_id
        ).exists()
    ):
        wrong.append(DESCRIBED.refuse(path="contact"))
    return Assessment(carry=found, objections=tuple(wrong + _future(given, ctx)))


def _future(given: About, ctx: Context) -> list[Any]:
    return [FUTURE.refuse("informed_on")] if given.informed_on and given.informed_on > ctx.today else []


@operation(
    "privacy.describe", T("登记信息主体", "Describe a person"), DataSubject, input=Describe, creates=True, parent="customer",
    assess=assess_describe, clauses=["4.3.1", "4.3.4"],
    help=T("登记此人的所在国家、年龄、信息来源和告知日期；据此适用相应的法律。", "Country, age, source and notice of a person: they decide which rules apply."),
)  # fmt: skip
def describe(row: None, given: Describe, ctx: Context, assessment: Assessment) -> Effects:
    """The law follows from the country."""
    made = new_subject(assessment.carry, **_values(given))
    effects = Effects(result=made)
    effects.insert(made)
    return effects


def new_subject(found: Found, **values: Any) -> DataSubject:
    """A row for a person, not written yet."""
    one = found.somebody
    return DataSubject(
        company_id=found.customer.company_id, subject_id=one.subject_id, customer=found.customer, contact_id=one.contact_id,
        **values,
    )  # fmt: skip


def _values(given: About) -> dict[str, Any]:
    law = rules.law_of(given.country)
    return {
        "country": given.country, "law": law.value, "age": given.age.value, "source": given.source.value,
        "informed_on": given.informed_on,
    }  # fmt: skip


def assess_change(row: DataSubject, given: About | None, ctx: Context) -> Assessment:
    """No day ahead."""
    return Assessment(objections=tuple(_future(given, ctx)) if given is not None else ())


@operation(
    "privacy.change_person", T("修改信息主体", "Change a person"), DataSubject, input=About, assess=assess_change,
    clauses=["4.3.1", "4.3.4"], help=T("修改所在国家、年龄、来源和告知日期。", "Change country, age, source and notice."),
)  # fmt: skip
def change_person(row: DataSubject, given: About, ctx: Context, assessment: Assessment) -> Effects:
    """What is noted, anew."""
    effects = Effects(result=row)
    effects.update(row, **_values(given))
    return effects


class Restrict(Input):
    """Why, and until when the law asks to keep the data."""

    ground: RefusalGround = field(T("原因", "Ground"), RefusalGround.RETENTION)
    until: date | None = field(T("保存至", "Kept until"), None)


@operation(
    "privacy.restrict", T("限制处理", "Restrict"), DataSubject, input=Restrict, from_states=[NORMAL], danger=True,
    clauses=["4.3.4"],
    help=T("除依法保存外不再使用此人的信息；活动、调查、联系即刻排除此人。", "The data is only kept as the law asks: campaigns, surveys and calls leave the person out at once."),
)  # fmt: skip
def restrict(row: DataSubject, given: Restrict, ctx: Context, assessment: Assessment) -> Effects:
    """Restricted with its ground and end."""
    effects = Effects(result=row)
    effects.update(
        row, state=RESTRICTED.value, restricted_ground=given.ground.value, restricted_until=given.until
    )
    return effects


@operation(
    "privacy.lift", T("解除限制", "Lift restriction"), DataSubject, from_states=[RESTRICTED], clauses=["4.3.4"],
    help=T("限制处理的原因已消除，恢复正常处理。", "The ground has fallen away: normal processing again."),
)  # fmt: skip
def lift(row: DataSubject, given: Any, ctx: Context, assessment: Assessment) -> Effects:
    """Normal again."""
    effects = Effects(result=row)
    effects.update(row, state=NORMAL.value, restricted_ground="", restricted_until=None)
    return effects
