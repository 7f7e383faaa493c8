"""A form from a pydantic input: one field per field, with label, widget and, for lines and groups, fields of their own."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sellwell.kernel.clock import BUSINESS_ZONE
from sellwell.kernel.inputs import FreeText, Reference, free_text_of, label_of, reference_of
from sellwell.kernel.values import Objection, T

FILE = "kernel.storedfile"


@dataclass
class FormField:
    """A field of a form. `path` is its place in the input (`lines.3.quantity`) and its name in the form."""

    name: str
    path: str
    label: T
    widget: str  # text | area | number | int | date | datetime | secret | select | bool | pick | picks | file | files | group | lines | list
    required: bool
    help: T | None = None
    value: Any = ""
    text: str = ""  # what a reference shows
    chosen: list[tuple[str, str]] = field(default_factory=list)  # (id, text) of several references
    choices: Sequence[tuple[str, T | str]] = ()
    ref: str = ""
    places: int = 0
    max_length: int | None = None
    fields: list[FormField] = field(default_factory=list)  # of a group; of a line: the heads
    rows: list[list[FormField]] = field(default_factory=list)  # of lines
    errors: list[Objection] = field(default_factory=list)
    hidden: bool = False
    folded: bool = False  # on a phone it opens on demand
    follows: str = ""  # the path of the field whose value narrows this type-ahead

    @property
    def id(self) -> str:
        """The element's id."""
        return "f-" + self.path.replace(".", "-")

    @property
    def wide(self) -> bool:
        """Whether it takes the whole width of the form."""
        return self.widget in ("area", "lines", "group", "list", "picks", "files")


@dataclass(frozen=True)
class Kind:
    """An annotation taken apart."""

    base: Any
    marks: tuple[Any, ...]
    optional: bool


def take_apart(annotation: Any, marks: Sequence[Any] = ()) -> Kind:
    """`Annotated[X, …] | None` -> X, its marks, optional."""
    optional = False
    found = list(marks)
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *more = get_args(annotation)
            found += more
        elif origin in (Union, types.UnionType):
            inner = [a for a in get_args(annotation) if a is not type(None)]
            optional = optional or len(inner) < len(get_args(annotation))
            annotation = inner[0]
        else:
            return Kind(annotation, tuple(found), optional)


def fields_of(model: type[BaseModel], prefix: str = "") -> list[FormField]:
    """The fields of an input, empty."""
    return [field_of(name, info, f"{prefix}{name}") for name, info in model.model_fields.items()]


def field_of(name: str, info: FieldInfo, path: str) -> FormField:
    """One field, by the type of its annotation."""
    kind = take_apart(info.annotation, info.metadata)
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    found = FormField(name, path, label_of(info, name), "text", info.is_required(), _text(extra.get("help")))
    reference = reference_of(info)
    if reference is not None:
        _as_reference(found, kind, reference)
    elif get_origin(kind.base) in (list, tuple):
        _as_list(found, kind)
    elif isinstance(kind.base, type) and issubclass(kind.base, BaseModel):
        found.widget, found.fields = "group", fields_of(kind.base, f"{path}.")
    else:
        _as_value(found, kind, free_text_of(info))
    if not info.is_required() and info.default is not None and found.widget not in ("group", "lines"):
        found.value = as_text(info.get_default(call_default_factory=True))
    found.max_length = _constraint(kind.marks, "max_length")
    return found


def _text(value: Any) -> T | None:
    return T(value["zh"], value["en"]) if isinstance(value, dict) else None


def _as_reference(found: FormField, kind: Kind, reference: Reference) -> None:
    many = get_origin(kind.base) in (list, tuple)
    found.ref = reference.row_type
    if reference.row_type == FILE:
        found.widget = "files" if many else "file"
    else:
        found.widget = "picks" if many else "pick"


def _as_list(found: FormField, kind: Kind) -> None:
    inner = take_apart(get_args(kind.base)[0])
    if isinstance(inner.base, type) and issubclass(inner.base, BaseModel):
        found.widget, found.fields = "lines", fields_of(inner.base, f"{found.path}.#.")
    elif choices := _choices(inner.base):
        found.widget, found.choices = "checks", choices
    else:
        found.widget = "list"


