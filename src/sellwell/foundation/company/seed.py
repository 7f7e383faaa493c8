"""What ships with the product: incompatible duties (domain.md 1.3), positions, the duty matrix (domain.md 8.2).

What people changed stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sellwell.foundation.company.defaults import DUTIES as SHIPPED_DUTIES
from sellwell.foundation.company.defaults import POSITIONS as SHIPPED_POSITIONS
from sellwell.foundation.company.defaults import SCORECARDS as SHIPPED_SCORECARDS
from sellwell.foundation.company.models import Duty, DutyEntry, Position, Scorecard, ScorecardState
from sellwell.foundation.company.rules.scorecards import Direction
from sellwell.kernel import generations
from sellwell.kernel.ids import new_id
from sellwell.kernel.models import DutyPair
from sellwell.kernel.seeds import seed_with
from sellwell.kernel.values import T

TAKING_ORDERS = (
    "pipeline.add_quotation", "pipeline.send_quotation", "orders.create", "orders.change", "orders.confirm",
)  # fmt: skip
NEGOTIATING = ("contracts.create", "contracts.change")
SHIPPING = ("delivery.pick", "delivery.ship")
COLLECTING = ("receivables.enter_receipt", "receivables.apply")
RELEASING = ("approvals.approve", "receivables.set_credit")
RIGHTS = ("company.set_grant", "company.end_grant", "company.set_duty_pair")
BUSINESS = (
    *TAKING_ORDERS,
    *SHIPPING,
    *COLLECTING,
    "contracts.sign",
    "receivables.issue_invoice",
    "stock.adjust",
)


@dataclass(frozen=True, slots=True)
class Pair:
    """One default pair."""

    code: str
    name: T
    duty_a: tuple[str, ...]
    duty_b: tuple[str, ...]
    per: str = "document"
    # A house with one clerk could collect no money under these: it switches them on when there are two.
    is_active: bool = True


PAIRS = (
    Pair("sell_ship", T("接单与发货分离", "Taking orders apart from shipping"), TAKING_ORDERS, SHIPPING),
    Pair("sell_collect", T("销售与收款分离", "Selling apart from collecting"), TAKING_ORDERS, COLLECTING),
    Pair("ship_collect", T("发货与收款分离", "Shipping apart from collecting"), SHIPPING, COLLECTING),
    Pair(
        "request_issue_invoice",
        T("开票申请与开票分离", "Requesting invoices apart from issuing them"),
        ("receivables.request_invoice",),
        ("receivables.issue_invoice",),
    ),
    Pair("sell_release", T("销售与审批放行分离", "Selling apart from releasing"), TAKING_ORDERS, RELEASING),
    Pair(
        "negotiate_approve",
        T("合同谈判与审批分离", "Negotiating contracts apart from approving them"),
        NEGOTIATING,
        ("approvals.approve",),
    ),
    Pair(
        "sell_credit",
        T("销售与授信分离", "Selling apart from setting credit"),
        TAKING_ORDERS,
        ("receivables.set_credit",),
        per="person",
    ),
    Pair(
        "customer_collect",
        T("客户建档与收款分离", "Keeping customers' records apart from collecting"),
        ("customers.add", "customers.change"),
        COLLECTING,
        per="person",
    ),
    Pair(
        "invoice_collect",
        T("开票记应收与收款分离", "Issuing invoices apart from handling money"),
        ("receivables.issue_invoice",),
        ("receivables.enter_receipt",),
        is_active=False,
    ),
    Pair(
        "apply_reverse",
        T("核销与红冲分离", "Matching money apart from red-letter invoices"),
        ("receivables.apply", "receivables.apply_credit"),
        ("receivables.reverse_invoice",),
        is_active=False,
    ),
    Pair(
        "ship_custody",
        T("发货与库存调整分离", "Shipping apart from adjusting stock"),
        SHIPPING,
        ("stock.adjust",),
        per="person",
        is_active=False,
    ),
    Pair(
        "credit_collect",
        T("授信与收款分离", "Setting credit apart from collecting"),
        ("receivables.set_credit",),
        COLLECTING,
        per="person",
        is_active=False,
    ),
    Pair(
        "return_refund",
        T("退货收货与红字开票分离", "Receiving returns apart from red-letter invoices"),
        ("delivery.receive_return",),
        ("receivables.reverse_invoice", "receivables.credit_return"),
    ),
    Pair(
        "policy_four_eyes",
        T("制度起草与发布分离", "Drafting policies apart from publishing them"),
        ("company.draft_policy",),
        ("company.publish_policy",),
    ),
    Pair(
        "price_quote",
        T("价格维护与报价分离", "Keeping prices apart from quoting"),
        ("pricing.add_list", "pricing.set_rule", "pricing.end_rule", "pricing.set_floor"),
        ("pipeline.add_quotation", "pipeline.send_quotation"),
        per="person",
    ),
    Pair(
        "rights_business",
        T("权限管理与业务办理分离", "Setting rights apart from doing business"),
        RIGHTS,
        BUSINESS,
        per="person",
    ),
)


@seed_with
def seed_duties(since: date) -> None:
    """Bring in the default pairs that are missing."""
    known = set(DutyPair.objects.values_list("code", flat=True))
    missing = [
        DutyPair(
            id=new_id(), code=pair.code, name_zh=pair.name.zh, name_en=pair.name.en, duty_a=list(pair.duty_a),
            duty_b=list(pair.duty_b), per=pair.per, basis="1.3.1", is_active=pair.is_active,
        )
        for pair in PAIRS
        if pair.code not in known
    ]  # fmt: skip
    DutyPair.objects.bulk_create(missing)
    if missing:
        generations.bump("duties")


@seed_with
def seed_matrix(since: date) -> None:
    """Bring in the shipped positions and duties that are missing, each duty with its row of the matrix."""
    known = set(Position.objects.values_list("code", flat=True))
    Position.objects.bulk_create(
        Position(
            id=new_id(), code=p.code, role=p.code, layer=p.layer, name_zh=p.name.zh, name_en=p.name.en,
            purpose_zh=p.purpose.zh, purpose_en=p.purpose.en, duties_zh=p.duties.zh, duties_en=p.duties.en,
            statement_since=since,
        )
        for p in SHIPPED_POSITIONS
        if p.code not in known
    )  # fmt: skip
    positions = dict(Position.objects.values_list("code", "id"))
    there = set(Duty.objects.values_list("code", flat=True))
    for order, shipped in enumerate(SHIPPED_DUTIES, start=1):
        if shipped.code in there:
            continue
        duty = Duty(
            id=new_id(), code=shipped.code, name_zh=shipped.name.zh, name_en=shipped.name.en,
            verbs=list(shipped.verbs), per=shipped.per, order=order * 10,
        )  # fmt: skip
        Duty.objects.bulk_create([duty])
        DutyEntry.objects.bulk_create(
            DutyEntry(
                id=new_id(), duty=duty, position_id=positions[cell.position], letter=cell.letter, since=since,
                amount_from=Decimal(cell.above), amount_until=Decimal(cell.up_to) if cell.up_to else None,
            )
            for cell in shipped.letters
        )  # fmt: skip


@seed_with
def seed_scorecards(since: date) -> None:
    """Bring in the shipped scorecards of positions that never had one."""
    with_one = set(Scorecard.objects.values_list("position_id", flat=True))
    Scorecard.objects.bulk_create(
        Scorecard(
            id=new_id(), position=position, number=1, state=ScorecardState.APPROVED.value, since=since,
            measures=[
                {"metric": metric.value, "weight": str(weight), "direction": Direction.UP.value}
                for metric, weight in SHIPPED_SCORECARDS[position.code].items()
            ],
        )
        for position in Position.objects.filter(code__in=SHIPPED_SCORECARDS)
        if position.pk not in with_one
    )  # fmt: skip
