"""Positions and duties that ship with the product: the four of clause 2.1.1 and the other roles; domain.md 8.2."""

from __future__ import annotations

from dataclasses import dataclass

from sellwell.foundation.company.rules.scorecards import Metric
from sellwell.kernel.values import T


@dataclass(frozen=True, slots=True)
class ShippedPosition:
    """A position that comes ready: its code is the role that stands behind it."""

    code: str
    layer: int
    name: T
    purpose: T
    duties: T


POSITIONS = (
    ShippedPosition(
        "sales_manager", 1, T("销售经理", "Sales manager"),
        T("统筹销售战略与团队。", "Strategy and team of the whole of selling."),
        T(
            "定销售战略并分解到区域和产品线；组建、培养和考核团队；监控各环节执行；决定授权范围内的价格与合同例外。",
            "Sets the sales strategy and breaks it down by region and line; builds, trains and appraises the team;"
            " watches how each step is carried out; decides on prices and contracts within the limits given.",
        ),
    ),
    ShippedPosition(
        "regional_manager", 2, T("区域经理", "Regional manager"),
        T("制定并完成区域目标。", "The region's targets and their execution."),
        T(
            "定区域目标与计划；掌握进度，调配资源；收集市场反馈；督促回款；带好本区域客户经理和销售代表。",
            "Sets targets and plans of the region; follows progress and places resources; gathers market feedback;"
            " sees that money comes in; leads the region's account managers and representatives.",
        ),
    ),
    ShippedPosition(
        "account_manager", 3, T("客户经理", "Account manager"),
        T("维护客户关系、分析客户需求。", "Relations with customers and analysis of their needs."),
        T(
            "维护重点客户关系；分析需求并组织方案；跟踪满意度与投诉；保持客户资料准确。",
            "Keeps relations with key customers; analyses needs and brings solutions together; follows satisfaction"
            " and complaints; keeps customer data right.",
        ),
    ),
    ShippedPosition(
        "rep", 3, T("销售代表", "Sales representative"),
        T("成交并跟进。", "Selling and follow-up."),
        T(
            "拜访客户并记录；在权限内报价；推动合同签订；跟进订单、交付与回款。",
            "Visits customers and writes it down; quotes within the limits; gets contracts signed; follows orders,"
            " deliveries and payments.",
        ),
    ),
    ShippedPosition(
        "marketing", 3, T("市场专员", "Marketing specialist"),
        T("推广与拓客。", "Promotion and winning customers."),
        T("策划并执行推广活动；获取并筛选线索；收集市场情报。",
          "Plans and runs campaigns; finds and screens leads; gathers market intelligence."),
    ),
    ShippedPosition(
        "service", 3, T("客服专员", "Customer service"),
        T("受理与解决客户问题。", "Taking and settling customers' concerns."),
        T("受理投诉与咨询并限时答复；组织验收；回访客户。",
          "Takes complaints and questions and answers in time; arranges acceptance; calls customers back."),
    ),
    ShippedPosition(
        "legal", 3, T("法务", "Legal counsel"),
        T("审查合同，防范法律风险。", "Review of contracts and legal risk."),
        T("审查合同条款；管理用印；处理争议。", "Reviews terms; looks after the seal; handles disputes."),
    ),
    ShippedPosition(
        "finance", 3, T("财务", "Finance"),
        T("管好信用、开票与回款。", "Credit, invoices and money that comes in."),
        T("维护客户主数据；核定信用额度；开具发票；核销回款；提出坏账处理。",
          "Keeps customer master data; sets credit limits; issues invoices; matches receipts; proposes write-offs."),
    ),
    ShippedPosition(
        "warehouse", 3, T("仓储物流", "Warehouse and logistics"),
        T("保管与发货。", "Custody and shipping."),
        T("拣货、复核并发货；保管库存；办理退货入库。", "Picks, checks and ships; keeps stock; takes returns in."),
    ),
    ShippedPosition(
        "quality", 3, T("质量", "Quality"),
        T("监督过程与产品质量。", "Quality of process and product."),
        T("检查关键环节；分析质量问题；督促整改。", "Checks key steps; analyses faults; sees them put right."),
    ),
    ShippedPosition(
        "hr", 2, T("人力资源", "Human resources"),
        T("人与组织。", "People and organisation."),
        T("招聘、任职与离职；组织编制与调整；组织考核与薪酬核算。",
          "Hiring, posts and leaving; headcount and structure; appraisals and pay runs."),
    ),
    ShippedPosition(
        "executive", 1, T("总经理", "General manager"),
        T("定方向，对经营结果负责。", "Direction, and the results of the business."),
        T("定战略目标；决定重大价格、合同与信用事项；任命各级负责人。",
          "Sets strategic goals; decides large prices, contracts and credits; appoints heads."),
    ),
    ShippedPosition(
        "auditor", 2, T("审计", "Auditor"),
        T("独立监督。", "Independent oversight."),
        T("检查制度执行；核对授权与职责；报告问题并跟踪整改。",
          "Examines how rules are kept; checks rights and duties; reports and follows up."),
    ),
    ShippedPosition(
        "administrator", 2, T("系统管理员", "Administrator"),
        T("系统与权限。", "System and rights."),
        T("维护账号、权限与设置；不办理业务。", "Keeps accounts, rights and settings; does no business."),
    ),
)  # fmt: skip


