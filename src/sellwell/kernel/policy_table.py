"""Decision tables: read, judge, validated, tried on their examples. Pure; every result explains itself.

A table is JSON that people edit:

    {"hit": "first", "inputs": [{"name": "amount", "type": "number", "label": {"zh": "金额", "en": "Amount"}}],
     "outputs": [{"name": "approvers", "type": "text"}],
     "rows": [["<= 100000", "sales_manager"], ["-", "sales_manager, all:legal"]],
     "examples": [{"given": {"amount": "100000"}, "expect": {"approvers": "sales_manager"}}]}

`table(...)` writes one from Python. Rows hold the input cells first, then the output cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sellwell.kernel.policy_cells import (
    COLUMN_TYPES,
    CellError,
    ColumnType,
    Condition,
    Value,
    condition,
    fact,
    output,
)
from sellwell.kernel.values import Objection, Reason, Refusal, T, plain_number

MOST_ROWS = 2000
UNNAMED = T("", "")

SHAPE = Reason("policy.shape", T("规则表的结构不正确：{what}。", "The table is not built rightly: {what}."))
CELL = Reason("policy.cell", T("第 {row} 行“{column}”：{why}", "Row {row}, “{column}”: {why}"))
NEVER = Reason(
    "policy.row_never_applies",
    T(
        "第 {row} 行永远不会生效，已被第 {by} 行完全覆盖。",
        "Row {row} never applies: row {by} covers it entirely.",
    ),
)
OVERLAP = Reason(
    "policy.rows_overlap",
    T(
        "第 {row} 行与第 {other} 行部分重叠，重叠处以第 {row} 行为准。",
        "Rows {row} and {other} overlap in part; where they do, row {row} counts.",
    ),
)
EXAMPLE = Reason(
    "policy.example_fails",
    T(
        "示例 {number}：应得 {expected}，实得 {found}。",
        "Example {number}: expected {expected}, found {found}.",
    ),
)
FACT_MISSING = Reason(
    "policy.fact_missing",
    T("制度需要“{name}”，但此处没有提供。", "The policy asks for “{name}”, which is not given here."),
)
FACT_KIND = Reason(
    "policy.fact_kind",
    T(
        "“{name}”的值与规则表要求的类型不符。",
        "“{name}” has a value of another kind than the table asks for.",
    ),
)


@dataclass(frozen=True, slots=True)
class Column:
    """An input or output: the name in the code, the type of its values, its label for people."""

    name: str
    type: ColumnType
    label: T


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row, read."""

    conditions: tuple[Condition, ...]
    values: tuple[Value, ...]

    def covers(self, other: TableRow) -> bool:
        """Whether this row applies wherever the other does."""
        return all(a.covers(b) for a, b in zip(self.conditions, other.conditions, strict=True))

    def meets(self, other: TableRow) -> bool:
        """Whether both rows apply to something."""
        return all(a.meets(b) for a, b in zip(self.conditions, other.conditions, strict=True))


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read. `source` names where it came from (订单审批 v3) in explanations."""

    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    collects: bool = False
    examples: tuple[Mapping[str, Any], ...] = ()
    source: T = UNNAMED


@dataclass(frozen=True, slots=True)
class Decision:
    """What a table says. `row` counts from 1; None if no row applies (then `outputs` is empty).

    A collecting table gives a list per output, and every row that applied in `rows`.
    """

    outputs: Mapping[str, Any]
    row: int | None
    explanation: T
    rows: tuple[int, ...] = field(default=())


# --- writing and reading -------------------------------------------------------------------------------------------


def table(
    *,
    inputs: Mapping[str, tuple[ColumnType, T]],
    outputs: Mapping[str, tuple[ColumnType, T]],
    rows: Iterable[Sequence[str]],
    hit: str = "first",
    examples: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]] = (),
) -> dict[str, Any]:
    """A table as JSON keeps it, from Python: columns as `name=(type, T(…))`, rows as cells in their order."""

    def columns(given: Mapping[str, tuple[ColumnType, T]]) -> list[dict[str, Any]]:
        return [
            {"name": n, "type": t, "label": {"zh": label.zh, "en": label.en}}
            for n, (t, label) in given.items()
        ]

    return {
        "hit": hit,
        "inputs": columns(inputs),
        "outputs": columns(outputs),
        "rows": [[str(cell) for cell in row] for row in rows],
        "examples": [{"given": dict(given), "expect": dict(expect)} for given, expect in examples],
    }


def read(source: Mapping[str, Any], name: T = UNNAMED) -> Table:
    """A table from its JSON form; refused with every objection where it cannot be read."""
    found, objections = _read(source, name)
    if found is None:
        raise Refusal(objections)
    return found


def _read(source: Mapping[str, Any], name: T) -> tuple[Table | None, list[Objection]]:
    objections: list[Objection] = []
    hit = source.get("hit", "first")
    if hit not in ("first", "collect"):
        objections.append(
            SHAPE.refuse("hit", what=T("命中方式须为 first 或 collect", "hit is first or collect"))
        )
    inputs = _columns(source, "inputs", objections)
    outputs = _columns(source, "outputs", objections)
    if {c.name for c in inputs} & {c.name for c in outputs}:
        objections.append(
            SHAPE.refuse("outputs", what=T("输入与输出重名", "an input and an output share a name"))
        )
    raw = source.get("rows")
    if not isinstance(raw, list) or not 0 < len(raw) <= MOST_ROWS:
        what = T(f"须有 1 至 {MOST_ROWS} 行", f"it has 1 to {MOST_ROWS} rows")
        objections.append(SHAPE.refuse("rows", what=what))
        raw = []
    rows = [row for i, cells in enumerate(raw) if (row := _row(i, cells, inputs, outputs, objections))]
    examples = source.get("examples") or []
    if not isinstance(examples, list) or not all(_is_example(e) for e in examples):
        objections.append(
            SHAPE.refuse("examples", what=T("示例须有 given 和 expect", "an example has given and expect"))
        )
    if objections:
        return None, objections
    return Table(inputs, outputs, tuple(rows), hit == "collect", tuple(examples), name), []


def _is_example(example: Any) -> bool:
    return isinstance(example, dict) and all(isinstance(example.get(k), dict) for k in ("given", "expect"))


def _columns(source: Mapping[str, Any], side: str, objections: list[Objection]) -> tuple[Column, ...]:
    found: list[Column] = []
    given = source.get(side)
    for index, entry in enumerate(given if isinstance(given, list) else []):
        name = entry.get("name") if isinstance(entry, dict) else None
        kind = entry.get("type", "text") if isinstance(entry, dict) else None
        if (
            not isinstance(name, str)
            or not name
            or kind not in COLUMN_TYPES
            or name in {c.name for c in found}
        ):
            what = T("列须有不重复的名称和类型", "each column has a name of its own and a type")
            objections.append(SHAPE.refuse(f"{side}.{index}", what=what))
            continue
        label = entry.get("label") or {}
        found.append(Column(name, kind, T(str(label.get("zh") or name), str(label.get("en") or name))))
    if not found:
        objections.append(
            SHAPE.refuse(side, what=T("至少要有一个输入列和一个输出列", "it has inputs and outputs"))
        )
    return tuple(found)


def _row(
    index: int, cells: Any, inputs: Sequence[Column], outputs: Sequence[Column], objections: list[Objection]
) -> TableRow | None:
    if not isinstance(cells, list) or len(cells) != len(inputs) + len(outputs):
        what = T(
            f"第 {index + 1} 行的单元格数不符", f"row {index + 1} has another number of cells than columns"
        )
        objections.append(SHAPE.refuse(f"rows.{index}", what=what))
        return None
    conditions: list[Condition] = []
    values: list[Value] = []
    for at, (column, cell) in enumerate(zip((*inputs, *outputs), cells, strict=True)):
        try:
            if at < len(inputs):
                conditions.append(condition(cell, column.type))
            else:
                values.append(output(cell, column.type))
        except CellError as error:
            path = f"rows.{index}.{at}"
            objections.append(CELL.refuse(path, row=index + 1, column=column.label, why=error.why))
    complete = len(conditions) == len(inputs) and len(values) == len(outputs)
    return TableRow(tuple(conditions), tuple(values)) if complete else None


# --- judging -------------------------------------------------------------------------------------------------------


def decide(table: Table | Mapping[str, Any], facts: Mapping[str, Any]) -> Decision:
    """What the table says about `facts`, a value per input; extra facts are ignored.

    Every input of the table must be among the facts, if only as None: a forgotten fact is refused
    (`policy.fact_missing`), since a rule that silently does not apply is worse than none. Floats raise TypeError.
    """
    read_table = table if isinstance(table, Table) else read(table)
    values = [_fact(column, facts) for column in read_table.inputs]
    hits = []
    for number, row in enumerate(read_table.rows, start=1):
        if all(c.passes(v) for c, v in zip(row.conditions, values, strict=True)):
            hits.append((number, row))
            if not read_table.collects:
                break
    if not hits:
        return Decision({}, None, _explain_none(read_table, values))
    names = [column.name for column in read_table.outputs]
    if read_table.collects:
        outputs: dict[str, Any] = {n: [row.values[i] for _, row in hits] for i, n in enumerate(names)}
    else:
        outputs = dict(zip(names, hits[0][1].values, strict=True))
    explanation = T(
        "；".join(_explain(read_table, number, row, values).zh for number, row in hits),
        "; ".join(_explain(read_table, number, row, values).en for number, row in hits),
    )
    return Decision(outputs, hits[0][0], explanation, tuple(number for number, _ in hits))


def _fact(column: Column, facts: Mapping[str, Any]) -> Value:
    if column.name not in facts:
        raise Refusal(FACT_MISSING.refuse(name=column.label))
    value = facts[column.name]
    if isinstance(value, float):
        raise TypeError(f"{column.name} is a float; facts are Decimal")
    try:
        return fact(value, column.type)
    except TypeError:
        raise Refusal(FACT_KIND.refuse(name=column.label)) from None


def show(value: Any) -> T:
    """A value in an explanation."""
    if value is None:
        return T("（空）", "(none)")
    if isinstance(value, bool):
        return T("是" if value else "否", "yes" if value else "no")
    if isinstance(value, list | tuple):
        return T("、".join(show(v).zh for v in value), ", ".join(show(v).en for v in value))
    text = (
        plain_number(value)
        if isinstance(value, Decimal)
        else value.isoformat()
        if isinstance(value, date)
        else str(value)
    )
    return T(text, text)


def _explain(table: Table, number: int, row: TableRow, values: Sequence[Value]) -> T:
    met = [
        (column.label, show(value), cell.text)
        for column, cell, value in zip(table.inputs, row.conditions, values, strict=True)
        if cell.text != "-"
    ]
    then = [(column.label, show(value)) for column, value in zip(table.outputs, row.values, strict=True)]
    when_zh = "，".join(f"{label.zh} {value.zh} 符合“{text}”" for label, value, text in met) or "其余情形"
    when_en = (
        ", ".join(f"{label.en} {value.en} meets “{text}”" for label, value, text in met)
        or "in all other cases"
    )
    then_zh = "，".join(f"{label.zh}：{value.zh}" for label, value in then)
    then_en = ", ".join(f"{label.en}: {value.en}" for label, value in then)
    zh, en = (f"{name} " if name else "" for name in (table.source.zh, table.source.en))
    return T(f"{zh}第 {number} 行：{when_zh} → {then_zh}", f"{en}row {number}: {when_en} → {then_en}")


def _explain_none(table: Table, values: Sequence[Value]) -> T:
    given = [(column.label, show(value)) for column, value in zip(table.inputs, values, strict=True)]
    zh = "，".join(f"{label.zh} {value.zh}" for label, value in given)
    en = ", ".join(f"{label.en} {value.en}" for label, value in given)
    return T(
        f"{table.source.zh} 没有适用的行（{zh}）".lstrip(),
        f"{table.source.en} no row applies ({en})".lstrip(),
    )


# --- checking ------------------------------------------------------------------------------------------------------


def validate(source: Mapping[str, Any], known_inputs: Iterable[str] | None = None) -> list[Objection]:
    """Every objection to a table: what cannot be read, inputs that nobody provides (`known_inputs`), examples that
    fail (refused); rows that never apply or overlap in part (warned). Paths point to the cell: `rows.3.1`."""
    found, objections = _read(source, UNNAMED)
    if found is None:
        return objections
    if known_inputs is not None:
        known = set(known_inputs)
        objections += [
            FACT_MISSING.refuse(f"inputs.{i}", name=column.label)
            for i, column in enumerate(found.inputs)
            if column.name not in known
        ]
    return objections + _overlaps(found) + check_examples(found)


def _overlaps(table: Table) -> list[Objection]:
    """Rows that can never apply, and rows that overlap without one being the general case of the other."""
    objections = []
    for later in range(1, len(table.rows)):
        for earlier in range(later):
            one, other = table.rows[earlier], table.rows[later]
            if table.collects:
                if one == other:
                    objections.append(NEVER.warn(f"rows.{later}", row=later + 1, by=earlier + 1))
                continue
            if one.covers(other):
                objections.append(NEVER.warn(f"rows.{later}", row=later + 1, by=earlier + 1))
                break
            if one.values != other.values and one.meets(other) and not other.covers(one):
                objections.append(OVERLAP.warn(f"rows.{later}", row=earlier + 1, other=later + 1))
    return objections


def check_examples(table: Table | Mapping[str, Any]) -> list[Objection]:
    """One objection per example whose outputs are not those expected. An example may expect some outputs only; one
    that expects nothing (`{}`) says that no row applies."""
    read_table = table if isinstance(table, Table) else read(table)
    kinds = {column.name: column.type for column in read_table.outputs}
    objections = []
    for index, example in enumerate(read_table.examples):
        given = {column.name: None for column in read_table.inputs} | dict(example["given"])
        try:
            found = decide(read_table, given).outputs
            expected = {
                name: [output(v, kinds[name]) for v in value]
                if read_table.collects
                else output(value, kinds[name])
                for name, value in example["expect"].items()
            }
        except (Refusal, TypeError, KeyError, CellError) as error:
            why = T(type(error).__name__, type(error).__name__)
            objections.append(
                EXAMPLE.refuse(f"examples.{index}", number=index + 1, expected=T("…", "…"), found=why)
            )
            continue
        seen = {name: found.get(name) for name in expected} if found else {}
        if seen != expected or (not expected and found):
            objections.append(
                EXAMPLE.refuse(
                    f"examples.{index}", number=index + 1,
                    expected=show(list(expected.values())), found=show(list(found.values())),
                )
            )  # fmt: skip
    return objections
