"""Who signs in: people's accounts and the tokens of their programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from sellwell.kernel.ids import new_id
from sellwell.kernel.models.base import Row, Scoped
from sellwell.kernel.values import T

if TYPE_CHECKING:
    from sellwell.kernel.access import Post


class UserManager(BaseUserManager["User"]):
    """Finds accounts by user name; accounts are made by operations of the organisation."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(Scoped, AbstractBaseUser):
    """An account. `is_system` marks the named actors of jobs, who never sign in and never clear a separation of duties."""

    noun = T("用户", "User")
    personal: ClassVar[tuple[str, ...]] = ("name",)
    credentials: ClassVar[tuple[str, ...]] = ("password", "last_login")
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.PositiveIntegerField(default=1)
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)
    is_system = models.BooleanField(default=False)
    language = models.CharField(max_length=2, default="zh")
    last_login = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    def subject(self) -> UUID:
        """The person whose name the account holds."""
        return self.id

    @classmethod
    def scope_q(cls, scope: str, user_id: UUID, post: Post) -> Q | None:
        return Q(pk=user_id) if scope == "own" else super().scope_q(scope, user_id, post)

    def in_scope(self, scope: str, user_id: UUID, post: Post) -> bool:
        return self.pk == user_id if scope == "own" else super().in_scope(scope, user_id, post)

    def __str__(self) -> str:
        return self.name


class ApiToken(Row):
    """A personal token for REST. Only its hash is kept; `scopes` narrows what the person may do by it."""

    noun = T("接口令牌", "API token")
    credentials: ClassVar[tuple[str, ...]] = ("secret_hash", "last_used_at")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    label = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, db_index=True)
    secret_hash = models.BinaryField(max_length=32)
    scopes = models.JSONField(
        default=list
    )  # operation and view names, or "room.*"; empty means all that the person may
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    @classmethod
    def scope_q(cls, scope: str, user_id: UUID, post: Post) -> Q | None:
        return Q(user_id=user_id) if scope == "own" else super().scope_q(scope, user_id, post)

    def in_scope(self, scope: str, user_id: UUID, post: Post) -> bool:
        return self.user_id == user_id if scope == "own" else super().in_scope(scope, user_id, post)


class ApiWindow(models.Model):
    """How many requests a token has made in a minute: one row per token, overwritten."""

    token = models.OneToOneField(ApiToken, on_delete=models.PROTECT, primary_key=True)
    minute = models.DateTimeField()
    count = models.PositiveIntegerField()
