"""The one shape of answers and errors of the API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from sellwell.api import tokens
from sellwell.kernel import access, clock, door, generations
from sellwell.kernel.ledger import objection_images
from sellwell.kernel.operations import Context, context_for
from sellwell.kernel.values import Objection, Reason, Refusal, T, set_language

UNAUTHENTICATED = Reason(
    "unauthenticated",
    T("请提供有效的令牌：Authorization: Bearer …", "Send a valid token: Authorization: Bearer …"),
)
TOO_MANY = Reason(
    "too_many_requests", T("请求过于频繁，请稍后再试。", "Too many requests; try again in a minute.")
)
BAD_REQUEST = Reason("bad_request", T("{problem}", "{problem}"))
NO_ENDPOINT = Reason("no_endpoint", T("没有这个接口地址。", "There is no such address in the API."))
METHOD = Reason("method_not_allowed", T("此地址不支持该方法。", "This address does not take that method."))

# The status for a code; what is not listed is a conflict with what is there (409).
STATUS = {
    "unauthenticated": 401,
    "not_permitted": 403,
    "not_permitted.scope": 403,
    "channel": 403,
    "not_found": 404,
    "no_endpoint": 404,
    "method_not_allowed": 405,
    "stale": 412,
    "invalid": 422,
    "bad_request": 400,
    "too_many_requests": 429,
}


def status_of(objections: Sequence[Objection]) -> int:
    """The HTTP status that the first objection means. A reference that is not found is wrong input, not a wrong address."""
    first = objections[0]
    if first.code == "not_found" and first.path:
        return 422
    return STATUS.get(first.code, 409)


def error(objections: Sequence[Objection], request_id: Any = None, status: int | None = None) -> JsonResponse:
    """Every error looks like this."""
    body = {
        "error": {
            "code": objections[0].code,
            "message": str(objections[0].text),
            "objections": [
                {**image, "message": str(o.text)}
                for o, image in zip(objections, objection_images(objections), strict=True)
            ],
            "request_id": str(request_id or uuid4()),
        }
    }
    return JsonResponse(
        body, status=status or status_of(objections), json_dumps_params={"ensure_ascii": False}
    )


Endpoint = Callable[..., HttpResponse]


def endpoint(*methods: str) -> Callable[[Endpoint], Endpoint]:
    """An API view: token, rate limit, language, companies, and refusals in the one shape."""

    def declare(function: Endpoint) -> Endpoint:
        @csrf_exempt
        @wraps(function)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            set_language(request.headers.get("Accept-Language", "zh"))
            if request.method not in methods:
                response: HttpResponse = error([METHOD.refuse()])
                response["Allow"] = ", ".join(methods)
                return response
            token = tokens.bearer(request.headers.get("Authorization", ""))
            if token is None:
                response = error([UNAUTHENTICATED.refuse()])
                response["WWW-Authenticate"] = "Bearer"
                return response
            used = tokens.count(token)
            response = _within_limit(function, request, token, used, args, kwargs)
            response["RateLimit-Limit"] = str(tokens.PER_MINUTE)
            response["RateLimit-Remaining"] = str(max(0, tokens.PER_MINUTE - used))
            response["RateLimit-Reset"] = str(60 - clock.now().second)
            return response

        return answer

    return declare


def _within_limit(
    function: Endpoint, request: HttpRequest, token: Any, used: int, args: Any, kwargs: Any
) -> HttpResponse:
    if used > tokens.PER_MINUTE:
        response = error([TOO_MANY.refuse()])
        response["Retry-After"] = str(60 - clock.now().second)
        return response
    generations.forget()
    generations.read_all()
    actor = access.actor_for(token.user, clock.business_day(clock.now()), token.scopes)
    ctx = context_for(actor, "api")
    door.see_companies(actor.companies)
    try:
        return function(request, ctx, *args, **kwargs)
    except Refusal as refusal:
        return error(refusal.objections, ctx.request_id)
    finally:
        door.see_companies([])
        generations.forget()


def answer(body: Any, ctx: Context, status: int = 200) -> JsonResponse:
    """A good answer, with the request's identifier for support."""
    response = JsonResponse(body, status=status, safe=False, json_dumps_params={"ensure_ascii": False})
    response["X-Request-Id"] = str(ctx.request_id)
    return response
