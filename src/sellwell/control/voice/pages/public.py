"""The page that customers answer on, at `/s/<secret>/`: no sign-in, no script, one question a screen, saved at each step.

The secret in the address is all the authority there is: no cookie is needed, so it works inside any app's own browser. Looking
changes nothing (mail gateways open links by themselves); only what is sent by a button does. It tells a stranger nothing but
the questions.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt

from sellwell.control.voice import queries, tokens
from sellwell.control.voice.models import Invitation, InvitationState, OpenLink, Response, ResponseState
from sellwell.control.voice.operations.answering import is_open
from sellwell.control.voice.rules import questions as rules
from sellwell.control.voice.rules.questions import Block, Given, Kind
from sellwell.foundation.company import queries as company
from sellwell.kernel import door, system
from sellwell.kernel.operations import Context
from sellwell.kernel.values import Objection, Refusal, T, language, set_language
from sellwell.web.middleware import LANGUAGE_COOKIE
from sellwell.web.registry import page
from sellwell.web.shortcuts import render

WINDOW = 600  # seconds
PER_ADDRESS, PER_SECRET, WRONG_PER_ADDRESS = (
    240,
    240,
    30,
)  # in a window: things sent, and secrets that are none
MOST_BYTES = 64 * 1024
TITLE = T("客户调查", "Survey")
TOO_MANY = T(
    "操作过于频繁，请十分钟后再继续；已填的内容都在。",
    "Too many requests. Go on in ten minutes; what you filled in is kept.",
)
TOO_LARGE = T(
    "内容过大，没有保存。请缩短后再提交。", "Too large; it was not saved. Shorten it and send it again."
)
DEVICE = "sw_survey"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Opened:
    """A link that leads somewhere: what it is, and as whom things are done by it."""

    source: Invitation | OpenLink
    ctx: Context
    device: str = ""

    @property
    def response(self) -> Response | None:
        """What was begun by it; of a common link, on this device."""
        rows = Response.objects.select_related("questionnaire", "customer")
        if isinstance(self.source, Invitation):
            return rows.filter(invitation=self.source).first()
        return (
            rows.filter(link=self.source, device=tokens.hash_of(self.device)[:60]).first()
            if self.device
            else None
        )


def survey(request: Any, token: str) -> HttpResponse:
    """GET shows where they are, POST saves a step."""
    return guarded(request, token, _open, _step)


def stop(request: Any, token: str) -> HttpResponse:
    """GET asks once, POST ends it: no more surveys, at once."""
    return guarded(request, token, _open, _stop)


survey.login_required = stop.login_required = False  # type: ignore[attr-defined]
page("s/<str:token>/", csrf_exempt(survey), "voice.survey", title=TITLE)
page("s/<str:token>/stop", csrf_exempt(stop), "voice.survey_stop", title=TITLE)


def guarded(
    request: Any, token: str, find: Callable[[Any, str], Any], show: Callable[[Any, Any], HttpResponse]
) -> HttpResponse:
    """Rates and sizes first; then the link, seen by nobody else's rights and left as it was found."""
    address = request.META.get("REMOTE_ADDR", "")
    is_post = request.method == "POST"
    if is_post and int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return _words(request, TOO_LARGE, 413)
    if _too_many(f"wrong/{address}", WRONG_PER_ADDRESS, add=False):
        return _words(request, TOO_MANY, 429)
    if is_post and (_too_many(f"from/{address}", PER_ADDRESS) or _too_many(f"by/{token[:60]}", PER_SECRET)):
        return _words(request, TOO_MANY, 429)
    try:
        found = find(request, token)
        if found is None:
            _too_many(f"wrong/{address}", WRONG_PER_ADDRESS)
            return _closed(request, None, 404)
        answer = show(request, found)
    finally:
        door.see_companies(getattr(request.actor, "companies", ()))
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _too_many(name: str, most: int, *, add: bool = True) -> bool:
    """Whether something happened too often in the window. Names are kept as keyed hashes."""
    digest = hmac.new(
        settings.SECRET_KEY.encode(), name.encode(errors="replace"), hashlib.sha256
    ).hexdigest()[:32]
    key = f"survey/{digest}"
    count = cache.get_or_set(key, 0, WINDOW) or 0
    if count >= most:
        return True
    if add:
        try:
            cache.incr(key)
        except ValueError:  # it ran out between the two calls
            cache.set(key, 1, WINDOW)
    return False


