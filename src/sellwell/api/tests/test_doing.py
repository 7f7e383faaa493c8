"""Doing by POST: the door's answers as statuses, the same request twice, stale versions, approvals, malformed bodies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from sellwell.api.tests.caller import Caller, code_of
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.kernel.models import ApprovalRequest, LedgerEntry, SecurityLog
from sellwell.kernel.testing import digest
from sellwell.selling.contracts.tests.builders import ONE_LINE, a_buyer, a_contract, line_data
from sellwell.selling.orders.models import Order
from sellwell.selling.orders.tests.builders import an_order

if TYPE_CHECKING:
    from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def new_order(world: World) -> dict[str, Any]:
    return {"customer": str(a_buyer(world).pk), "lines": line_data(world, ONE_LINE)}


def test_an_order_is_created_and_confirmed(world: World) -> None:
    data = new_order(world)
    caller = Caller(world)
    made = caller.post("orders/create", data)
    assert made.status_code == 201, made.content.decode()
    row = made.json()["row"]
    assert row["type"] == "orders.order" and row["state"] == "draft" and made["ETag"] == f'"{row["version"]}"'
    assert isinstance(row["total"], str)
    done = caller.post(f"orders/confirm/{row['id']}", If_Match=made["ETag"])
    assert done.status_code == 200, done.content.decode()
    assert done.json()["row"]["state"] == "confirmed"
    entry = LedgerEntry.objects.filter(operation="orders.confirm").latest("seq")
    assert entry.channel == "api" and str(entry.request_id) == done["X-Request-Id"]
    assert caller.get(f"orders/{row['id']}").json()["state"] == "confirmed"


def test_every_problem_is_told_at_once_by_path(world: World) -> None:
    data = new_order(world)
    data["lines"] += [{"product": str(uuid4()), "quantity": "1"}, {"quantity": "-1"}, {"quantity": 1.5}]
    data["extra"] = 1
    response = Caller(world).post("orders/create", data)
    assert code_of(response, 422) == "invalid"
    paths = {o["path"] for o in response.json()["error"]["objections"]}
    assert {"extra", "lines.2.quantity", "lines.3.quantity"} <= paths
    unseen = Caller(world).post("orders/create", {**new_order(world), "customer": str(uuid4())})
    assert code_of(unseen, 422) == "not_found"


def test_messages_speak_the_callers_language(world: World) -> None:
    caller = Caller(world)
    english = caller.post("orders/create", {"x": 1}).json()["error"]["message"]
    chinese = caller.post("orders/create", {"x": 1}, Accept_Language="zh-CN").json()["error"]["message"]
    assert english == "There is no such field." and chinese == "没有这个字段。"


@pytest.mark.parametrize(
    "value", [12.5, 1e3, True, "abc", "NaN", "Infinity", "1e5000", "9" * 40, "1.1234567", None, [], {}, ""]
)
def test_numbers_come_as_text(world: World, value: Any) -> None:
    data = new_order(world)
    data["lines"][0]["quantity"] = value
    response = Caller(world).post("orders/create", data)
    assert code_of(response, 422) == "invalid"
    assert response.json()["error"]["objections"][0]["path"] == "lines.0.quantity"


@pytest.mark.parametrize(
    "raw, code, status",
    [
        (b"{", "bad_request", 400),
        (b"[]", "bad_request", 400),
        (b"null", "bad_request", 400),
        (b'"text"', "bad_request", 400),
        (b'{"note": NaN}', "bad_request", 400),
        (b'{"note": Infinity}', "bad_request", 400),
        (b'{"note": 1, "note": 2}', "bad_request", 400),
        (b'{"note": "\\ud800"}', "bad_request", 400),
        (b'{"\\ud800": 1}', "bad_request", 400),
        (b'{"note": "\\u0000"}', "bad_request", 400),
        (b'{"note": "\xff"}', "bad_request", 400),
        ("{\"note\": \"中\"}".encode("gb18030"), "bad_request", 400),
        (b"\xef\xbb\xbf{}", "bad_request", 400),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "bad_request", 400),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "bad_request", 400),
        (b'{"note": ' + b"9" * 5000 + b"}", "bad_request", 400),
        (b'{"note": "' + b"x" * 3_000_000 + b'"}', "too_large", 413),
        (b'{"note": "\\u0007"}', "invalid", 422),
        (b'{"note": 99999999999999999999}', "invalid", 422),
        (b'{"' + b"k" * 100_000 + b'": 1}', "invalid", 422),
    ],
)  # fmt: skip
def test_malformed_bodies_are_refused_with_nothing_changed(
    world: World, raw: bytes, code: str, status: int
) -> None:
    caller = Caller(world)
    response = caller.send("POST", "orders/create", raw=raw)
    assert code_of(response, status) == code
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "kind",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/xml",
        "",
    ],
)
def test_other_content_types_are_refused(world: World, kind: str) -> None:
    response = Caller(world).send("POST", "orders/create", raw=b'{"note": "x"}', **{"Content-Type": kind})
    assert code_of(response, 415) == "unsupported_media_type"
    charset = {"Content-Type": "application/json; charset=utf-8"}
    assert Caller(world).send("POST", "orders/create", raw=b"{}", **charset).status_code == 422


def test_unknown_addresses_and_methods(world: World) -> None:
    caller, row = Caller(world), uuid4()
    for path in (
        "nowhere",
        "orders/nothing",
        "orders/confirm",
        f"orders/create/{row}",
        f"nowhere/{row}",
        "ORDERS",
        "orders/",
        "订单",
        "orders/confirm/1",
    ):
        response = caller.post(path)
        assert code_of(response, 404) == "no_endpoint", path
    assert code_of(caller.client.get("/api/v2/orders"), 404) == "no_endpoint"
    assert code_of(caller.client.get("/api/"), 404) == "no_endpoint"
    for method, path, allowed in (
        ("DELETE", "orders", "GET, HEAD"), ("PUT", f"orders/{row}", "GET, HEAD"), ("GET", f"orders/confirm/{row}", "POST"),
        ("PATCH", "orders/create", "POST"), ("OPTIONS", "orders", "GET, HEAD"), ("TRACE", "orders", "GET, HEAD"),
    ):  # fmt: skip
        response = caller.send(method, path)
        assert code_of(response, 405) == "method_not_allowed"
        assert response["Allow"] == allowed


def test_the_same_key_gives_the_same_answer_once(world: World) -> None:
    data, caller = new_order(world), Caller(world)
    first = caller.post("orders/create", data, Idempotency_Key="order-1")
    again = caller.post("orders/create", data, Idempotency_Key="order-1")
    assert first.status_code == again.status_code == 201
    assert again.json() == {**first.json(), "replayed": True}
    assert Order.objects.count() == 1
    other = caller.post("orders/create", {**data, "note": "other"}, Idempotency_Key="order-1")
    assert code_of(other, 409) == "idempotency.other_content"
    assert Order.objects.count() == 1
    assert code_of(caller.post("orders/create", data, Idempotency_Key="x" * 201), 400) == "bad_request"


def test_a_refusal_does_not_use_up_the_key(world: World) -> None:
    caller = Caller(world)
    code_of(caller.post("orders/create", {"x": 1}, Idempotency_Key="k"), 422)
    assert caller.post("orders/create", new_order(world), Idempotency_Key="k").status_code == 201


def test_a_stale_version_is_412_and_changes_nothing(world: World) -> None:
    order, caller = an_order(world), Caller(world)
    before = digest("orders_order", "orders_orderline", "kernel_ledgerentry")
    assert (
        code_of(caller.post(f"orders/confirm/{order.pk}", If_Match=f'"{order.version + 1}"'), 412) == "stale"
    )
    assert code_of(caller.post(f"orders/confirm/{order.pk}", If_Match="new"), 400) == "bad_request"
    assert code_of(caller.post(f"orders/confirm/{order.pk}", If_Match='"99999999999"'), 400) == "bad_request"
    assert digest("orders_order", "orders_orderline", "kernel_ledgerentry") == before
    assert caller.post(f"orders/confirm/{order.pk}", If_Match=f'W/"{order.version}"').status_code == 200


def test_a_wrong_state_is_409_and_stands_in_the_security_log(world: World) -> None:
    order = an_order(world, state="confirmed")
    before = SecurityLog.objects.count()
    response = Caller(world).post(f"orders/confirm/{order.pk}")
    assert code_of(response, 409) == "wrong_state"
    assert SecurityLog.objects.count() == before + 1


def _held_contract(world: World) -> tuple[Caller, Any, Any]:
    contract, caller = a_contract(world), Caller(world)
    return caller, contract, caller.post(f"contracts/approve/{contract.pk}", Idempotency_Key="approve-1")


def test_a_hold_is_202_and_the_same_key_then_gives_the_final_result(world: World) -> None:
    caller, contract, response = _held_contract(world)
    assert response.status_code == 202, response.content.decode()
    approval = response.json()["approval"]
    assert approval["state"] == "open" and response["Location"].endswith(approval["id"])
    assert caller.get(response["Location"].removeprefix("/api/v1/")).json()["number"] == approval["number"]
    waiting = caller.post(f"contracts/approve/{contract.pk}", Idempotency_Key="approve-1")
    assert waiting.status_code == 202 and waiting.json()["replayed"]
    assert ApprovalRequest.objects.count() == 1
    assert code_of(caller.post(f"contracts/approve/{contract.pk}"), 409) == "held"
    _decide_all(world, "approvals/approve", {})
    final = caller.post(f"contracts/approve/{contract.pk}", Idempotency_Key="approve-1")
    assert final.status_code == 200, final.content.decode()
    assert final.json()["replayed"] and final.json()["row"]["state"] == "approved"


def test_after_a_rejection_the_same_key_is_a_conflict(world: World) -> None:
    caller, contract, response = _held_contract(world)
    assert response.status_code == 202
    _decide_all(world, "approvals/reject", {"note": "价格不对"})
    final = caller.post(f"contracts/approve/{contract.pk}", Idempotency_Key="approve-1")
    assert code_of(final, 409) == "approval.decided"
    assert final.json()["error"]["approval"]["state"] == "rejected"


def _decide_all(world: World, path: str, data: dict[str, str]) -> None:
    """Every step by one of its candidates, through the API as well."""
    names = {user.pk: role for role, user in world.installed.users.items()}
    request = ApprovalRequest.objects.get()
    for _ in range(6):
        request.refresh_from_db()
        step = request.steps.filter(opened_at__isnull=False, decided_at__isnull=True).first()
        if request.state != "open" or step is None:
            return
        response = Caller(world, names[step.candidates[0]]).post(f"{path}/{request.pk}", data)
        assert response.status_code == 200, response.content.decode()


def test_an_answer_shows_what_the_actor_may_see(world: World) -> None:
    """Personal fields in the answer to an act are those of the record."""
    customer = a_customer(world)
    caller = Caller(world, scopes=["customers.view", "customers.change"])
    response = caller.post(f"customers/change/{customer.pk}", {"name": "改名的机械有限公司"})
    assert response.status_code == 200, response.content.decode()
    row = {k: v for k, v in response.json()["row"].items() if k != "type"}
    assert row == caller.get(f"customers/{customer.pk}").json()
    assert "13800000001" not in json.dumps(row)


def test_a_fault_is_a_500_in_the_same_shape(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    from sellwell.kernel import door

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(door, "run", broken)
    response = Caller.post(_caller(world), "orders/create", {})
    assert code_of(response, 500) == "server_error"
    assert "secret detail" not in response.content.decode() and "secret detail" in caplog.text


def _caller(world: World) -> Caller:
    from sellwell.kernel.models import ApiToken
    from sellwell.kernel.token_operations import new_secret

    caller = Caller.__new__(Caller)
    from django.test import Client

    prefix, caller.secret, kept = new_secret()
    caller.world, caller.client = world, Client()
    caller.token = ApiToken.objects.create(
        user=world.user("rep"), label="x", prefix=prefix, secret_hash=kept, created_at=world.ctx("rep").now
    )
    return caller


def test_a_signed_in_browser_is_no_token(world: World) -> None:
    """There is no ambient credential: a session does not open the API, so no page can misuse one."""
    caller = Caller(world)
    caller.client.force_login(world.user("rep"))
    assert code_of(caller.get("orders", Authorization=""), 401) == "unauthenticated"
