"""Mail becomes items of known people, and hostile mail becomes nothing."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellwell.control.intelligence import mailing
from sellwell.control.intelligence.models import Item
from sellwell.integrations.mail import inbox
from sellwell.kernel import home
from sellwell.kernel.models import StoredFile
from sellwell.kernel.operations import Context
from sellwell.testing.marks import clause
from sellwell.testing.world import World

PDF = b"%PDF-1.7 price list"


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of waiting mail that only this test uses."""
    monkeypatch.setattr(inbox, "folder", lambda name="in": _folder(tmp_path / name))
    yield _folder(tmp_path / "in")


def _folder(path: Path) -> Path:
    path.mkdir(exist_ok=True)
    return path


def a_mail(sender: str = "rep@sellwell.test", subject: str = "对手降价通知", text: str = "同类水泵降价一成。", **headers: str) -> EmailMessage:  # fmt: skip
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Somebody <{sender}>", "intel@sellwell.test", subject
    mail["Message-ID"] = f"<{abs(hash((sender, subject, text)))}@sellwell.test>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def drop(box: Path, mail: EmailMessage | bytes, name: str = "a.eml") -> None:
    (box / name).write_bytes(mail if isinstance(mail, bytes) else bytes(mail))


def known(world: World) -> None:
    """The representative has chosen this address for messages."""
    world.run("rep", "messages.choose", data={"systems": ["mail"], "mail": "Rep@Sellwell.Test"})


@pytest.mark.django_db(transaction=False)
@clause("2.4.1")
def test_a_mail_of_an_employee_becomes_an_item(
    world: World, box: Path, django_capture_on_commit_callbacks: object
) -> None:
    known(world)
    mail = a_mail()
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="../../价目表.pdf")
    mail.add_attachment(b"MZ\x90\x00", maintype="application", subtype="octet-stream", filename="a.exe")
    drop(box, mail)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        (told,) = mailing.take_waiting(world.company.pk)
    world.see()
    item = Item.objects.get()
    assert told.is_taken and item.number in told.words.zh
    assert (item.created_by_id, item.channel, item.kind, item.lawful) == (
        world.user("rep").pk,
        "mail",
        "price",
        "undeclared",
    )
    assert item.text.startswith("同类水泵降价一成。") and "另有 1 个附件未收" in item.text
    assert StoredFile.objects.get(pk=item.files[0]).name == "价目表.pdf"
    assert list(box.iterdir()) == []
    drop(box, mail)
    assert mailing.take_waiting(world.company.pk)[0].is_taken  # the same mail again: known by its fingerprint
    assert Item.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("mail", "why"),
    [
        (a_mail("nobody@elsewhere.test"), mailing.NOBODY),
        (a_mail(Auto_Submitted="auto-replied"), inbox.AUTOMATIC),
        (a_mail(Authentication_Results="mx; spf=fail dmarc=fail"), inbox.FORGED),
        (b"From: a@b.test, rep@sellwell.test\r\n\r\nx", inbox.NO_SENDER),
        (b"\x00\xff not a mail", inbox.NO_SENDER),
        (a_mail(subject="", text=""), mailing.SHORT),
    ],
)
def test_what_is_not_taken_is_put_aside_with_its_reason(world: World, box: Path, mail: EmailMessage | bytes, why: object) -> None:  # fmt: skip
    known(world)
    drop(box, mail)
    (told,) = mailing.take_waiting(world.company.pk)
    assert not told.is_taken and told.words == why
    assert not Item.objects.exists() and not list(box.iterdir())
    assert (box.parent / "refused" / "a.txt").read_text().startswith(told.words.zh)


def test_markup_is_read_as_words_only() -> None:
    mail = EmailMessage()
    mail["From"] = "rep@sellwell.test"
    mail.set_content(
        "<style>x{}</style><p>降价<b>一成</b></p><script>alert(1)</script><img src=x>", subtype="html"
    )
    assert inbox.read(bytes(mail)).text == "降价一成"


