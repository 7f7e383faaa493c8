"""How people of the simulation do what their tasks ask: a recipe per verb gives its input.

A recipe returns the input, `LATER` (not today), or another (verb, input) that a person would choose instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sellwell.simulation.paper import scanned_paper
from sellwell.simulation.people import Stage

LATER = object()


@dataclass(frozen=True)
class Instead:
    """Another verb on the same row."""

    operation: str
    data: dict[str, Any]
    creates: bool = False


@dataclass
class Scene:
    """What recipes draw from: the stage, the products that are sold, somebody's scanned paper."""

    stage: Stage
    products: list[Any]
    weights: list[float]
    person: Any = None  # who is about to act
    papers: dict[Any, Any] = field(default_factory=dict)

    def paper(self) -> Any:
        """A scanned page of the acting person's own: people see only what they uploaded."""
        if self.person.pk not in self.papers:
            self.papers[self.person.pk] = scanned_paper(self.stage, self.person)
        return self.papers[self.person.pk].pk


Recipe = Callable[[Scene, Any], Any]
RECIPES: dict[str, Recipe] = {}
NEEDS = [
    "产线提速，需替换旧输送段", "新厂房包装线，日产两万件", "人工码垛改为机器人", "备件补库，月度采购", "年度保养与备件包",
    "出口包装要求贴标与封箱一体",
]  # fmt: skip


def recipe(*operations: str) -> Callable[[Recipe], Recipe]:
    """Register the decorated function for these verbs."""

    def declare(function: Recipe) -> Recipe:
        for name in operations:
            RECIPES[name] = function
        return function

    return declare


def some_lines(scene: Scene, most: int = 5) -> list[dict[str, Any]]:
    """A few products with plausible quantities."""
    rng = scene.stage.rng
    wanted = min(rng.randint(1, most), len(scene.products))
    chosen: dict[Any, Any] = {}
    while len(chosen) < wanted:
        product = rng.choices(scene.products, scene.weights)[0]
        chosen[product.pk] = product
    return [{"product": p.pk, "quantity": _quantity(scene, p)} for p in chosen.values()]


def _quantity(scene: Scene, product: Any) -> Decimal:
    rng = scene.stage.rng
    match product.product_line:
        case "备件":
            return Decimal(rng.choice([5, 10, 20, 30, 50]))
        case "输送设备":
            return Decimal(rng.randint(1, 6))
        case "服务":
            return Decimal(1)
        case "机器人":
            return Decimal(rng.choices([1, 2], [4, 1])[0])
    return Decimal(rng.randint(1, 3))


@recipe("pipeline.contact_lead")
def _contact(scene: Scene, lead: Any) -> Any:
    return {"outcome": "已电话沟通，约定下周上门看现场。"}


@recipe("pipeline.qualify_lead")
def _qualify(scene: Scene, lead: Any) -> Any:
    rng = scene.stage.rng
    if rng.random() < 0.2:
        return Instead("pipeline.discard_lead", {"reason": "需求与产品不符"})
    return {
        "title": "产线设备采购",
        "name": lead.name,
        "expected_amount": Decimal(rng.randint(3, 60)) * 10_000,
        "expected_close": scene.stage.today + timedelta(days=rng.randint(20, 60)),
    }


@recipe("pipeline.analyse_needs")
def _needs(scene: Scene, opportunity: Any) -> Any:
    return {"needs": scene.stage.rng.choice(NEEDS)}


@recipe("pipeline.match_products")
def _match(scene: Scene, opportunity: Any) -> Any:
    lines = some_lines(scene, 3)
    return {"products": [{**line, "fit": scene.stage.rng.randint(3, 5)} for line in lines]}


@recipe("pipeline.add_quotation")
def _quote(scene: Scene, opportunity: Any) -> Any:
    if opportunity.state == "offer" and scene.stage.rng.random() < 0.5:  # the offer before was not taken
        return Instead("pipeline.lose", {"reason": "客户推迟采购"})
    if opportunity.state == "trial" and opportunity.trial_until > scene.stage.today:
        return LATER
    if (
        opportunity.state == "match" and scene.stage.rng.random() < 0.08
    ):  # some customers want to see it run first
        until = scene.stage.today + timedelta(days=scene.stage.rng.randint(5, 15))
        return Instead("pipeline.begin_trial", {"trial": "样机现场试运行，节拍达标即通过", "until": until})
    return {"customer": opportunity.customer_id, "opportunity": opportunity.pk, "lines": some_lines(scene)}


