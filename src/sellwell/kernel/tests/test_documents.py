"""Documents: every template sets long tables, Chinese and hostile text, the same way every time."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sellwell.kernel import documents
from sellwell.kernel.tests.shared import shared_path

SELLER = {
    "name": "上海华东机械设备有限公司",
    "name_en": "East China Machinery",
    "tax_number": "91310000MA1FL5U123",
}
BUYER = {"name": "北京测试（集团）股份有限公司", "address": "北京市海淀区 1 号", "contact": "王伟"}
HOSTILE = [
    '#import "x"', '#eval("1")', "$x^2$", "@ref <label>", "back\\slash", "\"quoted\" 'text'", "= *head* _it_ `raw`", "w" * 1000,
    "字" * 500, "two\nlines", "//comment /*x*/", "[](){}", "\x00\x1b[31m", "😀👩‍👩‍👧", "العربية", "𠮷野", "\ud800", "\u202ertl",
]  # fmt: skip


def line(name: str, **also: Any) -> dict[str, Any]:
    figures = {
        "quantity": Decimal("2.500000"), "unit": "台", "unit_price": Decimal("1234.5"), "tax_rate": Decimal("0.13"),
        "amount": Decimal("3086.25"), "net": Decimal("2731.19"), "tax": Decimal("355.06"), "ordered": Decimal(4),
    }  # fmt: skip
    return {"name": name, "specification": f"{name}-规格", "code": "P-1", **figures, **also}


def movement(text: str) -> dict[str, Any]:
    return {
        "date": date(2026, 1, 5), "document": text[:30], "description": text, "debit": Decimal("10"), "credit": None,
        "balance": Decimal("-90"),
    }  # fmt: skip


def paper(template: str, texts: list[str]) -> dict[str, Any]:
    """Data that any template takes, with `texts` wherever people write."""
    return {
        "number": "QU-2026-000123", "date": date(2026, 11, 23), "seller": SELLER, "buyer": {**BUYER, "name": texts[0]},
        "lines": [movement(text) if template == "statement" else line(text) for text in texts],
        "total": Decimal("771562.50"), "net": Decimal("682798.67"), "tax": Decimal("88763.83"), "terms": texts, "notes": texts,
        "title": "买卖合同", "articles": [{"heading": f"第{n}条", "text": text} for n, text in enumerate(texts)],
        "first_day": date(2026, 1, 1), "last_day": date(2026, 10, 31), "opening": Decimal("1000"),
        "consignee": texts[0], "address": texts[-1], "mark": "草稿", "count": "2",
        "passages": [{"number": f"1.1.{n}", "level": 3, "zh": t, "en": t, "bases": t} for n, t in enumerate(texts)],
        "sections": [{**section(text), "procedures": [procedure(text)]} for text in texts], "mark_line": texts[0],
    }  # fmt: skip


def section(text: str) -> dict[str, Any]:
    return {"title": text, "purposes": text, "sources": text, "records": [[{"label": text, "value": text}]]}


def procedure(text: str) -> dict[str, Any]:
    return {
        "title": text, "version": "v1", "who": text, "limit": text, "purpose": text, "needs": text, "steps": [text, text],
        "checks": [text],
    }  # fmt: skip


def text_of(pdf: bytes) -> str:
    """What a reader copies out of the PDF; None of it where no reader is installed."""
    if shutil.which("pdftotext") is None:
        pytest.skip("not run: pdftotext (package poppler-utils) is not installed")
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode().replace("\u200b", "")


@pytest.mark.parametrize("template", documents.KINDS)
def test_a_long_table(template: str) -> None:
    data = paper(template, [f"数控机床 {n:02d} 号" for n in range(60)])
    pdf = documents.render(template, data)
    assert pdf.startswith(b"%PDF-1.")
    assert b"pdfaid" in pdf
    assert documents.render(template, data) == pdf
    text = text_of(pdf)
    assert all(f"数控机床 {n:02d} 号" in text for n in (0, 31, 59))
    assert "第 2 页" in text
    assert "Page 1 of" in text
    assert text.count("QU-2026-000123") >= 3


@pytest.mark.parametrize("template", documents.KINDS)
def test_hostile_text_is_only_text(template: str) -> None:
    pdf = documents.render(template, paper(template, HOSTILE))
    text = text_of(pdf)
    assert "$x^2$" in text
    assert '#import "x"' in text
    assert "back\\slash" in text


def test_shared_hostile_strings() -> None:
    names = json.loads(shared_path("data/hostile_inputs/naughty_strings.json").read_text())
    for start in range(0, len(names), 60):
        assert documents.render("contract", paper("contract", names[start : start + 60])).startswith(b"%PDF")


def test_what_a_quotation_says() -> None:
    text = text_of(documents.render("quotation", paper("quotation", ["数控机床"])))
    for shown in ("报价单", "QUOTATION", "2026-11-23", "1,234.50", "2.5", "13%", "¥771,562.50",
                  "人民币柒拾柒万壹仟伍佰陆拾贰元伍角整", "上海华东机械设备有限公司"):  # fmt: skip
        assert shown in text


def test_other_currencies_have_no_capitals() -> None:
    text = text_of(documents.render("quotation", {**paper("quotation", ["x"]), "currency": "USD"}))
    assert "US$771,562.50" in text
    assert "人民币" not in text


def test_a_delivery_note_has_boxes_to_sign() -> None:
    text = text_of(documents.render("delivery_note", paper("delivery_note", ["x"])))
    assert "收货人（货物完好、数量无误）" in text
    assert text.count("Signature") == 3


def test_data_must_be_complete_and_exact() -> None:
    data = paper("quotation", ["x"])
    with pytest.raises(ValueError, match="total"):
        documents.render("quotation", {key: value for key, value in data.items() if key != "total"})
    with pytest.raises(TypeError, match="float"):
        documents.render("quotation", {**data, "net": 0.1})
