"""Whom a campaign reaches and why not others, how its message reads, and what it brought: set-based, from records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db.models import Count

from sellwell.control.voice import people, policies, tokens
from sellwell.control.voice.models import Campaign, Channel, Language, Recipient, RecipientState, Side
from sellwell.control.voice.people import Respondent
from sellwell.control.voice.rules import campaigns as rules
from sellwell.control.voice.rules.campaigns import Counted, Result
from sellwell.control.voice.rules.sampling import Left
from sellwell.foundation.company.queries import company
from sellwell.foundation.customers import queries as customers
from sellwell.foundation.privacy.queries import Purpose
from sellwell.foundation.relations import queries as relations
from sellwell.integrations.messaging import Card
from sellwell.kernel.models import Fact
from sellwell.kernel.operations import Context
from sellwell.kernel.values import T, speaking

MOST = 5000  # customers of one campaign
PURPOSES = {Channel.MAIL.value: Purpose.MARKETING_EMAIL, Channel.SMS.value: Purpose.MARKETING_SMS}
WENT_OUT = [RecipientState.SENT.value, RecipientState.OPTED_OUT.value]


# --- whom ------------------------------------------------------------------------------------------------------------------


def barred(who: Mapping[UUID, Respondent], channel: str, ctx: Context) -> dict[UUID, Left]:
    """Why each customer's person may not be written to now; those who may are left out."""
    basis = people.without_basis(who, PURPOSES[channel], ctx)
    days, most = policies.messages(channel, ctx)
    had = _messages_of_late(who, channel, ctx, days)
    found = {}
    for key, one in who.items():
        if one.customer.party.erased_at is not None:
            found[key] = Left.ERASED
        elif one.customer.state != "active":
            found[key] = Left.BLOCKED
        elif key in basis:
            found[key] = basis[key]
        elif had[(key, one.contact_id)] >= most:
            found[key] = Left.MESSAGE_CAP
        elif not one.is_reached(channel):
            found[key] = Left.NO_ADDRESS
    return found


def _messages_of_late(
    who: Iterable[UUID], channel: str, ctx: Context, days: int
) -> Counter[tuple[UUID, UUID | None]]:
    rows = Recipient.objects.filter(
        customer_id__in=list(who), campaign__channel=channel, state__in=WENT_OUT, sent_at__gt=ctx.now - timedelta(days=days)
    )  # fmt: skip
    return Counter(rows.values_list("customer_id", "contact_id"))


@dataclass(frozen=True, slots=True)
class Chosen:
    """Somebody drawn for a campaign: the group, and why nothing is sent although it could have been."""

    who: Respondent
    side: Side
    left: Left | None = None


def choose(row: Campaign, ctx: Context) -> tuple[int, list[Chosen]]:
    """How many the segment has, and everybody who is drawn, in groups settled by the campaign's seed."""
    members = relations.members(row.segment_id, ctx.today)
    everybody = customers.active_ids(row.company_id) if row.unsegmented else []
    others = rules.unsegmented(row.seed, everybody, row.unsegmented)
    taken = set(others)
    wanted = [key for key in members if key not in taken]
    if len(wanted) > MOST:
        return len(members), []
    who = people.respondents([*wanted, *others], way=row.channel)
    left = barred(who, row.channel, ctx)
    groups = rules.split(row.seed, [k for k in wanted if k in who and k not in left], row.holdout)
    held = set(groups.holdout)
    chosen = [
        Chosen(who[key], Side.HOLDOUT if key in held else Side.SEGMENT, left.get(key))
        for key in wanted
        if key in who
    ]
    return len(members), chosen + [Chosen(who[k], Side.UNSEGMENTED, left.get(k)) for k in others if k in who]


def as_respondents(rows: Sequence[Recipient]) -> dict[UUID, Respondent]:
    """Recipients as they were drawn, with what is known of them now. The rows bring customer, party and contact along."""
    found = {}
    for row in rows:
        source = row.contact or row.customer.party
        found[row.customer_id] = Respondent(
            row.customer, row.contact_id, source.email is not None, source.phone is not None
        )
    return found


# --- what it says ----------------------------------------------------------------------------------------------------------

STOP = T("退订", "Unsubscribe")


def card(row: Recipient) -> Card:
    """The message to one recipient, with the way out in it."""
    campaign = row.campaign
    house = company(row.company_id)
    out = tokens.address(tokens.CAMPAIGN, row.pk, "n")
    values = {
        "customer": str(row.customer), "contact": row.contact.name if row.contact is not None else str(row.customer),
        "company": house.name, "seller": row.customer.owner.name,
    }  # fmt: skip
    languages = (
        [Language.ZH, Language.EN] if campaign.language == Language.BOTH else [Language(campaign.language)]
    )
    texts = [rules.filled(getattr(campaign, f"text_{one.value}"), values) for one in languages]
    subjects = [rules.filled(getattr(campaign, f"subject_{one.value}"), values) for one in languages]
    with speaking(languages[0].value):
        stop = str(STOP)
    if campaign.channel == Channel.SMS.value:
        return Card(f"{rules.cut(texts[0])} {stop}", (), out)
    lines = tuple(line for text in texts for line in (*text.splitlines(), ""))
    return Card(" / ".join(subjects), lines, settings.SITE_URL, ((stop, out),))


# --- what it brought --------------------------------------------------------------------------------------------------------


def results(row: Campaign) -> dict[str, Result]:
    """Orders of each group in the days that count: facts `booked`, of merged customers too. Three queries."""
    rows = Recipient.objects.filter(campaign=row, counted_from__isnull=False).exclude(
        state__in=[RecipientState.FAILED.value, RecipientState.LEFT_OUT.value]
    )
    listed = rows.values_list("customer_id", "side", "counted_from")
    counted = [Counted(key, side, since) for key, side, since in listed if since is not None]
    if not counted:
        return {}
    since = min(one.since for one in counted)
    until = max(one.since for one in counted) + timedelta(days=row.result_days)
    return rules.results(
        counted, _booked(row.company_id, [one.customer for one in counted], since, until), row.result_days
    )


def _booked(
    company_id: UUID, ids: list[UUID], since: date, until: date
) -> dict[UUID, list[tuple[date, Decimal]]]:
    all_ids = customers.lineages(ids)
    facts = Fact.objects.filter(
        company_id=company_id,
        measure="booked",
        customer_id__in=all_ids,
        happened_on__gte=since,
        happened_on__lt=until,
    ).values_list("customer_id", "happened_on", "amount")
    now = customers.survivors(all_ids)
    found: dict[UUID, list[tuple[date, Decimal]]] = {}
    for customer_id, day, amount in facts:
        if customer_id is not None:
            found.setdefault(now.get(customer_id, customer_id), []).append((day, amount))
    return found


def is_over(row: Campaign, today: date) -> bool:
    """Whether all days that count have passed."""
    return row.finished_on is not None and today >= row.finished_on + timedelta(days=row.result_days)


def progress(row: Campaign) -> dict[tuple[str, str], int]:
    """How many recipients are in each group and state. One query."""
    rows = Recipient.objects.filter(campaign=row).order_by().values_list("side", "state")
    return {(side, state): n for side, state, n in rows.annotate(n=Count("pk"))}


def left_because(row: Campaign) -> dict[str, int]:
    """How many were left out, by reason. One query."""
    rows = Recipient.objects.filter(campaign=row, state=RecipientState.LEFT_OUT.value)
    return dict(rows.order_by().values_list("left").annotate(n=Count("pk")).order_by("-n"))
