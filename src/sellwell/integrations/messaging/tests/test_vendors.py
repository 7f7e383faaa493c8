"""The adapters of the three vendors against their simulators over HTTP: tokens, attempts, codes, one message however often."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from sellwell.integrations import dingtalk, feishu, wecom  # noqa: F401 - they register their adapters
from sellwell.integrations.dingtalk.server import DingTalkOffice
from sellwell.integrations.feishu.server import FeishuOffice
from sellwell.integrations.messaging import VENDORS, Card, Declined, Keys, Unreachable
from sellwell.integrations.messaging.serving import DOWN, EXPIRED, LOST, RATE, Office, serve
from sellwell.integrations.messaging.vendor import Vendor
from sellwell.integrations.wecom.server import WeComOffice

OPEN = Card(
    "待审批：确认订单",
    ("AP-1 SO-7",),
    "https://x/approvals/1/",
    (("批准", "https://x/tap/1"), ("查看", "https://x/approvals/1/")),
)
DECIDED = Card("待审批：确认订单", ("AP-1 SO-7",), "https://x/approvals/1/", (), "已批准并办理")


def wecom_office() -> WeComOffice:
    """Two departments, one below the other, and a person in each."""
    office = WeComOffice()
    office.units += [{"id": 3, "name": "一部", "parentid": 2}, {"id": 2, "name": "华东大区", "parentid": 1}]
    office.people = [
        {"userid": "ZhangSan", "name": "张三", "department": [1, 2], "main_department": 2, "position": "销售代表", "status": 1},
        {"userid": "lisi", "name": "李四", "department": [3], "main_department": 3, "position": "", "status": 1},
        {"userid": "gone", "name": "已禁用", "department": [3], "main_department": 3, "position": "", "status": 2},
    ]  # fmt: skip
    return office


def dingtalk_office() -> DingTalkOffice:
    """The same company at DingTalk: three people in a department, so that there are two pages."""
    office = DingTalkOffice()
    office.units = [
        {"dept_id": 2, "name": "华东大区", "parent_id": 1}, {"dept_id": 3, "name": "一部", "parent_id": 2},
    ]  # fmt: skip
    office.people = [
        {"userid": "ZhangSan", "name": "张三", "dept_id_list": [2], "job_number": "N1", "title": "销售代表", "hired_date": 1767542400000},
        {"userid": "lisi", "name": "李四", "dept_id_list": [3]},
        {"userid": "p3", "name": "王五", "dept_id_list": [2], "org_email": "wangwu@example.com"},
        {"userid": "p4", "name": "赵六", "dept_id_list": [2, 3]},
    ]  # fmt: skip
    return office


def feishu_office() -> FeishuOffice:
    """The same company at Feishu: three departments, so that there are two pages."""
    office = FeishuOffice()
    office.units = [
        {"open_department_id": "od-3", "name": "一部", "parent_department_id": "od-2"},
        {"open_department_id": "od-2", "name": "华东大区", "parent_department_id": "0"},
        {"open_department_id": "od-4", "name": "法务部", "parent_department_id": "0"},
    ]
    office.people = [
        {"open_id": "ZhangSan", "name": "张三", "department_ids": ["od-2"], "employee_no": "N1", "job_title": "销售代表", "join_time": 1767542400, "status": {}},
        {"open_id": "lisi", "name": "李四", "department_ids": ["od-3"], "status": {"is_activated": False}},
        {"open_id": "gone", "name": "已离职", "department_ids": ["od-3"], "status": {"is_resigned": True}},
        {"open_id": "p4", "name": "赵六", "department_ids": ["od-3"], "status": {}},
        {"open_id": "p5", "name": "钱七", "department_ids": ["od-3"], "status": {}},
    ]  # fmt: skip
    return office


OFFICES = {"wecom": wecom_office, "dingtalk": dingtalk_office, "feishu": feishu_office}
SECRET_WRONG = {"wecom": "40001", "dingtalk": "invalidClientIdOrSecret", "feishu": "10014"}
NO_SUCH_PERSON = {"wecom": "81013", "dingtalk": "33012", "feishu": "230001"}
TOO_MANY = {"wecom": "45009", "dingtalk": "90018", "feishu": "99991400"}
CODE_USED = {"wecom": "40029", "dingtalk": "invalidParameter.authCode.notFound", "feishu": "20003"}


@dataclass
class Line:
    """A vendor's office, our adapter to it, and how long it paused."""

    name: str
    office: Office
    vendor: Vendor
    pauses: list[float]

    def new(self, **changes: Any) -> Vendor:
        """Another adapter with changed keys."""
        return VENDORS[self.name](replace(self.vendor.keys, **changes), pause=self.pauses.append)