# What each is measured by until human resources write their own: figures with their weights in percent.
SUPPORTING = {Metric.ON_TIME: 60, Metric.CONFORMANCE: 40}
SCORECARDS: dict[str, dict[Metric, int]] = {
    "sales_manager": {Metric.INVOICED: 40, Metric.COLLECTED: 30, Metric.CUSTOMERS: 10, Metric.CONFORMANCE: 20},
    "regional_manager": {Metric.INVOICED: 40, Metric.COLLECTED: 30, Metric.CONTRACTED: 20, Metric.ON_TIME: 10},
    "account_manager": {Metric.INVOICED: 40, Metric.COLLECTED: 20, Metric.VISITS: 20, Metric.ON_TIME: 20},
    "rep": {Metric.BOOKED: 30, Metric.COLLECTED: 30, Metric.CUSTOMERS: 20, Metric.VISITS: 20},
    "marketing": {Metric.LEADS: 40, Metric.QUALIFIED: 40, Metric.ON_TIME: 20},
    **dict.fromkeys(("service", "legal", "finance", "warehouse", "quality", "hr", "auditor", "administrator"), SUPPORTING),
    "executive": {Metric.ON_TIME: 40, Metric.CONFORMANCE: 60},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Letter:
    """One cell: a position's letter, for amounts from `above` up to `up_to`."""

    position: str
    letter: str
    above: str = "0"
    up_to: str = ""


@dataclass(frozen=True, slots=True)
class ShippedDuty:
    """A duty that comes ready, with its row of the matrix."""

    code: str
    name: T
    letters: tuple[Letter, ...]
    verbs: tuple[str, ...] = ()
    per: str = "unit"


def _row(accountable: str, **others: str) -> tuple[Letter, ...]:
    """A row with one accountable whatever the amount; others as `letter="position position"`."""
    return (Letter(accountable, "A"), *_rest(others))


def _tiers(below: str, limit: str, above: str, **others: str) -> tuple[Letter, ...]:
    """A row whose accountable changes at a limit."""
    return (Letter(below, "A", "0", limit), Letter(above, "A", limit), *_rest(others))


def _rest(others: dict[str, str]) -> tuple[Letter, ...]:
    return tuple(Letter(name, letter) for letter, names in others.items() for name in names.split())


DUTIES = (
    ShippedDuty("strategy", T("销售战略与团队", "Sales strategy and team"),
                _row("sales_manager", C="executive regional_manager")),
    ShippedDuty("monitoring", T("销售过程监控", "Monitoring of the selling process"),
                _row("sales_manager", R="regional_manager", I="executive auditor")),
    ShippedDuty("targets", T("区域目标与进度", "The region's targets and progress"),
                _row("regional_manager", R="rep account_manager", C="sales_manager", I="executive")),
    ShippedDuty("resources", T("区域资源调配", "The region's resources"),
                _row("regional_manager", C="sales_manager", I="account_manager")),
    ShippedDuty("market_feedback", T("市场反馈", "Market feedback"),
                _row("regional_manager", R="rep account_manager", C="marketing", I="sales_manager")),
    ShippedDuty("campaigns", T("推广活动", "Campaigns"), _row("marketing", C="sales_manager", I="regional_manager")),
    ShippedDuty("leads", T("线索获取", "Leads"), _row("marketing", R="rep", I="regional_manager"),
                ("pipeline.add_lead",)),
    ShippedDuty("customer_master", T("客户主数据", "Customer master data"),
                _row("finance", R="rep", C="regional_manager"), ("customers.add", "customers.change")),
    ShippedDuty("visits", T("拜访", "Visits"), _row("rep", C="account_manager", I="regional_manager"),
                ("pipeline.plan_visit",), "customer"),
    ShippedDuty("quotations", T("报价", "Quotations"), _row("rep", C="regional_manager finance"),
                ("pipeline.add_quotation", "pipeline.send_quotation"), "customer"),
    ShippedDuty("price_exceptions", T("价格例外", "Price exceptions"),
                _tiers("sales_manager", "500000", "executive", R="rep", C="regional_manager finance")),
    ShippedDuty("contract_closing", T("促成签约", "Getting contracts signed"),
                _row("rep", C="regional_manager legal"), (), "customer"),
    ShippedDuty("contract_review", T("合同审查", "Contract review"),
                _tiers("sales_manager", "500000", "executive", R="legal", C="finance quality regional_manager")),
    ShippedDuty("sealing", T("用印", "Sealing"), _row("executive", R="legal"), ("contracts.sign",)),
    ShippedDuty("credit_limits", T("信用额度", "Credit limits"),
                _tiers("finance", "500000", "executive", C="rep regional_manager legal"), ("receivables.set_credit",)),
    ShippedDuty("orders", T("订单录入", "Order entry"), _row("rep", C="account_manager", I="regional_manager warehouse"),
                ("orders.create", "orders.change", "orders.confirm"), "customer"),
    ShippedDuty("credit_release", T("信用放行", "Credit release"),
                _row("finance", I="rep regional_manager")),
    ShippedDuty("shipping", T("发货", "Shipping"), _row("warehouse", C="finance", I="rep"),
                ("delivery.pick", "delivery.ship")),
    ShippedDuty("acceptance", T("验收", "Acceptance"), _row("service", R="rep", C="warehouse", I="finance")),
    ShippedDuty("invoicing", T("开票", "Invoices"), _row("finance", R="rep"), ("receivables.issue_invoice",)),
    ShippedDuty("receipts", T("收款与核销", "Receipts and matching"), _row("finance", I="rep regional_manager"),
                ("receivables.enter_receipt", "receivables.apply")),
    ShippedDuty("dunning", T("催收", "Dunning"), _row("regional_manager", R="rep finance", C="legal", I="executive")),
    ShippedDuty("write_offs", T("坏账核销", "Write-offs"),
                _row("executive", R="finance", C="rep regional_manager legal")),
    ShippedDuty("complaints", T("投诉处理", "Complaints"),
                _row("service", C="legal finance warehouse quality", I="rep regional_manager executive")),
    ShippedDuty("commission", T("提成核算", "Commission runs"),
                _row("finance", R="hr", C="regional_manager", I="rep")),
    ShippedDuty("staffing", T("编制与任职", "Headcount and posts"), _row("hr", C="sales_manager finance", I="executive")),
    ShippedDuty("rights", T("权限设置", "Rights"), _row("administrator", C="auditor hr"),
                ("company.set_grant", "company.end_grant")),
)  # fmt: skip
