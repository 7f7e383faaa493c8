"""Competitors with their cards and prices, and who stands against us in an opportunity."""

from __future__ import annotations

from typing import Any

from sellwell.control.intelligence import queries
from sellwell.control.intelligence.models import BattleCard, CardState, Competitor, CompetitorState, Rival
from sellwell.control.intelligence.views import ITEMS
from sellwell.control.intelligence.views_competitors import CARDS, COMPETITORS, PRICES, RIVALS
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T
from sellwell.web.registry import family, form, list_page, new_button, panel, record_page, related

family("/competitors/", "/battle-cards/", "/competitor-prices/", "/rivals/")

list_page(
    COMPETITORS, section="market", icon="target", order=40, new=["intelligence.add_competitor"],
    columns=["code", "name", "regions", "offers", "state", "reviewed_on"], card=["name", "regions", "state"],
    saved=[("active", T("关注中", "Watched"), {"state": "active"})],
    empty=T("还没有竞争对手。登记后可以记价格、写竞品卡。", "None yet. Enter one to keep its prices and write a battle card."),
)  # fmt: skip
record_page(
    COMPETITORS, path=[CompetitorState.ACTIVE], facts=["code", "regions", "source_note", "reviewed_on"]
)
form("intelligence.add_competitor", wide=True)
form(
    "intelligence.change_competitor", wide=True,
    initial=lambda row, ctx: {
        name: getattr(row, name)
        for name in ("name", "profile", "offers", "regions", "strengths", "weaknesses", "source_note")
    },
)  # fmt: skip
new_button("intelligence.see_price")


def standing(row: Competitor, ctx: Context) -> dict[str, Any]:
    """What they are, and how sales ended against them."""
    texts = [
        (T("概况", "Profile"), row.profile), (T("主要产品", "What they sell"), row.offers),
        (T("强项", "Strengths"), row.strengths), (T("弱项", "Weaknesses"), row.weaknesses),
    ]  # fmt: skip
    is_counted = ctx.actor.may(RIVALS.name)
    return {
        "texts": [(title, text) for title, text in texts if text],
        "standing": queries.standings([row.pk], ctx).get(row.pk) if is_counted else None,
        "is_counted": is_counted,
    }


panel("intelligence.competitor", "standing", T("对手画像与赢丢单", "Profile, wins and losses"), "intelligence/_competitor.html", context=standing, place="main", order=5)  # fmt: skip
related("intelligence.competitor", CARDS, by="competitor_id", place="main", order=10, columns=["title", "line", "state", "revision", "valid_until"])  # fmt: skip
related("intelligence.competitor", PRICES, by="competitor_id", order=20, columns=["their_product", "product", "price", "our_price", "gap", "seen_on", "channel", "is_void"])  # fmt: skip
related("intelligence.competitor", ITEMS, by="competitor_id", order=30, columns=["number", "topic", "kind", "state", "verdict", "business_date"])  # fmt: skip
related("intelligence.competitor", RIVALS, by="competitor_id", order=40, columns=["opportunity", "stage", "amount", "owner", "is_void"])  # fmt: skip

list_page(
    PRICES, section="market", icon="tag", order=42, new=["intelligence.see_price"],
    columns=["competitor", "their_product", "product", "price", "our_price", "gap", "seen_on", "channel", "is_void"],
    card=["competitor", "their_product", "price", "seen_on"],
    empty=T("还没有竞品价格。看到价目表或报价时记一笔。", "None yet. Enter one when you see a price list or an offer."),
)  # fmt: skip
record_page(
    PRICES,
    facts=["competitor", "their_product", "product", "price", "our_price", "gap", "tax_inside", "seen_on", "channel", "item", "note", "entered_by", "is_void", "void_reason"],
    comment="intelligence.comment",
)  # fmt: skip

list_page(
    CARDS, section="market", icon="shield", order=41, new=["intelligence.draft_card"],
    columns=["title", "competitor", "line", "state", "revision", "valid_until", "owner"],
    card=["title", "competitor", "state", "valid_until"],
    saved=[("in-force", T("使用中", "In force"), {"state": "in_force"}), ("draft", T("起草", "Drafts"), {"state": "draft"})],
    empty=T("还没有竞品卡。为常遇到的对手写一张。", "None yet. Write one about a competitor that is often met."),
)  # fmt: skip
record_page(
    CARDS, path=[CardState.DRAFT, CardState.IN_FORCE, CardState.REPLACED],
    facts=["competitor", "line", "revision", "in_force_on", "valid_until", "previous"], comment="intelligence.comment_card",
)  # fmt: skip


def as_it_stands(row: BattleCard, ctx: Context) -> dict[str, Any]:
    """What the card says now, good for as long as the policy says."""
    return {
        name: getattr(row, name) for name in ("title", "line", "they_say", "we_say", "ask", "proof", "avoid")
    }


form("intelligence.draft_card", wide=True)
form("intelligence.change_card", wide=True, initial=lambda row, ctx: {**as_it_stands(row, ctx), "valid_until": row.valid_until})  # fmt: skip
form("intelligence.revise_card", wide=True, initial=as_it_stands, after=lambda outcome, ctx: f"/battle-cards/{outcome.result.pk}/")  # fmt: skip
panel("intelligence.battlecard", "card", T("卡面", "The card"), "intelligence/_card_text.html", context=lambda row, ctx: {"card": row}, place="main", order=5)  # fmt: skip

list_page(
    RIVALS, section="market", icon="flag", order=43, columns=["competitor", "opportunity", "stage", "amount", "owner"],
    card=["competitor", "opportunity", "stage", "amount"],
    saved=[("won", T("赢单", "Won"), {"stage": "won"}), ("lost", T("丢单", "Lost"), {"stage": "lost"})],
    empty=T("还没有登记商机对手。在商机页登记。", "None yet. Name them on the page of an opportunity."),
)  # fmt: skip
record_page(RIVALS, facts=["competitor", "opportunity", "stage", "amount", "owner", "note", "is_void"], comment="intelligence.comment")  # fmt: skip
for _verb in ("name_rival", "drop_rival"):
    form(
        f"intelligence.{_verb}", after=lambda outcome, ctx: f"/opportunities/{outcome.result.opportunity_id}/"
    )
new_button("intelligence.name_rival")


def against(row: Any, ctx: Context) -> dict[str, Any]:
    """Who stands against us here, with the cards that hold today."""
    rivals: list[Rival] = list(queries.rivals_of(row.pk)[:20])
    cards: dict[Any, list[BattleCard]] = {}
    if ctx.actor.may(CARDS.name):
        for card in queries.cards_against([r.competitor_id for r in rivals], ctx.today):
            cards.setdefault(card.competitor_id, []).append(card)
    return {
        "rivals": [(rival, cards.get(rival.competitor_id, [])) for rival in rivals],
        "form": f"/do/intelligence.name_rival/?opportunity={row.pk}",
    }


panel(
    "pipeline.opportunity", "rivals", T("竞争对手与竞品卡", "Competitors and battle cards"), "intelligence/_rivals.html",
    context=against, place="main", right=RIVALS.name, order=40,
)  # fmt: skip
