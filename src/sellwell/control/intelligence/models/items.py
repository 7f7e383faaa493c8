"""Items of intelligence with the steps of their loop, actions that follow, and points for what was right."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sellwell.kernel.models import CompanyRow, Document, Owned
from sellwell.kernel.models.base import document_constraints, document_indexes
from sellwell.kernel.values import State, T

if TYPE_CHECKING:
    from sellwell.kernel.access import Post

USER = settings.AUTH_USER_MODEL


class ItemKind(State):
    """What an item is about."""

    COMPETITOR = "competitor", T("竞争对手", "Competitor")
    PRICE = "price", T("价格变动", "Price move")
    DEMAND = "demand", T("需求变化", "Demand")
    POLICY = "policy", T("政策法规", "Policy")
    FEEDBACK = "feedback", T("客户意见", "Customer feedback")
    SALES_DATA = "sales_data", T("销售数据", "Sales data")
    UNSORTED = "unsorted", T("未分类", "Not sorted yet")


class Channel(State):
    """Where an item came from."""

    VISIT = "visit", T("拜访", "Visit")
    CUSTOMER = "customer", T("客户反映", "Customer")
    RESEARCH = "research", T("市场调研", "Research")
    SALES_DATA = "sales_data", T("销售数据", "Sales data")
    EXHIBITION = "exhibition", T("展会", "Exhibition")
    SUPPLIER = "supplier", T("供应商", "Supplier")
    MEDIA = "media", T("公开媒体", "Public media")
    MAIL = "mail", T("邮件", "E-mail")
    API = "api", T("系统接口", "API")


class Lawful(State):
    """What the sender declares of the source (law against unfair competition; antimonopoly law)."""

    OPEN = "open", T("公开信息，或对方主动告知", "Public, or told of their own accord")
    UNSURE = "unsure", T("说不准，请法务判断", "Not sure: legal shall judge")
    RIVAL = "rival", T("对手的人直接提供", "From somebody of the competitor")
    WRONG = "wrong", T("花钱买来或违反保密取得", "Bought, or in breach of confidence")
    UNDECLARED = "undeclared", T("尚未声明", "Not declared yet")


class Confidentiality(State):
    """Who may read an item beside those who handle it."""

    OPEN = "open", T("内部公开", "Everybody concerned")
    SECRET = "secret", T("机密", "Confidential")


class Reliability(State):
    """How far a source can be relied on."""

    A = "A", T("A 完全可靠", "A reliable")
    B = "B", T("B 通常可靠", "B usually reliable")
    C = "C", T("C 比较可靠", "C fairly reliable")
    D = "D", T("D 往往不可靠", "D not usually reliable")
    E = "E", T("E 不可靠", "E unreliable")
    F = "F", T("F 无法判断", "F cannot be judged")


class Credibility(State):
    """How credible it is what the source says."""

    ONE = "1", T("1 已经证实", "1 confirmed by others")
    TWO = "2", T("2 很可能", "2 probably true")
    THREE = "3", T("3 有可能", "3 possibly true")
    FOUR = "4", T("4 存疑", "4 doubtful")
    FIVE = "5", T("5 不可信", "5 improbable")
    SIX = "6", T("6 无法判断", "6 cannot be judged")


class Verdict(State):
    """What became known of an item's truth."""

    NONE = "none", T("未核实", "Not confirmed yet")
    TRUE = "true", T("属实", "True")
    FALSE = "false", T("不实", "False")
    UNCLEAR = "unclear", T("无法判断", "Unclear")


class ItemState(State):
    """Where an item stands in the loop (clause 2.4.4)."""

    SUBMITTED = "submitted", T("已提交", "Submitted")
    SCREENED = "screened", T("已采纳", "Accepted")
    ANALYSED = "analysed", T("已分析", "Analysed")
    ASSIGNED = "assigned", T("对策执行中", "Action under way")
    DONE = "done", T("对策已完成", "Action done")
    ANSWERED = "answered", T("已反馈", "Answered")
    CLOSED = "closed", T("已关闭", "Closed")
    REJECTED = "rejected", T("未采纳", "Not taken up")
    DUPLICATE = "duplicate", T("重复", "Duplicate")


