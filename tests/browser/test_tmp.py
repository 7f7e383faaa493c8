from tests.browser.conftest import House
from tests.browser.desk import Desk
from tests.browser.test_the_sale import collect, close_and_trace
def test_rest(house: House) -> None:
    rep = Desk(house.as_role("rep"))
    rep.page.goto("/invoices/?q=" + "苏州和泰")
    href = rep.page.locator("main tbody a").first.get_attribute("href")
    rep.page.goto(href)
    invoice = rep.title()
    total = rep.page.locator(".record-amount").inner_text()
    order = rep.page.locator("main .facts").get_by_text("SO-2026").first.inner_text()
    customer = rep.page.locator("main .facts").get_by_text("苏州和泰").first.inner_text()
    collect(house, invoice, customer, total)
    close_and_trace(rep, order, [order, invoice])