def adapter_to(office: Office, name: str, url: str, **options: Any) -> Vendor:
    """The adapter of a company that is connected to an office."""
    keys = Keys(uuid4(), uuid4(), name, office.app_id, office.agent_id, office.secret, base_url=url)
    return VENDORS[name](keys, **options)


@pytest.fixture(params=sorted(OFFICES))
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    """Each vendor in turn."""
    name: str = request.param
    office = OFFICES[name]()
    with serve(office) as url:
        pauses: list[float] = []
        yield Line(name, office, adapter_to(office, name, url, pause=pauses.append), pauses)


def text_of(line: Line) -> str:
    (sent,) = line.office.to("ZhangSan")
    return str(sent.body)


def test_a_card_is_sent_and_changes_after_the_decision(line: Line) -> None:
    card_id = line.vendor.send("ZhangSan", OPEN, "event-1")
    assert "https://x/tap/1" in text_of(line) and "已批准" not in text_of(line)
    line.vendor.update(card_id, DECIDED, "event-2")
    (sent,) = line.office.to("ZhangSan")
    assert "已批准并办理" in str(sent.body) and len(sent.former) == 1
    if (
        line.name != "dingtalk"
    ):  # its notification keeps its address; the page behind it says that all is done
        assert "https://x/tap/1" not in str(sent.body)


def test_sending_twice_under_a_key_brings_one_message(line: Line) -> None:
    first = line.vendor.send("ZhangSan", OPEN, "event-1")
    assert line.vendor.send("ZhangSan", OPEN, "event-1") == first
    (sent,) = line.office.to("ZhangSan")
    assert sent.times == 2


def test_a_lost_answer_brings_no_second_message(line: Line) -> None:
    line.vendor.token()
    line.office.fail(LOST)
    card_id = line.vendor.send("ZhangSan", OPEN, "event-1")
    (sent,) = line.office.to("ZhangSan")
    assert sent.times == 2 and card_id
    line.vendor.update(card_id, DECIDED, "event-2")
    assert "已批准并办理" in text_of(line)


def test_the_token_is_asked_for_once_and_anew_when_it_ends(line: Line) -> None:
    for number in range(3):
        line.vendor.send("ZhangSan", OPEN, f"event-{number}")
    assert line.office.given == 1
    line.office.end_tokens()
    line.vendor.send("ZhangSan", OPEN, "event-9")
    assert line.office.given == 2 and not line.pauses


def test_a_token_that_holds_for_less_than_a_minute_is_not_kept(line: Line) -> None:
    line.office.lifetime = 30
    line.vendor.send("ZhangSan", OPEN, "event-1")
    line.vendor.send("ZhangSan", OPEN, "event-2")
    assert line.office.given == 2


@pytest.mark.parametrize("fault", [RATE, DOWN])
def test_what_passes_is_tried_again_with_longer_pauses(line: Line, fault: str) -> None:
    line.vendor.token()
    line.office.fail(fault, fault)
    line.vendor.send("ZhangSan", OPEN, "event-1")
    assert len(line.office.to("ZhangSan")) == 1
    assert line.pauses == [0.5, 1.0]


def test_a_token_that_ends_between_two_calls_costs_one_more_call(line: Line) -> None:
    line.vendor.token()
    line.office.fail(EXPIRED)
    line.vendor.send("ZhangSan", OPEN, "event-1")
    assert line.office.given == 2 and len(line.office.to("ZhangSan")) == 1


