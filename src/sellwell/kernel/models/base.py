"""What every table of ours stands on: identifiers, company, owner and scope, states."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Func, Q

from sellwell.kernel.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sellwell.kernel.access import Post
    from sellwell.kernel.values import State, T


class DateRange(Func):
    """`daterange(since, until, '[)')` for exclusion constraints of dated rows."""

    function = "DATERANGE"
    output_field = DateRangeField()


class Scoped:
    """What rights ask of every row that a view shows: whose it is, and which rows a scope means."""

    # `noun` is the row's name for people, `personal` the columns that hold personal data in clear (blanked at
    # erasure, sealed in ledger and logs), `append_only` rows are protected by a trigger, `credentials` are columns that
    # never go into the ledger.
    noun: ClassVar[T]
    personal: ClassVar[tuple[str, ...]] = ()
    append_only: ClassVar[bool] = False
    credentials: ClassVar[tuple[str, ...]] = ()
    # Where the scope columns are: "" on the row itself, "customer" on the row that the foreign key names.
    scope_through: ClassVar[str] = ""
    # Foreign keys that every act on such a row follows: read with it.
    read_along: ClassVar[tuple[str, ...]] = ()

    def subject(self) -> UUID | None:
        """The person or organisation whose personal data this row holds, if any."""
        return None

    @classmethod
    def scope_q(cls, scope: str, user_id: UUID, post: Post) -> Q | None:
        """Which rows `scope` means for somebody in `post`; None where the scope does not apply to such rows."""
        if scope == "group":
            return Q()
        if scope == "company" and hasattr(cls, "company_id"):
            return Q(company_id=post.company_id)
        return None

    def in_scope(self, scope: str, user_id: UUID, post: Post) -> bool:
        """The same question as `scope_q`, for a row at hand."""
        if scope == "group":
            return True
        return scope == "company" and getattr(self, "company_id", None) == post.company_id


class Row(Scoped, models.Model):
    """A row with an identifier and a version. The version counts changes, so that a stale edit is noticed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class CompanyRow(Row):
    """A row of one company. Row-level security hides it from everybody else's sessions."""

    # Which column a scope narrower than the company looks at; a scope without one does not apply to such rows.
    scope_columns: ClassVar[dict[str, str]] = {}

    company_id = models.UUIDField(db_index=True)

    class Meta:
        abstract = True

    @classmethod
    def scope_q(cls, scope: str, user_id: UUID, post: Post) -> Q | None:
        column = cls.scope_columns.get(scope)
        if column is None:
            return super().scope_q(scope, user_id, post)
        wanted = _wanted(scope, user_id, post)
        if wanted is None:
            return None
        lookup = f"{column}__startswith" if scope == "department" else column
        return Q(("company_id", post.company_id), (lookup, wanted))

    def in_scope(self, scope: str, user_id: UUID, post: Post) -> bool:
        column = self.scope_columns.get(scope)
        if column is None:
            return super().in_scope(scope, user_id, post)
        wanted = _wanted(scope, user_id, post)
        if wanted is None or self.company_id != post.company_id:
            return False
        value = attrgetter(column.replace("__", "."))(self)
        return value.startswith(wanted) if scope == "department" else bool(value == wanted)


def _wanted(scope: str, user_id: UUID, post: Post) -> Any:
    """What a scope's column must hold for somebody in `post`; None where the post has no such thing."""
    match scope:
        case "own":
            return user_id
        case "team" | "department":
            return post.department_path
        case "region":
            return post.region or None
        case "product_line":
            return post.product_line or None
    raise ValueError(scope)


# Rows about one person (a column `user`), kept with that person's department of the day they were written.
ABOUT_A_PERSON = {"own": "user_id", "team": "department_path", "department": "department_path"}


class Owned(CompanyRow):
    """A row with exactly one accountable person (clause 1.3.2) and the columns that scopes look at."""

    scope_columns: ClassVar[dict[str, str]] = {
        "own": "owner_id",
        "team": "department_path",
        "department": "department_path",
        "region": "region",
        "product_line": "product_line",
    }

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    department_path = models.CharField(max_length=200, default="", blank=True)
    region = models.CharField(max_length=40, default="", blank=True)
    product_line = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        abstract = True


class Document(Owned):
    """A business document: numbered, dated, with a state, an owner and, while it waits for approval, a hold."""

    number = models.CharField(max_length=40)
    state = models.CharField(max_length=20)
    business_date = models.DateField()
    origin = models.CharField(max_length=12, default="entry")  # entry | import
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    held_by = models.UUIDField(null=True, blank=True)  # the open approval request, if any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """Which rows in an open state must be in somebody's list (clause 1.3.3); all, where nothing else is said."""
        return Q()


def document_constraints(name: str, states: type[State]) -> list[Any]:
    """The constraints that every document's table has: a unique number per company and known states."""
    return [
        models.UniqueConstraint(fields=["company_id", "number"], name=f"{name}_number_unique"),
        models.CheckConstraint(condition=Q(state__in=states.values()), name=f"{name}_state_known"),
    ]


def document_indexes(name: str, *, amount: str = "") -> Iterable[models.Index]:
    """The indexes that lists of documents need: newest first, by owner, by department, by state; and by the amount that
    a list sorts by."""
    newest = ["company_id", "-business_date", "-id"]
    by_amount = [models.Index(fields=["company_id", f"-{amount}", "-id"], name=f"{name}_{amount}")]
    return [
        models.Index(fields=newest, name=f"{name}_newest"),
        models.Index(fields=["owner", *newest[1:]], name=f"{name}_owner"),
        models.Index(fields=["department_path", *newest[1:]], name=f"{name}_dept"),
        models.Index(fields=["company_id", "state", *newest[1:]], name=f"{name}_state"),
        *(by_amount if amount else []),
    ]
