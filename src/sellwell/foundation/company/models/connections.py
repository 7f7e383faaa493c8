"""Connections: by which keys a company is known at WeCom, DingTalk or Feishu."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sellwell.kernel.models import CompanyRow
from sellwell.kernel.values import State, T


class VendorName(State):
    """Vendors that a company can be connected to."""

    WECOM = "wecom", T("企业微信", "WeCom")
    DINGTALK = "dingtalk", T("钉钉", "DingTalk")
    FEISHU = "feishu", T("飞书", "Feishu")


class ConnectionState(State):
    """Whether a connection is in use."""

    ON = "on", T("已启用", "In use")
    OFF = "off", T("已停用", "Switched off")


class Connection(CompanyRow):
    """A company's keys at a vendor. The secret is an envelope under a key of the connection's own, and in no ledger."""

    noun = T("消息接入", "Connection")
    credentials: ClassVar[tuple[str, ...]] = ("secret",)
    system = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default="on")
    app_id = models.CharField(max_length=60)
    agent_id = models.CharField(max_length=60, default="", blank=True)
    secret = models.JSONField()
    base_url = models.CharField(max_length=200, default="", blank=True)
    signs_in = models.BooleanField(default=False)  # people may sign in through it
    pulls = models.BooleanField(default=False)  # departments and people are brought in every day
    pulled_on = models.DateField(null=True)
    pull_answer = models.CharField(
        max_length=80, default="", blank=True
    )  # the code of what went wrong last time
    tested_at = models.DateTimeField(null=True)
    test_answer = models.CharField(
        max_length=80, default="", blank=True
    )  # the code of what went wrong last time
    moved_by = models.UUIDField(
        null=True
    )  # who led it to another app or address while people are linked; until somebody else confirms, it only tests

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "system"], name="connection_once"),
            models.CheckConstraint(
                condition=Q(state__in=ConnectionState.values()), name="connection_state_known"
            ),
            models.CheckConstraint(
                condition=Q(system__in=VendorName.values()), name="connection_system_known"
            ),
        ]

    def __str__(self) -> str:
        return str(VendorName(self.system).label)
