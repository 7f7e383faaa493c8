"""Loads every room's test builders, so that the registry suite finds them."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings


def load() -> None:
    """Import tests/builders.py of every room that has one, and the kernel's."""
    for room in ["sellwell.kernel", *settings.ROOMS]:
        if find_spec(f"{room}.tests.builders") is not None:
            import_module(f"{room}.tests.builders")
