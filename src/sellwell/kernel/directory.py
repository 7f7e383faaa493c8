"""Who is who: the kernel asks, the organisation's room answers. One directory is registered at start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sellwell.kernel.access import Post
    from sellwell.kernel.values import T


class Directory(Protocol):
    """What the kernel must know of the organisation."""

    def companies(self) -> list[UUID]:
        """Every company, for workers and checks that serve them all."""

    def company_names(self, ids: tuple[UUID, ...]) -> dict[UUID, T]:
        """What companies are called."""

    def posts(self, user_id: UUID, on: date) -> list[Post]:
        """The posts that a person holds on a day, in every company."""

    def holders(self, role: str, company_id: UUID, department_path: str, on: date) -> list[UUID]:
        """Active people who hold `role` in exactly this department (in the whole company where the path is '')."""

    def names(self, user_ids: set[UUID]) -> dict[UUID, str]:
        """Names to show."""

    def manager(self, user_id: UUID, company_id: UUID, on: date) -> UUID | None:
        """Who answers for a person: the head of the department, or of the one above."""


_directory: Directory | None = None


def register(directory: Directory) -> None:
    """Name the one directory of this process."""
    global _directory
    _directory = directory


def current() -> Directory:
    """The registered directory."""
    if _directory is None:
        raise RuntimeError("no directory is registered: the organisation's room is not loaded")
    return _directory
