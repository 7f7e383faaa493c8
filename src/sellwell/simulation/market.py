"""What the simulated company learns of its market: items in every state, competitors with cards, a weekly meeting.

It draws from a chance of its own, so that the days of business before it stay as they are.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps

from sellwell.control.intelligence import chores
from sellwell.foundation.pricing.queries import prices
from sellwell.kernel import calendar, clock
from sellwell.kernel.door import see_companies
from sellwell.kernel.models import ApprovalRequest, Task, User
from sellwell.simulation.people import Stage

SPAN = timedelta(days=92)
A_DAY = 0.42  # items that come in on a day
LATER = object()

COMPETITORS = (
    (
        "JS-01",
        "启航输送设备",
        "华东、华北",
        "输送线、分拣线",
        "价格低，交期快，代理商多",
        "控制系统外购，售后只到省会",
    ),
    ("JS-02", "瑞峰包装机械", "全国", "装箱机、码垛机", "品牌老，案例多", "交期长，改型收费高"),
    ("JS-03", "北辰机器人", "华北、西南", "关节机器人、视觉", "技术新，资金足", "现场经验少，备件不全"),
    ("JS-04", "联合自动化", "华南", "整线集成", "本地服务快", "没有自有产品，成本高"),
)
# kind, source, words, competitor, finding, what we do, what is done, answer
STORIES: tuple[tuple[str, str, str, int | None, str, str, str, str], ...] = (
    ("price", "visit", "启航输送把同规格滚筒线报价降了约一成，客户设备科今天拿价目表来问。", 0, "对手清理库存，影响华东约两个月。",
     "不跟价，以三年备件和响应时间作比较。", "走访三家在谈客户，讲清全寿命成本", "三家都按原价续谈，已据此更新竞品卡。"),
    ("competitor", "exhibition", "展会上瑞峰展出新码垛机，节拍 22 箱/分，年底前接受预订。", 1, "节拍高于我方现款，但交期要到明年二季度。",
     "在交期上争取，演示现款稳定性。", "整理现款三个月运行数据给销售", "数据包已发各大区，并用于两份报价。"),
    ("demand", "customer", "多家食品厂在问小批量柔性换型，希望换型不超过二十分钟。", None, "华东食品行业需求明确，现有方案可做到二十五分钟。",
     "把快换夹具做成选配。", "产品部给出快换夹具报价", "选配已上价目表，感谢最先提出。"),
    ("policy", "media", "地方出台设备更新补贴，食品和医药企业按采购额的一成补，年底前申报。", None, "可缩短客户决策，申报需要我方出具能效证明。",
     "统一出具证明模板。", "法务和质量定稿证明模板", "模板已在资料库，客户可直接使用。"),
    ("feedback", "customer", "客户反映备件到货比承诺晚三天，停机半天。", None, "属实，仓库把加急单并入普通批次。",
     "加急备件单独出库。", "仓库设加急通道", "加急通道已启用，已向客户说明。"),
    ("sales_data", "sales_data", "近八周备件复购下降，集中在华南三家经销商。", None, "经销商改从别处拿替代件。",
     "给经销商备件包优惠并核对替代件质量。", "拜访三家经销商", "两家恢复采购，一家说明了原因。"),
    ("demand", "research", "调研的十二家包装厂中七家明年有自动化预算，多在下半年。", None, "明年下半年需求集中，要提前排产。",
     "提前三个月约需求确认。", "给七家排拜访计划", "拜访计划已排入各大区。"),
    ("price", "supplier", "供应商说减速机明年一月起涨价百分之六。", None, "影响机器人成本约百分之一点五。",
     "年前锁定一批。", "采购与财务测算锁量", "已锁定半年用量，报价暂不调整。"),
    ("competitor", "visit", "北辰机器人在西南挖走了一家集成商，给的返利更高。", 2, "西南渠道受影响，涉及两个在谈项目。",
     "直接拜访最终客户。", "西南大区拜访两家最终客户", "一家已约样机试用。"),
)  # fmt: skip
NOT_TAKEN = ("内容与本公司产品无关", "信息过于笼统，请补充数量和时间")


def a_day(stage: Stage, last: date) -> None:
    """What is reported, screened, decided and met about on a day of the last three months."""
    if stage.today < last - SPAN:
        return
    pace, stage.pace = stage.pace, timedelta(seconds=1)
    rng = random.Random(f"market {stage.today}")  # noqa: S311 - a simulation, no secret
    if not apps.get_model("intelligence.Competitor").objects.exists():
        _begin(stage, last)
    with clock.at(stage.now):
        see_companies([stage.company_id])
        chores.plan_when_due(stage.company_id)
    if rng.random() < A_DAY:
        _report(stage, rng)
    if rng.random() < 0.15:
        _name_rival(stage, rng)
    _work_off(stage, rng)
    _confirm(stage, rng)
    _meet(stage, rng)
    stage.pace = pace


def _begin(stage: Stage, last: date) -> None:
    """The register of competitors with a card about each of the first three, and the meetings that repeat."""
    marketing, boss = stage.user("marketing"), stage.user("sales_manager")
    made = []
    for code, name, regions, offers, strengths, weaknesses in COMPETITORS:
        data = {
            "code": code, "name": name, "regions": regions, "offers": offers, "strengths": strengths, "weaknesses": weaknesses,
            "profile": f"{regions}常见的对手，主营{offers}。", "source_note": "公开资料、展会、客户告知",
        }  # fmt: skip
        made.append(stage.act(marketing, "intelligence.add_competitor", None, data))
    for number, competitor in enumerate(made[:3]):
        card = stage.act(marketing, "intelligence.draft_card", None, _card(COMPETITORS[number], competitor))
        if number < 2:
            stage.act(marketing, "intelligence.put_card_in_force", card)
            request = ApprovalRequest.objects.filter(row_id=card.pk, state="open").first()
            stage.act(boss, "approvals.approve", request, {"note": "内容属实，可用"})
    departments = {
        d.code: d for d in apps.get_model("company.Department").objects.filter(code__in=["EAST", "HQ"])
    }
    head, rep = stage.user("regional_manager"), stage.user("account_manager")
    weekly = {
        "name": "华东销售周例会", "department": departments["EAST"].pk, "rhythm": "weekly", "day": last.isoweekday(),
        "starts_at": "13:30", "duration": 45, "taker": rep.pk, "roles": ["rep", "account_manager"], "clauses": ["2.4.4", "2.2.4"],
    }  # fmt: skip
    stage.act(head, "intelligence.plan_series", None, weekly)
    monthly = {
        "name": "经营月度复盘", "department": departments["HQ"].pk, "rhythm": "monthly", "day": 8, "starts_at": "14:00",
        "duration": 90, "taker": stage.user("marketing").pk, "roles": ["sales_manager", "marketing", "regional_manager"],
        "clauses": ["2.4.4", "2.4.3"],
    }  # fmt: skip
    stage.act(boss, "intelligence.plan_series", None, monthly)


def _card(known: tuple[str, ...], competitor: Any) -> dict[str, Any]:
    """What a card says about a competitor."""
    _, name, _, offers, strengths, weaknesses = known
    return {
        "competitor": competitor.pk, "title": f"遇到{name}怎么谈", "they_say": strengths,
        "we_say": f"对方{weaknesses}。我方三年备件齐全，四小时响应，有同类现场可看。",
        "ask": "停机一小时损失多少？备件多久能到？谁负责整线联调？", "proof": f"同类{offers}项目验收报告两份。",
        "avoid": "不谈对方经营状况，不评价其人员。",
    }  # fmt: skip


def _report(stage: Stage, rng: random.Random) -> None:
    """Somebody reports something: mostly the same day, sometimes a week later."""
    kind, channel, words, number, *_ = rng.choice(STORIES)
    sender = stage.user(rng.choice(["rep", "rep", "rep", "account_manager", "regional_manager", "service"]))
    happened = stage.today - timedelta(days=rng.choice([0, 0, 0, 1, 1, 2, 8]))
    with clock.at(stage.now):
        see_companies([stage.company_id])
    if kind == "feedback":
        mine = apps.get_model("customers.Customer").objects.filter(state="active")
        own = mine.filter(owner=sender) if sender.username != "service" else mine
        customer: Any = own.order_by("number").first()
        if customer is not None and sender.username != "regional_manager":
            data = {"customer": customer.pk, "text": words, "happened_on": happened}
            stage.act(sender, "intelligence.record_feedback", None, data)
        return
    competitors = list(apps.get_model("intelligence.Competitor").objects.order_by("code"))
    named = competitors[number] if number is not None else None
    data = {
        "kind": kind, "channel": channel, "text": words, "lawful": "open", "happened_on": happened,
        "competitor": named.pk if named is not None else None, "is_urgent": kind == "price" and rng.random() < 0.4,
    }  # fmt: skip
    item = stage.act(sender, "intelligence.submit", None, data)
    if item is not None and kind == "price" and named is not None:
        _see_price(stage, rng, named, item)


def _see_price(stage: Stage, rng: random.Random, competitor: Any, item: Any) -> None:
    """Marketing enters what the competitor asks, near our own price of the day."""
    rows = apps.get_model("catalog.Product").objects.filter(kind="goods", state="active").order_by("code")
    products: list[Any] = list(rows[:12])
    product = rng.choice(products)
    (ours,) = prices(stage.company_id, None, None, [(product.pk, Decimal(1))], stage.today)
    if ours.unit_price is not None:
        theirs = (ours.unit_price * Decimal(rng.randint(84, 104)) / 100).quantize(Decimal("1"))
        data = {
            "competitor": competitor.pk, "their_product": f"{competitor.code}-{product.code[-4:]}", "product": product.pk,
            "price": max(theirs, Decimal(1)), "tax_inside": ours.tax_inside, "item": item.pk,
        }  # fmt: skip
        stage.act(stage.user("marketing"), "intelligence.see_price", None, data)


def _name_rival(stage: Stage, rng: random.Random) -> None:
    """The owner of an opportunity under negotiation names who stands against us; so does one who lost."""
    model = apps.get_model("pipeline.Opportunity").objects
    rows = model.filter(state__in=["offer", "lost", "won", "match"]).order_by("-stage_since", "number")[:12]
    found: list[Any] = list(rows)
    if found:
        opportunity = rng.choice(found)
        competitor: Any = rng.choice(list(apps.get_model("intelligence.Competitor").objects.order_by("code")))
        data = {"opportunity": opportunity.pk, "competitor": competitor.pk}
        stage.act(User.objects.get(pk=opportunity.owner_id), "intelligence.name_rival", None, data)


# --- tasks ----------------------------------------------------------------------------------------------------------------------


def _work_off(stage: Stage, rng: random.Random) -> None:
    """Everybody does what the loop asks of them, most of it in time."""
    tasks = Task.objects.filter(state="open", operation__startswith="intelligence.", created_at__lt=stage.now)
    for task in list(tasks.order_by("due_at", "row_number", "operation", "pk")[:60]):
        if rng.random() < 0.45 or not Task.objects.filter(pk=task.pk, state="open").exists():
            continue
        row: Any = apps.get_model(task.row_type)._default_manager.filter(pk=task.row_id).first()
        if row is None or getattr(row, "held_by", None):
            continue
        data = _answer_to(task, row, stage, rng)
        if data is not LATER:
            person = stage.user(task.role) if task.role else User.objects.get(pk=task.owner_id)
            stage.act(person, task.operation, row, data)


def _story_of(item: Any) -> tuple[str, ...]:
    """The story that an item tells."""
    found = next((s for s in STORIES if s[2] == item.text), STORIES[0])
    return tuple(str(part) for part in found[4:])


def _answer_to(task: Task, row: Any, stage: Stage, rng: random.Random) -> Any:
    """What somebody enters for a task of the loop."""
    verb = task.operation.partition(".")[2]
    if verb in ("read_minutes", "close"):
        return {}
    if verb == "complete_action":
        is_near = (row.due_on - stage.today).days <= 2
        return {"result": "已办，结果见备注"} if is_near and rng.random() < 0.7 else LATER
    if verb == "award":
        return {"quality": rng.randint(2, 5), "novelty": rng.randint(1, 3), "impact": rng.randint(1, 3)}
    if task.row_type != "intelligence.item":
        return LATER
    finding, strategy, what, answer = _story_of(row)
    if verb == "screen":
        return _screening(row, rng)
    if verb == "decide":
        owner = row.created_by_id if row.kind != "policy" else stage.user("marketing").pk
        due = calendar.add_working_days(stage.today, rng.randint(3, 8))
        return {"strategy": strategy, "actions": [{"text": what, "owner": owner, "due_on": due}]}
    return {"analyse": {"finding": finding}, "answer": {"answer": answer}}.get(verb, LATER)


def _screening(item: Any, rng: random.Random) -> dict[str, Any]:
    """Most are taken up; what was told before is a duplicate, some say too little."""
    before = apps.get_model("intelligence.Item").objects.filter(
        text=item.text, state__in=["screened", "analysed", "assigned", "done"]
    )
    original: Any = before.exclude(pk=item.pk).order_by("number").first()
    if original is not None and rng.random() < 0.5:
        return {"decision": "duplicate", "original": original.pk}
    if rng.random() < 0.1:
        return {"decision": "reject", "reason": rng.choice(NOT_TAKEN)}
    return {"decision": "accept", "reliability": rng.choice("ABBC"), "credibility": rng.choice("1223")}


def _confirm(stage: Stage, rng: random.Random) -> None:
    """One item a day whose truth became known meanwhile."""
    rows = apps.get_model("intelligence.Item").objects.filter(
        verdict="none", state__in=["assigned", "done", "answered", "closed"]
    )
    item: Any = rows.order_by("number").first()
    if item is not None and rng.random() < 0.6:
        verdict = rng.choices(["true", "false", "unclear"], [8, 1, 1])[0]
        note = {"true": "另一家客户证实", "false": "厂家公开澄清", "unclear": "没有旁证"}[verdict]
        stage.act(
            stage.user("sales_manager"), "intelligence.confirm", item, {"verdict": verdict, "note": note}
        )


# --- meetings -------------------------------------------------------------------------------------------------------------------


def _meet(stage: Stage, rng: random.Random) -> None:
    """Today's meetings are held; one in ten is not."""
    begins, ends = clock.day_begins(stage.today), clock.day_begins(stage.today + timedelta(days=1))
    rows = apps.get_model("intelligence.Meeting").objects.filter(
        state="planned", planned_at__gte=begins, planned_at__lt=ends
    )
    meetings: list[Any] = list(rows.order_by("planned_at", "number"))
    for meeting in meetings:
        if rng.random() < 0.1:
            continue
        stage.now = max(stage.now, meeting.planned_at.astimezone(clock.BUSINESS_ZONE))
        _hold(stage, rng, meeting)


