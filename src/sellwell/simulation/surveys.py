"""What customers of the simulated company say: a satisfaction survey after deliveries and once a quarter, follow-ups of low
scores, interviews, a study. Draws chances of its own, so that the rest of the company stays as it is."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from django.apps import apps

from sellwell.control.voice import chores, studying
from sellwell.kernel import clock, door, system
from sellwell.kernel.door import see_companies
from sellwell.kernel.values import Refusal
from sellwell.simulation import campaigns, privacy
from sellwell.simulation.people import Stage

QUESTIONS: list[dict[str, Any]] = [
    {"kind": "nps", "text": "您有多大可能向同行推荐我们？", "text_en": "How likely are you to recommend us to others?", "required": True},
    {
        "kind": "single", "text": "最希望我们先改进什么？", "text_en": "What should we improve first?", "depends_on": "q1",
        "test": "at_most", "value": "6", "options": "交期 | Delivery time\n质量 | Quality\n服务响应 | Response\n单据与开票 | Papers",
    },
    {"kind": "csat", "text": "您对这次交付总体满意吗？", "text_en": "How satisfied are you with this delivery?", "required": True},
    {
        "kind": "matrix", "text": "请为以下方面打分", "text_en": "Please rate the following",
        "rows": "交期准时 | On time\n包装完好 | Packing\n安装指导 | Installation",
    },
    {"kind": "ces", "text": "遇到问题时，联系我们省力吗？", "text_en": "How easy is it to reach us when you need help?"},
    {"kind": "text", "text": "还有什么想对我们说？", "text_en": "Anything else you would like to tell us?"},
]  # fmt: skip
PRAISE = ("交货准时，安装师傅很专业。", "备件到得快，停机时间短。", "对账清楚，省心。", "")
BLAME = (
    "到货比约定晚了三天，也没人提前说。",
    "外包装破了，机器有划痕。",
    "打了几次电话才有人处理。",
    "发票抬头开错，来回改了两次。",
)
CAUSES = ("delivery", "quality", "service", "papers")
WORDS = {
    "preference": "我们更看重交期稳定，价格贵一点可以接受。",
    "demand": "今年换型多，备件和改造的需求比去年大。",
    "trend": "同行都在压库存，订单变小变急。",
}
ASKED, ANSWERED, LOW = 0.85, 0.66, 0.16  # shares: deliveries asked, invitations answered, low scores
CONSENTED = 0.85  # of the contacts that get goods


def begin(stage: Stage) -> None:
    """Before the first played day: a questionnaire, programmes, a guide and interviews planned ahead."""
    marketing, service = stage.user("marketing"), stage.user("service")
    form = stage.act(marketing, "voice.add_questionnaire", None, {
        "title": "交付满意度调查", "title_en": "Delivery satisfaction", "intro": "五个问题，约一分钟。您的意见会有专人跟进。",
        "intro_en": "Five questions, about a minute. Somebody will follow up on what you say.", "thanks": "感谢您的时间。",
        "thanks_en": "Thank you for your time.",
    })  # fmt: skip
    if form is None:
        return
    for one in QUESTIONS:
        stage.act(marketing, "voice.add_question", form, one)
    stage.act(marketing, "voice.publish", form)
    event = {
        "title": "交付后回访",
        "questionnaire": form.pk,
        "trigger": "delivery",
        "way": "sms",
        "regions": ["华南", "华东"],
        "share": f"{ASKED}",
        "remind_days": 0,
    }
    stage.act(marketing, "voice.add_programme", None, event)
    calendar = {
        "title": "华北客户季度调查", "questionnaire": form.pk, "trigger": "calendar", "way": "sms", "months": 3, "regions": ["华北"],
        "first_on": stage.today + timedelta(days=20), "share": "0.08", "remind_days": 0,
    }  # fmt: skip
    stage.act(marketing, "voice.add_programme", None, calendar)
    stage.act(marketing, "voice.add_guide", None, {
        "name": "重点客户访谈", "questions": ["选供应商时您最看重什么？", "今年的需求与去年比有什么变化？", "您怎么看行业走势？"],
    })  # fmt: skip
    stage.act(service, "voice.add_link", None, {"questionnaire": form.pk, "name": "展会与样机间"})


def a_day(stage: Stage) -> None:
    """Rounds that are due, answers that come in, follow-ups, and now and then an interview."""
    pace, stage.pace = stage.pace, timedelta(seconds=1)
    with clock.at(stage.now):
        see_companies([stage.company_id])
        chores.hold_rounds(stage.company_id)
    _consents(stage)
    rng = random.Random(f"voice {stage.today}")  # noqa: S311 - a simulation, no secret
    _answers(stage, rng)
    _follow_ups(stage, rng)
    _interviews(stage, rng)
    stage.pace = pace


def _consents(stage: Stage) -> None:
    """Sellers ask the contacts of customers whose goods are on their way; most agree to be asked, some are never asked."""
    under_way: Any = apps.get_model("delivery.Shipment").objects.filter(state__in=["shipped", "delivered"])
    asked: Any = apps.get_model("privacy.Consent").objects.filter(purpose="survey")
    contacts: Any = apps.get_model("customers.Contact").objects.filter(
        customer__in=under_way.values("customer"), is_primary=True
    )
    fresh = contacts.exclude(pk__in=asked.values("subject_id")).select_related("customer__owner")
    for contact in list(fresh.order_by("customer__number")):
        if random.Random(f"consent {contact.customer.number}").random() < CONSENTED:  # noqa: S311 - a simulation, no secret
            privacy.consented(stage, contact, "survey", f"DC-{contact.customer.number}", "counter")


def _answers(stage: Stage, rng: random.Random) -> None:
    """Of what is out, some is answered today; most of the rest never."""
    rows: Any = apps.get_model("voice.Invitation").objects.filter(state="sent").order_by("number")
    for row in list(rows):
        draw = random.Random(f"answer {row.number}")  # noqa: S311 - a simulation, no secret
        answers, after = draw.random() < ANSWERED, draw.randint(0, 6)
        if answers and row.sent_at + timedelta(days=after) <= stage.now:
            _answer(stage, row, draw)


def _answer(stage: Stage, row: Any, rng: random.Random) -> None:
    """One customer by the link: as the system actor of the public page does it."""
    response = _as_respondent(stage, "voice.begin", None, {"invitation": row.pk})
    if response is None:
        return
    is_low = rng.random() < LOW
    nps = rng.choice([2, 4, 5, 6]) if is_low else rng.choice([7, 8, 8, 9, 9, 9, 10, 10])
    csat = rng.choice([1, 2, 3]) if is_low else rng.choice([4, 4, 5, 5, 5])
    given: dict[str, dict[str, Any]] = {"q1": {"number": nps}}
    if nps <= 6:
        given["q2"] = {"choices": [rng.choice("1234")]}
    given["q3"] = {"number": csat}
    if rng.random() < 0.5:
        given["q5"] = {"number": rng.choice([2, 3, 4]) if is_low else rng.choice([5, 6, 6, 7])}
    if text := rng.choice(BLAME if is_low else PRAISE):
        given["q6"] = {"text": text}
    for key, data in given.items():
        _as_respondent(stage, "voice.answer", response, {"key": key, **data})
    _as_respondent(stage, "voice.submit", response, {})


def _as_respondent(stage: Stage, verb: str, row: Any, data: dict[str, Any]) -> Any:

    stage.now += stage.pace
    with clock.at(stage.now):
        try:
            found = door.run(
                verb, system.context(stage.company_id, "respondent", "web"), getattr(row, "pk", None), data
            ).result
        except Refusal as refusal:
            stage.refused[f"{verb}: {refusal.code}"] += 1
            return None
    stage.done += 1
    return found


def _follow_ups(stage: Stage, rng: random.Random) -> None:
    """Service calls back, mostly in time; what was promised is settled some days later."""
    rows: Any = (
        apps.get_model("voice.FollowUp")
        .objects.exclude(state="resolved")
        .select_related("owner")
        .order_by("number")
    )
    for row in list(rows):
        habit = random.Random(f"follow {row.number}")  # noqa: S311 - a simulation, no secret
        if row.state == "open" and stage.now >= row.due_at - timedelta(hours=habit.choice([20, 8, 3, -40])):
            place = habit.randrange(len(CAUSES))
            stage.act(row.owner, "voice.contact", row, {"cause": CAUSES[place], "said": BLAME[place]})
        elif row.state == "contacted" and stage.now >= row.contacted_at + timedelta(days=habit.randint(2, 9)):
            stage.act(row.owner, "voice.resolve", row, {"done": "查明原因并补救，流程改进已转相关部门。"})


def _interviews(stage: Stage, rng: random.Random) -> None:
    """One is planned every other week; those whose day has come are held, one in six is missed."""
    marketing = stage.user("marketing")
    interviews: Any = apps.get_model("voice.Interview").objects
    if stage.today.toordinal() % 11 == 0:
        guide: Any = apps.get_model("voice.Guide").objects.order_by("id").first()
        customers: Any = (
            apps.get_model("customers.Customer").objects.filter(state="active").order_by("number")
        )
        customer = customers[rng.randrange(customers.count())]
        data = {"guide": guide.pk, "customer": customer.pk, "planned_on": stage.today + timedelta(days=6)}
        stage.act(marketing, "voice.plan_interview", None, data)
    for row in list(interviews.filter(state="planned", planned_on__lte=stage.today).order_by("number")):
        if random.Random(f"held {row.number}").random() < 0.16:  # noqa: S311 - a simulation, no secret
            continue
        answers = [{"question": n, "text": f"{WORDS[aspect]}其他暂无。"} for n, aspect in enumerate(WORDS, 1)]
        held = stage.act(
            marketing,
            "voice.record_interview",
            row,
            {"held_on": row.planned_on, "with_whom": "采购负责人", "answers": answers},
        )
        if held is not None:
            n, aspect = rng.choice(list(enumerate(WORDS, 1)))
            quote = {
                "interview": row.pk,
                "question": n,
                "quote": WORDS[aspect],
                "aspect": aspect,
                "themes": ["年度访谈"],
            }
            stage.act(marketing, "voice.quote", None, quote)


def conclude(stage: Stage) -> None:
    """What campaigns brought, and a study over the played months: concluded where every aspect has its words, else under way."""
    campaigns.leave_waiting(stage)
    marketing = stage.user("marketing")
    form: Any = apps.get_model("voice.Questionnaire").objects.filter(state="published").order_by("id").first()
    if form is None:
        return
    study = stage.act(marketing, "voice.open_study", None, {
        "title": "设备客户需求研究", "question": "客户为什么续购，需求往哪里走？", "since": stage.today - timedelta(days=170),
        "until": stage.today + timedelta(days=1), "questionnaires": [form.pk],
    })  # fmt: skip
    said = {
        "preference": "交期稳定比价格更影响续购。",
        "demand": "备件与改造需求上升，整机订单持平。",
        "trend": "订单变小变急，客户压低库存。",
    }
    passages: Any = apps.get_model("voice.Passage").objects.order_by("-business_date", "-id")
    if study is None:
        return
    with clock.at(stage.now):
        there = {one.key for one in studying.numbers(study)}
    for aspect, statement in said.items():
        words = [p.pk for p in passages.filter(aspect=aspect)[:2]]
        wanted = ["nps", "csat"] if aspect == "preference" else ["sales", "sales_change", "response"]
        numbers = [key for key in wanted if key in there]
        if words and numbers:
            stage.act(
                marketing,
                "voice.add_finding",
                study,
                {"aspect": aspect, "statement": statement, "numbers": numbers, "passages": words},
            )
    stage.act(marketing, "voice.conclude", study)
