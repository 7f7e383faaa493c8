"""What the commands for outsiders print is what the libraries find; and what they say where a file is wrong."""

from __future__ import annotations

import csv
import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sellwell.cli.app import app
from sellwell.metrics.analysis.matching import COMPANIES, PERSONS, as_person, link, match
from sellwell.metrics.analysis.value import Purchase, ValueModel, summarise

START = date(2026, 1, 5)
UNTIL = date(2026, 6, 30)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def purchases() -> list[Purchase]:
    """Forty customers with rhythms of their own."""
    found = []
    for number in range(40):
        for turn in range(1 + number % 6):
            on = START + timedelta(days=number + turn * (5 + number % 9))
            found.append(Purchase(f"C{number:02d}", on, Decimal(100 + 7 * number + 3 * turn)))
    return found


def written(path: Path, encoding: str = "utf-8", head: str = "customer,date,amount", extra: str = "") -> Path:
    lines = [head, *(f"{p.customer},{p.on},{p.amount}" for p in purchases())]
    path.write_bytes(("\n".join(lines) + "\n" + extra).encode(encoding))
    return path


def valued(file: Path, out: Path, *more: object, until: object = UNTIL, horizon: object = 90) -> Result:
    return run("value", file, "--train-until", until, "--horizon", horizon, "--out", out, *more)


@pytest.mark.parametrize("unit", ["week", "day"])
def test_the_value_command_says_what_the_library_says(tmp_path: Path, unit: str) -> None:
    out = tmp_path / "out.csv"
    result = valued(written(tmp_path / "in.csv"), out, "--json", "--unit", unit)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    customers = summarise(purchases(), UNTIL)
    model = ValueModel.fit(customers, "week" if unit == "week" else "day")
    assert model.spending is not None
    for name in ("r", "alpha", "a", "b", "log_likelihood"):
        assert told[name] == getattr(model.buying, name)
    assert (told["p"], told["q"], told["v"]) == (model.spending.p, model.spending.q, model.spending.v)
    rows = table(out)
    assert list(rows[0]) == [
        "customer", "frequency", "recency", "age", "probability_alive", "expected_purchases", "expected_value",
    ]  # fmt: skip
    for row, one in zip(rows, model.estimate(customers, 90), strict=True):
        assert row["customer"] == one.customer
        assert int(row["frequency"]) == one.frequency
        for name in ("recency", "age", "probability_alive", "expected_purchases", "expected_value"):
            assert float(row[name]) == pytest.approx(getattr(one, name), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_any_usual_encoding_and_column_name_is_read(tmp_path: Path, encoding: str) -> None:
    mapping = tmp_path / "map.yaml"
    mapping.write_text("fields:\n  customer: 客户\n  date: 日期\n  amount: 金额\n", encoding="utf-8")
    file = written(tmp_path / "in.csv", encoding, head="客户,日期,金额")
    result = valued(file, tmp_path / "out.csv", "--mapping", mapping)
    assert result.exit_code == 0, result.output
    assert len(table(tmp_path / "out.csv")) == 40


def test_the_last_day_counts_and_who_came_later_is_left_out(tmp_path: Path) -> None:
    last = UNTIL.isoformat()
    extra = f"first,{last} 18:30:00,50\nlate,2026-07-01,50\n,2026-02-01,5\nback,2026-02-01,-20\n"
    result = valued(written(tmp_path / "in.csv", extra=extra), tmp_path / "out.csv", "--json")
    told, rows = json.loads(result.stdout), {row["customer"]: row for row in table(tmp_path / "out.csv")}
    assert rows["first"]["age"] == "0"
    assert "late" not in rows
    assert "back" not in rows
    assert (told["rows_without_customer"], told["returns"], told["returns_amount"]) == (1, 1, "20.000000")


def test_no_cell_of_what_is_written_runs_as_a_formula(tmp_path: Path) -> None:
    extra = '"=HYPERLINK(""http://x"")",2026-02-01,5\n'
    valued(written(tmp_path / "in.csv", extra=extra), tmp_path / "out.csv")
    assert [row["customer"] for row in table(tmp_path / "out.csv") if "HYPER" in row["customer"]] == [
        '\'=HYPERLINK("http://x")'
    ]


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "table.empty"),
        (b"customer,date,amount\n", "table.empty"),
        (b"customer,date\na,2026-01-01\n", "measured.missing_columns"),
        (b"customer,date,amount\na,2026-13-01,5\n", "measured.row"),
        (b"customer,date,amount\na,01/05/2026,5\n", "measured.row"),
        (b"customer,date,amount\na,2026-01-01,many\n", "measured.row"),
        (b"customer,date,amount\na,2026-01-01,\n", "measured.row"),
        (b"customer,date,amount\na,2026-01-01,5\n", "Fewer than 10"),
        (b"customer,date,amount\na,2027-01-01,5\n", "Nobody bought"),
        (b"\x00\x01\x02\xff\xfe", "table.encoding"),
    ],
)
def test_a_wrong_file_ends_with_2_and_a_clear_line(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "in.csv").write_bytes(content)
    result = valued(tmp_path / "in.csv", tmp_path / "out.csv")
    assert result.exit_code == 2, result.output
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    "more", [{"until": "soon"}, {"horizon": 0}, {"horizon": -3}], ids=["day", "none", "negative"]
)  # fmt: skip
def test_a_wrong_question_ends_with_2(tmp_path: Path, more: dict[str, object]) -> None:
    assert valued(written(tmp_path / "in.csv"), tmp_path / "out.csv", **more).exit_code == 2
    assert valued(tmp_path / "none.csv", tmp_path / "out.csv").exit_code == 2
    assert valued(written(tmp_path / "in.csv"), tmp_path / "out.csv", "--unit", "month").exit_code == 2


