"""The house's own rules, held by tests: sizes, names, clocks, who may know whom in the tables, texts, docs."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

SOURCE = Path(settings.SOURCE)
FILES = sorted(p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts)
CODE = [p for p in FILES if "tests" not in p.parts]

MOST_LINES, MOST_IN_FUNCTION = 400, 60


def test_no_file_is_too_long() -> None:
    long = {
        str(p.relative_to(SOURCE)): n
        for p in CODE
        if (n := len(p.read_text().splitlines())) > MOST_LINES + 20
    }
    assert not long


def test_no_function_is_too_long() -> None:
    long = []
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > MOST_IN_FUNCTION + 5:
                    long.append(f"{path.relative_to(SOURCE)}:{node.name} {length}")
    assert not long


def test_only_the_clock_reads_the_time() -> None:
    pattern = re.compile(
        r"timezone\.now\(|datetime\.now\(|datetime\.utcnow\(|date\.today\(|auto_now|db_default=.*Now"
    )
    allowed = {"kernel/clock.py"}
    found = [
        f"{path.relative_to(SOURCE)}:{number}"
        for path in CODE
        if str(path.relative_to(SOURCE)) not in allowed and path.parts[-2] not in ("cli", "testing")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found


def test_nothing_writes_past_the_door() -> None:
    """Rooms write through Effects or set-based SQL in an operation; never by a model's own save, create or delete."""
    pattern = re.compile(
        r"\.(save|delete)\(|\.objects\.(create|get_or_create|update_or_create|bulk_update)\("
    )
    allowed = {"install.py", "seed.py"}
    found = [
        f"{path.relative_to(SOURCE)}:{number}: {line.strip()}"
        for wing in ("foundation", "selling", "control", "steering")
        for path in (SOURCE / wing).rglob("*.py")
        if "tests" not in path.parts and "migrations" not in path.parts and path.name not in allowed
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line) and "transaction" not in line
    ]
    assert not found


def own_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.startswith("sellwell.")]


def test_tables_point_only_to_lower_rooms() -> None:
    order = ["kernel", "web", *[room.rpartition(".")[2] for room in settings.ROOMS]]
    wrong = []
    for model in own_models():
        here = order.index(model._meta.app_label)
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            ours = field.concrete and target is not None and target.__module__.startswith("sellwell.")
            if ours and order.index(target._meta.app_label) > here:
                wrong.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    assert not wrong


def test_money_is_decimal_everywhere() -> None:
    floats = [
        f"{m._meta.label}.{f.name}"
        for m in own_models()
        for f in m._meta.fields
        if isinstance(f, models.FloatField)
    ]
    assert not floats


def test_free_text_of_records_with_a_subject_is_marked_personal() -> None:
    unmarked = []
    for model in own_models():
        if model._meta.app_label in ("kernel", "web") or "subject" not in vars(model):
            continue
        for field in model._meta.fields:
            if isinstance(field, models.TextField) and field.name not in getattr(model, "personal", ()):
                unmarked.append(f"{model._meta.label}.{field.name}")
    assert not unmarked


def test_no_registry_host_or_machine_path_is_committed() -> None:
    root = Path(settings.BASE_DIR)
    words = re.compile(r"pypi\.org|files\.pythonhosted|registry\.npmjs|/root/|/work/main|/opt/wheels")
    places = [
        root / name
        for name in ("requirements.lock", "package-lock.json", "package.json", "pyproject.toml", "README.md")
    ]
    places += [*(root / "bin").glob("*"), *(root / "docs").rglob("*.md"), *CODE]
    found = [
        str(p.relative_to(root)) for p in places if p.is_file() and words.search(p.read_text(errors="ignore"))
    ]
    assert not found


def test_reference_pages_are_as_the_code_says() -> None:
    from sellwell.cli.reference import pages

    folder = Path(settings.BASE_DIR) / "docs" / "reference"
    differing = [
        n for n, text in pages().items() if not (folder / n).is_file() or (folder / n).read_text() != text
    ]
    assert not differing, "run bin/sellwell docs"


@pytest.mark.parametrize("room", settings.ROOMS)
def test_every_room_says_what_it_answers_for(room: str) -> None:
    folder = SOURCE / room.removeprefix("sellwell.").replace(".", "/")
    assert (folder / "README.md").is_file()
    assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))
