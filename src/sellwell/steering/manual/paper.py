"""An edition on paper: as PDF by the house's templates, and as a Word file; both languages."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sellwell.foundation.company.queries import company
from sellwell.kernel import documents
from sellwell.steering.manual import queries, word
from sellwell.steering.manual.book import Book, Leaf
from sellwell.steering.manual.word import Paragraph


def titles_of(book: Book) -> dict[str, str]:
    """The names of every basis that the edition cites."""
    codes = {code for leaf in book.leaves for code in leaf.bases}
    return {code: basis.zh for code, basis in queries.bases_by_code(codes).items()}


def bases_line(leaf: Leaf, titles: dict[str, str]) -> str:
    """依据：… or nothing."""
    named = [f"《{titles[code]}》" if code in titles else code for code in leaf.bases]
    return f"依据 {'、'.join(named)}" if named else ""


def pdf(book: Book, company_id: UUID, day: date) -> bytes:
    """The edition as PDF/A."""
    return documents.render("manual", data(book, company_id, day))


def data(book: Book, company_id: UUID, day: date) -> dict[str, Any]:
    """The edition as the template takes it."""
    house, titles, edition = company(company_id), titles_of(book), book.edition
    return {
        "number": f"V{edition.number}",
        "date": day,
        "title": edition.title,
        "seller": {"name": house.name, "name_en": house.name_en},
        "since": edition.since.isoformat() if edition.since else "",
        "mark": "" if edition.state == "published" else "草稿",
        "passages": [
            {
                "number": leaf.number,
                "level": leaf.level,
                "zh": leaf.text.zh,
                "en": leaf.text.en if leaf.text.en != leaf.text.zh else "",
                "bases": bases_line(leaf, titles),
            }
            for leaf in book.leaves
        ],
    }


STYLES = {1: "Heading1", 2: "Heading2", 3: "Clause"}


def docx(book: Book, company_id: UUID, day: date) -> bytes:
    """The edition as a Word file."""
    house, titles, edition = company(company_id), titles_of(book), book.edition
    begins = f"自 {edition.since} 起生效" if edition.since else "草稿"
    paragraphs = [
        Paragraph("Title", f"{house.name} · 销售管理手册"),
        Paragraph("Note", f"V{edition.number} {edition.title} · {begins}"),
    ]
    for leaf in book.leaves:
        paragraphs.append(Paragraph(STYLES[leaf.level], f"{leaf.number} {leaf.text.zh}"))
        if leaf.text.en != leaf.text.zh:
            paragraphs.append(Paragraph("Note", leaf.text.en))
        if line := bases_line(leaf, titles):
            paragraphs.append(Paragraph("Note", line))
    return word.package(paragraphs, day)
