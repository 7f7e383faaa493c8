"""Pages: my day, the week, whom to contact, the quick entry, the calendar feed; in both languages and for those without rights."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sellwell.foundation.customers.tests.builders import a_contact, a_customer
from sellwell.kernel import clock
from sellwell.kernel.models import User
from sellwell.selling.activities.models import Activity, DayPlan
from sellwell.selling.activities.tests.builders import a_consent, a_feed, an_activity
from sellwell.selling.pipeline.models import Visit
from sellwell.selling.pipeline.tests.builders import a_visit
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


def client_of(world: World, role: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=world.user(role).pk))
    return client


def text(world: World, role: str, path: str, status: int = 200, **cookies: str) -> str:
    client = client_of(world, role)
    for name, value in cookies.items():
        client.cookies[name] = value
    answer = client.get(path)
    world.see()
    assert answer.status_code == status, path
    return answer.content.decode()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_draw_empty_and_full(world: World, language: str) -> None:
    for _ in range(2):
        activity = an_activity(world, a_customer(world), state="open")
        pages = [
            "/day", "/day/week", "/day/overdue", "/activities/", f"/activities/{activity.pk}/", "/calendar-feeds/",
            f"/customers/{activity.customer_id}/", "/do/activities.log/", "/location-consents/", "/",
        ]  # fmt: skip
        for url in pages:
            assert text(world, "rep", url, sw_language=language)
        a_visit(world, state="started")
        a_visit(world, state="done")


@clause("2.2.4")
def test_my_day_says_where_and_whom_and_what_is_next(world: World) -> None:
    customer = a_customer(world)
    a_contact(world, customer, name="令狐知远", phone="13800001234", is_primary=True)
    a_visit(world, customer)
    page = text(world, "rep", f"/day?on={clock.business_day(clock.now() + timedelta(hours=1))}")
    assert "令狐知远" in page and 'href="tel:' in page and "确认签到" in page
    assert "data-locate>" not in page  # no position without consent
    a_consent(world)
    assert "data-locate>" in text(
        world, "rep", f"/day?on={clock.business_day(clock.now() + timedelta(hours=1))}"
    )
    assert "没有拜访" in text(world, "rep", "/day?on=2031-01-01")
    text(world, "rep", "/day?on=neverland", 404)
    text(world, "warehouse", "/day", 403)


def test_a_number_is_masked_for_those_without_the_right_until_they_say_why(world: World) -> None:
    customer = a_customer(world)
    a_contact(world, customer, phone="13800001234", is_primary=True)
    a_visit(world, customer, by="sales_manager")  # may visit everybody, sees numbers of none
    day = f"/day?on={clock.business_day(clock.now() + timedelta(hours=1))}"
    page = text(world, "sales_manager", day)
    assert "13800001234" not in page and "138****1234" in page and "customers.reveal" in page
    world.run(
        "sales_manager", "customers.reveal", customer, {"purpose": "call", "reason": "今天拜访前确认时间"}
    )
    assert "13800001234" in text(world, "sales_manager", day).replace(" ", "").replace("+86", "")


def test_the_order_is_kept_by_script_and_the_short_way_by_one_button(world: World) -> None:
    visits = [
        a_visit(world, a_customer(world, province="江苏", city=c, address="一号"))
        for c in ("苏州", "无锡", "苏州")
    ]
    day = clock.business_day(visits[0].planned_at)
    for number, visit in enumerate(visits):
        Visit.objects.filter(pk=visit.pk).update(planned_at=visit.planned_at + timedelta(minutes=number))
    client = client_of(world, "rep")
    page = client.get(f"/day?on={day}").content.decode()
    world.see()
    assert "按就近排列" in page
    short = [str(visits[i].pk) for i in (0, 2, 1)]
    client.post("/do/activities.arrange_day/", {"day": day.isoformat(), "visits": short, "_key": "one"})
    world.see()
    assert [str(v) for v in DayPlan.objects.get().visits] == short
    body = {"data": {"day": day.isoformat(), "visits": short[::-1]}, "key": "two"}
    answer = client.post("/do/activities.arrange_day/", json.dumps(body), content_type="application/json")
    world.see()
    assert answer.status_code == 200 and [str(v) for v in DayPlan.objects.get().visits] == short[::-1]


def test_a_line_on_the_customers_page_is_an_activity(world: World) -> None:
    customer = a_customer(world)
    client = client_of(world, "rep")
    assert "quick-text" in client.get(f"/customers/{customer.pk}/").content.decode()
    data = {
        "customer": customer.pk,
        "kind": "message",
        "text": "微信确认了发货。",
        "next_step": "",
        "_key": "a",
    }
    answer = client.post("/do/activities.log/", data)
    world.see()
    assert answer.status_code == 302 and answer["Location"] == f"/customers/{customer.pk}/"
    assert Activity.objects.get().kind == "message"
    assert "微信确认了发货" in client.get(f"/customers/{customer.pk}/timeline").content.decode()
    assert "quick-text" not in text(world, "auditor", f"/customers/{customer.pk}/")


def test_managers_choose_whose_customers_to_look_at(world: World) -> None:
    with clock.at(clock.now() - timedelta(days=200)):
        a_customer(world, name="沉默的客户有限公司")
    owner = world.user("rep").pk
    assert "沉默的客户" in text(world, "regional_manager", f"/day/overdue?owner={owner}")
    text(world, "account_manager", f"/day/overdue?owner={owner}", 404)
    assert "超过应联系的时间" in text(world, "rep", "/")
    text(world, "rep", "/day/overdue?owner=nobody", 404)


# --- the feed --------------------------------------------------------------------------------------------------------------


def feed_of(world: World, secret: str, status: int = 200) -> str:
    answer = Client().get(f"/calendar/{secret}.ics")
    world.see()
    assert answer.status_code == status
    return answer.content.decode().replace("\r\n ", "") if status == 200 else ""


def test_the_feed_holds_ones_own_visits_and_tasks_and_no_numbers(world: World) -> None:
    customer = a_customer(world, name="望海一号水务公司")
    a_contact(world, customer, phone="13800001234")
    a_visit(world, customer, purpose="致电 13800001234 确认")
    a_visit(world, a_customer(world, name="别人的客户公司", by="account_manager"), by="account_manager")
    an_activity(world, customer, state="open")
    secret: Any = a_feed(world).secret  # type: ignore[attr-defined]
    found = feed_of(world, secret)
    assert "SUMMARY:拜访 望海一号水务公司" in found and "BEGIN:VTODO" in found and "完成跟进" in found
    assert "13800001234" not in found and "别人的客户" not in found
    answer = Client().get(f"/calendar/{secret}.ics")
    assert answer["Content-Type"].startswith("text/calendar") and "no-store" in answer["Cache-Control"]


def test_a_revoked_or_wrong_address_or_a_leaver_reads_nothing(world: World) -> None:
    feed = a_feed(world)
    secret: Any = feed.secret  # type: ignore[attr-defined]
    feed_of(world, "x" * 43, 404)
    User.objects.filter(pk=world.user("rep").pk).update(is_active=False)
    feed_of(world, secret, 404)
    User.objects.filter(pk=world.user("rep").pk).update(is_active=True)
    feed_of(world, secret)
    world.run("rep", "activities.revoke_feed", feed)
    feed_of(world, secret, 404)


def test_my_day_asks_as_often_for_many_visits_as_for_few(world: World) -> None:
    client = client_of(world, "rep")
    day = clock.business_day(clock.now() + timedelta(hours=1))

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/day?on={day}").status_code == 200
        world.see()
        return len(found.captured_queries)

    for _ in range(3):
        a_visit(world)
    client.get("/day")
    few = asked()
    for _ in range(8):
        a_visit(world)
    assert asked() <= few + 1


@clause("4.2.1")
def test_the_customers_page_has_one_place_to_note_a_contact_and_says_who_agreed(world: World) -> None:
    customer = a_customer(world)
    a_contact(world, customer)
    page = text(world, "rep", f"/customers/{customer.pk}/")
    assert page.count('action="/do/activities.log/"') == 1
    assert "/do/activities.log/?customer=" not in page
    assert "营销同意" in page and "邮件营销" in page


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1999-12-31"])
def test_days_of_another_age_are_not_there(world: World, day: str) -> None:
    for path in ("/day", "/day/week"):
        text(world, "rep", f"{path}?on={day}", 404)


def test_whose_customers_one_may_not_see_is_not_there(world: World) -> None:
    for role, other, status in (
        ("rep", "account_manager", 404),
        ("rep", "rep", 200),
        ("regional_manager", "rep", 200),
        ("regional_manager", "finance", 404),
    ):
        text(world, role, f"/day/overdue?owner={world.user(other).pk}", status)
