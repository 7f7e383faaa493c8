"""What the adapters of the vendors share: signed calls with a token that is kept, attempts, and what codes mean."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from hashlib import sha256
from typing import Any, ClassVar

from sellwell.integrations.messaging import Card, Declined, Failure, Keys, Unreachable, http
from sellwell.integrations.messaging.rolls import Roll
from sellwell.kernel import clock
from sellwell.kernel.values import T

log = logging.getLogger(__name__)

ATTEMPTS = 3
FIRST_PAUSE = 0.5  # seconds; each further one is twice as long
EARLY = 60  # seconds before its end a token is asked for anew, so that none ends on its way

# Codes of our own, beside the vendors'
SILENCE, STRANGER, NOT_JSON, ODD = "no_answer", "not_a_member", "not_json", "odd_answer"
ODD_ANSWERS = (
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    IndexError,
)  # of an answer without what it must hold
NO_ANSWER = T(
    "对方没有应答。请检查网络和接口地址。", "No answer. Check the network and the address of the interface."
)
BUSY = T("对方限流或故障，稍后自动重试。", "Too many calls or a fault on their side; tried again later.")
OTHER = T(
    "对方拒绝了调用，请按错误码查阅其开放平台文档。",
    "The call was declined; look the code up in the vendor's documentation.",
)
NOT_A_MEMBER = T("该账号不是本企业成员。", "This account is no member of the company.")
NOT_UNDERSTOOD = T(
    "对方的应答不是接口应答（可能是代理或登录页）。请检查网络和接口地址。",
    "The answer is not the interface's (a proxy's page perhaps). Check the network and the address of the interface.",
)
OWN_MEANINGS = {SILENCE: NO_ANSWER, STRANGER: NOT_A_MEMBER, NOT_JSON: NOT_UNDERSTOOD, ODD: NOT_UNDERSTOOD}


@dataclass(frozen=True, slots=True)
class Ask:
    """One call: its path, what is sent, which of the vendor's hosts, and whether our token signs it."""

    path: str
    method: str = "POST"
    query: Mapping[str, str] | None = None
    body: Any = None
    host: str = "api"
    headers: Mapping[str, str] | None = None
    signed: bool = True
    once: bool = False  # works once: declined after an attempt whose answer got lost, it was done by that one