@recipe(
    "pipeline.send_quotation",
    "pipeline.offer",
    "pipeline.win",
    "delivery.pick",
    "contracts.approve",
    "contracts.close",
)
def _plainly(scene: Scene, row: Any) -> Any:
    return {}


@recipe("orders.confirm")
def _confirm(scene: Scene, order: Any) -> Any:
    # An order that has lain since the price changed is priced again first.
    if (scene.stage.today - order.business_date).days > 6:
        return Instead("orders.cancel", {"reason": "客户取消"})
    return {}


@recipe("pipeline.accept_quotation")
def _accept(scene: Scene, quotation: Any) -> Any:
    roll = scene.stage.rng.random()
    if roll < 0.25:
        return LATER
    if roll < 0.4:
        return Instead("pipeline.decline_quotation", {"reason": "预算推迟到明年"})
    return {}


@recipe("pipeline.check_in")
def _check_in(scene: Scene, visit: Any) -> Any:
    return {"place": "客户现场"}


@recipe("pipeline.write_minutes")
def _minutes(scene: Scene, visit: Any) -> Any:
    if scene.stage.rng.random() < 0.1:
        return LATER
    return {"minutes": "现场确认工况与节拍，客户关注交期与售后响应。", "next_step": "提交报价方案"}


@recipe("contracts.create")
def _contract(scene: Scene, quotation: Any) -> Any:
    if scene.stage.rng.random() < 0.5:
        return Instead(
            "orders.create", {"quotation": quotation.pk, "customer": quotation.customer_id}, creates=True
        )
    day = scene.stage.today
    return {
        "quotation": quotation.pk, "title": "设备买卖合同", "valid_from": day, "valid_until": day + timedelta(days=365),
        "delivery_on": day + timedelta(days=45),
    }  # fmt: skip


@recipe("contracts.sign")
def _sign(scene: Scene, contract: Any) -> Any:
    if scene.stage.rng.random() < 0.3:
        return LATER
    return {
        "signed_on": scene.stage.today, "signatory": "授权代表", "customer_signatory": "客户授权代表", "scan": scene.paper()
    }  # fmt: skip


@recipe("orders.create")
def _order(scene: Scene, source: Any) -> Any:
    kind = "contract" if source._meta.label_lower == "contracts.contract" else "quotation"
    return {kind: source.pk, "customer": source.customer_id}


@recipe("delivery.plan_shipment")
def _plan(scene: Scene, order: Any) -> Any:
    return {"order": order.pk}


@recipe("delivery.ship")
def _ship(scene: Scene, shipment: Any) -> Any:
    rng = scene.stage.rng
    return {
        "carrier": rng.choice(["顺达物流", "远程货运", "自有车辆"]), "tracking": f"YD{rng.randint(10**9, 10**10 - 1)}",
        "expected_on": scene.stage.today + timedelta(days=rng.randint(1, 5)), "consignee": shipment.consignee or "收货部",
        "ship_to": shipment.ship_to or "客户工厂一号门",
    }  # fmt: skip


@recipe("delivery.confirm_delivery")
def _delivered(scene: Scene, shipment: Any) -> Any:
    if shipment.expected_on and shipment.expected_on > scene.stage.today:
        return LATER
    return {"signed_by": "仓库收货员", "proof": scene.paper()}


@recipe("delivery.accept")
def _accepted(scene: Scene, shipment: Any) -> Any:
    if scene.stage.rng.random() < 0.35:
        return LATER
    # The web shop's customers sign for what came and keep it; others inspect it.
    how = {"how": "receipt"} if shipment.order.channel == "online" else {}
    return {"accepted_by": "客户验收员", **how}


@recipe("receivables.request_invoice")
def _request(scene: Scene, order: Any) -> Any:
    return {"order": order.pk}


@recipe("receivables.issue_invoice")
def _issue(scene: Scene, invoice: Any) -> Any:
    return {}


@recipe("delivery.request_return")
def _return(scene: Scene, shipment: Any) -> Any:
    return {"shipment": shipment.pk, "reason": "验收拒收"}


@recipe("delivery.receive_return")
def _received(scene: Scene, returned: Any) -> Any:
    return {}


@recipe("receivables.set_credit")
def _credit(scene: Scene, account: Any) -> Any:
    """What was asked for was rejected: as much as needs nobody's agreement."""
    return {"credit_limit": Decimal(300_000), "reason": "按审批意见下调额度"}


@recipe("approvals.approve")
def _approve(scene: Scene, request: Any) -> Any:
    roll = scene.stage.rng.random()
    if roll < 0.15:
        return LATER
    if roll < 0.22:
        return Instead("approvals.reject", {"note": "条件不足，请与客户再谈。"})
    return {"note": "同意"}
