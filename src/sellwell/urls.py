"""The addresses of the house: the API under /api/, pages everywhere else."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

urlpatterns = []
if find_spec("sellwell.api") and find_spec("sellwell.api.urls"):
    urlpatterns.append(path("api/", include("sellwell.api.urls")))
if find_spec("sellwell.web.urls"):
    urlpatterns.append(path("", include("sellwell.web.urls")))

handler400 = "sellwell.web.errors.bad_request"
handler403 = "sellwell.web.errors.forbidden"
handler404 = "sellwell.web.errors.not_found"
handler500 = "sellwell.web.errors.broken"