class Item(Document):
    """Something learned of the market. `created_by` sent it in; the owner is who handles it now.

    Scope columns are the sender's, so that a manager sees what the own people reported. A confidential item is seen by those who
    handle it and by company-wide roles only.
    """

    noun = T("情报", "Intelligence item")
    personal = ("topic", "text", "outcome", "finding", "strategy", "answer", "confirm_note")
    kind = models.CharField(max_length=12)
    channel = models.CharField(max_length=12)
    topic = models.CharField(max_length=120)
    text = models.TextField()
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, null=True, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, null=True, related_name="+")
    competitor = models.ForeignKey(
        "intelligence.Competitor", on_delete=models.PROTECT, null=True, related_name="items"
    )
    area = models.CharField(max_length=40, default="", blank=True)  # the market region that it is about
    happened_on = models.DateField()
    lawful = models.CharField(max_length=12, default="undeclared")
    confidentiality = models.CharField(max_length=8, default="open")
    is_urgent = models.BooleanField(default=False)
    is_timely = models.BooleanField(default=True)  # sent in within the policy's days of happening
    delay_days = models.PositiveIntegerField(default=0)  # working days between happening and sending
    reliability = models.CharField(max_length=1, default="F")  # of the source, A to F
    credibility = models.CharField(max_length=1, default="6")  # of what it says, 1 to 6
    files = ArrayField(models.UUIDField(), default=list, blank=True)
    message_key = models.CharField(
        max_length=64, default="", blank=True
    )  # a fingerprint of the mail it came by
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="duplicates")
    outcome = models.CharField(max_length=200, default="", blank=True)  # why it was not taken up
    finding = models.TextField(default="", blank=True)
    strategy = models.TextField(default="", blank=True)
    answer = models.TextField(default="", blank=True)
    due_at = models.DateTimeField(null=True)  # of the step whose turn it is
    screened_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    answer_due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=8, default="none")
    confirm_note = models.CharField(max_length=200, default="", blank=True)
    confirmed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *document_constraints("intel_item", ItemState),
            models.CheckConstraint(condition=Q(kind__in=ItemKind.values()), name="intel_item_kind_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values()), name="intel_item_channel_known"),
            models.CheckConstraint(condition=Q(lawful__in=Lawful.values()), name="intel_item_lawful_known"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values()), name="intel_item_verdict_known"),
            models.CheckConstraint(condition=Q(reliability__in=Reliability.values()), name="intel_item_reliability"),
            models.CheckConstraint(condition=Q(credibility__in=Credibility.values()), name="intel_item_credibility"),
            models.UniqueConstraint(
                fields=["company_id", "message_key"], condition=~Q(message_key=""), name="intel_item_mail_once"
            ),
        ]  # fmt: skip
        indexes = [
            *document_indexes("intel_item"),
            models.Index(fields=["created_by", "-business_date", "-id"], name="intel_item_sender"),
            models.Index(fields=["company_id", "channel", "business_date"], name="intel_item_channel"),
            models.Index(fields=["company_id", "confirmed_at"], name="intel_item_confirmed"),
            models.Index(fields=["competitor", "-business_date", "-id"], name="intel_item_competitor"),
            models.Index(fields=["customer", "-business_date", "-id"], name="intel_item_customer"),
        ]

    def subject(self) -> UUID:
        """The customer's party; without a customer the item itself, for it may name somebody."""
        return self.customer.party_id if self.customer_id else self.pk

    @classmethod
    def waits_for_somebody(cls) -> Q:
        """While actions are under way they are what waits."""
        steps = [
            ItemState.SUBMITTED,
            ItemState.SCREENED,
            ItemState.ANALYSED,
            ItemState.DONE,
            ItemState.ANSWERED,
        ]
        return Q(state__in=[s.value for s in steps])

    @classmethod
    def scope_q(cls, scope: str, user_id: UUID, post: Post) -> Q | None:
        """One's own are those one handles, sent in, or has an action of; and what is known of one's own customers."""
        if scope == "own":
            acting = Action.objects.filter(owner_id=user_id, item__isnull=False).values("item_id")
            mine = Q(owner_id=user_id) | Q(created_by_id=user_id) | Q(pk__in=acting)
            mine |= Q(customer__owner_id=user_id) & ~Q(confidentiality=Confidentiality.SECRET.value)
            return Q(company_id=post.company_id) & mine
        found = super().scope_q(scope, user_id, post)
        if found is None or scope in ("company", "group"):
            return found
        return found & ~Q(confidentiality=Confidentiality.SECRET.value)

    def in_scope(self, scope: str, user_id: UUID, post: Post) -> bool:
        if scope == "own":
            if self.company_id != post.company_id:
                return False
            is_secret = self.confidentiality == Confidentiality.SECRET.value
            if self.customer_id and self.customer.owner_id == user_id and not is_secret:
                return True
            if user_id in (self.owner_id, self.created_by_id):
                return True
            return Action.objects.filter(item_id=self.pk, owner_id=user_id).exists()
        is_hidden = self.confidentiality == Confidentiality.SECRET.value and scope not in ("company", "group")
        return not is_hidden and super().in_scope(scope, user_id, post)


