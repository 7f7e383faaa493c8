"""The approvals page: four lists, search and filter, many decisions at once, and the record of a request."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sellwell.kernel import policy
from sellwell.kernel.answers import OVER_LIMIT
from sellwell.kernel.approval_fields import FIELDS
from sellwell.kernel.models import ApprovalRequest, PolicyVersion
from sellwell.kernel.operations import REGISTRY
from sellwell.kernel.tests.builders import a_delegation, a_request, a_second_step, an_asked_request
from sellwell.testing.world import World
from sellwell.web.approvals import Route, StepLine, without_repeats

pytestmark = pytest.mark.django_db


def get(world: World, role: str, url: str, status: int = 200) -> str:
    client = Client()
    client.force_login(world.user(role))
    answer = client.get(url)
    assert answer.status_code == status, url
    world.see()
    return answer.content.decode()


def post(world: World, role: str, url: str, data: dict[str, object]) -> str:
    client = Client()
    client.force_login(world.user(role))
    answer = client.post(url, data)
    assert answer.status_code == 200
    world.see()
    return answer.content.decode()


def in_list(world: World, role: str, name: str, extra: str = "") -> set[str]:
    """The numbers of all requests that a list shows."""
    html = get(world, role, f"/approvals/?list={name}{extra}")
    return {r.number for r in ApprovalRequest.objects.all() if r.number in html}


def test_each_list_holds_what_its_name_says(world: World) -> None:
    first, second = a_request(world), a_second_step(world)
    world.run("hr", "approvals.copy", first, {"people": [str(world.user("legal").pk)]})
    assert in_list(world, "regional_manager", "waiting") == {first.number}
    assert in_list(world, "regional_manager", "decided") == {second.number}
    assert in_list(world, "finance", "waiting") == {second.number}
    assert in_list(world, "hr", "mine") == {first.number, second.number}
    assert in_list(world, "hr", "waiting") == set()
    assert in_list(world, "legal", "copied") == {first.number}
    assert in_list(world, "legal", "waiting") == set()
    assert in_list(world, "warehouse", "mine") == set()
    assert in_list(world, "warehouse", "all") == set()  # only for those who see more than their own


def test_a_deputy_finds_it_too(world: World) -> None:
    request = a_request(world)
    a_delegation(world, "regional_manager", "account_manager")
    assert in_list(world, "account_manager", "waiting") == {request.number}
    assert "data-many-do" in get(world, "account_manager", "/approvals/")


def test_lists_are_searched_and_filtered(world: World) -> None:
    first, second = a_request(world), a_request(world)
    assert in_list(world, "regional_manager", "waiting", f"&q={first.number}") == {first.number}
    title = REGISTRY["company.change_department"].title.zh
    assert in_list(world, "regional_manager", "waiting", f"&q={title}") == {first.number, second.number}
    assert in_list(world, "regional_manager", "waiting", "&q=没有这个") == set()
    assert in_list(world, "hr", "mine", "&state=open") == {first.number, second.number}
    assert in_list(world, "hr", "mine", "&state=approved") == set()
    assert in_list(world, "hr", "mine", "&kind=company.change_department") == {first.number, second.number}


def test_many_are_decided_each_with_its_own_answer(world: World) -> None:
    first, second, not_mine = a_request(world), a_request(world), a_second_step(world)
    data = {"decision": "approve", "id": [str(r.pk) for r in (first, second, not_mine)], "_key": "k"}
    html = post(world, "regional_manager", "/approvals/decide", data)
    assert "您已作出决定" in html
    for request in (first, second):
        request.refresh_from_db()
        assert request.state in ("approved", "failed")
    not_mine.refresh_from_db()
    assert not_mine.state == "open"
    third = a_request(world)
    html = post(world, "regional_manager", "/approvals/decide", {"decision": "reject", "id": [str(third.pk)]})
    assert "请写明原因" in html
    post(
        world,
        "regional_manager",
        "/approvals/decide",
        {"decision": "reject", "id": [str(third.pk)], "note": "不妥"},
    )
    third.refresh_from_db()
    assert third.state == "rejected"


def test_the_record_draws_the_route_with_who_when_and_why(world: World) -> None:
    request = a_request(world, "regional_manager", "finance")
    world.run("regional_manager", "approvals.approve", request, {"note": "价格合理"})
    html = get(world, "finance", f"/approvals/{request.pk}/")
    assert world.user("regional_manager").name in html
    assert "价格合理" in html
    assert f"/do/approvals.return/{request.pk}/" in html
    for name in ("approvals.question", "approvals.add_signer", "approvals.copy"):
        assert f"/do/{name}/{request.pk}/" in html
    assert "approvals.withdraw" not in html.split("more-acts")[1].split("</div>")[0]
    theirs = get(world, "hr", f"/approvals/{request.pk}/")
    assert f"/do/approvals.withdraw/{request.pk}/" in theirs
    assert f"/do/approvals.return/{request.pk}/" not in theirs


def test_the_conversation_stands_below(world: World) -> None:
    request = an_asked_request(world)
    html = get(world, "hr", f"/approvals/{request.pk}/")
    assert "为什么改名？" in html
    assert f"/do/approvals.answer/{request.pk}/" in html


def test_both_see_a_delegation(world: World) -> None:
    lent = a_delegation(world, "regional_manager", "warehouse")
    for role in ("regional_manager", "warehouse"):
        assert lent.number in get(world, role, "/delegations/")
    assert lent.number not in get(world, "service", "/delegations/")


def test_a_file_put_to_a_remark_is_read_by_who_sees_the_request(world: World) -> None:
    request = a_request(world)
    client = Client()
    client.force_login(world.user("hr"))
    kept = client.post("/files/", {"file": SimpleUploadedFile("依据.txt", "报价比较".encode())}).json()
    world.see()
    world.run("hr", "approvals.comment", request, {"text": "见附件", "files": [kept["id"]]})
    url = f"/files/{kept['id']}?of=kernel.approvalrequest/{request.pk}"
    assert url in get(world, "regional_manager", f"/approvals/{request.pk}/").replace("&amp;", "&")
    get(world, "regional_manager", url)
    get(world, "warehouse", url, 404)
    get(world, "regional_manager", f"/files/{kept['id']}", 404)


def test_the_page_asks_as_often_for_many_as_for_few(world: World) -> None:
    client = Client()
    client.force_login(world.user("regional_manager"))

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/approvals/").status_code == 200
        world.see()
        return len(asked)

    for _ in range(2):
        a_request(world)
    queries()  # what is read once per process is read now
    few = queries()
    for _ in range(12):
        a_request(world)
    assert queries() == few
    assert few < 60


def test_a_limit_is_told_as_the_requester_s_to_whoever_is_asked(world: World) -> None:
    request = a_request(world)
    request.objections = [
        {"code": OVER_LIMIT.code, "kind": "hold", "args": {"amount": "5000.00", "limit": "100.00"}}
    ]
    request.save(update_fields=["objections"])
    name = world.user("hr").name
    asked = get(world, "regional_manager", f"/approvals/{request.pk}/")
    listed = get(world, "regional_manager", "/approvals/")
    for html in (asked, listed):
        assert f"超过申请人{name}的限额" in html and "您的限额" not in html
    assert "超过您的限额" in get(world, "hr", f"/approvals/{request.pk}/")


def step(role: str, people: list[str], state: str = "open") -> StepLine:
    return StepLine(None, role, people, state, [])


def test_a_card_names_who_two_routes_ask_once() -> None:
    manager, finance = step("区域经理", ["林"]), step("财务", ["周"])
    routes = [
        Route("价格", [manager, finance]),
        Route("信用", [step("区域经理", ["林"]), step("财务", ["周"], "ahead")]),
        Route("限额", [step("区域经理", ["林"])]),
    ]
    shown = without_repeats(routes)
    assert [[(s.role, s.state) for s in route.steps] for route in shown] == [
        [("区域经理", "open"), ("财务", "open")],
        [("财务", "ahead")],  # not yet asked by this route: it stands apart
    ]
    assert len(routes[1].steps) == 2, "the record page still shows each route whole"


def test_a_field_that_the_step_may_change_stands_on_the_record(world: World) -> None:
    request = a_request(world)
    name = next(iter(REGISTRY[request.operation].input.model_fields))
    table = {**policy.DEFAULTS[FIELDS].table, "rows": [["-", "-", "-", name]]}
    assert "/do/approvals.amend/" not in get(world, "regional_manager", f"/approvals/{request.pk}/")
    PolicyVersion.objects.filter(name=FIELDS).update(table=table)
    policy.changed()
    html = get(world, "regional_manager", f"/approvals/{request.pk}/")
    assert f'action="/do/approvals.amend/{request.pk}/"' in html
    assert f'name="name" value="{name}"' in html
    assert "/do/approvals.amend/" not in get(world, "hr", f"/approvals/{request.pk}/")


def test_a_decision_on_the_page_opens_it_anew_with_what_was_searched(world: World) -> None:
    """The page is its room's own, not a list that reads itself again: a decided card must not stay."""
    request = a_request(world)
    client = Client()
    client.force_login(world.user("regional_manager"))
    here = f"/approvals/?q={request.number}"
    answer = client.post(
        f"/do/approvals.approve/{request.pk}/", {}, headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{here}"}
    )  # fmt: skip
    world.see()
    request.refresh_from_db()
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, here), answer.content
    assert str(request.state) == "approved"
