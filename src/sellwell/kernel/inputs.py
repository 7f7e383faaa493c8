"""What a caller may send: typed, closed to unknown keys, the same on every channel.

Fields are declared by `field(T("客户", "Customer"), ...)`. Types: `Text` (free text: personal to the record's subject),
`Secret` (a key that is typed unseen; its input leaves it out of `kept`), `Code` (a key that is never personal), `CellText`
(a cell of a decision table: codes and numbers), `Amount`, `Price`, `Quantity`, `Rate`, `Ref("customers.customer")`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from sellwell.kernel.values import T


class Input(BaseModel):
    """The base of every operation's input. Unknown keys are refused; JSON floats are refused where money counts."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    def kept(self) -> Input:
        """What the ledger keeps of it: everything, unless an input says how its bulk is told in short."""
        return self


@dataclass(frozen=True)
class FreeText:
    """Marks a text that people write: sealed under the subject's key wherever it is kept for the record."""

    lines: int = 1
    is_secret: bool = False  # forms hide what is typed and never show it again


@dataclass(frozen=True)
class Reference:
    """Marks an identifier of another row (`customers.customer`): it must be one that the actor may see."""

    row_type: str

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """Published schemas say what an identifier leads to."""
        return {**handler(schema), "x-row-type": self.row_type}


def field(label: T, default: Any = ..., help: T | None = None, **constraints: Any) -> Any:
    """An input field with its label and help in both languages."""
    extra: dict[str, Any] = {"label": {"zh": label.zh, "en": label.en}}
    if help is not None:
        extra["help"] = {"zh": help.zh, "en": help.en}
    if "default_factory" in constraints:
        return Field(title=label.en, description=label.zh, json_schema_extra=extra, **constraints)
    return Field(default, title=label.en, description=label.zh, json_schema_extra=extra, **constraints)


def label_of(info: Any, name: str) -> T:
    """The label of an input's field for people; its name where it has none."""
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    return T(**extra["label"]) if "label" in extra else T(name, name)


def _no_float(value: Any) -> Any:
    if isinstance(value, float | bool):
        raise PydanticCustomError("decimal_as_text", 'Send the number as text, for instance "12.50".')
    return value


