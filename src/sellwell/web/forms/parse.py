"""What a form sent, nested as the input wants it. Empty means absent, so that pydantic says what is missing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sellwell.kernel.clock import BUSINESS_ZONE
from sellwell.web.forms.derive import FormField

if TYPE_CHECKING:
    from django.http import QueryDict

MOST_LINES = 2000


def from_form(fields: Sequence[FormField], posted: QueryDict) -> dict[str, Any]:
    """The posted values of the fields, nested."""
    found: dict[str, Any] = {}
    for one in fields:
        value = _value(one, posted)
        if value is not None:
            found[one.name] = value
    return found


def _value(one: FormField, posted: QueryDict) -> Any:
    match one.widget:
        case "group":
            return from_form(one.fields, posted) or None
        case "lines":
            return _lines(one, posted)
        case "bool":
            return posted.get(one.path) in ("1", "on", "true")
        case "picks" | "files" | "checks":
            return [value for value in posted.getlist(one.path) if value]
        case "list":
            return [line.strip() for line in posted.get(one.path, "").splitlines() if line.strip()]
    text = posted.get(one.path, "").strip()
    if text == "":
        return None
    if one.widget in ("number", "int"):
        return number_text(text)
    if one.widget == "datetime":
        return _moment(text)
    return text


def number_text(text: str) -> str:
    """A number as people write it: ¥1,234.50 -> 1234.50; full-width digits and signs count as plain ones."""
    plain = text.translate(_HALF_WIDTH)
    for sign in ("¥", "¥", ",", " ", "\u00a0", "元"):
        plain = plain.replace(sign, "")
    return plain


_HALF_WIDTH = {0xFF10 + d: str(d) for d in range(10)} | {
    0xFF0E: ".",
    0xFF0C: ",",
    0xFF0D: "-",
    0x2212: "-",
    0xFFE5: "¥",
}


def _moment(text: str) -> str:
    """The browser sends the clock of the wall; the business zone belongs to it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=BUSINESS_ZONE)).isoformat()


def _lines(lines: FormField, posted: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    prefix = f"{lines.path}."
    indexes = sorted({int(key[len(prefix):].split(".")[0]) for key in posted
                      if key.startswith(prefix) and key[len(prefix):].split(".")[0].isdigit()})  # fmt: skip
    found = []
    for index in indexes[:MOST_LINES]:
        fields = [
            FormField(f.name, f"{prefix}{index}.{f.name}", f.label, f.widget, f.required, places=f.places)
            for f in lines.fields
        ]
        row = from_form(fields, posted)  # type: ignore[arg-type]
        if any(value not in (None, "", [], False) for value in row.values()):
            found.append(row)
    return found or ([] if not lines.required else None)


def from_json(body: bytes) -> dict[str, Any]:
    """A JSON body as a page's script sends it; numbers stay text, so no amount passes through a float."""
    found = json.loads(body.decode("utf-8"), parse_float=str, parse_int=str)
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found
