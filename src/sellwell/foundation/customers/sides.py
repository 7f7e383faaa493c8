"""Two customers side by side: their fields as a reader may see them, and where they differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sellwell.foundation.customers import duplicates
from sellwell.foundation.customers.models import Customer, Grade, SalesChannel
from sellwell.kernel import personal
from sellwell.kernel.operations import Context
from sellwell.kernel.personal_values import mask_email, mask_phone
from sellwell.kernel.values import T

NOT_YOURS = T("（您看不到此客户）", "(you may not see this customer)")


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both; `field` is the name that a merge chooses by, empty where there is no choice."""

    field: str
    label: T
    values: tuple[str, str]

    @property
    def differs(self) -> bool:
        """Whether both say something, and not the same."""
        return all(self.values) and self.values[0] != self.values[1]

    @property
    def better(self) -> int:
        """Whose value a merge takes unless somebody says otherwise: the first's, or the only one."""
        return 1 if self.values[1] and not self.values[0] else 0


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two."""

    customer: Customer
    name: str
    is_visible: bool


def sides(ctx: Context, one: Customer, other: Customer) -> tuple[Side, Side]:
    """Both heads; the name is masked for those who may not see the customer."""
    first, second = (
        Side(c, duplicates.name_for(ctx, c), duplicates.is_visible(ctx, c)) for c in (one, other)
    )
    return first, second


FIELDS: tuple[tuple[str, T, Callable[[Customer, bool], str]], ...] = (
    ("name", T("名称", "Name"), lambda c, full: c.party.name),
    ("short_name", T("简称", "Short name"), lambda c, full: c.party.short_name),
    ("uscc", T("统一社会信用代码", "Social credit code"), lambda c, full: c.party.uscc or ""),
    ("phone", T("电话", "Phone"), lambda c, full: _opened(c.party.phone, mask_phone, full)),
    ("email", T("邮箱", "E-mail"), lambda c, full: _opened(c.party.email, mask_email, full)),
    ("", T("地址", "Address"), lambda c, full: _address(c)),
    ("", T("联系人", "Contact"), lambda c, full: _contact(c)),
    ("industry", T("行业", "Industry"), lambda c, full: c.industry),
    ("channel", T("渠道", "Channel"), lambda c, full: str(SalesChannel(c.channel).label)),
    ("owner", T("负责人", "Owner"), lambda c, full: f"{c.owner.name} · {c.region}".rstrip(" ·")),
    ("", T("等级", "Grade"), lambda c, full: str(Grade(c.grade).label)),
    ("", T("账期（天）", "Payment days"), lambda c, full: str(c.payment_days)),
    ("", T("建档日期", "Since"), lambda c, full: c.business_date.isoformat()),
    ("note", T("备注", "Note"), lambda c, full: c.note),
)


def lines(ctx: Context, one: Customer, other: Customer) -> list[Line]:
    """The fields in which at least one of them has a value; hidden ones are absent."""
    full = [ctx.actor.may("customers.view:personal") and duplicates.is_visible(ctx, c) for c in (one, other)]
    seen = [duplicates.is_visible(ctx, c) for c in (one, other)]
    found = []
    for name, label, read in FIELDS:
        values = tuple(
            read(c, f) if s else ("" if name != "owner" else read(c, False))
            for c, f, s in zip((one, other), full, seen, strict=True)
        )
        if any(values):
            found.append(Line(name, label, (values[0], values[1])))
    return found


def _opened(envelope: Any, mask: Callable[[str], str], full: bool) -> str:
    text = personal.open_(envelope) or ""
    return text if full or not text else mask(text)


def _address(customer: Customer) -> str:
    found = max(customer.addresses.all(), key=lambda a: (a.is_default, a.pk), default=None)
    return str(found) if found is not None else ""


def _contact(customer: Customer) -> str:
    found = max(customer.contacts.all(), key=lambda c: (c.is_primary, c.pk), default=None)
    return found.name if found is not None else ""
