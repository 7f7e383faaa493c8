"""Tables in and out: nothing misread, nothing evaluated, nothing lost on the way there and back."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from sellwell.kernel.numbers_text import read_amount
from sellwell.kernel.tabular import cell_text, open_table
from sellwell.kernel.tabular_writing import SheetColumn, csv_bytes, escaped, is_evaluated, unescaped, xlsx
from sellwell.kernel.tests.shared import shared_path, shared_rows
from sellwell.kernel.values import Objection, Refusal, T

MADE = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def cells(source: bytes | Path, **options: Any) -> list[list[str]]:
    opened = open_table(source, **options)
    return [opened.headers, *[row.cells for row in opened.rows()]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(encoding: str) -> None:
    source = "客户名称,金额\r\n上海华东机械有限公司,12.10\r\n".encode(encoding)
    assert cells(source) == [["客户名称", "金额"], ["上海华东机械有限公司", "12.10"]]


def test_other_encodings_are_refused_not_guessed() -> None:
    for source in (
        "naïve café £5\n".encode("latin-1"),
        "a,b\nä,ö\n".encode("cp1252"),
        "名前,値\n".encode("shift-jis"),
    ):
        with pytest.raises(Refusal) as refusal:
            open_table(source)
        assert refusal.value.code == "table.encoding"
    assert cells("a,b\nä,ö\n".encode("cp1252"), encoding="cp1252")[1] == ["ä", "ö"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_separators(delimiter: str) -> None:
    source = f'a{delimiter}b\n"x{delimiter}y"{delimiter}"two\nlines"\n'.encode()
    assert cells(source) == [["a", "b"], [f"x{delimiter}y", "two\nlines"]]


def test_a_title_above_the_head_is_no_head() -> None:
    assert cells("客户清单（2026 年）,,\n\n名称,金额\na,1\n".encode()) == [["名称", "金额"], ["a", "1"]]
    assert cells("名称\na\nb\n".encode()) == [["名称"], ["a"], ["b"]]
    assert cells("名称\n".encode()) == [["名称"]]
    assert [row.number for row in open_table("清单\n名称,金额\na,1\n".encode()).rows()] == [3]


def test_the_shape_of_a_table() -> None:
    opened = open_table("\n 名称 ,,金额,金额\n\na,,1\nb,x,1,2,\nc,x,1,2,more\n".encode())
    assert opened.headers == ["名称", "B", "金额", "金额 (2)"]
    rows = list(opened.rows())
    assert [(row.number, row.cells) for row in rows[:2]] == [
        (4, ["a", "", "1", ""]),
        (5, ["b", "x", "1", "2"]),
    ]
    assert rows[2].problem is not None
    assert rows[2].problem.code == "table.row_too_wide"
    assert list(opened.rows()) == rows


@pytest.mark.parametrize(
    ("source", "code"),
    [(b"", "table.empty"), (b"\n\n", "table.empty"), (b"a\0b", "table.encoding"), (b"PK\x03\x04xx", "zip.damaged"),
     (b"a\n" + b"x" * 200_000, "table.unreadable"), (b"," * 300 + b"a", "table.too_many")],
)  # fmt: skip
def test_what_is_no_table(source: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        cells(source)
    assert refusal.value.code == code


def test_too_many_rows() -> None:
    with pytest.raises(Refusal) as refusal:
        cells(b"a\n" + b"1\n" * 11, most_rows=10)
    assert refusal.value.code == "table.too_many"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/data/s.xml", "xl/media/image1.png"])
@pytest.mark.parametrize("prefix", ["", "X-1:"])
def test_a_far_off_cell_does_not_fill_the_memory(part: str, prefix: str) -> None:
    """The workbook may call its sheet anything, and its elements by any prefix."""
    plain = xlsx([SheetColumn("a")], [["x"]], title="t", made_at=MADE)
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b'<row r="2"', f'<{prefix}row r="1048576"'.encode()).replace(
                    b'<c r="A2"', f'<{prefix}c r="XFD1048576"'.encode()
                )
            new.writestr(part if name == "xl/worksheets/sheet1.xml" else name, content)
    with pytest.raises(Refusal) as refusal:
        open_table(buffer.getvalue())
    assert refusal.value.code == "table.too_many"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.1, "12.1"), (0.1 + 0.2, "0.3"), (13812345678.0, "13812345678"), (1e20, "100000000000000000000"),
        (-0.005, "-0.005"), (True, "TRUE"), (None, ""), (date(2026, 11, 23), "2026-11-23"),
        (datetime(2026, 11, 23), "2026-11-23"), (datetime(2026, 11, 23, 9, 30), "2026-11-23 09:30:00"),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_cells_of_spreadsheets(value: Any, text: str) -> None:
    assert cell_text(value) == text


# --- shared hostile files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["xxe_sheet.xlsx", "zip_slip.xlsx", "zip_bomb_100MB.xlsx"])
def test_hostile_workbooks_are_refused(name: str) -> None:
    with pytest.raises(Refusal) as refusal:
        open_table(shared_path(f"data/hostile_inputs/files/{name}"))
    assert refusal.value.code.startswith("zip.")


def test_shared_csv_files() -> None:
    assert cells(shared_path("data/hostile_inputs/files/gbk.csv")) == [
        ["客户名称", "金额"],
        ["北京某某有限公司", "100.00"],
    ]
    assert cells(shared_path("data/hostile_inputs/files/utf8_bom.csv"))[0] == ["客户名称", "金额"]


def test_shared_amounts_are_taken_or_refused_never_zero() -> None:
    opened = open_table(shared_path("data/hostile_inputs/files/amount_texts.xlsx"))
    found = {row.cells[2]: read_amount(row.cells[2]) for row in opened.rows()}
    assert len(found) == 10
    assert found["1,234.56"] == found["￥1,234.56"] == Decimal("1234.56")
    assert found["(123.45)"] == Decimal("-123.45")
    assert found["12万"] == Decimal(120000)
    for refused in ("1e400", "NaN", "1.234,56"):
        assert isinstance(found[refused], Objection)


# --- out and back --------------------------------------------------------------------------------------------------------


def test_shared_formulas_are_never_evaluated() -> None:
    rows = shared_rows("data/hostile_inputs/formula_injection.csv")
    for row in rows:
        text, must = row["text"], row["required"]
        written = csv_bytes(["x"], [[text]]).decode("utf-8-sig").split("\r\n", 1)[1]
        if must == "must_not_be_evaluated" and "," not in text.split("=")[0]:
            assert escaped(text).startswith("'"), text
        if must in ("harmless_keep_verbatim", "number_must_stay_number"):
            assert escaped(text) == text, text
        assert written[0] not in "=+-@" or must.startswith(("number", "phone")), text
    texts = [row["text"] for row in rows]
    back = open_table(csv_bytes(["x", "n"], [[text, 1] for text in texts]))
    assert [row.cells[0] for row in back.rows()] == texts
    book = xlsx([SheetColumn("x"), SheetColumn("n")], [[text, 1] for text in texts], title="t", made_at=MADE)
    assert [row.cells[0] for row in open_table(book).rows()] == texts
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in sheet
        assert b'quotePrefix="1"' in archive.read("xl/styles.xml")


@given(st.text(max_size=20))
def test_escaping_is_taken_off_exactly(text: str) -> None:
    assert unescaped(escaped(text)) == text
    assert not is_evaluated(escaped(text)) or escaped(text).startswith("'")


texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=12).filter(
    str.strip
)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=5))
def test_texts_come_back_from_csv_and_xlsx(rows: list[tuple[str, str]]) -> None:
    for source in (
        csv_bytes(["甲", "乙"], rows),
        xlsx([SheetColumn("甲"), SheetColumn("乙")], rows, title="t", made_at=MADE),
    ):
        assert cells(source)[1:] == [list(row) for row in rows]


def test_a_workbook_keeps_types() -> None:
    columns = [
        SheetColumn(T("金额", "Amount"), "amount"), SheetColumn("税率", "rate"), SheetColumn("日期", "date"),
        SheetColumn("时间", "moment"), SheetColumn("大数", "quantity"), SheetColumn("是", "flag"),
    ]  # fmt: skip
    row = [Decimal("-3.50"), Decimal("0.13"), date(2026, 11, 23), MADE, Decimal("1234567890123456.78"), True]
    book = xlsx(columns, [row, [None] * 6], title="订单/明细", made_at=MADE)
    assert book == xlsx(columns, [row, [None] * 6], title="订单/明细", made_at=MADE)
    opened = open_table(book)
    assert (opened.headers[0], opened.sheet) == ("金额", "订单 明细")
    (read,) = opened.rows()
    assert read.cells == ["-3.5", "0.13", "2026-11-23", "2026-11-23 09:30:00", "1234567890123456.78", "TRUE"]


def test_an_export_has_its_limit() -> None:
    with pytest.raises(Refusal) as refusal:
        xlsx([SheetColumn("a")], [["x"]] * 3, title="t", made_at=MADE, most_rows=2)
    assert refusal.value.code == "table.export_too_large"
    with pytest.raises(TypeError):
        xlsx([SheetColumn("a")], [[0.1]], title="t", made_at=MADE)


def test_numbers_whose_last_digits_are_lost_are_marked() -> None:
    content = xlsx([SheetColumn("a"), SheetColumn("b")], [["x", "1234"]], title="t", made_at=MADE)
    assert [row.cut for row in open_table(content).rows()] == [frozenset()]
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.add_worksheet().write_row(0, 0, ["a", "b", "c"])
        book.get_worksheet_by_name("Sheet1").write_row(
            1, 0, [110101199001011234, "110101199001011234", 999999999999999]
        )
    assert [row.cut for row in open_table(buffer.getvalue()).rows()] == [frozenset({0})]
