"""Who must have learnt what by when. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sellwell.kernel.values import State, T, months_later


class GatedVerb(State):
    """The verbs that a course rule may make wait: those where not knowing how does harm outside the house."""

    SEND_QUOTATION = "pipeline.send_quotation", T("发出报价", "Send quotation")
    SIGN = "contracts.sign", T("登记签署", "Record signatures")
    CONFIRM = "orders.confirm", T("确认订单", "Confirm order")
    PICK = "delivery.pick", T("拣货", "Pick")
    SHIP = "delivery.ship", T("发货", "Ship")
    ISSUE_INVOICE = "receivables.issue_invoice", T("开具发票", "Issue invoice")
    ENTER_RECEIPT = "receivables.enter_receipt", T("登记收款", "Enter receipt")


def valid_until(held_on: date, passed: bool, valid_months: int) -> date | None:
    """The first day on which a pass no longer counts; None: it lasts for good, or was no pass."""
    return months_later(held_on, valid_months) if passed and valid_months else None


@dataclass(frozen=True, slots=True)
class Rule:
    """A course that people of a role must have passed; '' is everybody."""

    course_id: UUID
    role: str
    operations: tuple[str, ...]
    days: int
    since: date
    until: date | None = None

    def speaks_for(self, roles: Iterable[str], day: date) -> bool:
        """Whether it is in force on the day and about somebody with these roles."""
        in_force = self.since <= day and (self.until is None or day < self.until)
        return in_force and (not self.role or self.role in roles)


@dataclass(frozen=True, slots=True)
class Pass:
    """A passed course: from when until when it counts."""

    course_id: UUID
    held_on: date
    until: date | None

    def counts_on(self, day: date) -> bool:
        """Whether the pass counts on a day."""
        return self.held_on <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Due:
    """A course that a person must still pass, by when, and when a former pass ran out."""

    course_id: UUID
    due_on: date
    ran_out_on: date | None = None


def missing(
    rules: Iterable[Rule], operation: str, roles: Iterable[str], passes: Iterable[Pass], day: date
) -> list[UUID]:
    """The courses without which somebody with these roles may not do the verb on the day, each once."""
    roles, counting = list(roles), {one.course_id for one in passes if one.counts_on(day)}
    asked = [rule.course_id for rule in rules if operation in rule.operations and rule.speaks_for(roles, day)]
    return [course for course in dict.fromkeys(asked) if course not in counting]


def dues(rules: Iterable[Rule], posts: Mapping[str, date], passes: Iterable[Pass], day: date) -> list[Due]:
    """What is asked of somebody on a day and is not there, earliest first.

    `posts`: role -> since when. A course is due so many days after the later of the rule's start and the post's; one that was
    passed and ran out is due again on the day it ran out. Of two rules for one course the earlier day counts.
    """
    known = list(passes)
    counting = {one.course_id for one in known if one.counts_on(day)}
    found: dict[UUID, Due] = {}
    for rule in rules:
        if rule.course_id in counting or not posts or not rule.speaks_for(posts, day):
            continue
        began = posts[rule.role] if rule.role else min(posts.values())
        due_on = max(rule.since, began) + timedelta(days=rule.days)
        ran_out = max(
            (p.until for p in known if p.course_id == rule.course_id and p.until and p.until <= day),
            default=None,
        )
        one = Due(rule.course_id, max(due_on, ran_out) if ran_out else due_on, ran_out)
        if rule.course_id not in found or one.due_on < found[rule.course_id].due_on:
            found[rule.course_id] = one
    return sorted(found.values(), key=lambda one: (one.due_on, one.course_id))
