"""One sale from the first contact to the money, by the people who do it, in Chinese, from task to task."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from decimal import Decimal

from playwright.sync_api import expect

from tests.browser.conftest import House, picture
from tests.browser.desk import Desk, amount, stocked


def test_a_sale_from_the_first_contact_to_the_money(house: House) -> None:
    rep = Desk(house.as_role("rep"))
    first, second = stocked(rep.page, 400, 2)
    customer = f"苏州和泰{secrets.token_hex(3)}精密机械有限公司"

    from_lead_to_needs(rep, house, customer, first["code"])
    visit(rep, house, customer)
    quotation, total = quote(rep, customer, first["code"], second["code"])
    contract = contract_from(rep, house, quotation, total)
    assert approve(house, contract, "regional_manager", "sales_manager", "legal", "finance", "executive")
    sign(rep, house, contract)
    order = order_from(rep, contract, total)
    confirm(rep, house, order)
    shipment = deliver(rep, house, order)
    invoice = bill(rep, house, order, total)
    collect(house, invoice, customer, total)
    close_and_trace(rep, order, ["传感器更新", quotation, contract, order, shipment, invoice])
    assert not house.errors


def from_lead_to_needs(rep: Desk, house: House, customer: str, product: str) -> None:
    """The lead is entered, talked to, qualified; needs are written down and products matched."""
    rep.new("新建线索")
    phone = f"139{secrets.randbelow(10**8):08d}"
    rep.fill({"名称": customer, "联系人": "顾明远", "电话": phone, "需求": "装配线传感器更新"})
    rep.send("新建线索")
    assert rep.title() == customer
    rep.state("新线索")

    rep.task("记录联系", customer)
    rep.fill({"联系结果": "电话沟通，需要报价。"})
    rep.send("记录联系")
    rep.task("转为客户与商机", customer)
    rep.fill(
        {"商机名称": "传感器更新", "预计金额": "60000", "预计成交日": str(house.today + timedelta(days=30))}
    )
    rep.send("转为客户与商机")
    rep.task("分析需求", customer)
    rep.fill({"客户需求": "检测距离 300 毫米，十月底前换装。"})
    rep.send("分析需求")
    rep.task("匹配产品", customer)
    if not rep.form.locator("tbody tr").count():
        rep.form.get_by_role("button", name="添加一行").click()
    rep.set(rep.form.locator("tbody tr [role=combobox]").first, product)
    rep.set(rep.form.get_by_label("数量").first, "20")
    rep.send("匹配产品")
    rep.open_task_row("新建报价", customer)
    rep.state("匹配")
    expect(rep.page.locator("main")).to_contain_text(product)
    picture(rep.page, "sale-opportunity")


def visit(rep: Desk, house: House, customer: str) -> None:
    """A visit with check-in on the phone and minutes afterwards."""
    rep.new("计划拜访")
    rep.fill({"客户": customer, "目的": "现场测量"})
    rep.send("计划拜访")
    rep.state("已计划")
    address = rep.page.url
    phone = Desk(house.as_role("rep", phone=True))
    phone.page.goto(address)
    phone.press("签到")
    phone.fill({"地点": "客户一号车间"})
    phone.send("签到")
    phone.state("已签到")
    picture(phone.page, "sale-visit")
    rep.task("写纪要", customer)
    rep.fill({"纪要": "现场确认安装位置与数量，客户希望月底前换装。", "下一步": "提交报价"})
    rep.send("写纪要")
    rep.page.goto(address)
    rep.state("已完成")


def quote(rep: Desk, customer: str, first: str, second: str) -> tuple[str, str]:
    """A quotation in the grid: matched products stand in it, another line is pasted. Gives its number and total."""
    rep.task("新建报价", customer)
    expect(rep.cell(1, "product").locator("input")).to_have_value(re.compile(first))
    expect(rep.field("客户")).to_have_value(re.compile(customer))
    rep.paste(2, [[second, "30"]])
    expect(rep.cell(2, "quantity").locator("input")).to_have_value("30")
    rep.cell(1, "quantity").locator("input").fill("25")
    expect(rep.cell(2, "total")).to_contain_text(".")
    rep.cell(1, "unit_price").locator(".why").click()
    expect(rep.page.locator(".toast").last).to_contain_text("目录")
    price = Decimal(amount(rep.cell(1, "unit_price").locator("input").input_value()))
    expect(rep.cell(1, "total")).to_contain_text(f"{price * 25:,.2f}")
    total = rep.total()
    assert Decimal(amount(total)) > price * 25
    picture(rep.page, "sale-quotation-entry")
    rep.send_lines()
    quotation = rep.title()
    rep.state("草稿")
    expect(rep.page.locator(".record-amount")).to_contain_text(total)
    address = rep.page.url
    rep.task("发出报价", quotation)
    rep.send("发出报价")
    paper = rep.page.request.get(f"{address}pdf")
    assert paper.ok and paper.body().startswith(b"%PDF")
    rep.task("客户接受", quotation)
    rep.send("客户接受")
    rep.page.goto(address)
    rep.state("客户已接受")
    return quotation, total


def contract_from(rep: Desk, house: House, quotation: str, total: str) -> str:
    """The contract from the quotation, sent for approval."""
    rep.task("起草合同", quotation)
    rep.fill({
        "合同名称": "传感器买卖合同", "生效日期": str(house.today), "终止日期": str(house.today + timedelta(days=365)),
        "交付日期": str(house.today + timedelta(days=45)),
    })  # fmt: skip
    expect(rep.page.locator("[data-totals]")).to_contain_text(total)
    picture(rep.page, "sale-contract-entry")
    rep.send_lines()
    contract = rep.title()
    expect(rep.page.locator(".record-amount")).to_contain_text(total)
    rep.task("提交审批", contract)
    rep.form.get_by_role("button", name="提交审批", exact=True).click()
    expect(
        rep.page.locator("#panel-body, main").filter(has_text=re.compile("已提交审批|已办理")).first
    ).to_be_visible()
    return contract


def approve(house: House, about: str, *roles: str) -> list[str]:
    """Everybody of these roles who is asked decides on the card, found by its number among all that wait for them: the
    workbench shows the most urgent only. Gives who was asked."""
    asked = []
    for role in roles:
        person = Desk(house.as_role(role))
        person.page.goto(f"{house.site.url}/approvals/?q={about}")
        card = person.page.locator("article.approval").filter(has_text=about).first
        if not card.count():
            continue
        asked.append(role)
        picture(person.page, f"sale-approval-{role}")
        card.get_by_label("意见").fill("同意")
        person.hush()
        card.get_by_role("button", name="批准").click()
        person.hear()
        expect(person.page.locator("article.approval").filter(has_text=about)).to_have_count(0)
    return asked


def sign(rep: Desk, house: House, contract: str) -> None:
    """Signed on paper, the scan uploaded."""
    rep.task("登记签署", contract)
    rep.fill({"签署日期": str(house.today), "我方签署人": "林晓舟", "对方签署人": "顾明远"})
    rep.upload("签署件")
    rep.send("登记签署")
    rep.open_task_row("新建订单", contract)
    rep.state("已签署")
    assert rep.page.request.get(f"{rep.page.url}pdf").body().startswith(b"%PDF")


def order_from(rep: Desk, contract: str, total: str) -> str:
    """The order from the contract: what is left of it stands in the grid at the agreed prices."""
    rep.task("新建订单", contract)
    expect(rep.page.locator("[data-totals]")).to_contain_text(total)
    expect(rep.cell(1, "available")).not_to_be_empty()
    expect(rep.cell(1, "promised")).to_contain_text(re.compile(r"\d{4}-\d\d-\d\d"))
    picture(rep.page, "sale-order-entry")
    rep.send_lines()
    rep.state("草稿")
    return rep.title()


def confirm(rep: Desk, house: House, order: str) -> None:
    """Confirmed at once or, where the credit limit stands in the way, after finance agreed."""
    rep.task("确认订单", order)
    rep.form.get_by_role("button", name="确认订单", exact=True).click()
    expect(rep.page.locator("body").filter(has_text=re.compile("已提交审批|已办理"))).to_be_visible()
    approve(house, order, "regional_manager", "sales_manager", "finance", "executive")
    rep.find(order)
    rep.state("已确认")
    expect(rep.page.locator("#block-lines, main .table").first).to_contain_text("25")


def deliver(rep: Desk, house: House, order: str) -> str:
    """Planned, picked and shipped by the warehouse; delivered and accepted. Gives the shipment."""
    keeper = Desk(house.as_role("warehouse"))
    picture(keeper.page, "workbench-warehouse")
    keeper.task("安排发货", order)
    keeper.send("安排发货")
    shipment = keeper.title()
    address = keeper.page.url
    keeper.task("拣货", shipment)
    keeper.send("拣货")
    keeper.task("发货", shipment)
    keeper.fill(
        {"承运人": "顺达物流", "运单号": "YD2026000188", "预计到达": str(house.today + timedelta(days=2))}
    )
    if not keeper.field("收货地址").input_value():
        keeper.fill({"收货人": "顾明远", "收货地址": "苏州工业园区星湖街 8 号"})
    keeper.send("发货")
    keeper.page.goto(address)
    keeper.state("已发货")
    picture(keeper.page, "sale-shipment")
    assert keeper.page.request.get(f"{address}note.pdf").body().startswith(b"%PDF")
    rep.task("确认签收", shipment)
    rep.fill({"签收人": "顾明远"})
    rep.send("确认签收")
    rep.task("验收", shipment)
    rep.fill({"验收人": "顾明远"})
    rep.send("验收")
    rep.find(shipment)
    rep.state("已验收")
    return shipment


def bill(rep: Desk, house: House, order: str, total: str) -> str:
    """The invoice is asked for by the seller and issued by finance. Gives its number."""
    rep.task("申请开票", order)
    rep.send("申请开票")
    invoice = rep.title()
    expect(rep.page.locator(".record-amount")).to_contain_text(total)
    finance = Desk(house.as_role("finance"))
    finance.task("开具发票", invoice)
    finance.send("开具发票")
    finance.find(invoice)
    finance.state("已开票")
    return invoice


def collect(house: House, invoice: str, customer: str, total: str) -> None:
    """The money comes in two parts: one names its invoice and is matched at once, the other is matched by hand."""
    finance = Desk(house.as_role("finance"))
    whole = Decimal(amount(total))
    part = (whole / 3).quantize(Decimal("0.01"))
    finance.new("登记收款")
    finance.fill({"对应发票": invoice, "金额": str(part), "流水号": secrets.token_hex(6).upper()})
    finance.send("登记收款")
    finance.find(invoice)
    expect(finance.page.locator("main .facts")).to_contain_text(f"{part:,.2f}")
    picture(finance.page, "sale-invoice-open")
    finance.page.goto("/")
    finance.new("登记收款")
    finance.fill({"客户": customer, "金额": str(whole - part), "流水号": secrets.token_hex(6).upper()})
    finance.send("登记收款")
    finance.press("核销")
    finance.send("核销")
    finance.find(invoice)
    expect(finance.page.locator("main .facts")).to_contain_text(f"{whole:,.2f}")
    picture(finance.page, "sale-invoice-paid")


def close_and_trace(rep: Desk, order: str, chain: list[str]) -> None:
    """The order closes by itself when all is through; the trace shows every document of the sale."""
    for _ in range(40):
        rep.find(order)
        if "已完结" in rep.page.locator(".record-name").inner_text():
            break
        rep.page.wait_for_timeout(500)
    rep.state("已完结")
    picture(rep.page, "sale-order-closed")
    rep.page.get_by_role("link", name="全程追踪").click()
    for number in chain:
        expect(rep.page.locator("main")).to_contain_text(number)
    picture(rep.page, "sale-trace")
