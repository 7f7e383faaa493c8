"""The organisation: companies, departments, people, and the roles they hold from day to day."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value

from sellwell.kernel.models import CompanyRow, DateRange, Row
from sellwell.kernel.values import State, T

if TYPE_CHECKING:
    from sellwell.kernel.access import Post

USER = settings.AUTH_USER_MODEL


class PersonState(State):
    """Whether somebody works here."""

    ACTIVE = "active", T("在职", "Active")
    LEFT = "left", T("已离职", "Left")


class Company(Row):
    """A legal entity. Its identifier is the `company_id` of everything that belongs to it."""

    noun = T("公司", "Company")
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, default="", blank=True)
    uscc = models.CharField(max_length=18, default="", blank=True)
    address = models.CharField(max_length=200, default="", blank=True)
    phone = models.CharField(max_length=40, default="", blank=True)
    bank = models.CharField(max_length=120, default="", blank=True)
    bank_account = models.CharField(max_length=40, default="", blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    rounding = models.CharField(max_length=10, default="half_up")  # half_up | half_even
    rounding_at = models.CharField(max_length=10, default="line")  # line | document

    def __str__(self) -> str:
        return self.name


class Department(CompanyRow):
    """A department. `path` lists the codes from the top (`HQ.EAST.`), so that a subtree is a prefix."""

    noun = T("部门", "Department")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, default="", blank=True)
    kind = models.CharField(
        max_length=20, default="regional"
    )  # regional | product | customer | division | function
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=200)
    region = models.CharField(max_length=40, default="", blank=True)
    product_line = models.CharField(max_length=40, default="", blank=True)
    head = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateField(null=True)  # when it was set up; empty: before anybody counted
    until = models.DateField(null=True)  # closed from this day on
    as_of = models.DateField(null=True)  # since when it is as this row says; before that see DepartmentPast
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    review_months = models.PositiveSmallIntegerField(default=12)
    external_id = models.CharField(max_length=60, default="", blank=True)  # its key in another directory

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company_id", "external_id"],
                condition=~Q(external_id=""),
                name="department_external_unique",
            ),
            models.UniqueConstraint(fields=["company_id", "code"], name="department_code_unique"),
            models.UniqueConstraint(fields=["company_id", "path"], name="department_path_unique"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_by_line(self) -> bool:
        """Whether its rows are those of its product line, wherever they were made, and not those below its path."""
        return self.kind in ("product", "division") and bool(self.product_line)


class Person(Row):
    """Somebody's employment, beside the account (`kernel.User`) that signs in."""

    noun = T("人员", "Person")
    user = models.OneToOneField(USER, on_delete=models.PROTECT, related_name="person")
    number = models.CharField(max_length=20, unique=True)
    employment = models.CharField(max_length=20, default="full_time")  # full_time | part_time
    state = models.CharField(max_length=10, default="active")
    phone = models.JSONField(null=True)  # an envelope
    hired_on = models.DateField()
    left_on = models.DateField(null=True)
    speciality = models.CharField(max_length=40, default="", blank=True)
    external_id = models.CharField(max_length=60, default="", blank=True)  # its key in another directory

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], condition=~Q(external_id=""), name="person_external_unique"
            ),
            models.CheckConstraint(condition=Q(state__in=PersonState.values()), name="person_state_known"),
        ]

    def subject(self) -> UUID:
        """The person."""
        return self.user_id

    @classmethod
    def scope_q(cls, scope: str, user_id: UUID, post: Post) -> Q | None:
        """People belong to no company themselves: a scope means those who hold a post within it."""
        if scope == "own":
            return Q(user_id=user_id)
        if scope == "group":
            return Q()
        within = Assignment.scope_q(scope, user_id, post)
        return None if within is None else Q(user_id__in=Assignment.objects.filter(within).values("user_id"))

    def in_scope(self, scope: str, user_id: UUID, post: Post) -> bool:
        q = self.scope_q(scope, user_id, post)
        return q is not None and (not q or Person.objects.filter(q, pk=self.pk).exists())

    def __str__(self) -> str:
        return self.user.name


class Assignment(CompanyRow):
    """A role that a person holds in a department, from day to day."""

    noun = T("任职", "Assignment")
    scope_columns = {
        "own": "user_id",
        "team": "department__path",
        "department": "department__path",
        "region": "region",
    }
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=40)
    # What the post is for; empty: the position that stands for its role.
    position = models.ForeignKey(
        "company.Position", on_delete=models.PROTECT, null=True, related_name="assignments"
    )
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="assignments")
    region = models.CharField(max_length=40, default="", blank=True)
    product_line = models.CharField(max_length=40, default="", blank=True)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="assignment_dates"
            ),
            ExclusionConstraint(
                name="assignment_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("department", RangeOperators.EQUAL),
                    (DateRange("since", "until", Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["company_id", "role"], name="assignment_role")]

    def __str__(self) -> str:
        return f"{self.user.name} · {self.role} · {self.department.name}"
