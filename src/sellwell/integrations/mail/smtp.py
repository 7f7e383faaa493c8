"""Mail for real: the installation's SMTP server, named by SELLWELL_SMTP. Without it the simulator takes the mail.

smtp://user:password@host:587?from=sales@example.com   STARTTLS where the server offers it, and always with a password
smtps://user:password@host:465?from=…                  TLS from the beginning
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from sellwell.integrations.messaging import Card, Declined, Failure, Unreachable
from sellwell.integrations.messaging.vendor import SILENCE, short
from sellwell.kernel.values import T

log = logging.getLogger(__name__)

PORTS = {"smtp": 587, "smtps": 465}
MEANINGS = {
    SILENCE: T("邮件服务器没有应答。", "The mail server does not answer."),
    "535": T("邮件服务器不接受用户名或密码。", "The mail server takes neither user name nor password."),
    "550": T("没有这个邮箱，或服务器拒收。", "There is no such mailbox, or the server will not take it."),
    "not_safe": T("邮件服务器不支持加密，未发送密码。", "The mail server offers no encryption; the password was not sent."),
}  # fmt: skip
OTHER = T("邮件服务器拒绝了这封邮件。", "The mail server declined this mail.")


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in. The password is never printed."""

    host: str
    port: int
    is_tls: bool
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


def server_of(url: str) -> Server:
    """The server that an address names. ValueError where it is none: told at the start, not at the first mail."""
    parts = urlsplit(url)
    sender = parse_qs(parts.query).get("from", [""])[0]
    if parts.scheme not in PORTS or not parts.hostname or "@" not in sender:
        raise ValueError("SELLWELL_SMTP must look like smtp://user:password@host:587?from=sales@example.com")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    port = parts.port or PORTS[parts.scheme]
    return Server(parts.hostname, port, parts.scheme == "smtps", sender, user, password)


class Smtp:
    """The messenger of mail. A sent mail stays as it was sent."""

    title = T("邮件", "Mail")

    def __init__(self, server: Server, timeout: float = 10.0) -> None:
        self.server, self.timeout = server, timeout

    @staticmethod
    def meaning_of(code: str) -> T:
        """What a reply code of the server means."""
        return MEANINGS.get(code, OTHER)

    def send(self, address: str, card: Card, key: str) -> str:
        """Hand in one mail; the same key gives the same Message-ID, by which a repetition is known."""
        mail = self.draw(address, card, key)
        try:
            self._hand_in(mail)
        except smtplib.SMTPRecipientsRefused as error:
            raise _answered(error.recipients[address][0]) from None
        except smtplib.SMTPResponseException as error:
            raise _answered(error.smtp_code) from None
        except (OSError, smtplib.SMTPException):
            raise _told(Unreachable, SILENCE) from None
        return str(mail["Message-ID"])

    def update(self, card_id: str, card: Card, key: str) -> None:
        """A mail stays as it was sent."""

    def draw(self, address: str, card: Card, key: str) -> EmailMessage:
        """Subject and body; the button's address stands on a line of its own."""
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = card.title, self.server.sender, address
        mail["Message-ID"] = f"<{short(key)}@{self.server.sender.rpartition('@')[2]}>"
        links = [f"{label}：{url}" for label, url in (*card.buttons, ("查看 Open", card.url))]
        mail.set_content("\n".join([*card.lines, "", *links]))
        return mail

    def _hand_in(self, mail: EmailMessage) -> None:
        server, context = self.server, ssl.create_default_context()
        if server.is_tls:
            line: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self.timeout, context=context
            )
        else:
            line = smtplib.SMTP(server.host, server.port, timeout=self.timeout)
        with line:
            line.ehlo()
            if not server.is_tls and line.has_extn("starttls"):
                line.starttls(context=context)
                line.ehlo()
            elif server.user and not server.is_tls:
                raise _told(Declined, "not_safe")
            if server.user:
                line.login(server.user, server.password)
            line.send_message(mail)


def _told(kind: type[Failure], code: str) -> Failure:
    """A failure with what it means, and one line in the log."""
    failure = kind("mail", "smtp", code, Smtp.meaning_of(code))
    log.warning("mail failed: %s %s", code, failure.meaning.en)
    return failure


def _answered(code: int) -> Failure:
    """Below 500 the server asks to try again later."""
    return _told(Declined if code >= 500 else Unreachable, str(code))
