"""The web wing as a Django app; its one view is declared in every process, since forms and REST both name files."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Reads the wing's own declarations, after the rooms' (the roles are known then), and those of imports."""

    name = "sellwell.web"
    label = "web"

    def ready(self) -> None:
        import_module("sellwell.web.access")
        import_module("sellwell.imports.reactions")
