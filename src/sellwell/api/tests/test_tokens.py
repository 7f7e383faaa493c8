"""Personal tokens: shown once, narrowed by scopes, ended by their owner, by time and by leaving; limited per minute."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from sellwell.api import tokens
from sellwell.api.tests.caller import Caller, code_of
from sellwell.kernel import clock
from sellwell.kernel.models import ApiToken, LedgerEntry, SecurityLog
from sellwell.kernel.values import Refusal
from sellwell.selling.orders.tests.builders import an_order

if TYPE_CHECKING:
    from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def test_the_secret_is_on_the_result_and_nowhere_else(world: World) -> None:
    caller = Caller(world)
    kept = ApiToken.objects.get(pk=caller.token.pk)
    assert bytes(kept.secret_hash) == hashlib.sha256(caller.secret.encode()).digest()
    assert caller.secret.startswith(f"sw_{kept.prefix}_")
    hidden = caller.secret.rsplit("_", 1)[1]
    with connection.cursor() as cursor:
        for table in (
            "kernel_apitoken",
            "kernel_ledgerentry",
            "kernel_ledgerchange",
            "kernel_event",
            "kernel_task",
        ):
            cursor.execute("SELECT to_regclass(%s)", [table])
            if cursor.fetchone()[0]:
                cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{hidden}%"])
                assert cursor.fetchone()[0] == 0, table
    assert hidden not in str(LedgerEntry.objects.filter(operation="tokens.create").values())


def test_the_same_key_does_not_show_the_secret_again(world: World) -> None:
    data = {"label": "脚本"}
    first = world.run("rep", "tokens.create", data=data, key="k")
    again = world.run("rep", "tokens.create", data=data, key="k")
    assert again.replayed and again.result.pk == first.result.pk
    assert not hasattr(again.result, "secret")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer sw_x",
        "Basic cmVwOnJlcA==",
        "Bearer sw_ab_cd",
        "Bearer sw__",
        "Bearer 令牌",
    ],
)
def test_no_or_wrong_tokens_are_401(world: World, header: str) -> None:
    response = Caller(world).get("orders", Authorization=header)
    assert code_of(response, 401) == "unauthenticated"
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_changed_secret_is_401(world: World) -> None:
    caller = Caller(world)
    caller.secret = caller.secret[:-1] + ("a" if caller.secret[-1] != "a" else "b")
    assert code_of(caller.get("orders"), 401) == "unauthenticated"


def test_a_revoked_token_is_401(world: World) -> None:
    caller = Caller(world)
    assert caller.get("orders").status_code == 200
    world.run("rep", "tokens.revoke", caller.token)
    assert code_of(caller.get("orders"), 401) == "unauthenticated"


def test_an_expired_token_is_401(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = Caller(world, expires_on=str(world.today + timedelta(days=1)))
    assert caller.get("orders").status_code == 200
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    assert code_of(caller.get("orders"), 401) == "unauthenticated"


def test_who_left_is_401(world: World) -> None:
    caller = Caller(world)
    user = world.user("rep")
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert code_of(caller.get("orders"), 401) == "unauthenticated"


def test_tokens_of_others_are_not_there(world: World) -> None:
    mine, other = Caller(world), Caller(world, "finance")
    assert [row["id"] for row in mine.rows("tokens")] == [str(mine.token.pk)]
    assert code_of(mine.get(f"tokens/{other.token.pk}"), 404) == "not_found"
    assert code_of(mine.post(f"tokens/revoke/{other.token.pk}"), 404) == "not_found"
    assert "secret" not in str(mine.rows("tokens"))


def test_a_token_cannot_make_tokens(world: World) -> None:
    assert code_of(Caller(world).post("tokens/create", {"label": "x"}), 404) == "no_endpoint"


def test_unknown_scopes_and_past_ends_are_refused(world: World) -> None:
    with pytest.raises(Refusal) as refusal:
        Caller(world, scopes=["orders.*", "orders.confirm", "orders.lines:margin", "no.such"])
    assert [o.path for o in refusal.value.objections] == ["scopes.3"]
    with pytest.raises(Refusal) as refusal:
        Caller(world, expires_on=str(world.today))
    assert refusal.value.code == "tokens.expires"


def test_scopes_narrow_verbs_and_fields(world: World) -> None:
    order = an_order(world)
    reader = Caller(world, scopes=["orders.view"])
    assert [row["id"] for row in reader.rows("orders")] == [str(order.pk)]
    assert code_of(reader.get("order-lines"), 403) == "not_permitted"
    assert code_of(reader.get("customers"), 403) == "not_permitted"
    assert code_of(reader.post(f"orders/confirm/{order.pk}"), 403) == "not_permitted"
    whole_room = Caller(world, scopes=["orders.*"])
    assert whole_room.get("order-lines").status_code == 200
    assert whole_room.post(f"orders/confirm/{order.pk}").status_code == 200
    # Margins are a verb of their own: `orders.lines` does not bring `orders.lines:margin`.
    whole = Caller(world, "sales_manager").rows("order-lines")[0]
    narrow = Caller(world, "sales_manager", scopes=["orders.lines"]).rows("order-lines")[0]
    assert set(whole) - set(narrow), "no margin columns"


def test_a_scope_never_gives_what_the_person_lacks(world: World) -> None:
    order = an_order(world)
    caller = Caller(world, "warehouse", scopes=["orders.confirm", "orders.view"])
    assert code_of(caller.post(f"orders/confirm/{order.pk}"), 403) == "not_permitted"


def test_the_limit_stands_in_headers_and_ends_in_429(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "PER_MINUTE", 3)
    moment = clock.now().replace(second=20, microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: moment)
    caller = Caller(world)
    left = []
    for _ in range(3):
        response = caller.get("orders")
        assert response.status_code == 200 and response["RateLimit-Limit"] == "3"
        left.append(response["RateLimit-Remaining"])
    assert left == ["2", "1", "0"]
    refused = caller.get("orders")
    assert code_of(refused, 429) == "too_many_requests"
    assert refused["Retry-After"] == refused["RateLimit-Reset"] == "40"
    assert Caller(world, "finance").get("orders").status_code == 200, "each token counts for itself"
    moment += timedelta(seconds=40)
    assert caller.get("orders").status_code == 200


def test_last_use_is_noted_now_and_then(world: World) -> None:
    caller = Caller(world)
    caller.get("orders")
    first = ApiToken.objects.get(pk=caller.token.pk).last_used_at
    caller.get("orders")
    assert first is not None and ApiToken.objects.get(pk=caller.token.pk).last_used_at == first


def failed_attempts() -> list[SecurityLog]:
    return list(SecurityLog.objects.filter(operation="api.sign_in"))


def test_a_token_that_opens_nothing_is_noted_with_the_person_it_was_tried_on(world: World) -> None:
    caller = Caller(world)
    caller.get("orders", Authorization="")
    assert failed_attempts() == []  # nobody tried anything
    caller.get("orders", Authorization=f"Bearer {caller.secret[:-3]}xyz")
    caller.get("orders", Authorization="Bearer sw_nobody_secret")
    noted = failed_attempts()
    assert sorted(str(row.actor_id) for row in noted) == sorted([str(world.user("rep").pk), "None"])
    assert {(row.channel, row.code) for row in noted} == {("api", "token.failed")}
    assert caller.secret not in str([row.objections for row in noted]) and "127.0.0.1" not in str(
        noted[0].objections
    )


def test_a_flood_of_wrong_tokens_does_not_fill_the_log(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_NOTED", 3)
    caller = Caller(world)
    for _ in range(6):
        assert (
            code_of(caller.get("orders", Authorization="Bearer sw_nobody_secret"), 401) == "unauthenticated"
        )
    assert len(failed_attempts()) == 3