def _hold(stage: Stage, rng: random.Random, meeting: Any) -> None:
    """From its beginning to its minutes, by chair and minute taker."""
    chair, taker = User.objects.get(pk=meeting.owner_id), User.objects.get(pk=meeting.taker_id)
    stage.act(chair, "intelligence.start_meeting", meeting)
    people = list(meeting.attendees.order_by("user__username").values_list("user_id", flat=True))
    came = [u for u in people if rng.random() < 0.9]
    stage.act(taker, "intelligence.note_attendance", meeting, {"present": came})
    line = meeting.agenda.order_by("position").first()
    if line is not None:
        said = {"point": line.position, "note": "逐条过了一遍，责任人当场认领。"}
        stage.act(taker, "intelligence.note_point", meeting, said)
    decision = rng.choice(
        ["不跟价，比全寿命成本", "下周起样机优先给在谈大客户", "逾期跟进本周内清零", "月底前复核重点客户信用"]
    )
    stage.act(taker, "intelligence.note_decision", meeting, {"text": decision})
    due = calendar.add_working_days(stage.today, rng.randint(3, 7))
    what = rng.choice(["列出在谈客户的竞争对手", "补齐逾期拜访纪要", "约两家客户看现场", "更新竞品价格"])
    agreed = {"text": what, "owner": rng.choice(people), "due_on": due}
    stage.act(taker, "intelligence.agree_action", meeting, agreed)
    words = f"{meeting.title}：过议程 {meeting.agenda.count()} 项，定一项决定、一项行动。"
    stage.act(taker, "intelligence.finish_meeting", meeting, {"minutes": words})
    stage.act(taker, "intelligence.send_minutes", meeting)


