"""The manual as a Word file: a small OOXML package of our own, headings and paragraphs only, so that Word can outline it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_FONT = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Microsoft YaHei" w:cs="Calibri"/>'


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph in a style: Title, Heading1, Heading2, Clause, Note."""

    style: str
    text: str


_CONTENT_TYPES = (
    f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_MAIN}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_MAIN}.styles+xml"/></Types>'
)
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = (
    f'{_HEAD}<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument"'
    ' Target="word/document.xml"/></Relationships>'
)
_PARTS = (
    f'{_HEAD}<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{_OFFICE}/styles"'
    ' Target="styles.xml"/></Relationships>'
)
# style: (size in half points, bold, space before and after, left indent, outline level)
_STYLES = {
    "Title": (40, True, 0, 240, 0, None),
    "Heading1": (32, True, 480, 160, 0, 0),
    "Heading2": (26, True, 280, 120, 0, 1),
    "Clause": (22, False, 0, 120, 0, None),
    "Note": (18, False, 0, 120, 0, None),
}


def _styles() -> str:
    parts = [
        f"{_HEAD}<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr>{_FONT}</w:rPr></w:rPrDefault></w:docDefaults>"
    ]
    for name, (size, bold, before, after, indent, level) in _STYLES.items():
        outline = f'<w:outlineLvl w:val="{level}"/>' if level is not None else ""
        parts.append(
            f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/><w:pPr>'
            f'<w:spacing w:before="{before}" w:after="{after}" w:line="320" w:lineRule="auto"/>'
            f'<w:ind w:left="{indent}"/>{outline}</w:pPr><w:rPr>{_FONT}{"<w:b/>" if bold else ""}'
            f'<w:sz w:val="{size}"/></w:rPr></w:style>'
        )
    return "".join([*parts, "</w:styles>"])


def _document(paragraphs: Sequence[Paragraph]) -> str:
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{p.style}"/></w:pPr><w:r>'
        + "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in _clean(p.text))
        + "</w:r></w:p>"
        for p in paragraphs
    )
    page = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr>'
    return f"{_HEAD}<w:document {_W}><w:body>{body}{page}</w:body></w:document>"


def _clean(text: str) -> list[str]:
    """Lines without characters that XML does not admit."""
    return ["".join(c for c in line if c == "\t" or ord(c) >= 32) for line in text.splitlines() or [""]]


def package(paragraphs: Sequence[Paragraph], day: date) -> bytes:
    """The file. The same paragraphs of the same day give the same bytes."""
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _PACKAGE,
        "word/document.xml": _document(paragraphs),
        "word/_rels/document.xml.rels": _PARTS,
        "word/styles.xml": _styles(),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text)
    return made.getvalue()