@pytest.mark.parametrize(
    "text", ["- a", "fields: {name: x}", "fields: {date: [a]}", "a: b: c", "day_order: up"]
)
def test_a_wrong_mapping_ends_with_2(tmp_path: Path, text: str) -> None:
    (tmp_path / "map.yaml").write_text(text, encoding="utf-8")
    result = valued(written(tmp_path / "in.csv"), tmp_path / "out.csv", "--mapping", tmp_path / "map.yaml")
    assert result.exit_code == 2, result.output


COMPANY_ROWS = [
    {"id": "a", "name": "苏州和泰精密机械有限公司", "uscc": "91320508KD35TH0K1A", "phone": "0512-66001234"},
    {"id": "b", "name": "和泰(苏州市)精密机械有限责任公司", "uscc": "91320508KD35TH0K1A", "phone": ""},
    {"id": "c", "name": "杭州云川物流有限公司", "uscc": "", "phone": "0571-88001234"},
]
PERSON_ROWS = [
    {"id": "p1", "given_name": "michaela", "surname": "neumann", "date_of_birth": "19151111", "street_number": "8",
     "address_1": "stanley street", "national_id": "5304218"},
    {"id": "p2", "given_name": "micheala", "surname": "neumann", "date_of_birth": "1915-11-11", "street_number": "8",
     "address_1": "stanley street", "national_id": ""},
    {"id": "p3", "given_name": "other", "surname": "body", "date_of_birth": "19700101", "street_number": "1",
     "address_1": "main road", "national_id": "1"},
]  # fmt: skip


