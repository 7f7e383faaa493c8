"""The reference page of the commands names every command and every option."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import typer

from sellwell.cli.app import app
from sellwell.kernel.home import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (CHECKOUT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
LEFT_OUT = {"--help", "--install-completion", "--show-completion"}


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for name, each in getattr(command, "commands", {}).items():
        if not each.hidden:
            yield from commands(each, (*path, name))
    if path and not getattr(command, "commands", {}):
        yield " ".join(path), command


@pytest.mark.parametrize(
    ("name", "command"), list(commands(typer.main.get_command(app))), ids=lambda value: str(value)
)
def test_the_reference_page_names_it(name: str, command: Any) -> None:
    section = PAGE.partition(f"## {name.split()[0]}")[2].split("\n## ")[0]
    assert name.split()[-1] in section
    for parameter in command.params:
        options = set(parameter.opts) - LEFT_OUT if parameter.param_type_name == "option" else set()
        assert all(f"{option}" in section for option in options), (name, options)
