"""`manage replay_erasures`: after a restore, erase again what was erased since the backup."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from sellwell.kernel import personal


class Command(BaseCommand):
    """Makes database and erasure file agree; run by `sellwell restore` as the owner role."""

    help = "Erase again what was erased since the backup that was restored."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{personal.replay_erasures()} subjects erased again")
