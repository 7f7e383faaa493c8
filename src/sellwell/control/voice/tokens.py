"""The secret in a link: a signature over the row's identifier. Tables hold its hash; the secret itself is kept nowhere."""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

import qrcode
import qrcode.image.svg
from django.conf import settings

INVITATION, OPEN_LINK, CAMPAIGN = "invitation", "open-link", "campaign"


def secret(kind: str, row_id: UUID) -> str:
    """The link's secret, 160 bits: the same whenever it is asked for, so a reminder brings the same link."""
    message = f"sellwell.voice.{kind}:{row_id}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:20]).decode().rstrip("=")


def hash_of(text: str) -> str:
    """What a table keeps of a secret."""
    return hashlib.sha256(text.encode()).hexdigest()


def address(kind: str, row_id: UUID, page: str = "s") -> str:
    """Where the link leads: `s` to a survey, `n` to the way out of campaigns."""
    return f"{settings.SITE_URL}/{page}/{secret(kind, row_id)}/"


def qr(text: str) -> bytes:
    """The text as a QR code, an SVG."""
    image = qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage, border=2, box_size=12)
    return bytes(image.to_string())
