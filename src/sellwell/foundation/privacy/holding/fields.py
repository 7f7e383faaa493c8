"""Which group a personal column belongs to, and the register of processing that follows from the holdings of all rooms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps

from sellwell.foundation.privacy import policies
from sellwell.foundation.privacy.extensions import Holding, all_holdings
from sellwell.foundation.privacy.rules.words import Basis, Group, Law
from sellwell.kernel.values import T

# The usual group of a column, by its name. A holding says where its own differ.
_BY_GROUP = {
    Group.IDENTITY: "name short_name contact_name title signatory customer_signatory consignee signed_by accepted_by trainer",
    Group.CONTACT: "phone email mail phone_blind phone_last4_blind email_blind",
    Group.PREFERENCE: "need needs why trial",
    Group.BEHAVIOUR: "note outcome lost_reason undone_reason decision offer purpose minutes next_step reason text answer void_reason control terms_text",
    Group.FINANCIAL: "payer_name bank_account holder bank account account_last4 account_blind",
    Group.LOCATION: "line ship_to place province city address",
}
USUAL: dict[str, Group] = {name: group for group, names in _BY_GROUP.items() for name in names.split()}


@dataclass(frozen=True, slots=True)
class Field:
    """A personal column of the house: its table, its name for people, its group (None: nobody said)."""

    table: str
    table_title: T
    column: str
    group: Group | None
    holding: Holding | None

    @property
    def name(self) -> str:
        """`customers.contact.phone`."""
        return f"{self.table}.{self.column}"


def personal_models() -> Iterator[Any]:
    """Every table of ours that marks personal columns or keeps envelopes of numbers."""
    for model in apps.get_models():
        if model.__module__.startswith("sellwell.") and personal_columns(model):
            yield model


def personal_columns(model: Any) -> list[str]:
    """The marked columns, and those that hold numbers as envelopes."""
    sealed = [
        f.name
        for f in model._meta.fields
        if f.get_internal_type() == "JSONField" and f.name in ("phone", "email", "mail", "account")
    ]
    return list(dict.fromkeys([*getattr(model, "personal", ()), *sealed]))


def personal_fields() -> list[Field]:
    """Every personal column of the house with its group."""
    held = all_holdings()
    found = []
    for model in personal_models():
        label = model._meta.label_lower
        holding = held.get(label)
        own = dict(holding.groups) if holding is not None else {}
        title = holding.title if holding is not None else getattr(model, "noun", T(label, label))
        found += [
            Field(label, title, name, own.get(name) or USUAL.get(name), holding)
            for name in personal_columns(model)
        ]
    return found


@dataclass(frozen=True, slots=True)
class Processing:
    """A line of the register of processing (ROPA): one table, one field group."""

    holding: Holding
    group: Group
    columns: tuple[str, ...]
    bases: dict[Basis, int]  # how many pairs of purpose and source rest on each
    months: int | None
    then: str


def register(company_id: UUID, on: date) -> list[Processing]:
    """The register of processing as the registers of a day make it: nothing of it is written down twice."""
    held = all_holdings()
    grouped: dict[tuple[str, Group], list[Field]] = {}
    for one in personal_fields():
        if one.table in held and one.group is not None:
            grouped.setdefault((one.table, one.group), []).append(one)
    found = []
    for (table, group), fields in grouped.items():
        holding = held[table]
        months, then = policies.kept_for(company_id, on, table)
        columns = tuple(f.column for f in fields if not f.column.endswith("_blind"))
        if columns:
            found.append(
                Processing(holding, group, columns, bases_of(company_id, on, holding, group), months, then)
            )
    return found


def bases_of(company_id: UUID, on: date, holding: Holding, group: Group) -> dict[Basis, int]:
    """What the purposes of a table rest on for a group of fields, over its sources, under the law of China."""
    found: dict[Basis, int] = {}
    for purpose in holding.purposes:
        for source in holding.sources:
            basis = policies.basis_of(company_id, on, Law.PIPL, purpose, group, source, contact=False)
            found[basis] = found.get(basis, 0) + 1
    return found


def without_basis(company_id: UUID, on: date) -> list[tuple[Field, T]]:
    """Personal columns that the register gives no basis, with what is missing (must be none: clause 4.3.1)."""
    found = []
    for one in personal_fields():
        if one.holding is None:
            found.append((one, NOT_REGISTERED))
        elif one.group is None:
            found.append((one, NO_GROUP))
        elif not set(bases_of(company_id, on, one.holding, one.group)) - {Basis.NONE}:
            found.append((one, NO_BASIS))
    return found


NOT_REGISTERED = T("没有登记处理活动", "no processing is registered for the table")
NO_GROUP = T("没有字段类别", "no field group")
NO_BASIS = T("登记册没有给出依据", "the register gives no basis")
