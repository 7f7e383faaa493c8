"""Tables of the pages under docs/rules, so that a test can run what a page claims."""

from __future__ import annotations

from sellwell.kernel.home import CHECKOUT

Row = dict[str, str]


def tables(page: str) -> list[list[Row]]:
    """Every table of docs/rules/<page>.md, in order: its rows as column name -> cell."""
    found: list[list[Row]] = []
    names: list[str] = []
    for line in (CHECKOUT / "docs" / "rules" / f"{page}.md").read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            names = []
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not names:
            names = cells
            found.append([])
        elif not set(line) <= set("|-: "):
            found[-1].append(dict(zip(names, cells, strict=True)))
    return found
