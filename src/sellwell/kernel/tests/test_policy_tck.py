"""The decision tables of the DMN test suite, as far as they are tables of plain values, judged by ours."""

from __future__ import annotations

import gzip
import json
import re
import tarfile
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest

from sellwell.kernel.policy_table import decide, read
from sellwell.kernel.tests.shared import shared_path

KINDS = {"string": "text", "decimal": "number", "boolean": "flag"}
TYPES = {"string": "text", "number": "number", "boolean": "flag"}


class NotATableOfOurs(Exception):
    """The model computes: expressions, aggregation, priorities."""


def plain(cell: str) -> str:
    """A cell of theirs in our writing."""
    text = cell.strip()
    if text in ("-", "true", "false") or re.fullmatch(
        r"(<=|>=|<|>)?\s*-?[0-9.]+|[\[(\]][0-9.]+\.\.[0-9.]+[\])\[]", text
    ):
        return text.replace("]", "]")
    if re.fullmatch(r'"[^"]*"', text):
        return f"= {text}"
    if re.fullmatch(r'"[^"]*"(\s*,\s*"[^"]*")+', text):
        return f"in ({text})"
    raise NotATableOfOurs(text)


def result(cell: str) -> str:
    text = cell.strip()
    if re.fullmatch(r'"[^"]*"|-?[0-9.]+|true|false', text):
        return text
    raise NotATableOfOurs(text)


def texts(parent: ElementTree.Element, path: str) -> list[str]:
    return [(node.findtext("{*}text") or "-") for node in parent.findall(path)]


def table_of(model: ElementTree.Element, decision: str) -> dict[str, Any]:
    """The table that makes a decision straight from input data."""
    (found,) = [d for d in model.findall("{*}decision") if d.get("name") == decision] or [None]
    table = None if found is None else found.find("{*}decisionTable")
    if found is None or table is None or table.get("aggregation"):
        raise NotATableOfOurs(decision)
    hit = table.get("hitPolicy", "UNIQUE")
    if hit not in ("UNIQUE", "FIRST", "ANY", "COLLECT", "RULE ORDER"):
        raise NotATableOfOurs(hit)
    types = {
        node.get("name"): node.find("{*}variable").get("typeRef", "")
        for node in model.findall("{*}inputData")
    }  # type: ignore[union-attr]
    names = [
        (node.findtext("{*}inputExpression/{*}text") or "").strip() for node in table.findall("{*}input")
    ]
    kinds = [TYPES.get(types.get(name, "").split(":")[-1]) for name in names]
    if None in kinds:
        raise NotATableOfOurs(str(names))
    rows = [
        [*map(plain, texts(rule, "{*}inputEntry")), *map(result, texts(rule, "{*}outputEntry"))]
        for rule in table.findall("{*}rule")
    ]
    outputs = [node.get("name") or "result" for node in table.findall("{*}output")]
    return {
        "hit": "collect" if hit in ("COLLECT", "RULE ORDER") else "first",
        "inputs": [{"name": name, "type": kind_} for name, kind_ in zip(names, kinds, strict=True)],
        "outputs": [
            {"name": name, "type": kind_of(rows[0][len(names) + i])} for i, name in enumerate(outputs)
        ],
        "rows": rows,
    }


def kind_of(cell: str) -> str:
    return "text" if cell.startswith('"') else "flag" if cell in ("true", "false") else "number"


def judged_by_ours(table: dict[str, Any], facts: dict[str, Any]) -> Any:
    """Our result in the shape of theirs: one value, a record of several, or a list of either."""
    outputs = decide(read(table), facts).outputs
    if table["hit"] == "first":
        return outputs if len(outputs) > 1 else next(iter(outputs.values()))
    if len(outputs) == 1:
        return next(iter(outputs.values()))
    return [dict(zip(outputs, values, strict=True)) for values in zip(*outputs.values(), strict=True)]


def value(given: Any) -> Any:
    """A value of theirs; NotATableOfOurs for lists of structures and the like."""
    if isinstance(given, list):
        return [value(item) for item in given]
    if "context" in given:
        return {name: value(item) for name, item in given["context"].items()}
    if given["type"] not in KINDS or given["value"] is None:
        raise NotATableOfOurs(given["type"])
    text = given["value"]
    return {"string": str, "decimal": Decimal, "boolean": lambda t: t == "true"}[given["type"]](text)


def test_their_cases_come_out_as_expected() -> None:
    cases = json.loads(gzip.decompress(shared_path("data/dmn_tck/cases.json.gz").read_bytes()))
    models: dict[str, ElementTree.Element] = {}
    with tarfile.open(shared_path("data/dmn_tck/tck.tar.gz")) as archive:
        for member in archive.getmembers():
            if member.name.endswith(".dmn"):
                content = archive.extractfile(member)
                assert content is not None
                models["/".join(member.name.split("/")[-3:])] = ElementTree.fromstring(content.read())
    judged = 0
    for case in cases:
        model = models.get(f"{case['suite']}/{case['model']}")
        if model is None:
            continue
        for expected in case["expected"]:
            try:
                table = table_of(model, expected["name"])
                facts = {name: value(given) for name, given in case["inputs"].items()}
                wanted = value(expected["value"])
            except (NotATableOfOurs, KeyError):
                continue
            assert judged_by_ours(table, facts) == wanted, (case["suite"], case["case"])
            judged += 1
    assert judged >= 22, judged


def test_what_is_left_out_is_named() -> None:
    with pytest.raises(NotATableOfOurs):
        plain("if x then y else z")