class StepKind(State):
    """The steps of the loop."""

    SCREEN = "screen", T("筛选", "Screening")
    ANALYSE = "analyse", T("分析", "Analysis")
    DECIDE = "decide", T("定对策", "Decision")
    ACT = "act", T("执行对策", "Action")
    ANSWER = "answer", T("反馈提交人", "Answer to the sender")
    CLOSE = "close", T("关闭", "Closing")


class Step(CompanyRow):
    """A step of an item's loop: who answered for it, by when, and when it was done."""

    noun = T("情报步骤", "Step of an item")
    scope_through = "item"
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=8)
    role = models.CharField(max_length=40, default="", blank=True)
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "kind"], name="intel_step_once"),
            models.CheckConstraint(condition=Q(kind__in=StepKind.values()), name="intel_step_kind_known"),
        ]
        indexes = [models.Index(fields=["company_id", "due_at"], name="intel_step_due")]


class ActionState(State):
    """Whether an action was done."""

    OPEN = "open", T("进行中", "Open")
    DONE = "done", T("已完成", "Done")
    CANCELLED = "cancelled", T("已取消", "Cancelled")


class Action(Document):
    """What somebody does by a day, after an item of intelligence or a meeting."""

    noun = T("行动项", "Action item")
    personal = ("text", "result")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="actions")
    meeting = models.ForeignKey(
        "intelligence.Meeting", on_delete=models.PROTECT, null=True, related_name="actions"
    )
    text = models.CharField(max_length=200)
    due_on = models.DateField()
    result = models.TextField(default="", blank=True)
    done_on = models.DateField(null=True)

    class Meta:
        constraints = [
            *document_constraints("intel_action", ActionState),
            models.CheckConstraint(
                condition=Q(item__isnull=True, meeting__isnull=False) | Q(item__isnull=False, meeting__isnull=True),
                name="intel_action_of_one_thing",
            ),
        ]  # fmt: skip
        indexes = [
            *document_indexes("intel_action"),
            models.Index(fields=["company_id", "due_on"], name="intel_action_due", condition=Q(state="open")),
        ]

    @classmethod
    def scope_q(cls, scope: str, user_id: UUID, post: Post) -> Q | None:
        """What is done about a confidential item tells what it says: it is seen by those who see the item."""
        found = super().scope_q(scope, user_id, post)
        if found is None or scope in ("own", "company", "group"):
            return found
        return found & (Q(item__isnull=True) | ~Q(item__confidentiality=Confidentiality.SECRET.value))

    def in_scope(self, scope: str, user_id: UUID, post: Post) -> bool:
        if scope not in ("own", "company", "group") and self.is_secret:
            return False
        return super().in_scope(scope, user_id, post)

    @property
    def is_secret(self) -> bool:
        """Whether it follows from a confidential item."""
        return self.item is not None and self.item.confidentiality == Confidentiality.SECRET.value

    def subject(self) -> UUID:
        """The subject of what it came from."""
        if self.item_id:
            return self.item.subject()  # type: ignore[no-any-return]
        return self.meeting_id  # type: ignore[return-value]


class AwardState(State):
    """Whether points stand."""

    STANDING = "standing", T("有效", "Standing")
    REVERSED = "reversed", T("已冲回", "Reversed")


class Award(Owned):
    """Points for an item that was in time and right (clause 2.4.5); the owner is who sent it in."""

    noun = T("情报积分", "Points")
    personal = ("reverse_reason",)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="awards")
    state = models.CharField(max_length=10, default="standing")
    quality = models.PositiveSmallIntegerField()
    novelty = models.PositiveSmallIntegerField()
    impact = models.PositiveSmallIntegerField()
    factor = models.DecimalField(max_digits=6, decimal_places=2)
    points = models.DecimalField(max_digits=18, decimal_places=2)
    awarded_on = models.DateField()
    awarded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    reversed_on = models.DateField(null=True)
    reverse_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=AwardState.values()), name="intel_award_state_known"
            ),
            models.UniqueConstraint(fields=["item"], condition=Q(state="standing"), name="intel_award_once"),
            models.CheckConstraint(condition=Q(points__gte=0), name="intel_award_points"),
        ]
        indexes = [
            models.Index(fields=["company_id", "-awarded_on", "-id"], name="intel_award_newest"),
            models.Index(fields=["owner", "-awarded_on", "-id"], name="intel_award_owner"),
        ]

    def subject(self) -> UUID:
        """The subject of the item."""
        return self.item.subject()  # type: ignore[no-any-return]
