"""Template tags of the house; built in, so no template loads them."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from sellwell.kernel import clock, history
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.values import Objection, T, language
from sellwell.kernel.views import BY_TYPE
from sellwell.web import cells, formats, registry
from sellwell.web.clauses import words_of
from sellwell.web.icons import icon as draw_icon

register = template.Library()


class TextNode(Node):
    """A text in both languages; the reader's is chosen when the page is drawn."""

    def __init__(self, zh: FilterExpression, en: FilterExpression, name: str) -> None:
        self.zh, self.en, self.name = zh, en, name

    def render(self, context: template.Context) -> str:
        text = str((self.en if language() == "en" else self.zh).resolve(context))
        if "{" in text:
            text = _filled(text, context)
        if self.name:
            context[self.name] = text
            return ""
        return escape(text)


def _filled(text: str, context: template.Context) -> str:
    """`{name}` in a text is a variable of the template."""
    out = []
    for part in text.split("{"):
        name, brace, rest = part.partition("}")
        out.append(str(template.Variable(name).resolve(context)) + rest if brace and name.strip() else part)
    return "".join(out)


@register.tag("t")
def text_tag(parser: Parser, token: Token) -> TextNode:
    """`{% t "中文 {count}" "English {count}" %}`, optionally `as name`."""
    parts = token.split_contents()[1:]
    name = ""
    if len(parts) == 4 and parts[2] == "as":
        parts, name = parts[:2], parts[3]
    if len(parts) != 2:
        raise template.TemplateSyntaxError("t takes the Chinese and the English text")
    return TextNode(parser.compile_filter(parts[0]), parser.compile_filter(parts[1]), name)


register.filter("money", formats.money)
register.filter("amount", formats.amount)
register.filter("short_money", formats.short_money)
register.filter("quantity", formats.quantity)
register.filter("price", formats.price)
register.filter("percent", formats.percent)
register.filter("day", formats.day)
register.filter("moment", formats.moment)
register.filter("initials", cells.initials)
register.filter("way_in", history.way_in)
register.filter("clause_words", words_of)


@register.filter
def ago(value: Any) -> str:
    """How long since, in words, by the kernel's clock."""
    return str(formats.ago(value, clock.now())) if value else ""


@register.filter
def get(value: Any, key: Any) -> Any:
    """An entry of a mapping by a key that is a variable."""
    return value.get(key) if hasattr(value, "get") else None


@register.simple_tag
def state(value: Any, held: Any = None) -> SafeString:
    """A state as a badge."""
    return cells.state_badge(value, bool(held))


@register.simple_tag
def person(value: Any) -> SafeString:
    """A person's name with initials."""
    return cells.person(value)


@register.simple_tag
def cell(column: Any, row: Any) -> SafeString:
    """A column's value of a row."""
    return cells.cell(column, row)


@register.simple_tag
def objection(found: Objection) -> SafeString:
    """An objection with sign and word."""
    return cells.objection(found)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of our own set."""
    return draw_icon(name, extra)


@register.simple_tag
def row_link(row: Any) -> SafeString:
    """A row by its label, leading to its page."""
    row_type = row._meta.label_lower
    view = BY_TYPE.get(row_type)
    return cells.linked(row_type, row.pk, str(view.label(row)) if view else str(row))


@register.simple_tag
def record_name(row_type: str, row_id: Any, name: str) -> SafeString:
    """A record named by its type and identifier, leading to its page where it has one."""
    return cells.linked(row_type, row_id, name)


@register.simple_tag(takes_context=True)
def do(context: template.Context, name: str, row: Any = None, style: str = "") -> SafeString:
    """The button of an operation: on a row, or for a creation with prefilled values (`"customer=<id>&…"`).

    Nothing is drawn where the reader may not do it.
    """
    operation = REGISTRY.get(name)
    actor = context["request"].actor
    if operation is None or not actor.may(name):
        return mark_safe("")
    query, row_id = (row, None) if isinstance(row, str) else ("", row.pk if row is not None else None)
    url = registry.url_for(name, row_id) + (f"?{query}" if query else "")
    return button(
        url,
        str(operation.title),
        style or ("danger" if operation.danger else ""),
        registry.is_whole_page(name),
    )


def button(url: str, title: str, style: str = "", whole: bool = False) -> SafeString:
    """A link that opens a form: in the side panel, or as a page of its own."""
    css = f"btn btn-{style}" if style else "btn"
    panel = "" if whole else " data-panel"
    return mark_safe(f'<a class="{css}" href="{escape(url)}"{panel}>{escape(title)}</a>')  # noqa: S308 - escaped


@register.simple_tag(takes_context=True)
def op_button(context: template.Context, operation: Any, row: Any, style: str = "") -> SafeString:
    """The button of an operation that is known to fit the row."""
    return button(
        registry.url_for(operation.name, row.pk),
        str(operation.title),
        style,
        registry.is_whole_page(operation.name),
    )


@register.simple_tag
def op_url(operation: Any, row: Any) -> str:
    """Where an operation's form on a row is."""
    return registry.url_for(operation.name, row.pk)


