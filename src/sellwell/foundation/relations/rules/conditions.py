"""Conditions of tags and segments: a small closed language, so that nothing that people write is ever run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sellwell.kernel.values import Objection, Reason, State, T

UNFIT = Reason(
    "relations.condition_unfit",
    T("“{field}”不能用“{op}”比较。请换一种比较方式。", "“{field}” cannot be compared by “{op}”. Choose another comparison."),
)  # fmt: skip
NO_NUMBER = Reason(
    "relations.condition_number",
    T(
        "“{field}”要与数字比较，例如 90 或 50000。",
        "“{field}” is compared with a number, for instance 90 or 50000.",
    ),
)
NO_VALUE = Reason("relations.condition_value", T("请填写比较的值。", "Enter what it is compared with."))
UNKNOWN_VALUE = Reason(
    "relations.condition_unknown",
    T("“{field}”没有“{value}”。可选：{known}。", "“{field}” has no “{value}”. Possible are: {known}."),
)


class Field(State):
    """What may be asked of a customer."""

    GRADE = "grade", T("等级", "Grade")
    STAGE = "stage", T("阶段", "Stage")
    RFM = "rfm_class", T("RFM 分类", "RFM class")
    ABC = "abc", T("ABC 分类", "ABC class")
    REGION = "region", T("区域", "Region")
    INDUSTRY = "industry", T("行业", "Industry")
    CHANNEL = "channel", T("渠道", "Channel")
    KIND = "kind", T("单位或个人", "Organisation or person")
    PRODUCT_LINE = "product_line", T("买过的产品线", "Product line bought")
    TAG = "tag", T("标签", "Tag")
    CLUSTER = "cluster", T("类群编号", "Cluster number")
    DAYS_SINCE = "days_since", T("距上次购买天数", "Days since the last purchase")
    CONTACT_DAYS = "contact_days", T("距上次联系天数", "Days since the last contact")
    VALUE = "value", T("近 12 个月成交额", "Value of 12 months")
    PURCHASES = "purchases", T("近 12 个月购买次数", "Purchases in 12 months")
    OVERDUE = "overdue_days", T("逾期天数", "Days overdue")


class Op(State):
    """How it is compared."""

    IS = "is", T("是", "is")
    IS_NOT = "is_not", T("不是", "is not")
    AT_LEAST = "at_least", T("不小于", "is at least")
    AT_MOST = "at_most", T("不大于", "is at most")


NUMBERS = (
    Field.DAYS_SINCE, Field.CONTACT_DAYS, Field.VALUE, Field.PURCHASES, Field.OVERDUE, Field.CLUSTER,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. Several values, divided by commas, mean any of them."""

    field: Field
    op: Op
    value: str

    def values(self) -> list[str]:
        """What it is compared with."""
        return [
            part.strip()
            for part in self.value.replace("，", ",").replace("、", ",").split(",")
            if part.strip()
        ]

    def number(self) -> Decimal:
        """The number that it is compared with."""
        return Decimal(self.value.replace(",", "").strip())

    @property
    def text(self) -> T:
        """In words."""
        return T(
            f"{self.field.label.zh}{self.op.label.zh} {self.value}",
            f"{self.field.label.en} {self.op.label.en} {self.value}",
        )


def read(stored: Iterable[Mapping[str, str]]) -> list[Condition]:
    """Conditions as a table keeps them."""
    return [Condition(Field(one["field"]), Op(one["op"]), str(one["value"])) for one in stored]


def objections(conditions: Iterable[Condition], known: Mapping[Field, Mapping[str, T]]) -> list[Objection]:
    """What is wrong with conditions; `known` are the values of fields that have a closed list."""
    found = []
    for index, one in enumerate(conditions):
        path = f"conditions.{index}.value"
        if not one.values():
            found.append(NO_VALUE.refuse(path))
        elif one.field in NUMBERS:
            found += _number_objections(one, index)
        elif one.op in (Op.AT_LEAST, Op.AT_MOST):
            found.append(UNFIT.refuse(f"conditions.{index}.op", field=one.field.label, op=one.op.label))
        elif one.field in known:
            found += [
                UNKNOWN_VALUE.refuse(
                    path, field=one.field.label, value=value, known=_listed(known[one.field])
                )
                for value in one.values()
                if value not in known[one.field]
            ]
    return found


def _listed(values: Mapping[str, T]) -> T:
    return T(
        "、".join(f"{code}（{name.zh}）" if name.zh != code else code for code, name in values.items()),
        ", ".join(f"{code} ({name.en})" if name.en != code else code for code, name in values.items()),
    )


def _number_objections(one: Condition, index: int) -> list[Objection]:
    try:
        fits = one.number().is_finite() and abs(one.number()) < 10**15
    except InvalidOperation:
        fits = False
    return [] if fits else [NO_NUMBER.refuse(f"conditions.{index}.value", field=one.field.label)]