def records_file(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_one_file_is_matched_against_itself_as_the_library_does(tmp_path: Path) -> None:
    out = tmp_path / "pairs.csv"
    result = run("match", records_file(tmp_path / "in.csv", COMPANY_ROWS), "--out", out, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["kind"] == "company"
    (pair,) = match(COMPANY_ROWS, COMPANIES)
    assert table(out) == [
        {
            "id_a": "a",
            "id_b": "b",
            "score": f"{pair.score:.6f}",
            "reasons": "; ".join(r.zh for r in pair.reasons),
        }
    ]


def test_persons_are_known_by_their_columns_and_mapped_by_name(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(
        pa.Table.from_pylist([{**r, "first": r["given_name"]} for r in PERSON_ROWS]), tmp_path / "in.parquet"
    )
    (tmp_path / "map.yaml").write_text("given_name: first\n", encoding="utf-8")
    out = tmp_path / "pairs.csv"
    result = run(
        "match", tmp_path / "in.parquet", "--mapping", tmp_path / "map.yaml", "--out", out, "--language", "en"
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert [(row["id_a"], row["id_b"]) for row in table(out)] == [("p1", "p2")]
    (pair,) = match([as_person(row) for row in PERSON_ROWS], PERSONS)
    assert table(out)[0]["reasons"] == "; ".join(r.en for r in pair.reasons)


def test_two_files_are_matched_against_each_other_only_and_may_use_the_same_ids(tmp_path: Path) -> None:
    left = records_file(tmp_path / "l.csv", [COMPANY_ROWS[0], {**COMPANY_ROWS[0], "id": "a2"}])
    right = records_file(tmp_path / "r.csv", [{**COMPANY_ROWS[1], "id": "a"}, COMPANY_ROWS[2]])
    out = tmp_path / "pairs.csv"
    result = run("match", left, right, "--out", out)
    assert result.exit_code == 0, result.output
    found = [(row["id_a"], row["id_b"]) for row in table(out)]
    assert found == [("a", "a"), ("a2", "a")]
    pairs = link(
        [COMPANY_ROWS[0], {**COMPANY_ROWS[0], "id": "a2"}], [{**COMPANY_ROWS[1], "id": "a"}], COMPANIES
    )
    assert [(pair.left, pair.right) for pair in pairs] == found


@pytest.mark.parametrize(
    "content, words",
    [
        ("id,town\n1,x\n", "measured.no_kind"),
        ("name\nx\n", "measured.missing_columns"),
        ("id,name\n1,x\n1,y\n", "measured.id_twice"),
        ("id,name\n,x\n", "measured.no_id"),
        ("", "table.empty"),
    ],
)
def test_records_that_cannot_be_matched_end_with_2(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "in.csv").write_text(content, encoding="utf-8")
    result = run("match", tmp_path / "in.csv", "--out", tmp_path / "pairs.csv")
    assert result.exit_code == 2, result.output
    assert words in result.stderr


def test_a_file_that_teaches_nothing_is_matched_all_the_same(tmp_path: Path) -> None:
    """Five hundred records and more are learnt from; here nothing can be: no code, no place, no two of one name."""
    names = [f"恒{chr(0x4E00 + n)}{chr(0x5E00 + n)}贸易有限公司" for n in range(600)]
    rows = [{"id": str(n), "name": name} for n, name in enumerate([*names, names[7]])]
    result = run("match", records_file(tmp_path / "in.csv", rows), "--out", tmp_path / "out.csv")
    assert result.exit_code == 0, result.output
    assert ("600", "7") in {(row["id_a"], row["id_b"]) for row in table(tmp_path / "out.csv")}
    same = [{"id": str(n), "given_name": "li", "surname": "wang"} for n in range(600)]
    result = run("match", records_file(tmp_path / "p.csv", same), "--out", tmp_path / "p-out.csv")
    assert result.exit_code == 0 and table(tmp_path / "p-out.csv") == []


@pytest.mark.parametrize("out", [".", "/", ""])
def test_a_folder_is_no_place_for_the_rows(tmp_path: Path, out: str) -> None:
    result = valued(written(tmp_path / "in.csv"), Path(out))
    assert result.exit_code == 1 and "could not be written" in result.stderr


def test_a_pipe_is_written_to_and_what_a_link_points_to_is_replaced(tmp_path: Path) -> None:
    source = written(tmp_path / "in.csv")
    pipe, link, real = tmp_path / "pipe", tmp_path / "link.csv", tmp_path / "real.csv"
    os.mkfifo(pipe)
    link.symlink_to(real)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(pipe.read_text)
        assert valued(source, pipe).exit_code == 0
        assert read.result(20).startswith("customer,frequency") and pipe.is_fifo()
    assert valued(source, link).exit_code == 0
    assert link.is_symlink() and len(table(real)) == 40


def test_customers_that_a_program_keeps_as_floats_keep_their_numbers(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    rows = [
        {"customer": float(12000 + int(p.customer[1:])), "date": p.on, "amount": float(p.amount)}
        for p in purchases()
    ]
    parquet.write_table(
        pa.Table.from_pylist([*rows, {"customer": None, "date": START, "amount": 1.0}]), tmp_path / "in"
    )
    result = valued(tmp_path / "in", tmp_path / "out.csv", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["rows_without_customer"] == 1
    assert table(tmp_path / "out.csv")[0]["customer"] == "12000"
