"""JSON schemas of what operations take and views give, with labels in the reader's language."""

from __future__ import annotations

import re
from typing import Any

from sellwell.api.reading import has_id, is_numbered
from sellwell.kernel.operations import Operation
from sellwell.kernel.values import T, language
from sellwell.kernel.views import Column, View

Schema = dict[str, Any]

DECIMAL: Schema = {"type": "string", "format": "decimal"}
# What a column's values are in JSON, by its kind.
VALUES: dict[str, Schema] = {
    "amount": DECIMAL,
    "price": DECIMAL,
    "quantity": DECIMAL,
    "rate": DECIMAL,
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "bool": {"type": "boolean"},
}
UUID_TEXT: Schema = {"type": "string", "format": "uuid"}
_BOUNDS = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}


def input_schema(operation: Operation) -> Schema:
    """What an operation takes: each endpoint stands for itself, so references inside are written out."""
    schema = operation.input.model_json_schema(mode="validation")
    return schema_of(schema, schema.get("$defs", {}))


def schema_of(node: Schema, definitions: dict[str, Schema]) -> Schema:
    """pydantic's schema as this API publishes it: texts in one language, numbers as text, nothing referred to."""
    if "$ref" in node:
        rest = {key: value for key, value in node.items() if key != "$ref"}
        return {**schema_of(definitions[node["$ref"].rpartition("/")[2]], definitions), **_texts(rest)}
    if _is_number(node):
        return {**_decimal(node), **_texts(node)}
    found: Schema = {}
    for key, value in node.items():
        if key == "properties":
            found[key] = {name: schema_of(item, definitions) for name, item in value.items()}
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            found[key] = schema_of(value, definitions)
        elif key in ("anyOf", "allOf", "oneOf", "prefixItems"):
            found[key] = [schema_of(item, definitions) for item in value]
        elif key not in ("$defs", "label", "help", "title", "description", *_BOUNDS):
            found[key] = value
    if node.get("type") == "string" and not {"format", "enum", "const"} & set(node):
        found.setdefault("pattern", r"^[^\u0000]*$")  # what no text may hold
    return {**found, **_texts(node)}


def _texts(node: Schema) -> Schema:
    """Label and help; a model's own words are its docstring."""
    label, help_ = node.get("label"), node.get("help")
    found: Schema = {}
    if isinstance(label, dict):
        found["title"] = label.get(language(), "")
    if isinstance(help_, dict):
        found["description"] = help_.get(language(), "")
    if "default" in node:
        found["default"] = node["default"]
    return found


def _is_number(node: Schema) -> bool:
    """A Decimal: pydantic offers number or text, this API takes text (a JSON float is not exact)."""
    types = {item.get("type") for item in node.get("anyOf", ()) if isinstance(item, dict)}
    return types == {"number", "string"}


def _decimal(node: dict[str, Any]) -> Schema:
    digits, places = node.get("max_digits"), node.get("decimal_places")
    signed = bool(node.get("ge", node.get("gt", -1)) < 0)
    whole = f"{{1,{digits - (places or 0)}}}" if digits else "{1,18}"
    tail = rf"(\.[0-9]{{1,{places}}})?" if places else ""
    found: Schema = {**DECIMAL, "pattern": f"^{'-?' if signed else ''}[0-9]{whole}{tail}$"}
    return found | {f"x-{name}": str(node[key]) for key, name in _BOUNDS.items() if key in node}


# --- what views give ---------------------------------------------------------------------------------------------------


def row_schema(view: View) -> Schema:
    """A row as an answer holds it. No column is required: those that the caller may not see are absent."""
    identifier = {"type": "string"} if is_numbered(view) else UUID_TEXT
    properties: Schema = {"id": identifier, "version": {"type": ["integer", "null"]}}
    for column in view.columns:
        hidden = ""
        if column.group:
            hidden = str(T(f"（需要 {view.name}:{column.group}）", f" (needs {view.name}:{column.group})"))
        properties[column.name] = {**_value(column), "title": f"{column.label}{hidden}"}
        if has_id(column):
            properties[f"{column.name}_id"] = {"anyOf": [UUID_TEXT, {"type": "null"}]}
            if column.ref:
                properties[f"{column.name}_id"]["x-row-type"] = column.ref
    return {"type": "object", "required": ["id", "version"], "properties": properties}


def id_schema(view: View) -> Schema:
    """How a row is named in an address."""
    return {"type": "integer", "minimum": 1, "maximum": 10**15} if is_numbered(view) else UUID_TEXT


def _value(column: Column) -> Schema:
    """One column's value; computed ones may be anything that their kind shows."""
    if column.states is not None:
        values = [*(str(state.value) for state in column.states), None]
        return {"enum": values, "x-labels": {str(s.value): str(s.label) for s in column.states}}
    schema = VALUES.get(column.kind)
    if schema is None or not column.path:
        return {}
    if schema is DECIMAL:  # whole counts are integers
        return {"anyOf": [DECIMAL, {"type": "integer"}, {"type": "null"}]}
    return {"anyOf": [schema, {"type": "null"}]}


def filter_schema(column: Column) -> Schema:
    """What a filter takes."""
    if column.kind in ("ref", "person"):
        return UUID_TEXT
    if column.kind == "state" and column.states is not None:
        return {"type": "string", "enum": [str(state.value) for state in column.states]}
    return VALUES.get(column.kind, {"type": "string", "maxLength": 200})


# --- an example --------------------------------------------------------------------------------------------------------

EXAMPLE_ID = "01970000-0000-7000-8000-000000000001"


def example(schema: Schema, every: bool = False) -> Any:
    """A value that fits: what is required, and in lists one item."""
    if "anyOf" in schema:
        return example(next((s for s in schema["anyOf"] if s.get("type") != "null"), {}), every)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        wanted = schema.get("required", ())
        properties = schema.get("properties", {})
        return {name: example(s, every) for name, s in properties.items() if every or name in wanted}
    if kind == "array":
        return [example(schema.get("items", {}), every=True)]
    if kind == "string":
        return _text_example(schema)
    return {"integer": 1, "boolean": True, "number": "1"}.get(str(kind), "…")


def _text_example(schema: Schema) -> str:
    """A text by its format, else the first that its pattern and lengths take."""
    formats = {"uuid": EXAMPLE_ID, "date": "2026-11-30", "date-time": "2026-11-30T09:00:00+08:00"}
    if schema.get("format") in formats:
        return formats[schema["format"]]
    for text in (
        ("10.00", "1")
        if schema.get("format") == "decimal"
        else ("…", "abc", "A-1", "code-1", "000001", "0" * 40)
    ):
        fits = schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", 4000)
        if fits and re.search(schema.get("pattern", ""), text):
            return text
    return "x" * int(schema.get("minLength", 1))
