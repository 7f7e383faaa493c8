"""How activities, calendar feeds and consent to positions are read."""

from __future__ import annotations

from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view
from sellwell.selling.activities.models import (
    Activity,
    ActivityKind,
    ActivityState,
    CalendarFeed,
    DayPlan,
    Direction,
    LocationConsent,
)


def name_of(activity: Activity) -> str:
    """What an activity is called: how, and who began it."""
    kind = ActivityKind(activity.kind).label
    if activity.kind == ActivityKind.NOTE.value:
        return str(kind)
    begun = Direction(activity.direction).label
    return str(T(f"{kind.zh} · {begun.zh}", f"{kind.en} · {begun.en}"))


ACTIVITIES = view(
    "activities.view",
    T("客户互动", "Activities"),
    Activity,
    [
        Column("happened_at", T("时间", "When"), "datetime", path="happened_at", sortable=True),
        Column("kind", T("方式", "How"), "state", path="kind", states=ActivityKind, filterable=True),
        Column(
            "customer",
            T("客户", "Customer"),
            "ref",
            path="customer__party__name",
            ref="customers.customer",
            ref_path="customer_id",
            filterable=True,
        ),
        Column("text", T("内容", "What was said"), path="text"),
        Column("state", T("状态", "State"), "state", path="state", states=ActivityState, filterable=True),
        Column("next_step", T("下一步", "Next step"), path="next_step"),
        Column("next_step_on", T("下一步日期", "Next step on"), "date", path="next_step_on"),
        Column("owner", T("记录人", "By"), "person", path="owner", filterable=True),
        Column(
            "direction",
            T("由谁发起", "Begun by"),
            "state",
            path="direction",
            states=Direction,
            filterable=True,
            in_list=False,
        ),
        Column(
            "contact",
            T("联系人", "Contact"),
            "ref",
            path="contact__name",
            ref="customers.contact",
            ref_path="contact_id",
            in_list=False,
        ),
        Column(
            "opportunity",
            T("商机", "Opportunity"),
            "ref",
            path="opportunity__title",
            ref="pipeline.opportunity",
            ref_path="opportunity_id",
            in_list=False,
        ),
        Column("outcome", T("跟进结果", "Outcome"), path="outcome", in_list=False),
        Column("void_reason", T("作废原因", "Void because"), path="void_reason", in_list=False),
    ],
    url="activities",
    help=T(
        "与客户的电话、邮件、消息和关于客户的备注。",
        "Calls, e-mails and messages with customers, and notes about them.",
    ),
    related=("owner", "customer__party", "contact", "opportunity"),
    order=("-happened_at", "-id"),
    label=name_of,
    clauses=("4.2.1",),
    states=ActivityState,
)

FEEDS = view(
    "activities.feeds",
    T("日历订阅", "Calendar feeds"),
    CalendarFeed,
    [
        Column("user", T("所属", "Owner"), "person", path="user"),
        Column("created_at", T("创建", "Created"), "datetime", path="created_at", sortable=True),
        Column("revoked_at", T("停用", "Revoked"), "datetime", path="revoked_at", sortable=True),
    ],
    url="calendar-feeds",
    help=T(
        "供日历软件读取本人拜访和待办的私密地址。",
        "Secret addresses at which calendar programs read one's visits and tasks.",
    ),
    related=("user",),
    order=("-created_at", "-id"),
    label=lambda feed: str(T("日历订阅", "Calendar feed")),
    clauses=("2.2.4",),
)

CONSENTS = view(
    "activities.consents",
    T("定位同意", "Consent to positions"),
    LocationConsent,
    [
        Column("user", T("本人", "Person"), "person", path="user"),
        Column("wording", T("文本版本", "Wording"), "quantity", path="wording"),
        Column("given_at", T("同意时间", "Given"), "datetime", path="given_at", sortable=True),
        Column("withdrawn_at", T("撤回时间", "Withdrawn"), "datetime", path="withdrawn_at", sortable=True),
    ],
    url="location-consents",
    help=T("本人是否同意签到时记录大致位置。", "Whether check-ins may keep one's rough position."),
    related=("user",),
    order=("-given_at", "-id"),
    label=lambda consent: str(T("定位同意", "Consent to positions")),
    clauses=("2.2.4",),
)

DAYS = view(
    "activities.days",
    T("当日路线", "Routes of days"),
    DayPlan,
    [
        Column("user", T("本人", "Person"), "person", path="user"),
        Column("day", T("日期", "Day"), "date", path="day", sortable=True, filterable=True),
        Column("count", T("拜访数", "Visits"), "quantity", value=lambda plan: len(plan.visits)),
    ],
    url="day-routes",
    help=T("本人为某天拜访排定的先后顺序。", "The order that one gave the visits of a day."),
    related=("user",),
    order=("-day", "-id"),
    label=lambda plan: plan.day.isoformat(),
    clauses=("2.2.4",),
)
