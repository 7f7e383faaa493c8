"""The clauses of the manual that today's operations carry out, in words: shown where a step names its basis.

The texts are the default manual's. Once the manual has a room of its own, a company's edited text takes their place.
"""

from __future__ import annotations

from sellwell.kernel.values import T

CLAUSES: dict[str, T] = {
    "1.1.2": T(
        "销售、市场、财务与管理层中凡参与销售业务的机构和个人，都受本手册约束。",
        "It binds everyone who takes part in selling - sales, marketing, finance and management.",
    ),
    "1.2.4": T(
        "企业内的销售流程只有一套标准，各部门做法一致。",
        "Internal selling processes are uniform.",
    ),
    "1.3.1": T(
        "统一管理，逐级负责；每项权力对应一份责任，每件事都有固定流程。",
        "Unified management, graded responsibility, clear rights and duties, regular processes.",
    ),
    "1.3.2": T(
        "谁主管、谁负责：流程的执行与监控归销售部门，推广与拓客归市场部门。",
        "Whoever is in charge answers for it - sales for carrying out and monitoring the process, marketing for promotion and winning customers.",
    ),
    "1.3.3": T(
        "拓客、订单、合同、发货、售后，每一环节都有人负责，交接不留空档。",
        "Duties at each link are clear and the links join without a gap.",
    ),
    "1.4.2": T(
        "凡企业为促成销售而结交的个人或单位，都是客户，统一按客户管理规范管理。",
        "A customer is a person or organisation with whom a relation is built in order to sell.",
    ),
    "1.4.3": T(
        "销售流程分六步：开发客户、分析需求、匹配产品、确认订单、安排发货、提供售后。",
        "The selling process runs from customer development, needs analysis, product matching and order confirmation to shipping and after-sales.",
    ),
    "2.2.4": T(
        "拜访、报价、签约等事项写明步骤和责任人，少出错、提效率。",
        "Visits, quotations and signing follow a written process with a responsible person.",
    ),
    "5.1.1": T(
        "合同依法写明双方的权利与义务，规格、数量、价格、交付、质量、违约责任缺一不可。",
        "Contracts state specification, quantity, price, delivery, quality and breach.",
    ),
    "5.1.2": T(
        "合同须经双方有权签约的人签字，并盖公司公章。",
        "Authorised representatives sign and the company seal is set.",
    ),
    "5.1.3": T(
        "签约之前先评估风险、审查合规，不合法规和行业标准的不签。",
        "Risk and compliance are assessed before signing.",
    ),
    "5.1.5": T(
        "合同条款由法务或合同管理人员把关，不留歧义，以免日后纠纷。",
        "Legal review removes ambiguity.",
    ),
    "5.2.1": T(
        "订单上的客户、产品型号、数量、交货日期必须准确无误。",
        "Order data is right - customer, model, quantity, date.",
    ),
    "5.2.2": T(
        "订单录入系统时当场核对库存、价格与发货安排，三者相符才能确认。",
        "Orders agree with stock, price and shipping plan.",
    ),
    "5.2.3": T(
        "发货前定好运输方式、承运工具、到货时间和收货人。",
        "Shipping method, carrier, expected arrival and consignee are fixed.",
    ),
    "5.2.4": T(
        "交货时当面清点数量、核对规格，避免错发。",
        "Goods are checked in delivery.",
    ),
    "5.2.5": T(
        "货物交付后在系统中确认并出具交付单，凭此验收与结算。",
        "Delivery is confirmed and a delivery note is made.",
    ),
    "5.3.1": T(
        "到货由采购或质量部门现场检验，以合同约定的质量要求为准。",
        "Inspection by quality standard.",
    ),
    "5.3.2": T(
        "验收通过后出具验收单，双方签字，凭单结算。",
        "An acceptance form signed by both is the basis of payment.",
    ),
    "5.3.3": T(
        "款项按合同约定的日期收付，拖延即跟进，防范信用风险。",
        "Money is received and paid on the contract's dates; delay is followed up against credit risk.",
    ),
    "5.3.4": T(
        "收付款走银行转账、电子支付等正规渠道，保证资金安全，符合支付结算规定。",
        "Bank transfer and electronic payment, safely.",
    ),
    "5.3.5": T(
        "大额订单的款项须先审批后支付，防止资金风险。",
        "Payments of large orders are approved before they are made.",
    ),
}


def words_of(clause: str) -> T | str:
    """What a clause says; nothing where it is not known here."""
    return CLAUSES.get(clause, "")
