"""Mail that comes in: a folder of .eml files, as a mail server or a rule of a mailbox drops them, read and made harmless.

`<home>/mail/in` is the folder; what was taken is removed (the record has its words), what was refused goes to
`<home>/mail/refused` with the reason beside it. Rooms register what takes mail under `takers`. A mail is only ever text and
stored files: nothing in it is run, fetched or shown as markup.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import UUID

from sellwell.kernel import home
from sellwell.kernel.extensions import Extension
from sellwell.kernel.values import T

MOST_BYTES = 20 * 1024 * 1024
MOST_PARTS = 60
MOST_FILES = 10
MOST_TEXT = 3900
# Python's mail parser takes time by the square of a header's length and by the number of its parts. What no mail program
# writes is turned away before it is parsed.
MOST_DIVIDERS = 2_000  # lines that may divide parts
MOST_HEADER = 3_000  # bytes of one header that has a form
MOST_HEADERS = 60_000  # bytes of all of them
MOST_HEAD = 200_000  # bytes of a mail's own headers
MOST_READ = 400_000  # bytes of a text part that are looked at: a page is mostly its looks
_FORMED = re.compile(
    rb"^(?:content-[a-z-]+|from|message-id|mime-version)[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*", re.I | re.M
)
_NO_TEXT_CODECS = {
    "punycode",
    "idna",
    "unicode_escape",
    "raw_unicode_escape",
}  # slow, or no charset of any mail

TOO_LARGE = T("邮件超过 20 MB", "the mail exceeds 20 MB")
NO_MAIL = T("不是邮件文件", "this is no mail")
NO_SENDER = T("没有唯一的发件人", "there is not exactly one sender")
AUTOMATIC = T("自动回复或群发邮件", "an automatic reply or a mass mail")
FORGED = T("发件人未通过域名验证", "the sender's domain did not vouch for it")
TOO_MANY = T("邮件结构过于复杂", "the mail has too many parts")
CUT = T("（正文过长，已截断）", "(the rest was cut)")


class Unreadable(Exception):
    """A mail that is not taken, with the reason in words."""

    def __init__(self, why: T) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as plain values. `key` is a fingerprint that the same mail always has; `left_out` counts files beyond the limit."""

    sender: str
    subject: str
    text: str
    key: str
    files: tuple[tuple[str, bytes], ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail: its file, whether it was taken, and the words about it."""

    name: str
    is_taken: bool
    words: T


# What takes mail: (company) -> what became of the mails that wait and are that company's.
takers: Extension[Callable[[UUID], list[Taken]]] = Extension("mail.takers", "rooms that take mail in")


def read(content: bytes) -> Letter:
    """A mail as plain values. Unreadable where it is too large, no mail, automatic, forged, or from nobody in particular."""
    if len(content) > MOST_BYTES:
        raise Unreadable(TOO_LARGE)
    if _is_swollen(content):
        raise Unreadable(TOO_MANY)
    try:
        mail = message_from_bytes(content, policy=policy.default)
        return _letter(mail, content)  # type: ignore[arg-type]  # the default policy makes EmailMessage
    except Unreadable:
        raise
    except Exception:
        # The parsers' own stumbling over what no mail program writes: any kind of error, and no mail may stop the others.
        raise Unreadable(NO_MAIL) from None


def _is_swollen(content: bytes) -> bool:
    """Whether parsing it would take longer than a mail is worth."""
    head = min(
        (end for end in (content.find(b"\n\n"), content.find(b"\n\r\n")) if end >= 0), default=len(content)
    )
    if head > MOST_HEAD or content.count(b"\n--") > MOST_DIVIDERS:
        return True
    total = 0
    for found in _FORMED.finditer(content):
        size = found.end() - found.start()
        total += size
        if size > MOST_HEADER or total > MOST_HEADERS:
            return True
    return False


def _letter(mail: EmailMessage, content: bytes) -> Letter:
    senders = [a for header in mail.get_all("From", []) for a in getattr(header, "addresses", ())]
    if len(senders) != 1 or not senders[0].addr_spec:
        raise Unreadable(NO_SENDER)
    automatic = str(mail.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    if automatic != "no" or str(mail.get("Precedence", "")).strip().lower() in ("bulk", "junk", "list"):
        raise Unreadable(AUTOMATIC)
    vouched = " ".join(str(h) for h in mail.get_all("Authentication-Results", [])).lower()
    if "dmarc=fail" in vouched or "spf=fail" in vouched or "dkim=fail" in vouched:
        raise Unreadable(FORGED)
    text, files, left_out = _parts(mail)
    name = str(mail.get("Message-ID", "")).strip()
    # With the sender: nobody uses up the name of a colleague's mail.
    named = f"{senders[0].addr_spec.lower()}\n{name}".encode("utf-8", "replace")
    key = hashlib.sha256(named if name else content).hexdigest()[:40]
    subject = _plain(str(mail.get("Subject", "")))[:120]
    return Letter(senders[0].addr_spec, subject, text, key, files, left_out)


def _parts(mail: EmailMessage) -> tuple[str, tuple[tuple[str, bytes], ...], int]:
    """The text (the plain one where there is one), the attached files up to the limit, and how many more there were."""
    plain, markup, count = "", "", 0
    files: list[tuple[str, bytes]] = []
    for part in _walk(mail):
        kind, is_file = part.get_content_type(), part.is_attachment() or bool(part.get_filename())
        if is_file:
            count += 1
            payload = part.get_payload(decode=True)
            if len(files) < MOST_FILES and isinstance(payload, bytes) and payload:
                files.append((str(part.get_filename() or "file"), payload))
        elif kind == "text/plain" and not plain:
            plain = _words(part)
        elif kind == "text/html" and not markup:
            markup = _without_markup(_words(part))
    text = _plain(plain if plain.strip() else markup)
    if len(text) > MOST_TEXT:
        text = f"{text[:MOST_TEXT]}{CUT.zh}"
    return text, tuple(files), count - len(files)


def _walk(mail: EmailMessage) -> Iterator[Any]:
    """The leaves of a mail."""
    for number, part in enumerate(mail.walk()):
        if number > MOST_PARTS:
            raise Unreadable(TOO_MANY)
        if not part.is_multipart():
            yield part


def _words(part: Any) -> str:
    """A text part decoded; what cannot be is replaced, and a very long one is read in part."""
    payload = part.get_payload(decode=True) or b""
    for name in (part.get_content_charset() or "utf-8", "gb18030"):
        try:
            if codecs.lookup(name).name.replace("-", "_") in _NO_TEXT_CODECS:
                continue
            b"".decode(name)  # LookupError where it is no charset: a packed part is not unpacked
            # In steps: a character that the limit tears apart is no wrong one.
            return str(codecs.getincrementaldecoder(name)().decode(payload[:MOST_READ]))
        except (ValueError, LookupError, TypeError):
            continue
    return str(payload[:MOST_READ].decode("utf-8", "replace"))


def _plain(text: str) -> str:
    """Without characters that cannot be shown, with single blank lines."""
    kept = "".join(
        c
        for c in text.replace("\r\n", "\n")
        if c in "\n\t" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF)
    )
    lines = [line.rstrip() for line in kept.split("\n")]
    return "\n".join(line for n, line in enumerate(lines) if line or (n and lines[n - 1])).strip()


class _Reader(HTMLParser):
    """Keeps the words of a page and nothing else."""

    SILENT = {"script", "style", "head", "title", "template", "noscript"}
    BREAKS = {"p", "br", "div", "tr", "li", "h1", "h2", "h3", "blockquote"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.silent += tag in self.SILENT
        if tag in self.BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(0, self.silent - (tag in self.SILENT))

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


def _without_markup(markup: str) -> str:
    reader = _Reader()
    reader.feed(markup)
    return "".join(reader.words)


# --- the folder -----------------------------------------------------------------------------------------------------------------


def folder(name: str = "in") -> Path:
    """`<home>/mail/<name>`, made where it is missing, for this account only."""
    path = home.current().root / "mail" / name
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def waiting() -> list[Path]:
    """The mails that wait, by name."""
    return sorted(p for p in folder().glob("*.eml") if p.is_file() and not p.is_symlink())


def content_of(path: Path) -> bytes:
    """The content of a mail that waits; no more of it than may be taken."""
    with path.open("rb") as source:
        return source.read(MOST_BYTES + 1)


def refuse(path: Path, why: T) -> None:
    """The mail is put aside with the reason beside it."""
    aside = folder("refused") / path.name
    number = 1
    while aside.exists():  # mails of one name are all kept
        number += 1
        aside = folder("refused") / f"{path.stem}-{number}.eml"
    path.replace(aside)
    aside.with_suffix(".txt").write_text(f"{why.zh}\n{why.en}\n", encoding="utf-8")
