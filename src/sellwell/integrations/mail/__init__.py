"""Mail: a plain text with its links. A sent mail cannot be changed, so an update is no call at all."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from sellwell.integrations.mail.smtp import Smtp, server_of
from sellwell.integrations.messaging import Card, register
from sellwell.integrations.messaging.simulating import Simulator
from sellwell.kernel.values import T


class Mail(Simulator):
    """The simulator of a mail server."""

    name, title = "mail", T("邮件", "Mail")

    def draw(self, card: Card) -> dict[str, Any]:
        """Subject and body; the button's address stands on a line of its own."""
        links = [f"{label}：{url}" for label, url in (*card.buttons, ("查看", card.url))]
        return {"subject": card.title, "body": "\n".join([*card.lines, "", *links])}

    def update(self, card_id: str, card: Card, key: str) -> None:
        """A mail stays as it was sent."""


SIMULATOR = Mail()
register("mail", Smtp(server_of(settings.SMTP)) if settings.SMTP else SIMULATOR)