def test_a_bomb_of_parts_and_a_giant_are_refused() -> None:
    inner = b"".join(b"--x\r\nContent-Type: text/plain\r\n\r\na\r\n" for _ in range(500))
    bomb = b"From: rep@sellwell.test\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + inner + b"--x--"
    with pytest.raises(inbox.Unreadable):
        inbox.read(bomb)
    with pytest.raises(inbox.Unreadable):
        inbox.read(b"a" * (inbox.MOST_BYTES + 1))


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    for mail in (content, b"From: rep@sellwell.test\r\n" + content):
        try:
            letter = inbox.read(mail)
        except inbox.Unreadable:
            continue
        assert "\x00" not in letter.text and len(letter.subject) <= 120


def test_the_folder_is_its_owners_alone() -> None:
    assert inbox.folder().stat().st_mode & 0o077 == 0
    assert inbox.folder().is_relative_to(home.current().root)


@pytest.mark.django_db
def test_one_mail_that_breaks_something_does_not_stop_the_others(
    world: World, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(world)
    drop(box, a_mail(text="甲公司降价一成。"), "a.eml")
    drop(box, a_mail(text="乙公司降价两成。"), "b.eml")
    whole = mailing._item_of

    def broken(letter: inbox.Letter, ctx: Context) -> object:
        if "甲" in letter.text:
            raise RuntimeError("a fault of ours")
        return whole(letter, ctx)

    monkeypatch.setattr(mailing, "_item_of", broken)
    told = mailing.take_waiting(world.company.pk)
    assert [one.is_taken for one in told] == [False, True]
    assert (box / "a.eml").exists() and Item.objects.get().text == "乙公司降价两成。"


@pytest.mark.django_db
def test_two_refused_mails_of_one_name_are_both_kept(world: World, box: Path) -> None:
    for text in ("甲", "乙"):
        drop(box, a_mail("nobody@elsewhere.test", text=text))
        mailing.take_waiting(world.company.pk)
    kept = sorted(path.name for path in (box.parent / "refused").iterdir())
    assert kept == ["a-2.eml", "a-2.txt", "a.eml", "a.txt"]


def test_the_fingerprint_of_a_mail_is_its_senders() -> None:
    keys = {
        inbox.read(f"From: {who}@sellwell.test\r\nMessage-ID: <1@x>\r\n\r\nhello".encode()).key
        for who in ("rep", "finance")
    }
    assert len(keys) == 2


SENDER = b"From: rep@sellwell.test\r\n"
HTML = SENDER + b"Content-Type: text/html\r\n\r\n"
PLAIN = SENDER + b"Content-Type: text/plain; charset="


@pytest.mark.parametrize(
    "content",
    [
        HTML + b"<![" * 50,
        HTML + b"<" * 10_000_000,
        b"From: " + b"a@b.cn, " * 1_000_000 + b"c@d.cn\r\n\r\nx",
        SENDER + b"Content-Type: text/plain; " + b"x=y; " * 1_000_000 + b"\r\n\r\nx",
        SENDER + b"X: y\r\n" * 1_000_000 + b"\r\nx",
        SENDER + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 1_000_000,
        SENDER + b"Content-Type: message/rfc822\r\n\r\n" * 500_000 + b"x",
        PLAIN + b"punycode\r\n\r\n" + b"a-" + b"9" * 10_000_000,
        PLAIN + b"zlib\r\n\r\n" + zlib.compress(b"a" * 50_000_000),
    ],
    ids=["marked", "angles", "senders", "parameters", "headers", "parts", "nested", "punycode", "packed"],
)
def test_a_mail_made_to_be_slow_is_not(content: bytes) -> None:
    begun = time.process_time()
    with suppress(inbox.Unreadable):
        assert len(inbox.read(content).text) <= inbox.MOST_TEXT + len(inbox.CUT.zh)
    assert time.process_time() - begun < 5
