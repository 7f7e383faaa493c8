"""Template tags and the cells of lists."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.template import Context, Engine

from sellwell.kernel.values import Reason, State, T, speaking
from sellwell.kernel.views import Column
from sellwell.web import cells
from sellwell.web.icons import icon, names

ENGINE = Engine(builtins=["sellwell.web.templatetags.sellwell"])
HOLD = Reason("web_test.hold", T("需要 {who} 同意。", "{who} must agree."))


class Mood(State):
    DRAFT = "draft", T("草稿", "Draft")


class Row:
    """A row for the tests of cells."""

    pk = "1"
    currency = "CNY"
    held_by = None

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


def drawn(source: str, **values: Any) -> str:
    return ENGINE.from_string(source).render(Context(values))


def test_texts_follow_the_reader() -> None:
    assert drawn('{% t "订单" "Order" %}') == "订单"
    with speaking("en"):
        assert drawn('{% t "订单" "Order" %}') == "Order"
        assert drawn('{% t "{n} 条" "{n} rows" %}', n=3) == "3 rows"
    assert drawn('{% t "甲" "A" as x %}[{{ x }}]') == "[甲]"


def test_texts_and_values_are_escaped() -> None:
    hostile = "<script>alert(1)</script>"
    assert "<script>" not in drawn('{% t "{n}" "{n}" %}', n=hostile)
    assert "<script>" not in drawn("{% person n %}", n=hostile)
    assert "<script>" not in drawn("{% objection o %}", o=HOLD.hold("route", who=hostile))
    assert "<script>" not in drawn("{{ v|json_island }}", v={"a": hostile})
    assert "<script>" not in str(cells.cell(Column("n", T("", ""), path="n"), Row(n=hostile)))


def test_filters() -> None:
    assert drawn("{{ v|money }}", v=Decimal("1234567")) == "¥1,234,567.00"
    assert drawn("{{ v|percent }}", v=Decimal("0.13")) == "13%"
    assert drawn("{{ 120|capped }}") == "99+"


def test_a_state_is_a_word_with_its_sign() -> None:
    html = str(cells.state_badge(Mood.DRAFT, held=True))
    assert "草稿" in html and "is-start" in html and "审批中" in html


def test_an_empty_cell_says_so() -> None:
    assert cells.cell(Column("n", T("", ""), "amount", path="n"), Row(n=None)) == cells.EMPTY


def test_negative_amounts_are_marked() -> None:
    html = str(cells.cell(Column("n", T("", ""), "amount", path="n"), Row(n=Decimal("-5"))))
    assert "-¥5.00" in html and "minus" in html


def test_every_icon_is_drawn_and_an_unknown_one_is_a_dot() -> None:
    assert all('aria-hidden="true"' in icon(name) for name in names())
    assert icon("no-such-icon") == icon("dot").replace("icon dot", "icon")
