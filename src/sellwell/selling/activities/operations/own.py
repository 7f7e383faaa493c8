"""What people keep for themselves: the order of a day's visits, a calendar feed, consent to positions."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date

from sellwell.kernel.effects import Effects
from sellwell.kernel.ids import new_id
from sellwell.kernel.inputs import Input, Ref, field
from sellwell.kernel.operations import Assessment, Context, operation
from sellwell.kernel.values import Reason, T
from sellwell.selling.activities import queries
from sellwell.selling.activities.models import CalendarFeed, DayPlan, LocationConsent

WORDING = 1  # of the consent; a new text asks everybody again
NOT_MINE = Reason(
    "activities.not_my_day",
    T(
        "只能安排本人当天的拜访。请刷新页面后重试。",
        "Only your own visits of that day. Reload the page and try again.",
    ),
)
TWICE = Reason("activities.visit_twice", T("同一次拜访出现了两次。", "A visit stands here twice."))
FEED_OPEN = Reason(
    "activities.feed_open",
    T(
        "已有一个日历订阅。请先停用，再新建。",
        "There is a calendar feed already. Revoke it before you make a new one.",
    ),
)
ENDED = Reason("activities.ended", T("已经停用。", "It has ended already."))
AGREED = Reason("activities.agreed", T("您已同意记录定位。", "You have agreed to positions already."))


class ArrangeDay(Input):
    """The visits of a day in the order in which they are made."""

    day: date = field(T("日期", "Day"))
    visits: list[Ref("pipeline.visit")] = field(T("拜访", "Visits"), default_factory=list, max_length=60)


def assess_arrange(row: None, given: ArrangeDay, ctx: Context) -> Assessment:
    """They are the actor's own visits of that day, each once."""
    mine = {v.pk for v in queries.visits_of_day(ctx, given.day)}
    found = [
        NOT_MINE.refuse(path=f"visits.{index}")
        for index, visit in enumerate(given.visits)
        if visit not in mine
    ]
    if len(set(given.visits)) < len(given.visits):
        found.append(TWICE.refuse(path="visits"))
    return Assessment(content={"day": given.day, "visits": len(given.visits)}, objections=tuple(found))


_ARRANGE = """
INSERT INTO activities_dayplan (id, version, company_id, user_id, day, visits) VALUES (%s, 1, %s, %s, %s, %s)
ON CONFLICT (company_id, user_id, day) DO UPDATE SET visits = excluded.visits, version = activities_dayplan.version + 1
RETURNING new.id, to_jsonb(old), to_jsonb(new)
"""


@operation(
    "activities.arrange_day",
    T("安排路线", "Arrange day"),
    DayPlan,
    help=T("保存当天拜访的先后顺序。", "Keeps the order in which the visits of a day are made."),
    input=ArrangeDay,
    creates=True,
    assess=assess_arrange,
    clauses=["2.2.4"],
)
def arrange_day(row: None, given: ArrangeDay, ctx: Context, assessment: Assessment) -> Effects:
    """The order, in place of an earlier one of the day."""
    effects = Effects()
    values = [new_id(), ctx.company_id, ctx.user_id, given.day, list(given.visits)]
    effects.execute(DayPlan, _ARRANGE, values)
    effects.result = DayPlan.objects.get(company_id=ctx.company_id, user_id=ctx.user_id, day=given.day)
    return effects


# --- the calendar feed ---------------------------------------------------------------------------------------------------


def hash_of(secret: str) -> bytes:
    """What is kept of a feed's secret."""
    return hashlib.sha256(secret.encode()).digest()


def assess_open(row: None, given: Input, ctx: Context) -> Assessment:
    """One feed at a time, so that revoking it ends all."""
    is_open = CalendarFeed.objects.filter(
        company_id=ctx.company_id, user_id=ctx.user_id, revoked_at__isnull=True
    ).exists()
    return Assessment(objections=(FEED_OPEN.refuse(),) if is_open else ())


@operation(
    "activities.open_feed",
    T("订阅日历", "Subscribe to calendar"),
    CalendarFeed,
    help=T(
        "生成一个私密地址，日历软件据此显示您的拜访和待办；地址只显示一次，可随时停用。",
        "Makes a secret address at which a calendar program reads your visits and tasks; it is shown once and can be revoked.",
    ),
    creates=True,
    assess=assess_open,
    channels=["web", "cli"],
    clauses=["2.2.4"],
)
def open_feed(row: None, given: Input, ctx: Context, assessment: Assessment) -> Effects:
    """The feed. Its secret stands on the result as `secret`, once, and is kept nowhere."""
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        id=new_id(), company_id=ctx.company_id, user_id=ctx.user_id, secret_hash=hash_of(secret), created_at=ctx.now
    )  # fmt: skip
    effects = Effects(result=feed)
    effects.insert(feed)
    feed.secret = secret  # type: ignore[attr-defined]
    return effects


def assess_revoke(feed: CalendarFeed, given: Input | None, ctx: Context) -> Assessment:
    """It is still open."""
    return Assessment(objections=(ENDED.refuse(),) if feed.revoked_at is not None else ())


@operation(
    "activities.revoke_feed",
    T("停用日历订阅", "Revoke calendar feed"),
    CalendarFeed,
    help=T("地址立即失效。", "The address stops working at once."),
    assess=assess_revoke,
    danger=True,
    clauses=["2.2.4"],
)
def revoke_feed(feed: CalendarFeed, given: Input, ctx: Context, assessment: Assessment) -> Effects:
    """Ended now."""
    effects = Effects(result=feed)
    effects.update(feed, revoked_at=ctx.now)
    return effects


# --- consent to positions ------------------------------------------------------------------------------------------------


def assess_allow(row: None, given: Input, ctx: Context) -> Assessment:
    """Not given twice."""
    has_agreed = queries.allows_location(ctx.company_id, ctx.user_id)
    return Assessment(objections=(AGREED.refuse(),) if has_agreed else ())


@operation(
    "activities.allow_location",
    T("同意记录定位", "Agree to positions"),
    LocationConsent,
    help=T(
        "同意在签到时由手机附上大致位置（约 100 米），仅用于证明到访和安排路线；不同意不影响签到，可随时撤回。",
        "Your phone may add a rough position (about 100 m) to a check-in, to prove the visit and to plan routes."
        " Without it you check in all the same; you can withdraw at any time.",
    ),
    creates=True,
    assess=assess_allow,
    clauses=["2.2.4"],
)
def allow_location(row: None, given: Input, ctx: Context, assessment: Assessment) -> Effects:
    """The consent, with the number of its wording."""
    consent = LocationConsent(
        id=new_id(), company_id=ctx.company_id, user_id=ctx.user_id, wording=WORDING, given_at=ctx.now
    )
    effects = Effects(result=consent)
    effects.insert(consent)
    return effects


def assess_withdraw(consent: LocationConsent, given: Input | None, ctx: Context) -> Assessment:
    """It still stands."""
    return Assessment(objections=(ENDED.refuse(),) if consent.withdrawn_at is not None else ())


@operation(
    "activities.withdraw_location",
    T("撤回定位同意", "Withdraw consent"),
    LocationConsent,
    help=T("从现在起签到不再记录位置。", "From now on check-ins keep no position."),
    assess=assess_withdraw,
    clauses=["2.2.4"],
)
def withdraw_location(
    consent: LocationConsent, given: Input, ctx: Context, assessment: Assessment
) -> Effects:
    """Withdrawn now."""
    effects = Effects(result=consent)
    effects.update(consent, withdrawn_at=ctx.now)
    return effects
