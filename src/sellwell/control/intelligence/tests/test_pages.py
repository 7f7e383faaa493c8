"""Capture, what became of mine, competitors with cards, prices and rivals, the ranking - as people open them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from sellwell.control.intelligence.models import Item, PriceSeen
from sellwell.control.intelligence.tests.builders import (
    CARD,
    SEEN,
    a_card,
    a_competitor,
    a_price_seen,
    a_rival,
    again,
    an_award,
    an_item,
    by_mail,
    in_force,
    later,
    sent,
)
from sellwell.control.intelligence.tests.test_meetings import text
from sellwell.foundation.customers.tests.builders import a_customer
from sellwell.kernel import deadlines, files
from sellwell.kernel.values import Refusal
from sellwell.selling.pipeline.tests.builders import an_opportunity, priced
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db


@clause("2.4.1")
def test_an_item_is_captured_by_the_quick_page(world: World) -> None:
    a_competitor(world)
    page = text(world, "rep", "/intelligence/capture")
    assert page.count(" required") == 6 + 4 + 1  # kinds, sources, the words: three fields
    assert "尚未声明" not in page and "未分类" not in page
    client = Client()
    client.force_login(world.user("rep"))
    sent_in = {"kind": "price", "text": SEEN, "lawful": "open", "channel": "exhibition", "_key": "k1"}
    answer = client.post("/do/intelligence.submit/", sent_in)
    assert answer.status_code == 302 and answer["Location"] == "/intelligence/mine"
    world.see()
    assert Item.objects.get().channel == "exhibition"
    answer = client.post("/do/intelligence.submit/", {**sent_in, "lawful": "wrong", "_key": "k2"})
    assert "公司不收" in answer.content.decode()
    assert '"/intelligence/capture"' in client.get("/commands?q=上报").content.decode()


@clause("2.4.4")
def test_the_sender_sees_what_became_of_each_item(world: World) -> None:
    assert "您还没有上报过情报" in text(world, "rep", "/intelligence/mine")
    an_item(world, "answered")
    an_item(world, "rejected")
    an_item(world, "assigned")
    by_mail(world)
    late = sent(world)
    page = text(world, "rep", "/intelligence/mine")
    for words in ("已据此加送备件", "与本公司产品无关", "1 项行动完成 0 项", "请先声明来源", "等待筛选"):
        assert words in page, words
    with later(world, days=5):
        assert "已逾期" in text(world, "rep", "/intelligence/mine")
    assert again(late).state == "submitted"
    assert "您还没有上报过情报" in text(world, "warehouse", "/intelligence/mine")


def test_an_items_page_shows_its_loop_and_hands_out_its_files(world: World) -> None:
    rep = world.user("rep")
    kept = files.keep(
        files.receive([b"%PDF-1.7 x"], "价目表.pdf", company_id=world.company.pk, uploaded_by=rep.pk)
    )
    item = sent(world, files=[str(kept.pk)])
    page = text(world, "marketing", f"/intelligence/{item.pk}/")
    assert "价目表.pdf" in page and "筛选" in page and SEEN[:10] in page
    text(world, "marketing", f"/files/{kept.pk}?of=intelligence.item/{item.pk}")
    text(world, "account_manager", f"/files/{kept.pk}?of=intelligence.item/{item.pk}", 404)


@clause("2.4.3")
def test_a_customers_page_shows_what_was_said_and_how_late_it_was_entered(world: World) -> None:
    customer = a_customer(world)
    assert "还没有记录" in text(world, "rep", f"/customers/{customer.pk}/")
    data = {"customer": str(customer.pk), "text": "交期说变就变。很不满意。", "happened_on": str(world.today)}
    world.run("rep", "intelligence.record_feedback", data=data)
    page = text(world, "rep", f"/customers/{customer.pk}/")
    assert "交期说变就变" in page and "当天记录" in page and "记客户意见" in page


@clause("2.4.1")
def test_a_price_seen_stands_beside_ours_of_its_day(world: World) -> None:
    seen = a_price_seen(world)
    assert seen.our_price == Decimal("113.000000")
    data = {
        "competitor": str(seen.competitor_id),
        "their_product": "YF-300",
        "product": str(priced(world).pk),
        "price": "90",
        "tax_inside": False,
    }
    outcome = world.run("rep", "intelligence.see_price", data=data)
    assert outcome.result.our_price is None and [w.code for w in outcome.warnings] == [
        "intelligence.no_own_price"
    ]
    page = text(world, "rep", "/competitor-prices/")
    assert "YF-200" in page and "113" in page
    world.run("marketing", "intelligence.void_price", seen, {"reason": "看错型号"})
    assert PriceSeen.objects.get(pk=seen.pk).is_void


@clause("2.4.1")
def test_a_card_is_shown_at_the_opportunity_once_approved_and_until_its_day(world: World) -> None:
    rival = a_rival(world)
    path = f"/opportunities/{rival.opportunity_id}/"
    card = a_card(world)
    assert "还没有使用中的竞品卡" in text(world, "rep", path)
    in_force(world, card)
    page = text(world, "rep", path)
    assert "三年总成本低" in page and "不谈其经营状况" in page
    newer = world.run(
        "marketing", "intelligence.revise_card", again(card), {**CARD, "we_say": "新实测低 15%。"}
    ).result
    with pytest.raises(Refusal) as refusal:
        world.run("marketing", "intelligence.revise_card", again(card), CARD)
    assert refusal.value.code == "intelligence.card_revised"
    in_force(world, newer)
    assert again(card).state == "replaced" and "新实测低 15%" in text(world, "rep", path)
    with later(world, days=181):
        deadlines.act([world.company.pk])
        world.see()
        assert again(newer).state == "expired"
        assert "还没有使用中的竞品卡" in text(world, "rep", path)


def test_wins_and_losses_are_counted_by_competitor(world: World) -> None:
    rival = a_rival(world)
    data = {"opportunity": str(rival.opportunity_id), "competitor": str(rival.competitor_id)}
    with pytest.raises(Refusal) as refusal:
        world.run("rep", "intelligence.name_rival", data=data)
    assert refusal.value.code == "intelligence.named_already"
    lost = an_opportunity(world, stage="lost")
    world.run(
        "rep",
        "intelligence.name_rival",
        data={"opportunity": str(lost.pk), "competitor": str(rival.competitor_id)},
    )
    page = text(world, "sales_manager", f"/competitors/{rival.competitor_id}/")
    assert "胜率" in page and "0%" in page
    assert "您能看到的商机里还没有登记过它" not in text(world, "rep", f"/competitors/{rival.competitor_id}/")


@clause("2.4.5")
def test_the_ranking_is_of_points_and_everybody_sees_it(world: World) -> None:
    assert "还没有积分" in text(world, "rep", "/intelligence/ranking")
    an_award(world)
    page = text(world, "warehouse", "/intelligence/ranking")
    assert world.user("rep").name in page and "36" in page
    assert 'aria-current="true"' in text(world, "rep", "/intelligence/ranking")
    assert "还没有积分" in text(world, "rep", "/intelligence/ranking?quarter=2020-Q1")
    text(world, "rep", "/intelligence/ranking?quarter=%00")
    text(world, "finance", "/intelligence-points/")