def understood(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, for which an answer without what it must hold is a failure of the vendor's like another."""

    @wraps(method)
    def guarded(self: Vendor, *args: Any, **options: Any) -> Any:
        try:
            return method(self, *args, **options)
        except ODD_ANSWERS as error:
            log.warning("%s %s: %s in the answer", self.name, method.__name__, type(error).__name__)
            raise Unreachable(self.name, method.__name__, ODD, NOT_UNDERSTOOD) from None

    return guarded


class Vendor(ABC):
    """A company's line to a vendor. Subclasses know addresses, fields and codes; this class knows how to ask."""

    name: ClassVar[str]
    title: ClassVar[T]
    hosts: ClassVar[Mapping[str, str]]
    code_in_callback: ClassVar[str] = "code"
    changes_once: ClassVar[bool] = False  # whether a second change of a card is declined
    passing: ClassVar[frozenset[str]]  # codes after which another attempt may succeed
    expired: ClassVar[frozenset[str]]  # codes that say that our token has ended
    meanings: ClassVar[Mapping[str, T]]

    def __init__(
        self,
        keys: Keys,
        attempts: int = ATTEMPTS,
        timeout: float = 5.0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.keys, self.attempts, self.timeout, self.pause = keys, attempts, timeout, pause
        self._token, self._ends = "", 0.0

    def __init_subclass__(cls) -> None:
        """What a subclass reads out of answers fails as a vendor fails, whatever the answer lacks."""
        for name in ("send", "update", "account_of", "roll"):
            setattr(cls, name, understood(getattr(cls, name)))

    # --- what a subclass says -----------------------------------------------------------------------------------------

    @abstractmethod
    def fetch_token(self) -> tuple[str, int]:
        """A new token and the seconds that it holds."""

    @abstractmethod
    def sign(self, ask: Ask, token: str) -> tuple[dict[str, str], dict[str, str]]:
        """Query and headers of a call that carries the token."""

    @abstractmethod
    def code_of(self, answer: http.Answer) -> str:
        """The vendor's code for what went wrong; empty if nothing did."""

    @abstractmethod
    def send(self, address: str, card: Card, key: str) -> str:
        """Bring a card to an account; gives what the card is changed by later."""

    @abstractmethod
    def update(self, card_id: str, card: Card, key: str) -> None:
        """Change what a card says."""

    @abstractmethod
    def sign_in_url(self, redirect: str, state: str, browser: str) -> str:
        """Where somebody proves who they are; the vendor sends them back to `redirect`."""

    @abstractmethod
    def account_of(self, code: str) -> str:
        """Whose account the code of a finished sign-in stands for."""

    @abstractmethod
    def roll(self) -> Roll:
        """All departments and people."""

    @classmethod
    def meaning_of(cls, code: str) -> T:
        """What a code means and what to do about it."""
        if code in OWN_MEANINGS:
            return OWN_MEANINGS[code]
        is_busy = code in cls.passing or code == "http_429" or code.startswith("http_5")
        return cls.meanings.get(code, BUSY if is_busy else OTHER)

    # --- asking -------------------------------------------------------------------------------------------------------

    def token(self) -> str:
        """Our token, kept until shortly before its end."""
        token, ends = self._token, self._ends
        if not token or time.monotonic() >= ends:
            token, seconds = self.fetch_token()
            self._token, self._ends = token, time.monotonic() + max(seconds - EARLY, 0)
        return token  # another thread may have emptied the kept one meanwhile

    def ask(self, ask: Ask) -> dict[str, Any]:
        """One call with as many attempts as make sense. Raises Declined or Unreachable."""
        renewed = is_lost = False
        attempt = 1
        while True:
            answer = self._once(ask)
            code = self._code(answer)
            if not code:
                return answer.body
            if code in self.expired and ask.signed and not renewed:
                self._token, renewed = "", True
                continue
            if not self._is_passing(answer, code):
                if ask.once and is_lost:
                    log.info("%s %s: %s after a lost answer, taken as done", self.name, ask.path, code)
                    return {}
                raise self._told(Declined(self.name, ask.path, code, self.meaning_of(code)))
            if attempt >= self.attempts:
                raise self._told(Unreachable(self.name, ask.path, code, self.meaning_of(code)))
            is_lost = is_lost or answer.status == 0 or answer.status >= 500 or code == NOT_JSON
            self.pause(answer.wait or FIRST_PAUSE * 2 ** (attempt - 1))
            attempt += 1

    def _once(self, ask: Ask) -> http.Answer:
        query, headers = dict(ask.query or {}), dict(ask.headers or {})
        if ask.signed:
            more_query, more_headers = self.sign(ask, self.token())
            query, headers = {**query, **more_query}, {**headers, **more_headers}
        url = (self.keys.base_url or self.hosts[ask.host]).rstrip("/") + ask.path
        return http.call(ask.method, url, query=query, body=ask.body, headers=headers, timeout=self.timeout)

    def _code(self, answer: http.Answer) -> str:
        if answer.status == 0:
            return SILENCE
        code = self.code_of(answer)
        if not code and answer.status < 300 and not answer.is_object:
            return NOT_JSON
        return code or (f"http_{answer.status}" if answer.status >= 300 else "")

    def _is_passing(self, answer: http.Answer, code: str) -> bool:
        return answer.status in (0, 429) or answer.status >= 500 or code in self.passing or code == NOT_JSON

    def _told(self, failure: Failure) -> Failure:
        """One line in the log: code and meaning. The address holds a token and the answer may hold names: neither is told."""
        log.warning("%s %s failed: %s %s", failure.system, failure.call, failure.code, failure.meaning.en)
        return failure

    def declined(self, call: str, code: str) -> Failure:
        """A refusal that stands in a successful answer."""
        return self._told(Declined(self.name, call, code, self.meaning_of(code)))

    def public(self, host: str) -> str:
        """The address of a page that people open."""
        return (self.keys.base_url or self.hosts[host]).rstrip("/")


def was_lost(code: str) -> bool:
    """Whether a failure may have been an answer that got lost: what was asked for may be done."""
    return code in (SILENCE, NOT_JSON) or code.startswith("http_5")


def short(key: str, length: int = 32) -> str:
    """Our key in the letters and the length that every vendor takes."""
    return sha256(key.encode()).hexdigest()[:length]


def number(text: str) -> int | str:
    """A number where the vendor's own ids are numbers; anything else as it is."""
    return int(text) if text.isdigit() else text


def day_of(seconds: Any) -> date | None:
    """The business day of a time stamp; None where the vendor keeps none."""
    if not isinstance(seconds, int) or seconds <= 0:
        return None
    return datetime.fromtimestamp(seconds, clock.BUSINESS_ZONE).date()
