"""The register of bases: entered, corrected, repealed with their successor (clauses 1.1.3, 1.2.1)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Code, Input, Name, Ref, ShortText, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Objection, Reason, T
from sellwell.steering.manual.models import Basis, BasisKind, BasisState

CODE_TAKEN = Reason(
    "manual.basis_code_taken",
    T("代码 {code} 已被使用。请换一个。", "The code {code} is taken. Choose another one."),
)
DATES = Reason("manual.basis_dates", T("失效日期必须晚于施行日期。", "It ends after it begins."))
ITS_OWN_SUCCESSOR = Reason(
    "manual.basis_own_successor",
    T("依据不能由自己替代。请选择新的依据。", "A basis is not its own successor. Choose another one."),
)
ALREADY_REPEALED = Reason(
    "manual.basis_repealed",
    T("已登记自 {until} 起失效。", "It is entered as repealed from {until} already."),
)


class BasisFacts(Input):
    """What the register says of a basis."""

    kind: BasisKind = field(T("类别", "Kind"))
    zh: Name = field(T("名称", "Title"))
    en: ShortText = field(T("英文名称", "English title"), "", max_length=160)
    issuer: ShortText = field(T("发布机关", "Issuer"), "", max_length=120)
    edition: ShortText = field(T("文号或版本", "Number or version"), "", max_length=80)
    since: date | None = field(T("施行日期", "In force from"), None)
    until: date | None = field(T("失效日期", "In force until"), None)
    state: BasisState = field(
        T("核对情况", "Checked"),
        BasisState.UNCHECKED,
        help=T("读过原文的才算已核对。", "Checked means that somebody has read the text."),
    )


class AddBasis(BasisFacts):
    """A new basis."""

    code: Code = field(T("代码", "Code"), min_length=2, max_length=40)


def _date_objections(since: date | None, until: date | None) -> list[Objection]:
    return [DATES.refuse(path="until")] if since and until and until <= since else []


def assess_add(row: None, given: AddBasis, ctx: Context) -> Assessment:
    """The code is free, the dates follow each other."""
    objections = _date_objections(given.since, given.until)
    if Basis.objects.filter(code=given.code).exists():
        objections.append(CODE_TAKEN.refuse(path="code", code=given.code))
    return Assessment(objections=tuple(objections))


@operation(
    "manual.add_basis",
    T("登记依据", "Add a basis"),
    Basis,
    help=T(
        "登记法律、法规、标准或内部制度，条款可以引用它。",
        "Enter a law, regulation, standard or internal policy, so that clauses may cite it.",
    ),
    input=AddBasis,
    creates=True,
    assess=assess_add,
    clauses=["1.1.3"],
)
def add_basis(row: None, given: AddBasis, ctx: Context, assessment: Assessment) -> Effects:
    """Write the basis and its search entry."""
    values = given.model_dump(exclude={"kind", "state"})
    basis = Basis(id=new_id(), kind=given.kind.value, state=given.state.value, **values)
    effects = Effects(result=basis)
    effects.insert(basis)
    effects.search.append(basis)
    return effects


def assess_change(basis: Basis, given: BasisFacts | None, ctx: Context) -> Assessment:
    """The dates follow each other."""
    return Assessment(objections=tuple(_date_objections(given.since, given.until)) if given else ())


@operation(
    "manual.change_basis",
    T("更正依据", "Correct a basis"),
    Basis,
    help=T("核对原文后补正名称、文号和日期。", "Correct title, number and dates after reading the text."),
    input=BasisFacts,
    assess=assess_change,
    clauses=["1.1.3"],
)
def change_basis(basis: Basis, given: BasisFacts, ctx: Context, assessment: Assessment) -> Effects:
    """Write what differs."""
    values = given.model_dump(exclude={"kind", "state"})
    effects = Effects(result=basis)
    effects.update(basis, kind=given.kind.value, state=given.state.value, **values)
    effects.search.append(basis)
    return effects


class RepealBasis(Input):
    """Since when it no longer holds, and what replaces it."""

    until: date = field(T("失效日期", "Repealed from"))
    successor: Ref("manual.basis") | None = field(T("替代依据", "Successor"), None)  # type: ignore[valid-type]


def assess_repeal(basis: Basis, given: RepealBasis | None, ctx: Context) -> Assessment:
    """It was in force, and something else follows it."""
    objections: list[Objection] = []
    if basis.until is not None:
        objections.append(ALREADY_REPEALED.refuse(until=basis.until))
    if given is not None:
        objections += _date_objections(basis.since, given.until)
        if given.successor == basis.pk:
            objections.append(ITS_OWN_SUCCESSOR.refuse(path="successor"))
    return Assessment(objections=tuple(objections))


@operation(
    "manual.repeal_basis",
    T("登记失效", "Enter a repeal"),
    Basis,
    help=T(
        "登记失效日期和替代依据；引用它的条款随即被标出。",
        "Enter since when it no longer holds and what replaces it; every clause that cites it is flagged.",
    ),
    input=RepealBasis,
    assess=assess_repeal,
    danger=True,
    clauses=["1.1.3", "1.2.1"],
)
def repeal_basis(basis: Basis, given: RepealBasis, ctx: Context, assessment: Assessment) -> Effects:
    """Close the basis on that day."""
    effects = Effects(result=basis)
    values: dict[str, Any] = {"until": given.until}
    if given.successor is not None:
        values["successor_id"] = given.successor
    effects.update(basis, **values)
    return effects