@register.simple_tag
def op_panel(operation: Any) -> SafeString:
    """The mark that lets a form open in the side panel."""
    return mark_safe("" if registry.is_whole_page(operation.name) else " data-panel")  # noqa: S308 - constants


@register.simple_tag(takes_context=True)
def panel_body(context: template.Context, block: Any) -> SafeString:
    """A registered block, drawn with its own values inside the page's context."""
    with context.push(**block.values, panel=block.panel):
        return context.template.engine.get_template(block.panel.template).render(context)


@register.inclusion_tag("web/components/table.html", takes_context=True)
def rows(context: template.Context, view: Any, found: Any, columns: str = "") -> dict[str, Any]:
    """A compact table of rows of a view: `{% rows view rows columns="number,total" %}`."""
    from sellwell.web.tables import table

    return table(view, found, context["request"].actor, tuple(filter(None, columns.split(","))))


@register.inclusion_tag("web/components/chart.html")
def chart(options: Any, title: str = "", height: str = "m") -> dict[str, Any]:
    """A chart: ECharts options as data; `title` is what screen readers hear. `height`: s, m or l."""
    return {"options": json_island(options), "title": title, "height": height}


@register.filter("json_island")
def json_island(value: Any) -> SafeString:
    """A value as JSON that may stand inside a script element."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return mark_safe(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S308 - escaped


class CheckNode(Node):
    """Draws its content where the reader may do the verb."""

    def __init__(self, verb: FilterExpression, nodes: NodeList) -> None:
        self.verb, self.nodes = verb, nodes

    def render(self, context: template.Context) -> str:
        if context["request"].actor.may(str(self.verb.resolve(context))):
            return self.nodes.render(context)
        return ""


@register.tag("may")
def may_tag(parser: Parser, token: Token) -> CheckNode:
    """`{% may "orders.create" %}…{% endmay %}`."""
    _, verb = token.split_contents()
    nodes = parser.parse(("endmay",))
    parser.delete_first_token()
    return CheckNode(parser.compile_filter(verb), nodes)


@register.simple_tag
def tt(value: Any) -> str:
    """A text of the code (T, or a plain string) in the reader's language."""
    return escape(str(value)) if isinstance(value, T | str) else ""


@register.simple_tag
def clause(name: str) -> SafeString:
    """A clause of the manual, leading to it where the manual's room is there."""
    text = escape(name)
    if "manual.clause" not in registry.PAGES:
        return text
    return mark_safe(f'<a href="/manual/{text}/" data-panel>{text}</a>')  # noqa: S308 - escaped


@register.filter
def sheets(names: str) -> list[str]:
    """The paths of our style sheets."""
    return [f"web/{name}.css" for name in names.split()]


@register.filter
def json_text(value: Any) -> str:
    """A value as JSON for an attribute (escaped by the template)."""
    return json.dumps(value, ensure_ascii=False)


@register.filter
def capped(count: int) -> str:
    """A count that stops at 99+."""
    return "99+" if count > 99 else str(count)


@register.simple_tag
def avatar(name: str) -> SafeString:
    """The initials of a name alone."""
    return cells.avatar(name)


@register.filter
def grid_words(_: str) -> dict[str, str]:
    """The words of the line grid, in the reader's language."""
    return {name: str(text) for name, text in WORDS.items()}


WORDS = {
    "remove": T("移除此行", "Remove this line"),
    "line": T("第 {n} 行", "Line {n}"),
    "find": T("编码、名称、拼音", "Code, name, pinyin"),
    "none": T("没有找到", "Nothing found"),
    "why": T("为什么是这个价", "Why this price"),
    "pasted": T("已粘贴 {n} 行", "{n} lines pasted"),
    "unknown": T("没有编码 {code}", "No code {code}"),
    "undo": T("撤销", "Undo"),
    "saved": T("草稿已存在本机", "Draft kept on this device"),
    "restored": T("已恢复上次未提交的草稿", "The draft that was not sent is back"),
    "discard": T("丢弃草稿", "Discard it"),
    "sending": T("正在提交…", "Sending…"),
    "offline": T(
        "网络不通，草稿已保留，恢复后请再次提交。",
        "No connection. The draft is kept: send it again when you are back.",
    ),
    "broken": T(
        "系统出错了，没有提交。草稿已保留，请稍后再试。",
        "Something broke; nothing was sent. The draft is kept: try again.",
    ),
    "expired": T(
        "登录已过期。请在新窗口登录，再回来提交；草稿已保留。",
        "Your session ended. Sign in in another window, then send again; the draft is kept.",
    ),
    "empty": T("请至少填写一行明细。", "Fill in at least one line."),
    "held": T("已提交审批：{who}", "Sent for approval: {who}"),
    "lines": T("{n} 行", "{n} lines"),
    "quoting": T("正在取价…", "Pricing…"),
}