def leave_waiting(stage: Stage) -> None:
    """Yesterday afternoon: an urgent price move, one whose source legal must judge, feedback that came late."""
    competitor: Any = apps.get_model("intelligence.Competitor").objects.order_by("code").first()
    if competitor is None:
        return
    rep = stage.user("rep")
    urgent = {
        "kind": "price", "text": "启航输送今天通知代理商：滚筒线再降百分之五，本周内签单另送安装。", "lawful": "open",
        "competitor": competitor.pk, "is_urgent": True,
    }  # fmt: skip
    stage.act(rep, "intelligence.submit", None, urgent)
    doubtful = {
        "kind": "competitor", "text": "有人发来一份对手的内部报价单，说是离职时带出来的。", "lawful": "unsure",
        "channel": "supplier", "competitor": competitor.pk,
    }  # fmt: skip
    item = stage.act(stage.user("account_manager"), "intelligence.submit", None, doubtful)
    stage.act(stage.user("marketing"), "intelligence.screen", item, {"decision": "accept"})
    customer: Any = (
        apps.get_model("customers.Customer")
        .objects.filter(owner=rep, state="active")
        .order_by("number")
        .first()
    )
    if customer is not None:
        late = {
            "customer": customer.pk,
            "text": "客户上周说新设备噪声大，希望派人看看。",
            "happened_on": stage.today - timedelta(days=7),
        }
        stage.act(rep, "intelligence.record_feedback", None, late)