def _as_value(found: FormField, kind: Kind, free: FreeText | None) -> None:
    base = kind.base
    if choices := _choices(base):
        found.widget, found.choices = "select", choices
    elif base is bool:
        found.widget, found.required = "bool", False
    elif base is int:
        found.widget = "int"
    elif base is Decimal:
        found.widget = "number"
        found.places = _constraint(kind.marks, "decimal_places") or 6
    elif base is datetime:
        found.widget = "datetime"
    elif base is date:
        found.widget = "date"
    elif free is not None and free.is_secret:
        found.widget = "secret"
    elif free is not None and free.lines > 1:
        found.widget = "area"


def _choices(base: Any) -> list[tuple[str, T | str]]:
    if get_origin(base) is Literal:
        return [(str(value), str(value)) for value in get_args(base)]
    if isinstance(base, type) and issubclass(base, Enum):
        return [(str(member.value), getattr(member, "label", str(member.value))) for member in base]
    return []


def _constraint(marks: Sequence[Any], name: str) -> int | None:
    for mark in marks:
        for part in (mark, *getattr(mark, "metadata", ())):
            value = getattr(part, name, None)
            if value is not None:
                return int(value)
    return None


def offer(one: FormField, choices: Sequence[tuple[str, T | str]]) -> None:
    """Let a field offer these choices. Where its default is not among them, the first one is; an empty one stays."""
    one.choices = choices
    if one.widget in ("list", "checks"):
        one.widget = "checks"
        return
    one.widget, one.ref = "select", ""
    values = [value for value, _ in choices]
    if one.value and one.value not in values:
        one.value = values[0] if values else ""


# --- filling -----------------------------------------------------------------------------------------------------------


def as_text(value: Any) -> Any:
    """A value as a form element holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return value.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [as_text(item) for item in value]
    if isinstance(value, BaseModel | Mapping):
        return value
    return str(value)


def fill(fields: Sequence[FormField], values: Mapping[str, Any]) -> None:
    """Put values (nested as the input is) into the fields; lines get their rows."""
    for one in fields:
        if one.name not in values:
            if one.widget == "group":
                fill(one.fields, {})
            continue
        value = values[one.name]
        if one.widget == "group":
            fill(one.fields, _mapping(value))
        elif one.widget == "lines":
            one.rows = [_line(one, index, _mapping(row)) for index, row in enumerate(value or ())]
        else:
            one.value = as_text(value)


def _mapping(value: Any) -> Mapping[str, Any]:
    if isinstance(value, BaseModel):
        return {name: getattr(value, name) for name in type(value).model_fields}
    return value if isinstance(value, Mapping) else {}


def _line(lines: FormField, index: int, values: Mapping[str, Any]) -> list[FormField]:
    row = blank_line(lines, str(index))
    fill(row, values)
    return row


def blank_line(lines: FormField, index: str) -> list[FormField]:
    """A new line's fields at an index; `#` stands for 'to be numbered'."""
    prefix = f"{lines.path}.{index}."
    return [FormField(f.name, prefix + f.name, f.label, f.widget, f.required, f.help, f.value, choices=f.choices, ref=f.ref,
                      places=f.places, max_length=f.max_length, follows=f.follows) for f in lines.fields]  # fmt: skip


def each(fields: Sequence[FormField]) -> list[FormField]:
    """Every field, those of groups and lines included."""
    found = []
    for one in fields:
        found.append(one)
        found += each(one.fields) if one.widget == "group" else []
        for row in one.rows:
            found += each(row)
    return found


def place_errors(fields: Sequence[FormField], objections: Sequence[Objection]) -> list[Objection]:
    """Put objections at their fields; those without a field come back, for the top of the form."""
    by_path = {one.path: one for one in each(fields)}
    rest = []
    for objection in objections:
        path = objection.path
        while path and path not in by_path:
            path = path.rpartition(".")[0]
        if path and not by_path[path].hidden:
            by_path[path].errors.append(objection)
        else:
            rest.append(objection)
    return rest


def is_id(text: Any) -> bool:
    """Whether a text is an identifier."""
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True