def _finite(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise PydanticCustomError("not_a_number", "This is not a number.")
    return value


def _no_control(value: str) -> str:
    """Control characters other than line breaks and tabs cannot be stored or shown."""
    if any((ord(c) < 32 and c not in "\n\r\t") or 0xD800 <= ord(c) <= 0xDFFF for c in value):
        raise PydanticCustomError("control_character", "The text holds characters that cannot be shown.")
    return value


def _no_null(value: Any) -> Any:
    if isinstance(value, str) and ("\x00" in value):
        raise PydanticCustomError("control_character", "The text holds characters that cannot be shown.")
    return value


_Number = (BeforeValidator(_no_float), AfterValidator(_finite))
Amount = Annotated[Decimal, *_Number, Field(max_digits=16, decimal_places=2, ge=-(10**13), le=10**13)]
Price = Annotated[Decimal, *_Number, Field(max_digits=16, decimal_places=6, ge=0, le=10**9)]
Quantity = Annotated[Decimal, *_Number, Field(max_digits=15, decimal_places=6, gt=0, le=10**8)]
Rate = Annotated[Decimal, *_Number, Field(max_digits=9, decimal_places=6, ge=0, le=1)]

_Clean = (BeforeValidator(_no_null), AfterValidator(_no_control))
Code = Annotated[str, *_Clean, StringConstraints(max_length=60)]
CellText = Annotated[str, *_Clean, StringConstraints(max_length=300)]
Name = Annotated[str, *_Clean, StringConstraints(min_length=1, max_length=120), FreeText()]
ShortText = Annotated[str, *_Clean, StringConstraints(max_length=200), FreeText()]
Secret = Annotated[str, *_Clean, StringConstraints(max_length=200), FreeText(is_secret=True)]
Text = Annotated[str, *_Clean, StringConstraints(max_length=4000), FreeText(lines=4)]


def Ref(row_type: str) -> Any:  # noqa: N802 - reads as a type
    """An identifier of a row of `row_type`, checked against what the actor may see."""
    return Annotated[UUID, Reference(row_type)]


class Nothing(Input):
    """For verbs that need no input."""


# pydantic's error types in the user's language: what is wrong and what to do
MESSAGES: dict[str, T] = {
    "missing": T("此项必填。", "Fill in this field."),
    "extra_forbidden": T("没有这个字段。", "There is no such field."),
    "decimal_as_text": T(
        '数字请以文本提交，例如 "12.50"。', 'Send the number as text, for instance "12.50".'
    ),
    "not_a_number": T("这不是一个数字。", "This is not a number."),
    "decimal_parsing": T("这不是一个数字。", "This is not a number."),
    "decimal_type": T("这不是一个数字。", "This is not a number."),
    "decimal_max_digits": T("数字过大。", "The number is too large."),
    "decimal_whole_digits": T("数字过大。", "The number is too large."),
    "decimal_max_places": T(
        "小数位数过多，最多 {decimal_places} 位。", "At most {decimal_places} decimal places."
    ),
    "greater_than": T("必须大于 {gt}。", "Must be greater than {gt}."),
    "greater_than_equal": T("不能小于 {ge}。", "Must not be less than {ge}."),
    "less_than": T("必须小于 {lt}。", "Must be less than {lt}."),
    "less_than_equal": T("不能大于 {le}。", "Must not be greater than {le}."),
    "string_too_short": T("此项必填。", "Fill in this field."),
    "string_too_long": T("最多 {max_length} 个字符。", "At most {max_length} characters."),
    "string_type": T("请填写文字。", "Enter a text."),
    "string_pattern_mismatch": T("格式不正确。", "The format is not right."),
    "control_character": T("含有无法显示的字符，请删除。", "Remove the characters that cannot be shown."),
    "uuid_parsing": T("请从列表中选择。", "Choose from the list."),
    "uuid_type": T("请从列表中选择。", "Choose from the list."),
    "date_from_datetime_parsing": T("日期格式应为 2026-11-23。", "Write the date as 2026-11-23."),
    "date_parsing": T("日期格式应为 2026-11-23。", "Write the date as 2026-11-23."),
    "date_type": T("日期格式应为 2026-11-23。", "Write the date as 2026-11-23."),
    "datetime_parsing": T("时间格式应为 2026-11-23 09:00。", "Write the time as 2026-11-23 09:00."),
    "datetime_from_date_parsing": T("时间格式应为 2026-11-23 09:00。", "Write the time as 2026-11-23 09:00."),
    "too_short": T("至少 {min_length} 项。", "At least {min_length}."),
    "too_long": T("最多 {max_length} 项。", "At most {max_length}."),
    "literal_error": T("请从列表中选择。", "Choose from the list."),
    "enum": T("请从列表中选择。", "Choose from the list."),
    "bool_parsing": T("请选择是或否。", "Choose yes or no."),
    "int_parsing": T("请填写整数。", "Enter a whole number."),
    "model_type": T("格式不正确。", "The format is not right."),
    "list_type": T("格式不正确。", "The format is not right."),
}
OTHER = T("格式不正确。", "The format is not right.")


def message(error_type: str, context: dict[str, Any] | None) -> T:
    """The sentence for one of pydantic's errors."""
    text = MESSAGES.get(error_type, OTHER)
    try:
        return text.format(**(context or {}))
    except KeyError:
        return OTHER


def references(model: type[BaseModel], given: BaseModel, prefix: str = "") -> list[tuple[str, str, UUID]]:
    """Every reference in an input as (path, row type, identifier), those inside lines included."""
    found: list[tuple[str, str, UUID]] = []
    for name, (ref, _) in marks_of(model).items():
        value = getattr(given, name)
        if value is None:
            continue
        path = f"{prefix}{name}"
        if isinstance(value, BaseModel):
            found += references(type(value), value, f"{path}.")
        elif isinstance(value, list | tuple):
            for index, item in enumerate(value):
                if isinstance(item, BaseModel):
                    found += references(type(item), item, f"{path}.{index}.")
                elif ref is not None and isinstance(item, UUID):
                    found.append((f"{path}.{index}", ref.row_type, item))
        elif ref is not None and isinstance(value, UUID):
            found.append((path, ref.row_type, value))
    return found


@cache
def marks_of(model: type[BaseModel]) -> dict[str, tuple[Reference | None, FreeText | None]]:
    """The marks of each field of an input, found once per class: every act asks for them."""
    return {name: (reference_of(info), free_text_of(info)) for name, info in model.model_fields.items()}


def reference_of(info: Any) -> Reference | None:
    """The reference mark of a field, also inside `X | None` and `list[X]`."""
    found: Reference | None = _mark(info, Reference)
    return found


def free_text_of(info: Any) -> FreeText | None:
    """The free-text mark of a field, also inside `X | None`."""
    found: FreeText | None = _mark(info, FreeText)
    return found


def _mark(info: Any, kind: type) -> Any:
    for mark in info.metadata:
        if isinstance(mark, kind):
            return mark
    return _mark_in(info.annotation, kind)


def _mark_in(annotation: Any, kind: type) -> Any:
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, kind):
            return mark
    for inner in getattr(annotation, "__args__", ()):
        if (mark := _mark_in(inner, kind)) is not None:
            return mark
    return None


_ITSELF = frozenset({str, int, bool, type(None)})


def plain(value: Any) -> Any:
    """A value as JSON keeps it: Decimal and dates as text, identifiers as text."""
    if type(value) in _ITSELF:  # most values, so they are asked for first
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, T):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, int):
        return value
    return str(value)
