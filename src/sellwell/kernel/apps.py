"""The kernel as a Django app: when all tables are known, every room's declarations are read in."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import module_has_submodule

# In this order over all rooms, so that what is bound by name finds what it names.
DECLARATIONS = (
    "access",
    "views",
    "operations",
    "guards",
    "reactions",
    "chores",
    "facts",
    "evidence",
    "checks",
    "extensions",
    "pages",
)


class KernelConfig(AppConfig):
    """Reads the registries of all rooms."""

    name = "sellwell.kernel"
    label = "kernel"

    def ready(self) -> None:
        for kind in (
            "approval_operations",
            "approval_fields",
            "approval_signers",
            "approval_talk",
            "approval_times",
            "delegation_operations",
            "message_operations",
            "tap_links",
            "token_operations",
            "import_operations",
            "import_rows",
            "import_steps",
            "import_views",
            "period_operations",
            "rebuilding",
            "deadlines",
        ):
            import_module(f"sellwell.kernel.{kind}")
        for kind in DECLARATIONS:
            for room in settings.ROOMS:
                if module_has_submodule(import_module(room), kind):
                    import_module(f"{room}.{kind}")
