"""Forms derived from inputs: widgets, what was typed, errors at their fields."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.http import QueryDict

from sellwell.kernel.inputs import Amount, Code, Input, Quantity, Ref, ShortText, Text, field
from sellwell.kernel.values import Reason, State, T
from sellwell.web.forms import derive, parse

WRONG = Reason("web_test.wrong", T("不对。", "Wrong."))


class Terms(State):
    CASH = "cash", T("款到发货", "Cash first")
    CREDIT = "credit", T("赊销", "Credit")


class Line(Input):
    product: Ref("catalog.product") = field(T("产品", "Product"))  # type: ignore[valid-type]
    quantity: Quantity = field(T("数量", "Quantity"))
    note: ShortText = field(T("备注", "Note"), "")


class Address(Input):
    city: Code = field(T("城市", "City"))


class Example(Input):
    customer: Ref("customers.customer") = field(T("客户", "Customer"))  # type: ignore[valid-type]
    scan: Ref("kernel.storedfile") | None = field(T("扫描件", "Scan"), None)  # type: ignore[valid-type]
    people: list[Ref("kernel.user")] = field(T("参加人", "People"), default_factory=list)  # type: ignore[valid-type]
    amount: Amount | None = field(T("金额", "Amount"), None)
    due: date | None = field(T("交期", "Due"), None)
    at: datetime | None = field(T("时间", "At"), None)
    terms: Terms = field(T("条件", "Terms"), Terms.CASH)
    kind: Literal["a", "b"] = field(T("类", "Kind"), "a")
    urgent: bool = field(T("加急", "Urgent"), False)
    note: Text = field(T("备注", "Note"), "")
    address: Address = field(T("地址", "Address"))
    lines: list[Line] = field(T("明细", "Lines"), min_length=1)


def fields() -> dict[str, derive.FormField]:
    return {one.name: one for one in derive.fields_of(Example)}


def test_each_type_has_its_widget() -> None:
    assert {name: one.widget for name, one in fields().items()} == {
        "customer": "pick",
        "scan": "file",
        "people": "picks",
        "amount": "number",
        "due": "date",
        "at": "datetime",
        "terms": "select",
        "kind": "select",
        "urgent": "bool",
        "note": "area",
        "address": "group",
        "lines": "lines",
    }


def test_labels_references_and_limits() -> None:
    found = fields()
    assert found["customer"].label == T("客户", "Customer")
    assert found["customer"].ref == "customers.customer"
    assert found["people"].ref == "kernel.user"
    assert found["amount"].places == 2
    assert found["note"].max_length == 4000
    assert [value for value, _ in found["terms"].choices] == ["cash", "credit"]
    assert found["terms"].value == "cash"
    assert found["customer"].required and not found["amount"].required
    assert found["address"].fields[0].path == "address.city"


def test_what_was_typed_is_nested_and_empty_is_absent() -> None:
    posted = QueryDict(
        "customer=&amount=%EF%BF%A51,234.50&at=2026-11-23T09:00&urgent=1&address.city=SH"
        "&lines.0.product=p1&lines.0.quantity=12&lines.2.product=&lines.2.quantity=&lines.5.product=p2&people=u1&people=u2"
    )
    found = parse.from_form(derive.fields_of(Example), posted)
    assert "customer" not in found
    assert found["amount"] == "1234.50"
    assert found["at"] == "2026-11-23T09:00:00+08:00"
    assert found["urgent"] is True
    assert found["address"] == {"city": "SH"}
    assert found["lines"] == [{"product": "p1", "quantity": "12"}, {"product": "p2"}]
    assert found["people"] == ["u1", "u2"]


def test_numbers_as_people_write_them() -> None:
    assert parse.number_text("¥1,234.50") == "1234.50"
    assert parse.number_text("\uff11\uff12.\uff15") == "12.5"
    assert parse.number_text(" 3 000 ") == "3000"
    assert parse.number_text("abc") == "abc"


def test_json_amounts_never_pass_through_a_float() -> None:
    assert parse.from_json(b'{"data": {"amount": 0.10000000000000000001}}') == {
        "data": {"amount": "0.10000000000000000001"}
    }


def test_errors_stand_at_their_fields_and_the_rest_comes_back() -> None:
    form = derive.fields_of(Example)
    derive.fill(
        form, {"lines": [{"quantity": Decimal("1")}, {"quantity": Decimal("-1")}], "amount": Decimal("5.50")}
    )
    rest = derive.place_errors(
        form,
        [
            WRONG.refuse("lines.1.quantity"),
            WRONG.refuse("lines.1.nothing"),
            WRONG.refuse("address.city"),
            WRONG.refuse(),
        ],
    )
    by_path = {one.path: one for one in derive.each(form)}
    assert by_path["lines.1.quantity"].errors
    assert by_path["lines"].errors, "an unknown place stands at what it lies in"
    assert by_path["address.city"].errors
    assert len(rest) == 1
    assert by_path["amount"].value == "5.5"


def test_a_hidden_field_never_hides_its_error() -> None:
    form = derive.fields_of(Address)
    form[0].hidden = True
    assert len(derive.place_errors(form, [WRONG.refuse("city")])) == 1


def test_values_come_back_as_they_were_typed() -> None:
    form = {one.name: one for one in derive.fields_of(Example)}
    derive.fill(list(form.values()), {"due": "2026-13-99", "amount": "12..5", "urgent": True})
    assert form["due"].value == "2026-13-99"
    assert form["amount"].value == "12..5"
    assert form["urgent"].value is True
