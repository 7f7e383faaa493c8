"""One value as HTML, by the kind of its column. Written in Python, not in templates: lists draw hundreds of them."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any
from zlib import crc32

from django.utils.safestring import SafeString, mark_safe

from sellwell.kernel.values import Objection, State, T
from sellwell.kernel.views import BY_TYPE
from sellwell.web import formats
from sellwell.web.icons import icon
from sellwell.web.registry import has_page

if TYPE_CHECKING:
    from sellwell.kernel.views import Column

NUMERIC = ("amount", "price", "quantity", "rate")
EMPTY = mark_safe('<span class="none" aria-hidden="true">–</span>')

# What a state means for the eye. A State class may say it itself by an attribute `tone` on the member.
_DONE = {"done", "closed", "approved", "paid", "accepted", "signed", "won", "completed", "matched", "shipped", "issued",
         "fulfilled", "active", "released", "delivered", "qualified", "posted", "in_force"}  # fmt: skip
_ENDED = {"cancelled", "canceled", "rejected", "lost", "voided", "void", "withdrawn", "expired", "dropped", "revoked",
          "reversed", "merged", "archived", "inactive", "discarded", "declined"}  # fmt: skip
_WRONG = {"failed", "overdue", "late", "breached", "blocked"}
_START = {"draft", "new", "open", "planned", "due", "pending"}


@lru_cache(maxsize=1024)
def tone(value: str) -> str:
    """start | going | done | ended | wrong."""
    if value in _START:
        return "start"
    if value in _DONE:
        return "done"
    if value in _WRONG:
        return "wrong"
    return "ended" if value in _ENDED else "going"


def state_badge(state: Any, held: bool = False) -> SafeString:
    """The state's word with its sign and colour; a held row says so beside it."""
    if state is None or state == "":
        return EMPTY
    value, label = (state.value, state.label) if isinstance(state, State) else (str(state), state)
    kind = getattr(state, "tone", None) or tone(value)
    badge = f'<span class="badge is-{kind}">{escape(str(label))}</span>'
    if held:
        badge += f' <span class="badge is-held">{escape(str(T("审批中", "In approval")))}</span>'
    return mark_safe(badge)  # noqa: S308 - escaped above


def initials(name: str) -> str:
    """Two letters of a Latin name, the last character of a Chinese one."""
    name = name.strip()
    if not name:
        return "?"
    if ord(name[0]) < 0x2E80:
        parts = name.split()
        return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()
    return name[-1]


def person(value: Any) -> SafeString:
    """A person's name with an avatar of initials; the colour belongs to the name."""
    name = str(value or "")
    if not name:
        return EMPTY
    return mark_safe(f'<span class="person">{avatar(name)}<span>{escape(name)}</span></span>')  # noqa: S308 - escaped


def avatar(name: str) -> SafeString:
    """The initials of a name on its colour."""
    hue = crc32(name.encode()) % 6
    return mark_safe(  # noqa: S308 - escaped
        f'<span class="avatar av-{hue}" aria-hidden="true">{escape(initials(name))}</span>'
    )


def record_url(row_type: str, row_id: Any) -> str:
    """The page of a row, or '' where its type has none."""
    view = BY_TYPE.get(row_type)
    return f"/{view.url}/{row_id}/" if row_id and view is not None and has_page(view) else ""


def linked(row_type: str, row_id: Any, text: str) -> SafeString:
    """A row's name, leading to its page."""
    url = record_url(row_type, row_id)
    if not url:
        return mark_safe(escape(text))  # noqa: S308 - escaped
    return mark_safe(f'<a class="ref" href="{escape(url)}">{escape(text)}</a>')  # noqa: S308 - escaped


def text_of(column: Column, row: Any) -> str:
    """A column's value as plain text: for print, messages, alternative texts."""
    return plain_text(column.kind, column.read(row), getattr(row, "currency", "CNY") or "CNY")


def plain_text(kind: str, value: Any, currency: str = "CNY") -> str:
    """A value of a kind as text."""
    if value is None or value == "":
        return ""
    match kind:
        case "amount":
            return formats.money(value, currency)
        case "price":
            return formats.price(value)
        case "quantity":
            return formats.quantity(value)
        case "rate":
            return formats.percent(value)
        case "date":
            return formats.day(value)
        case "datetime":
            return formats.moment(value)
        case "bool":
            return str(T("是", "Yes") if value else T("否", "No"))
        case "state":
            return str(value.label) if isinstance(value, State) else str(value)
    return str(value)


# Columns whose states are a life cycle; others of kind 'state' are grades and channels, shown as plain words.
LIFE_CYCLES = ("state", "status", "stage")


def _state_cell(column: Column, row: Any, value: Any) -> SafeString:
    last = column.path.rpartition("__")[2]
    if last in LIFE_CYCLES or column.name in LIFE_CYCLES:
        return state_badge(value, column.path == "state" and bool(getattr(row, "held_by", None)))
    return mark_safe(escape(plain_text("state", value)))  # noqa: S308 - escaped


def cell(column: Column, row: Any, *, link: bool = True) -> SafeString:
    """A column's value of a row as HTML."""
    value = column.read(row)
    if value is None or value == "":
        return EMPTY
    kind = column.kind
    if kind == "state":
        return _state_cell(column, row, value)
    if kind == "person":
        return person(value)
    if kind == "ref" and link and column.ref:
        return linked(column.ref, column.ref_id(row), str(value))
    if kind == "file":
        url = escape(f"/files/{column.ref_id(row)}?inline&of={row._meta.label_lower}/{row.pk}")
        return mark_safe(f'<a href="{url}">{icon("paperclip")} {escape(str(value))}</a>')  # noqa: S308 - escaped
    if kind == "bool":
        yes = escape(str(T("是", "Yes")))
        return mark_safe(f'{icon("check")}<span class="sr">{yes}</span>') if value is True else EMPTY  # noqa: S308 - escaped
    text = escape(plain_text(kind, value, getattr(row, "currency", "CNY") or "CNY"))
    if kind in NUMERIC and isinstance(value, Decimal) and value < 0:
        return mark_safe(f'<span class="minus">{text}</span>')  # noqa: S308 - escaped
    return mark_safe(text)  # noqa: S308 - escaped


SIGNS = {"refuse": "stop", "hold": "hold", "warn": "alert"}
WORDS = {
    "refuse": T("不能办理", "Not possible"),
    "hold": T("需要审批", "Needs approval"),
    "warn": T("请注意", "Note"),
}


def objection(found: Objection) -> SafeString:
    """An objection with its sign, its word and what to do."""
    return mark_safe(  # noqa: S308 - escaped
        f'<span class="objection is-{found.kind}">{icon(SIGNS[found.kind])}'
        f"<span><b>{escape(str(WORDS[found.kind]))}</b> {escape(str(found.text))}</span></span>"
    )
