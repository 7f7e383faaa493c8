"""Addresses of the API, under /api/. GET reads views, POST does operations."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from sellwell.api import doing, openapi, reading
from sellwell.api.answers import NO_ENDPOINT, error


def nothing(request: HttpRequest) -> HttpResponse:
    """Addresses that nobody answers."""
    return error([NO_ENDPOINT.refuse()])


@csrf_exempt  # tokens are sent by programs on purpose; there is no ambient credential to misuse
def at(request: HttpRequest, url: str, row_id: str = "") -> HttpResponse:
    """A list, a record, or a verb."""
    row = UUID(row_id) if row_id else None
    if request.method != "POST":
        return reading.record(request, url=url, row_id=row) if row else reading.rows(request, url=url)
    room, _, verb = url.partition("/")
    return doing.act(request, room=room, verb=verb, row_id=row)


_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
urlpatterns = [
    path("v1/openapi.json", openapi.document, name="api-openapi"),
    path("v1/docs", openapi.docs, name="api-docs"),
    re_path(rf"^v1/(?P<url>[a-z0-9_/-]{{1,100}})/(?P<row_id>{_UUID})$", at),
    re_path(r"^v1/(?P<url>[a-z0-9_/-]{1,100})$", at),
    re_path(r"", csrf_exempt(nothing)),
]
