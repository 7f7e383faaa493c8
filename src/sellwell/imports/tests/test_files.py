"""Files as people have them, and files that mean harm: read, or refused with a sentence."""

from __future__ import annotations

import csv
import io
import time
from decimal import Decimal
from pathlib import Path

import pytest

from sellwell.imports import driver, errors, reading
from sellwell.imports import mapping as mappings
from sellwell.imports.mapping import Mapping
from sellwell.kernel.tests.shared import shared_path
from sellwell.kernel.values import Refusal

HEAD = "单号,产品,数量,日期,单价,客户,名称"
FIELDS = {
    "invoice": "单号", "product": "产品", "quantity": "数量", "day": "日期", "price": "单价", "customer": "客户",
    "name": "名称",
}  # fmt: skip
ROW = "S1,P-1,2,2024-03-01,9.90,K1,螺栓 M8"


def a_mapping() -> Mapping:
    return mappings.from_values({"source": "old", "return_prefix": "R", "fields": FIELDS})


def a_file(
    folder: Path, *rows: str, encoding: str = "utf-8", name: str = "sales.csv", end: str = "\n"
) -> Path:
    path = folder / name
    path.write_bytes((end.join([HEAD, *rows]) + end).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, end: str) -> None:
    result = driver.preview(a_file(tmp_path, ROW, encoding=encoding, end=end), a_mapping())
    assert (result.rows, result.imported_rows, result.imported_total) == (1, 1, Decimal("19.80"))
    assert result.reconciled


def test_the_kind_is_told_by_the_content(tmp_path: Path) -> None:
    assert driver.preview(a_file(tmp_path, ROW, name="sales.parquet"), a_mapping()).imported_rows == 1


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"PAR1", b"PAR1 and more", b"PK\x03\x04broken", b"\x00\x01\x02" * 99]
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sales.csv"
    path.write_bytes(content)
    with pytest.raises(Refusal) as refusal:
        driver.preview(path, a_mapping())
    assert refusal.value.objections[0].code.split(".")[0] in {"table", "zip", "import"}


def test_columns_that_are_missing_are_all_named(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("单号,产品\nS1,P1\n", encoding="utf-8")
    with pytest.raises(Refusal) as refusal:
        driver.preview(path, a_mapping())
    assert [o.code for o in refusal.value.objections] == ["import.no_column"] * 5


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(f"{HEAD},单价\n{ROW},1\n", encoding="utf-8")
    with pytest.raises(Refusal) as refusal:
        driver.preview(path, a_mapping())
    assert refusal.value.code == "import.column_twice"


def test_a_wide_row_is_rejected_and_a_short_one_lacks_what_it_lacks(tmp_path: Path) -> None:
    result = driver.preview(a_file(tmp_path, f"{ROW},too,much", "S2,P-1,2,2024-03-01", ROW), a_mapping())
    assert [(r.row, r.objection.code) for r in result.rejected] == [
        (2, "table.row_too_wide"), (3, "import.no_customer"),
    ]  # fmt: skip
    assert result.reconciled


def test_the_error_file_is_complete_and_no_formula(tmp_path: Path) -> None:
    evil = 'S2,"=HYPERLINK(""http://x"")",x,2024-03-01,1,K1,@SUM(A1)'
    path = a_file(tmp_path, ROW, evil, "S3,P,-1,2024-03-01,5.00,K1,+cmd", encoding="gb18030")
    result = driver.preview(path, a_mapping())
    target = tmp_path / "errors.csv"
    errors.write(target, result.rejected)
    content = target.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [(r["row"], r["invoice"], r["code"], r["amount"]) for r in rows] == [
        ("3", "S2", "import.quantity", ""), ("4", "S3", "import.negative_sale", "-5.00"),
    ]  # fmt: skip
    assert rows[0]["产品"] == '\'=HYPERLINK("http://x")' and rows[0]["名称"] == "'@SUM(A1)"
    assert rows[1]["名称"] == "'+cmd"
    assert all(row["reason"] for row in rows)
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".part"] == []


def test_the_house_reads_its_own_error_file_again(tmp_path: Path) -> None:
    result = driver.preview(a_file(tmp_path, "S3,=1+1,x,2024-03-01,5.00,K1,-"), a_mapping())
    errors.write(tmp_path / "again.csv", result.rejected)
    again = driver.preview(tmp_path / "again.csv", a_mapping())
    assert again.rejected[0].values == result.rejected[0].values


@pytest.mark.parametrize(
    "name",
    [
        "xxe_sheet.xlsx",
        "zip_slip.xlsx",
        "zip_bomb_100MB.xlsx",
        "amount_texts.xlsx",
        "gbk.csv",
        "utf8_bom.csv",
    ],
)
def test_hostile_files_are_refused_with_a_sentence(name: str) -> None:
    path = shared_path(f"data/hostile_inputs/files/{name}")
    began = time.monotonic()
    with pytest.raises(Refusal) as refusal:
        driver.preview(path, a_mapping())
    assert time.monotonic() - began < 10
    assert all(str(o.text) and "root:" not in str(o.text) for o in refusal.value.objections)


def test_the_bom_is_no_part_of_the_first_head() -> None:
    assert reading.headers(shared_path("data/hostile_inputs/files/utf8_bom.csv"))[0] == "客户名称"
