"""Questionnaires, surveys, interviews and studies for tests, made by the operations, and how each operation succeeds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sellwell.control.voice.models import (
    Finding,
    FollowUp,
    Guide,
    Interview,
    Invitation,
    OpenLink,
    Passage,
    Programme,
    Questionnaire,
    Response,
    Round,
    Study,
)
from sellwell.control.voice.tests import campaign_builders as campaign_builders
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.kernel import clock
from sellwell.kernel.testing import Case, builder

if TYPE_CHECKING:
    from sellwell.testing.world import World

QUESTIONS: list[dict[str, Any]] = [
    {"kind": "nps", "text": "您有多大可能向同行推荐我们？", "text_en": "How likely are you to recommend us?", "required": True},
    {"kind": "csat", "text": "您对这次交付总体满意吗？", "text_en": "How satisfied are you?", "required": True},
    {
        "kind": "single", "text": "最需要改进的是什么？", "options": "交期 | Delivery\n质量 | Quality\n服务 | Service",
        "depends_on": "q1", "test": "at_most", "value": "6",
    },
    {"kind": "multiple", "text": "您还关注哪些方面？", "options": "价格\n培训\n备件"},
    {"kind": "matrix", "text": "请逐项评价", "rows": "包装 | Packing\n司机 | Driver"},
    {"kind": "ces", "text": "联系我们省力吗？"},
    {"kind": "text", "text": "您想对我们说什么？"},
]  # fmt: skip


def a_questionnaire(
    world: World, state: str = "draft", questions: list[dict[str, Any]] | None = None, **values: Any
) -> Questionnaire:
    """A questionnaire with a question of each kind."""
    data = {
        "title": "交付满意度调查",
        "title_en": "Delivery survey",
        "intro": "只需一分钟。",
        "thanks": "谢谢。",
        **values,
    }
    row: Questionnaire = world.run("marketing", "voice.add_questionnaire", data=data).result
    for one in QUESTIONS if questions is None else questions:
        world.run("marketing", "voice.add_question", row, one)
    if state != "draft":
        world.run("marketing", "voice.publish", row)
    if state == "retired":
        world.run("marketing", "voice.retire", row)
    row.refresh_from_db()
    return row


def _in_state(world: World) -> Any:
    return lambda state: a_questionnaire(world, state)


@builder("voice.add_questionnaire")
def _add_questionnaire(world: World) -> Case:
    return Case(
        "marketing", data={"title": "年度满意度调查", "title_en": "Yearly survey", "intro": "约三分钟"}
    )


@builder("voice.change_questionnaire")
def _change_questionnaire(world: World) -> Case:
    return Case("marketing", a_questionnaire(world), {"title": "交付回访"}, _in_state(world))


@builder("voice.add_question")
def _add_question(world: World) -> Case:
    data = {"kind": "single", "text": "您的行业？", "options": "食品\n医药"}
    return Case("marketing", a_questionnaire(world), data, _in_state(world))


@builder("voice.change_question")
def _change_question(world: World) -> Case:
    data = {"key": "q2", "kind": "csat", "text": "您对本次交付满意吗？"}
    return Case("marketing", a_questionnaire(world), data, _in_state(world))


@builder("voice.move_question")
def _move_question(world: World) -> Case:
    return Case("marketing", a_questionnaire(world), {"key": "q7", "position": 2}, _in_state(world))


@builder("voice.drop_question")
def _drop_question(world: World) -> Case:
    return Case("marketing", a_questionnaire(world), {"key": "q7"}, _in_state(world))


@builder("voice.publish")
def _publish(world: World) -> Case:
    return Case("marketing", a_questionnaire(world), {}, _in_state(world))


@builder("voice.retire")
def _retire(world: World) -> Case:
    return Case("marketing", a_questionnaire(world, "published"), {}, _in_state(world))


@builder("voice.revise")
def _revise(world: World) -> Case:
    return Case("marketing", a_questionnaire(world, "published"), {}, _in_state(world))


# --- surveys -----------------------------------------------------------------------------------------------------------------


def a_programme(world: World, state: str = "active", **values: Any) -> Programme:
    """A programme after deliveries, or by the calendar from today."""
    form = values.pop("form", None) or a_questionnaire(world, "published")
    data = {"title": "交付后回访", "questionnaire": str(form.pk), "trigger": "delivery", **values}
    row: Programme = world.run("marketing", "voice.add_programme", data=data).result
    if state == "paused":
        world.run("marketing", "voice.pause_programme", row)
    if state == "ended":
        world.run("marketing", "voice.end_programme", row, {"reason": "并入年度调查"})
    row.refresh_from_db()
    return row


def by_calendar(world: World, **values: Any) -> Round:
    """The first round of a programme by the calendar, due today."""
    programme = a_programme(world, trigger="calendar", first_on=str(world.today), **values)
    return Round.objects.select_related("programme").get(programme=programme)


def an_invitation(world: World, state: str = "sent", customer: Any = None, **values: Any) -> Invitation:
    """One person asked, by a link to hand over where nothing else is said."""
    customer = customer or a_customer(world)
    way = values.pop("way", "mail" if state in ("planned", "failed") else "link")
    form = values.pop("form", None) or a_questionnaire(world, "published")
    data = {"questionnaire": str(form.pk), "customer": str(customer.pk), "way": way, **values}
    row: Invitation = world.run("service", "voice.invite", data=data).result
    if state in ("started", "answered"):
        a_response(world, "submitted" if state == "answered" else "started", row)
    if state == "failed":
        world.run("service", "voice.send", row)
        world.run("service", "voice.not_delivered", row, {"problem": "550"})
    if state == "expired":
        world.run("service", "voice.expire", row)
    if state == "opted_out":
        world.run("service", "voice.opt_out", row, {})
    row.refresh_from_db()
    return row


def reply(world: World, response: Response, answers: Mapping[str, Mapping[str, Any]]) -> None:
    """Answers by question."""
    for key, data in answers.items():
        world.run("service", "voice.answer", response, {"key": key, **data})


def a_response(
    world: World, state: str = "started", invitation: Invitation | None = None, nps: int = 9, csat: int = 5, **more: Any
) -> Response:  # fmt: skip
    """What somebody answered: recommendation and satisfaction, with `more` by question."""
    invitation = invitation or an_invitation(world)
    data = {"invitation": str(invitation.pk)}
    row: Response = world.run("service", "voice.begin", data=data).result
    reply(world, row, {"q1": {"number": nps}, "q2": {"number": csat}, **more})
    if state == "submitted":
        world.run("service", "voice.submit", row)
    row.refresh_from_db()
    return row


def a_follow_up(world: World, state: str = "open") -> FollowUp:
    """After a low score."""
    response = a_response(world, "submitted", nps=3, csat=2)
    row = FollowUp.objects.get(response=response)
    if state != "open":
        said = {"cause": "delivery", "said": "交期拖了一周，没有人告知"}
        world.run("service", "voice.contact", row, said)
    if state == "resolved":
        world.run("service", "voice.resolve", row, {"done": "补发到货通知，改用专车"})
    row.refresh_from_db()
    return row


def a_link(world: World, state: str = "open") -> OpenLink:
    """A common link."""
    form = a_questionnaire(world, "published")
    data = {"questionnaire": str(form.pk), "name": "展会 A 区"}
    row: OpenLink = world.run("marketing", "voice.add_link", data=data).result
    if state == "closed":
        world.run("marketing", "voice.close_link", row)
        row.refresh_from_db()
    return row


@builder("voice.add_programme")
def _add_programme(world: World) -> Case:
    form = a_questionnaire(world, "published")
    data = {
        "title": "年度满意度",
        "questionnaire": str(form.pk),
        "trigger": "calendar",
        "first_on": str(world.today),
    }
    return Case("marketing", data=data)


@builder("voice.pause_programme")
def _pause_programme(world: World) -> Case:
    return Case("marketing", a_programme(world), {}, lambda state: a_programme(world, state))


@builder("voice.resume_programme")
def _resume_programme(world: World) -> Case:
    return Case("marketing", a_programme(world, "paused"), {}, lambda state: a_programme(world, state))


@builder("voice.end_programme")
def _end_programme(world: World) -> Case:
    return Case(
        "marketing", a_programme(world), {"reason": "并入年度调查"}, lambda state: a_programme(world, state)
    )


def _round_in(world: World) -> Any:
    def made(state: str) -> Round:
        row = by_calendar(world)
        if state == "held":
            world.run("marketing", "voice.hold_round", row)
        if state == "left_out":
            world.run("marketing", "voice.leave_round_out", row, {"reason": "系统切换"})
        row.refresh_from_db()
        return row

    return made


@builder("voice.hold_round")
def _hold_round(world: World) -> Case:
    a_customer(world)
    return Case("marketing", by_calendar(world), {}, _round_in(world))


@builder("voice.leave_round_out")
def _leave_round_out(world: World) -> Case:
    return Case("marketing", by_calendar(world), {"reason": "系统切换"}, _round_in(world))


@builder("voice.invite")
def _invite(world: World) -> Case:
    form = a_questionnaire(world, "published")
    data = {"questionnaire": str(form.pk), "customer": str(a_customer(world).pk), "way": "link"}
    return Case("service", data=data)


@builder("voice.invite_after")
def _invite_after(world: World) -> Case:
    data = {
        "programme": str(a_programme(world).pk), "customer": str(a_customer(world).pk), "source_type": "delivery.shipment",
        "source_id": str(UUID(int=7)), "happened_at": clock.now().isoformat(),
    }  # fmt: skip
    return Case("marketing", data=data)


def _invitation_in(world: World) -> Any:
    def made(state: str) -> Invitation:
        if state == "left_out":
            row = an_invitation(world, "planned")
            Invitation.objects.filter(pk=row.pk).update(state=state, left="person_cap")
            row.refresh_from_db()
            return row
        return an_invitation(world, state)

    return made


@builder("voice.send")
def _send(world: World) -> Case:
    return Case("service", an_invitation(world, "planned"), {}, _invitation_in(world))


@builder("voice.remind")
def _remind(world: World) -> Case:
    row = an_invitation(world, "planned")
    world.run("service", "voice.send", row)
    return Case("service", row, {}, _invitation_in(world))


@builder("voice.expire")
def _expire(world: World) -> Case:
    return Case("service", an_invitation(world), {}, _invitation_in(world))


@builder("voice.not_delivered")
def _not_delivered(world: World) -> Case:
    return Case("service", an_invitation(world), {"problem": "550"}, _invitation_in(world))


@builder("voice.opt_out")
def _opt_out(world: World) -> Case:
    return Case("service", an_invitation(world), {"note": "对方来电要求"}, _invitation_in(world))


@builder("voice.add_link")
def _add_link(world: World) -> Case:
    form = a_questionnaire(world, "published")
    return Case("marketing", data={"questionnaire": str(form.pk), "name": "展会 A 区", "days": 30})


@builder("voice.close_link")
def _close_link(world: World) -> Case:
    return Case("marketing", a_link(world), {}, lambda state: a_link(world, state))


@builder("voice.begin")
def _begin(world: World) -> Case:
    return Case("service", data={"invitation": str(an_invitation(world).pk)})


def _response_in(world: World) -> Any:
    return lambda state: a_response(world, state)


@builder("voice.answer")
def _answer(world: World) -> Case:
    data = {"key": "q7", "text": "希望提前告知到货时间"}
    return Case("service", a_response(world), data, _response_in(world))


@builder("voice.submit")
def _submit(world: World) -> Case:
    return Case("service", a_response(world, nps=3), {}, _response_in(world))


def _follow_up_in(world: World) -> Any:
    return lambda state: a_follow_up(world, state)


@builder("voice.contact")
def _contact(world: World) -> Case:
    data = {"cause": "delivery", "said": "交期拖了一周，没有人告知"}
    return Case("service", a_follow_up(world), data, _follow_up_in(world))


@builder("voice.resolve")
def _resolve(world: World) -> Case:
    return Case("service", a_follow_up(world, "contacted"), {"done": "补发到货通知"}, _follow_up_in(world))


@builder("voice.pass_follow_up")
def _pass_follow_up(world: World) -> Case:
    data = {"owner": str(world.user("marketing").pk)}
    return Case("service", a_follow_up(world), data, _follow_up_in(world))


@builder("voice.comment")
def _comment(world: World) -> Case:
    return Case("service", a_follow_up(world), {"text": "明天上午再打一次"})


# --- interviews and studies ---------------------------------------------------------------------------------------------------

WORDS = "我们更看重交期，哪怕贵一点。备件今年用得比去年多。"


def a_guide(world: World, state: str = "active") -> Guide:
    """A guide of three questions."""
    count = world.made["guides"] = world.made.get("guides", 0) + 1
    data = {
        "name": f"重点客户访谈 {count}",
        "questions": ["您最看重什么？", "需求有何变化？", "市场怎么看？"],
    }
    row: Guide = world.run("marketing", "voice.add_guide", data=data).result
    if state == "retired":
        world.run("marketing", "voice.retire_guide", row)
        row.refresh_from_db()
    return row


def an_interview(world: World, state: str = "planned", **values: Any) -> Interview:
    """A talk with a customer, planned for today."""
    data = {
        "guide": str(a_guide(world).pk),
        "customer": str(a_customer(world).pk),
        "planned_on": str(world.today),
        **values,
    }
    row: Interview = world.run("marketing", "voice.plan_interview", data=data).result
    if state == "held":
        said = [{"question": 1, "text": WORDS}, {"question": 3, "text": "同行都在压缩库存。"}]
        data = {"held_on": str(world.today), "with_whom": "采购经理", "answers": said}
        world.run("marketing", "voice.record_interview", row, data)
    if state == "cancelled":
        world.run("marketing", "voice.cancel_interview", row, {"reason": "客户出差"})
    row.refresh_from_db()
    return row


def a_passage(world: World, aspect: str = "preference") -> Passage:
    """What somebody said."""
    data = {
        "interview": str(an_interview(world, "held").pk), "question": 1, "quote": "我们更看重交期", "aspect": aspect,
        "themes": ["交期"],
    }  # fmt: skip
    row: Passage = world.run("marketing", "voice.quote", data=data).result
    return row


def a_study(world: World, state: str = "open", form: Questionnaire | None = None) -> Study:
    """A study of the last month with an answer and a quotation; concluded with a finding on each aspect."""
    form = form or a_questionnaire(world, "published")
    a_response(world, "submitted", an_invitation(world, form=form))
    data = {
        "title": "设备客户年度研究", "question": "客户为什么续购，为什么流失？", "since": str(world.today - timedelta(days=30)),
        "until": str(world.today + timedelta(days=1)), "questionnaires": [str(form.pk)],
    }  # fmt: skip
    row: Study = world.run("marketing", "voice.open_study", data=data).result
    if state == "concluded":
        for aspect in ("preference", "demand", "trend"):
            a_finding(world, row, aspect)
        world.run("marketing", "voice.conclude", row)
    row.refresh_from_db()
    return row


def a_finding(world: World, study: Study | None = None, aspect: str = "preference") -> Finding:
    """With a number and a quotation."""
    study = study or a_study(world)
    data = {
        "aspect": aspect,
        "statement": "交期比价格更影响续购。",
        "numbers": ["nps"],
        "passages": [str(a_passage(world, aspect).pk)],
    }
    world.run("marketing", "voice.add_finding", study, data)
    return Finding.objects.filter(study=study).latest("id")


@builder("voice.add_guide")
def _add_guide(world: World) -> Case:
    return Case(
        "marketing", data={"name": "流失客户访谈", "questions": ["为什么减少采购？", "现在向谁采购？"]}
    )


@builder("voice.change_guide")
def _change_guide(world: World) -> Case:
    data = {"name": "重点客户年度访谈", "questions": ["您最看重什么？"]}
    return Case("marketing", a_guide(world), data, lambda state: a_guide(world, state))


@builder("voice.retire_guide")
def _retire_guide(world: World) -> Case:
    return Case("marketing", a_guide(world), {}, lambda state: a_guide(world, state))


@builder("voice.plan_interview")
def _plan_interview(world: World) -> Case:
    data = {
        "guide": str(a_guide(world).pk),
        "customer": str(a_customer(world).pk),
        "planned_on": str(world.today),
    }
    return Case("marketing", data=data)


def _interview_in(world: World) -> Any:
    return lambda state: an_interview(world, state)


@builder("voice.record_interview")
def _record_interview(world: World) -> Case:
    data = {"held_on": str(world.today), "with_whom": "采购经理", "answers": [{"question": 1, "text": WORDS}]}
    return Case("marketing", an_interview(world), data, _interview_in(world))


@builder("voice.cancel_interview")
def _cancel_interview(world: World) -> Case:
    return Case("marketing", an_interview(world), {"reason": "客户出差"}, _interview_in(world))


@builder("voice.quote")
def _quote(world: World) -> Case:
    data = {
        "interview": str(an_interview(world, "held").pk),
        "question": 1,
        "quote": "备件今年用得比去年多",
        "aspect": "demand",
    }
    return Case("marketing", data=data)


@builder("voice.recode")
def _recode(world: World) -> Case:
    return Case("marketing", a_passage(world), {"aspect": "trend", "themes": ["备件"]})


@builder("voice.open_study")
def _open_study(world: World) -> Case:
    data = {
        "title": "备件需求研究", "question": "备件为什么增长？", "since": str(world.today - timedelta(days=30)),
        "until": str(world.today), "questionnaires": [str(a_questionnaire(world, "published").pk)],
    }  # fmt: skip
    return Case("marketing", data=data)


def _study_in(world: World) -> Any:
    return lambda state: a_study(world, state)


@builder("voice.add_finding")
def _add_finding(world: World) -> Case:
    study = a_study(world)
    data = {
        "aspect": "demand",
        "statement": "备件需求上升。",
        "numbers": ["nps"],
        "passages": [str(a_passage(world).pk)],
    }
    return Case("marketing", study, data, _study_in(world))


@builder("voice.drop_finding")
def _drop_finding(world: World) -> Case:
    return Case("marketing", a_finding(world))


@builder("voice.conclude")
def _conclude(world: World) -> Case:
    study = a_study(world)
    for aspect in ("preference", "demand", "trend"):
        a_finding(world, study, aspect)
    return Case("marketing", study, {}, _study_in(world))
