"""The one shape of answers and errors of the API, and the frame around every request."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse

from sellwell.api import tokens
from sellwell.kernel import access, clock, door, generations
from sellwell.kernel.ledger import objection_images
from sellwell.kernel.operations import Context, context_for
from sellwell.kernel.values import Objection, Reason, Refusal, T, set_language

if TYPE_CHECKING:
    from sellwell.kernel.models import ApiToken

log = logging.getLogger("sellwell.api")

UNAUTHENTICATED = Reason(
    "unauthenticated",
    T("请提供有效的令牌：Authorization: Bearer …", "Send a valid token: Authorization: Bearer …"),
)
TOO_MANY = Reason(
    "too_many_requests",
    T(
        "请求过于频繁，请稍后再试。",
        "Too many requests. Wait for the seconds in Retry-After, then try again.",
    ),
)
BAD_REQUEST = Reason("bad_request", T("{problem}", "{problem}"))
MEDIA_TYPE = Reason(
    "unsupported_media_type",
    T("请以 Content-Type: application/json 提交。", "Send the body as Content-Type: application/json."),
)
TOO_LARGE = Reason("too_large", T("请求内容超过 {megabytes} MB。", "The body is larger than {megabytes} MB."))
NO_ENDPOINT = Reason("no_endpoint", T("没有这个接口地址。", "There is no such address in the API."))
METHOD = Reason("method_not_allowed", T("此地址不支持该方法。", "This address does not take that method."))
BROKEN = Reason(
    "server_error",
    T(
        "系统出错了，没有改动数据。请稍后再试，并告知请求编号。",
        "Something broke; nothing was changed. Try again, and name the request identifier when you ask for help.",
    ),
)

# The status for a code. Of the others, what points at a field of the input is 422; the rest conflicts with what is
# there (409).
STATUS = {
    "bad_request": 400,
    "unauthenticated": 401,
    "not_permitted": 403,
    "not_permitted.scope": 403,
    "not_found": 404,
    "no_endpoint": 404,
    "method_not_allowed": 405,
    "stale": 412,
    "too_large": 413,
    "unsupported_media_type": 415,
    "invalid": 422,
    "too_many_requests": 429,
    "server_error": 500,
}


def status_of(objections: Sequence[Objection]) -> int:
    """The HTTP status that the first objection means. A reference that is not found is wrong input, not a wrong address."""
    first = objections[0]
    if first.code == "not_found" and first.path:
        return 422
    return STATUS.get(first.code, 422 if first.path else 409)


def told(objections: Sequence[Objection]) -> list[dict[str, Any]]:
    """Objections for a program (code, kind, path, numbers) and for a person (message)."""
    images = objection_images(objections)
    return [{**image, "message": str(o.text)} for o, image in zip(objections, images, strict=True)]


def error(
    objections: Sequence[Objection], request_id: Any = None, status: int | None = None, **more: Any
) -> JsonResponse:
    """Every error looks like this."""
    identifier = str(request_id or uuid4())
    body = {
        "error": {
            "code": objections[0].code,
            "message": str(objections[0].text),
            "objections": told(objections),
            "request_id": identifier,
            **more,
        }
    }
    return _json(body, status or status_of(objections), identifier)


def answer(body: Any, ctx: Context, status: int = 200) -> JsonResponse:
    """A good answer, with the request's identifier for support."""
    return _json(body, status, str(ctx.request_id))


def _json(body: Any, status: int, request_id: str) -> JsonResponse:
    response = JsonResponse(body, status=status, safe=False, json_dumps_params={"ensure_ascii": False})
    response["X-Request-Id"] = request_id
    response["Cache-Control"] = "no-store"
    response["Vary"] = "Authorization, Accept-Language"
    return response


Endpoint = Callable[[HttpRequest, Context], HttpResponse]


def serve(request: HttpRequest, endpoints: Mapping[str, Endpoint]) -> HttpResponse:
    """Answer one request by the endpoint of its method: token, limit, language, companies, refusals in the one shape."""
    set_language(request.headers.get("Accept-Language", "zh"))
    if not endpoints:
        return error([NO_ENDPOINT.refuse()])
    endpoint = endpoints.get("GET" if request.method == "HEAD" else request.method or "")
    if endpoint is None:
        response: HttpResponse = error([METHOD.refuse()])
        response["Allow"] = ", ".join(sorted({*endpoints, *(("HEAD",) if "GET" in endpoints else ())}))
        return response
    try:
        return _as_token(request, endpoint)
    except Exception:  # before anybody is known: the database is away, for instance
        log.exception("%s %s", request.method, request.path)
        return error([BROKEN.refuse()])


def _as_token(request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
    """Who calls, and whether there is room for one more request in this minute."""
    token = tokens.bearer(request.headers.get("Authorization", ""))
    if token is None:
        tokens.note_failure(request.headers.get("Authorization", ""), request.META.get("REMOTE_ADDR", ""))
        response: HttpResponse = error([UNAUTHENTICATED.refuse()])
        response["WWW-Authenticate"] = "Bearer"
        return response
    used, seconds = tokens.count(token)
    if used > tokens.PER_MINUTE:
        response = error([TOO_MANY.refuse()])
        response["Retry-After"] = str(seconds)
    else:
        response = _within(request, token, endpoint)
    response["RateLimit-Limit"] = str(tokens.PER_MINUTE)
    response["RateLimit-Remaining"] = str(max(0, tokens.PER_MINUTE - used))
    response["RateLimit-Reset"] = str(seconds)
    return response


def _within(request: HttpRequest, token: ApiToken, endpoint: Endpoint) -> HttpResponse:
    """Run the endpoint as the token's person; whatever happens, nobody's rows can be seen afterwards."""
    generations.forget()
    generations.read_all()
    ctx = context_for(access.actor_for(token.user, clock.business_day(clock.now()), token.scopes), "api")
    try:
        door.see_companies(ctx.actor.companies)
        return endpoint(request, ctx)
    except Refusal as refusal:
        return error(refusal.objections, ctx.request_id)
    except SuspiciousOperation:  # Django's own limits: too many parameters
        problem = T("请求格式不正确或参数过多。", "The request is malformed or has too many parameters.")
        return error([BAD_REQUEST.refuse(problem=problem)], ctx.request_id)
    except Exception:
        log.exception("%s %s (request %s)", request.method, request.path, ctx.request_id)
        return error([BROKEN.refuse()], ctx.request_id)
    finally:
        with suppress(DatabaseError):  # a lost connection has no setting left to take away
            door.see_companies([])
        generations.forget()
