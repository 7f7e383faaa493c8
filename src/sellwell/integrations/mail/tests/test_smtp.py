"""Mail by SMTP: what arrives, that none is there twice, what is put off, what is declined; no password without TLS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sellwell.integrations.mail.server import Mailroom, serve
from sellwell.integrations.mail.smtp import Smtp, server_of
from sellwell.integrations.messaging import Card, Declined, Unreachable

CARD = Card("待审批：确认订单", ("AP-1 SO-7",), "https://x/approvals/1/", (("批准", "https://x/tap/1"),))


@pytest.fixture
def room() -> Mailroom:
    """One mailbox."""
    return Mailroom("gu@example.com")


@pytest.fixture
def smtp(room: Mailroom) -> Iterator[Smtp]:
    """The messenger, to that server."""
    with serve(room) as port:
        yield Smtp(server_of(f"smtp://127.0.0.1:{port}?from=sales@example.com"))


def test_a_mail_arrives_with_its_links_and_only_once(room: Mailroom, smtp: Smtp) -> None:
    first = smtp.send("gu@example.com", CARD, "event-1")
    assert smtp.send("gu@example.com", CARD, "event-1") == first
    (mail,) = room.mails.values()
    assert (mail["Subject"], mail["From"], mail["To"]) == (
        "待审批：确认订单",
        "sales@example.com",
        "gu@example.com",
    )
    text = mail.get_content()
    assert "https://x/tap/1" in text and "AP-1 SO-7" in text
    assert room.times[first] == 2


def test_a_busy_server_is_asked_again_later(room: Mailroom, smtp: Smtp) -> None:
    room.busy = 1
    with pytest.raises(Unreachable) as failure:
        smtp.send("gu@example.com", CARD, "event-1")
    assert failure.value.code == "451" and not room.mails
    smtp.send("gu@example.com", CARD, "event-1")
    assert len(room.mails) == 1


def test_an_unknown_mailbox_is_declined(smtp: Smtp) -> None:
    with pytest.raises(Declined) as failure:
        smtp.send("nobody@example.com", CARD, "event-1")
    assert failure.value.code == "550" and "邮箱" in failure.value.meaning.zh


def test_nobody_there(room: Mailroom) -> None:
    with pytest.raises(Unreachable) as failure:
        Smtp(server_of("smtp://127.0.0.1:9?from=sales@example.com")).send("gu@example.com", CARD, "event-1")
    assert failure.value.code == "no_answer"


def test_no_password_leaves_without_encryption(room: Mailroom) -> None:
    with serve(room) as port:
        server = server_of(f"smtp://u:a-password@127.0.0.1:{port}?from=sales@example.com")
        assert "a-password" not in repr(server)
        with pytest.raises(Declined) as failure:
            Smtp(server).send("gu@example.com", CARD, "event-1")
    assert failure.value.code == "not_safe" and not room.mails


@pytest.mark.parametrize(
    "url", ["mail.example.com", "http://host?from=a@b", "smtp://host", "smtp://host?from=me"]
)
def test_an_address_that_is_none_is_told_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="SELLWELL_SMTP"):
        server_of(url)