def _open(request: Any, token: str) -> Opened | None:
    """The invitation or common link of a secret, in whichever company it is."""
    door.see_companies(company.companies())
    source = queries.by_token(tokens.hash_of(token)) if len(token) < 60 else None
    if source is None:
        return None
    door.see_companies([source.company_id])
    if LANGUAGE_COOKIE not in request.COOKIES and getattr(source, "language", "zh") == "en":
        set_language("en")
    device = request.COOKIES.get(DEVICE, "")[:60] if isinstance(source, OpenLink) else ""
    return Opened(source, system.context(source.company_id, "respondent", "web"), device)


# --- where they are ---------------------------------------------------------------------------------------------------------


def _step(request: Any, found: Opened) -> HttpResponse:
    response = found.response
    if response is not None and response.state == ResponseState.SUBMITTED.value:
        return _thanks(request, found)
    if not is_open(found.source, found.ctx):
        return _closed(request, found, 410)
    if request.method == "POST":
        return _save(request, found, response)
    if response is None:
        return _show(request, found, "voice/survey_intro.html", {})
    return _question(request, found, response, request.GET.get("q", ""))


def _show(
    request: Any, found: Opened, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    house = company.company(found.source.company_id)
    form = found.source.questionnaire
    is_named = isinstance(found.source, Invitation)
    context = {
        "house": house,
        "form": form,
        "head": form.words("title"),
        "intro": form.words("intro"),
        "is_named": is_named,
        **context,
    }
    return render(request, template, context, title=form.words("title"), status=status)


def _question(
    request: Any, found: Opened, response: Response, key: str, problems: list[Objection] | None = None, given: Given | None = None
) -> HttpResponse:  # fmt: skip
    """One question, with what was answered before; after the last one the button that sends it in."""
    answers = queries.answers(response.pk)
    shown = rules.visible(response.questionnaire.asked, answers)
    place = next((n for n, one in enumerate(shown) if one.key == key), None)
    if place is None:
        place = rules.first_open(response.questionnaire.asked, answers, response.passed)
    before = shown[place - 1].key if place else ""
    if place >= len(shown):
        return _show(request, found, "voice/survey_end.html", {"before": before})
    block = shown[place]
    now = given or answers.get(block.key) or Given()
    context = {
        "q": block, "given": now, "rows_given": dict(now.rows), "problems": problems or [], "before": before,
        "place": place + 1, "count": len(shown), "is_last": place + 1 == len(shown),
        "share": int(100 * place / len(shown)),
    }  # fmt: skip
    return _show(request, found, "voice/survey_question.html", context, status=422 if problems else 200)


def _thanks(request: Any, found: Opened) -> HttpResponse:
    return _show(
        request, found, "voice/survey_thanks.html", {"thanks": found.source.questionnaire.words("thanks")}
    )


def _closed(request: Any, found: Opened | None, status: int) -> HttpResponse:
    """Over, or never was: the page does not tell which secrets exist."""
    is_stopped = found is not None and getattr(found.source, "state", "") == InvitationState.OPTED_OUT.value
    return render(request, "voice/survey_closed.html", {"is_stopped": is_stopped}, title=TITLE, status=status)


def _words(request: Any, text: T, status: int) -> HttpResponse:
    return render(request, "voice/survey_closed.html", {"text": text}, title=TITLE, status=status)


# --- saving -----------------------------------------------------------------------------------------------------------------


def _save(request: Any, found: Opened, response: Response | None) -> HttpResponse:
    """Begin, save an answer, or send it in; then the next page. Robots are thanked and nothing is kept."""
    if request.POST.get("website"):  # a field that people do not see
        return _thanks(request, found)
    device = ""
    if response is None:
        device = found.device or secrets.token_urlsafe(24)
        response = _begin(found, device)
        if response is None:
            return _step_again(request)
    key = request.POST.get("key", "")[:8]
    block = next((one for one in response.questionnaire.asked if one.key == key), None)
    following = ""
    if block is not None:
        given = _given(block, request.POST)
        try:
            door.run("voice.answer", found.ctx, response.pk, _data(block, given))
        except Refusal as refusal:
            return _question(request, found, response, key, refusal.objections, given)
        following = _after(response, key)
    if request.POST.get("act") == "submit" or (block is not None and not following):
        refused = _submit(request, found, response)
        if refused is not None:
            return refused
    answer = HttpResponseRedirect(f"{request.path}?q={following}" if following else request.path)
    if device and isinstance(found.source, OpenLink):
        answer.set_cookie(DEVICE, device, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.HTTPS)
    return answer


def _step_again(request: Any) -> HttpResponse:
    return HttpResponseRedirect(request.path)


def _begin(found: Opened, device: str) -> Response | None:
    """The response; None where it was begun at the same moment by another window: then that one goes on."""
    data: dict[str, Any] = {"language": language()}
    if isinstance(found.source, Invitation):
        data["invitation"] = found.source.pk
    else:
        data |= {"link": found.source.pk, "device": tokens.hash_of(device)[:60]}
    try:
        made: Response = door.run("voice.begin", found.ctx, None, data).result
    except Refusal:
        return None
    return made


def _after(response: Response, key: str) -> str:
    """The question after this one, as the answers stand now; empty after the last."""
    shown = rules.visible(response.questionnaire.asked, queries.answers(response.pk))
    keys = [one.key for one in shown]
    place = keys.index(key) + 1 if key in keys else len(keys)
    return keys[place] if place < len(keys) else ""


def _submit(request: Any, found: Opened, response: Response) -> HttpResponse | None:
    """Send it in; where something is missing, the first such question. Sent twice is sent once."""
    try:
        door.run("voice.submit", found.ctx, response.pk)
    except Refusal as refusal:
        lacking = next((o for o in refusal.objections if o.path), None)
        if lacking is None:
            return None  # it is in already, or over: the next page says which
        return _question(request, found, response, lacking.path, [lacking])
    return None


def _given(block: Block, sent: Any) -> Given:
    """What was sent for a question. What cannot be an answer becomes one that is refused, never an error."""
    kind = Kind(block.kind)
    if kind is Kind.TEXT:
        return Given(text=sent.get("text", "").replace("\x00", "").strip())
    if kind in rules.CHOSEN:
        return Given(choices=tuple(code[:4] for code in sent.getlist("choices")[: rules.MOST_OPTIONS]))
    if kind is Kind.MATRIX:
        rows = [(line.code, _number(sent.get(f"row-{line.code}", ""))) for line in block.rows]
        return Given(rows=tuple((code, score) for code, score in rows if score is not None))
    return Given(number=_number(sent.get("number", "")))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else None


def _data(block: Block, given: Given) -> dict[str, Any]:
    return {
        "key": block.key, "number": given.number, "choices": list(given.choices), "text": given.text[:4000],
        "rows": [{"line": line, "score": score} for line, score in given.rows],
    }  # fmt: skip


# --- no more surveys --------------------------------------------------------------------------------------------------------


def _stop(request: Any, found: Opened) -> HttpResponse:
    if not isinstance(found.source, Invitation):
        return _closed(request, found, 404)
    if request.method == "POST" and found.source.state != InvitationState.OPTED_OUT.value:
        try:
            door.run("voice.opt_out", found.ctx, found.source.pk, {"way": "web"})
        except Refusal:
            return _closed(request, found, 410)
        found.source.refresh_from_db()
    is_done = found.source.state == InvitationState.OPTED_OUT.value or request.method == "POST"
    return _show(request, found, "voice/survey_stop.html", {"is_done": is_done})
