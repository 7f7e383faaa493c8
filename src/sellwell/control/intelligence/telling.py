"""What became of an item, in plain words for who sent it in (clause 2.4.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from sellwell.control.intelligence.models import (
    Action,
    ActionState,
    Award,
    AwardState,
    Item,
    ItemState,
    Verdict,
)
from sellwell.kernel import clock, directory
from sellwell.kernel.values import T, plain_number

WAITS = T("等待筛选，最迟 {due}。", "Waits to be screened, by {due}.")
UNDECLARED = T("请先声明来源，声明后才能采纳。", "Declare its source first; then it can be taken up.")
WITH_LEGAL = T("法务正在审查来源。", "Legal is looking at its source.")
ANALYSING = T("{who}已采纳，正在分析，最迟 {due}。", "Taken up; {who} is analysing it, by {due}.")
DECIDING = T("已分析，等待定对策，最迟 {due}。", "Analysed; what is done about it is decided by {due}.")
ACTING = T("对策已定，{every} 项行动完成 {done} 项。", "Decided; {done} of {every} actions are done.")
TO_ANSWER = T("对策已完成，将在 {due} 前向您反馈。", "Done; you will have an answer by {due}.")
ANSWERED = T("已向您反馈。", "You have an answer.")
OVER = T("已关闭。", "Closed.")
REJECTED = T("没有采纳：{why}", "Not taken up: {why}")
DUPLICATE = T("与 {number} 重复，以那一条为准。", "It repeats {number}, which is followed up.")
LATE = T("这一步已逾期，已报销售经理。", "This step is late; the sales manager was told.")
TRUE = T("核实属实。", "It proved true.")
FALSE = T("核实不实。", "It proved false.")
EARNED = T("您得到 {points} 分。", "You got {points} points.")


@dataclass(frozen=True, slots=True)
class Told:
    """An item with its words: what became of it, and what it earned."""

    item: Item
    state: ItemState
    words: tuple[T, ...]
    is_late: bool


def told(items: Sequence[Item]) -> list[Told]:
    """Items with their words. Four queries for any number of items."""
    if not items:
        return []
    ids = [item.pk for item in items]
    names = directory.current().names({item.owner_id for item in items})
    rows = Action.objects.filter(item_id__in=ids).exclude(state=ActionState.CANCELLED.value)
    actions: dict[UUID, tuple[int, int]] = {
        row["item_id"]: (row["every"], row["done"])
        for row in rows.values("item_id").annotate(
            every=Count("pk"), done=Count("pk", filter=Q(state=ActionState.DONE.value))
        )
    }
    awards = Award.objects.filter(item_id__in=ids, state=AwardState.STANDING.value)
    points: dict[UUID, Decimal] = dict(awards.values_list("item_id", "points"))
    originals = {item.duplicate_of_id for item in items if item.duplicate_of_id}
    numbers = dict(Item.objects.filter(pk__in=originals).values_list("pk", "number"))
    now = clock.now()
    return [_one(item, names, actions, points, numbers, now) for item in items]


def _one(
    item: Item,
    names: Mapping[UUID, str],
    actions: Mapping[UUID, tuple[int, int]],
    points: Mapping[UUID, Decimal],
    numbers: Mapping[UUID, str],
    now: datetime,
) -> Told:
    state = ItemState(item.state)
    is_late = item.due_at is not None and item.due_at < now and state is not ItemState.ANSWERED
    every, done = actions.get(item.pk, (0, 0))
    filled: dict[str, Any] = {
        "due": _day(item.due_at), "who": names.get(item.owner_id, ""), "every": every, "done": done, "why": item.outcome,
        "number": numbers.get(item.duplicate_of_id, "") if item.duplicate_of_id else "",
    }  # fmt: skip
    words = [_stand(item, state).format(**filled)]
    if is_late:
        words.append(LATE)
    if item.verdict in (Verdict.TRUE.value, Verdict.FALSE.value):
        words.append(TRUE if item.verdict == Verdict.TRUE.value else FALSE)
    if item.pk in points:
        words.append(EARNED.format(points=plain_number(points[item.pk])))
    return Told(item, state, tuple(words), is_late)


def _stand(item: Item, state: ItemState) -> T:
    """Where it stands."""
    if state is ItemState.SUBMITTED and item.lawful == "undeclared":
        return UNDECLARED
    if state is ItemState.SUBMITTED and item.held_by is not None:
        return WITH_LEGAL
    return {
        ItemState.SUBMITTED: WAITS, ItemState.SCREENED: ANALYSING, ItemState.ANALYSED: DECIDING, ItemState.ASSIGNED: ACTING,
        ItemState.DONE: TO_ANSWER, ItemState.ANSWERED: ANSWERED, ItemState.CLOSED: OVER, ItemState.REJECTED: REJECTED,
        ItemState.DUPLICATE: DUPLICATE,
    }[state]  # fmt: skip


def _day(moment: datetime | None) -> str:
    """A day and time as people read it."""
    return moment.astimezone(clock.BUSINESS_ZONE).strftime("%m-%d %H:%M") if moment is not None else ""
