"""WeCom from end to end: connected on a page, signed in through, a card decided by one tap, and the card that then says so."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from sellwell.integrations.messaging.serving import Sent, serve
from sellwell.integrations.wecom.server import WeComOffice
from tests.browser.conftest import House, picture
from tests.browser.desk import Desk
from tests.browser.test_working_approvals import fits, held

BY_WECOM = re.compile("企业微信登录")


def wait_for(look: Callable[[], bool], seconds: float = 60) -> None:
    """The worker's turn comes within seconds."""
    end = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.2)


def an_office() -> WeComOffice:
    """The manager is there under the user name that the house knows; one is new, one department too."""
    office = WeComOffice()
    office.units += [{"id": 2, "name": "华东大区", "parentid": 1}, {"id": 3, "name": "海外部", "parentid": 1}]
    office.people = [
        {"userid": "regional_manager", "name": "顾长衡", "department": [2], "main_department": 2},
        {"userid": "QinBuYe", "name": "秦不夜", "department": [3], "main_department": 3, "position": "销售代表"},
    ]  # fmt: skip
    return office


def connect(house: House, office: WeComOffice, url: str) -> Desk:
    """The administrator gives the keys and tries them."""
    admin = Desk(house.as_role("administrator"))
    admin.page.goto("/message-channels")
    picture(admin.page, "channels-none", full=True)
    admin.page.get_by_role("link", name="接入", exact=True).first.click()
    admin.fill(
        {"应用标识": office.app_id, "AgentId": office.agent_id, "应用密钥": office.secret, "接口地址": url}
    )
    admin.form.get_by_label("允许用它登录").check()
    picture(admin.page, "channels-connect", full=True)
    admin.send("接入消息平台")
    admin.page.goto("/message-channels")
    for account, says in (("nobody", "81013"), ("regional_manager", "成功")):
        admin.page.get_by_text("发送测试消息", exact=True).first.click()
        admin.fill({"收件账号": account})
        admin.send("发送测试消息")
        admin.page.goto("/message-channels")
        expect(admin.page.locator("main")).to_contain_text(says)
        picture(admin.page, f"channels-{says}", full=True)
    fits(admin.page)
    return admin


def link_the_manager(house: House) -> None:
    """Human resources look at the directory, link whom it names, and bring in the rest."""
    hr = Desk(house.as_role("hr"))
    hr.page.goto("/message-channels")
    hr.page.get_by_role("link", name="通讯录").first.click()
    hr.page.get_by_role("button", name="预览").click()
    expect(hr.page.locator("main")).to_contain_text("秦不夜")
    picture(hr.page, "directory-look", full=True)
    fits(hr.page)
    address = hr.page.url
    small = house.as_role("hr", phone=True)
    small.goto(address)
    small.get_by_role("button", name="预览").click()
    expect(small.locator("main")).to_contain_text("秦不夜")
    picture(small, "directory-look", full=True)
    fits(small)
    hr.page.get_by_role("link", name="绑定账号").first.click()
    hr.send("绑定平台账号")
    hr.page.goto(address)
    hr.page.get_by_role("button", name="预览").click()
    hr.page.get_by_role("button", name="按预览同步").click()
    expect(hr.page.locator(".notice.is-done")).to_contain_text("已按预览同步")
    picture(hr.page, "directory-done", full=True)


def test_sign_in_decide_by_one_tap_and_see_the_card_change(house: House) -> None:
    if not house.site.url.startswith("http://127.0.0.1"):
        pytest.skip("the simulator is on this machine only")
    office = an_office()
    with serve(office) as url:
        admin = connect(house, office, url)
        link_the_manager(house)

        phone = house.window(phone=True)
        phone.goto("/sign-in/?next=/approvals/")
        picture(phone, "sign-in-vendors")
        fits(phone)
        phone.get_by_role("link", name=BY_WECOM).click()
        phone.get_by_role("link", name="顾长衡").click()
        phone.wait_for_url(re.compile("/approvals/$"))
        stranger = house.window()
        stranger.goto("/sign-in/")
        picture(stranger, "sign-in-vendors")
        office.people.append({"userid": "guest", "name": "访客", "department": [1]})
        stranger.get_by_role("link", name=BY_WECOM).click()
        stranger.get_by_role("link", name="访客").click()
        expect(stranger.get_by_role("alert")).to_contain_text("未绑定")
        picture(stranger, "sign-in-refused")

        before = len(office.to("regional_manager"))
        held(house.as_role("rep"), 1)
        wait_for(lambda: len(office.to("regional_manager")) > before)
        card: Sent = office.to("regional_manager")[-1]
        tap = next(b["url"] for b in card.body["button_list"] if b["text"] == "批准")
        assert tap.startswith(house.site.url)
        nobody = house.window(phone=True)  # the link is enough: nobody is signed in here
        nobody.goto(tap)
        picture(nobody, "tap")
        nobody.get_by_role("button", name="批准").click()
        expect(nobody.locator("main .notice")).to_contain_text("已批准")
        wait_for(lambda: "已批准" in card.body["sub_title_text"])
        assert "button_list" not in card.body and len(card.former) == 1

        phone.goto("/message-channels")
        expect(phone.locator("main")).not_to_contain_text("最近的失败")  # not theirs to see
        admin.page.goto("/message-channels")
        picture(admin.page, "channels-after", full=True)
        small = house.as_role("administrator", phone=True)
        small.goto("/message-channels")
        picture(small, "channels", full=True)
        fits(small)
        english = house.as_role("administrator", language="en")
        english.goto("/message-channels")
        expect(english.locator("main h1")).to_contain_text("Message channels")
        picture(english, "channels-english", full=True)
        admin.page.get_by_text("停用接入", exact=True).first.click()
        admin.send("停用接入")
    errors = [e for e in house.errors if "403" not in e and "422" not in e]
    assert not errors, errors
