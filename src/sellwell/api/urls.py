"""Addresses of the API, under /api/. GET reads views, POST does operations."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from sellwell.api import docs, doing, openapi, reading
from sellwell.api.answers import Endpoint, serve
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.views import VIEWS


@login_not_required
@csrf_exempt  # tokens are sent by programs on purpose; there is no ambient credential to misuse
def nothing(request: HttpRequest) -> HttpResponse:
    """Addresses that nobody answers."""
    return serve(request, {})


@login_not_required
@csrf_exempt
def at(request: HttpRequest, url: str, row_id: str = "") -> HttpResponse:
    """A list, a record, or a verb."""
    row = None if not row_id else int(row_id) if row_id.isdigit() else UUID(row_id)
    return serve(request, endpoints_at(url, row))


def endpoints_at(url: str, row_id: UUID | int | None) -> dict[str, Endpoint]:
    """What answers at an address, by method. Rows are named by identifier, those of the ledger by number."""
    found: dict[str, Endpoint] = {}
    view = next((v for v in VIEWS.values() if v.url == url), None)
    if view is not None and row_id is None:
        found["GET"] = partial(reading.rows, view=view)
    elif view is not None and isinstance(row_id, int) == reading.is_numbered(view):
        found["GET"] = partial(reading.record, view=view, row_id=row_id)
    if isinstance(row_id, int):
        return found
    operation = REGISTRY.get(url.replace("/", ".", 1))
    if operation is not None and "api" in operation.channels and operation.creates == (row_id is None):
        found["POST"] = partial(doing.act, operation=operation, row_id=row_id)
    return found


_UUID = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
urlpatterns = [
    path("v1/openapi.json", openapi.document, name="api-openapi"),
    path("v1/docs", docs.show, name="api-docs"),
    re_path(rf"^v1/(?P<url>[a-z0-9_/-]{{1,100}})/(?P<row_id>{_UUID}|[0-9]{{1,18}})$", at),
    re_path(r"^v1/(?P<url>[a-z0-9_/-]{1,100})$", at),
    re_path(r"", nothing),
]