def test_what_does_not_pass_is_told_as_unreachable(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    line.vendor.token()
    line.office.fail(RATE, RATE, RATE)
    with caplog.at_level(logging.WARNING), pytest.raises(Unreachable) as failure:
        line.vendor.send("ZhangSan", OPEN, "event-1")
    assert failure.value.code == TOO_MANY[line.name]
    assert not line.office.sent
    assert line.name in caplog.text and TOO_MANY[line.name] in caplog.text


def test_nobody_there_is_unreachable(line: Line) -> None:
    with pytest.raises(Unreachable) as failure:
        line.new(base_url="http://127.0.0.1:9").send("ZhangSan", OPEN, "event-1")
    assert failure.value.code == "no_answer"
    assert "网络" in failure.value.meaning.zh


def test_a_wrong_secret_is_declined_at_once_and_never_logged(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(Declined) as failure:
        line.new(secret="not-the-secret").send("ZhangSan", OPEN, "event-1")
    assert failure.value.code == SECRET_WRONG[line.name]
    assert not line.pauses
    assert "not-the-secret" not in caplog.text and line.office.secret not in repr(line.vendor.keys)


def test_an_unknown_receiver_is_declined(line: Line) -> None:
    with pytest.raises(Declined) as failure:
        line.vendor.send("nobody", OPEN, "event-1")
    assert failure.value.code == NO_SUCH_PERSON[line.name]
    assert failure.value.meaning.zh and failure.value.meaning.en


def test_a_code_says_whose_account_it_is_once(line: Line) -> None:
    code = line.office.code_for("ZhangSan")
    assert line.vendor.account_of(code) == "ZhangSan"
    with pytest.raises(Declined) as failure:
        line.vendor.account_of(code)
    assert failure.value.code == CODE_USED[line.name]


def test_the_way_to_sign_in_names_app_state_and_way_back(line: Line) -> None:
    url = line.vendor.sign_in_url("https://here/sign-in/from/x", "a-state", "Mozilla")
    assert url.startswith(line.vendor.keys.base_url)
    assert line.office.app_id in url and "a-state" in url and "https%3A%2F%2Fhere" in url
    assert line.office.secret not in url


def test_the_directory_is_read_whole_and_in_order(line: Line) -> None:
    roll = line.vendor.roll()
    named = {unit.name: unit for unit in roll.units}
    assert named["华东大区"].above == "" and named["一部"].above == named["华东大区"].id
    assert [u.name for u in roll.units].index("华东大区") < [u.name for u in roll.units].index("一部")
    people = {member.id: member for member in roll.members}
    assert "gone" not in people and len(people) == len(roll.members) >= 2
    assert people["ZhangSan"].title == "销售代表" and people["ZhangSan"].units == (named["华东大区"].id,)
    assert people["lisi"].units == (named["一部"].id,)
    if line.name != "wecom":  # WeCom tells neither number nor day
        assert (people["ZhangSan"].number, people["ZhangSan"].joined_on) == ("N1", date(2026, 1, 5))
        assert len(people) == 4


def test_somebody_outside_the_company_is_no_member() -> None:
    office = wecom_office()
    with serve(office) as url:
        vendor = adapter_to(office, "wecom", url)
        with pytest.raises(Declined) as failure:
            vendor.account_of(office.code_for("a-guest"))
    assert failure.value.code == "not_a_member"


def test_wecom_changes_a_card_once() -> None:
    office = wecom_office()
    with serve(office) as url:
        vendor = adapter_to(office, "wecom", url)
        card_id = vendor.send("lisi", OPEN, "event-1")
        vendor.update(card_id, DECIDED, "event-2")
        with pytest.raises(Declined) as failure:
            vendor.update(card_id, DECIDED, "event-3")
        assert failure.value.code == "40058"
        notice = vendor.send("lisi", DECIDED, "event-4")
        vendor.update(notice, OPEN, "event-5")  # a notice has no code for changes: nothing is called
        assert "待审批" in str(office.to("lisi")[1].body) and not office.to("lisi")[1].former


def test_a_lost_answer_to_a_change_is_no_failure(line: Line) -> None:
    card_id = line.vendor.send("ZhangSan", OPEN, "event-1")
    line.office.fail(LOST)
    line.vendor.update(card_id, DECIDED, "event-2")
    assert "已批准并办理" in text_of(line)


def test_inside_wecom_no_page_is_shown() -> None:
    keys = Keys(uuid4(), uuid4(), "wecom", "corp-1", "1000002", "s")
    inside = VENDORS["wecom"](keys).sign_in_url("https://here/back", "s", "Mozilla wxwork/4.1")
    assert inside.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?") and inside.endswith(
        "#wechat_redirect"
    )
    outside = VENDORS["wecom"](keys).sign_in_url("https://here/back", "s", "Mozilla")
    assert outside.startswith("https://login.work.weixin.qq.com/wwlogin/sso/login?")
