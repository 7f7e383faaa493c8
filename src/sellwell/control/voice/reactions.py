"""What voice does on events: asks about what happened, and brings invitations to people (clause 4.2.4)."""

from __future__ import annotations

from uuid import UUID

from sellwell.control.voice import campaigning, people, tokens
from sellwell.control.voice.extensions import Happened, happened
from sellwell.control.voice.models import (
    Channel,
    Invitation,
    InvitationState,
    Programme,
    ProgrammeState,
    Recipient,
    RecipientState,
    Trigger,
    Way,
)
from sellwell.foundation.company.queries import company
from sellwell.foundation.privacy.queries import Purpose
from sellwell.integrations import messaging
from sellwell.integrations.messaging import Card, Declined
from sellwell.kernel import personal, system
from sellwell.kernel.door import run
from sellwell.kernel.models import Event
from sellwell.kernel.outbox import reaction
from sellwell.kernel.values import Refusal, T, speaking
from sellwell.selling.delivery.queries import customer_of_shipment

TRIGGERS = {"delivery.accepted": Trigger.DELIVERY, "complaints.closed": Trigger.COMPLAINT}


@happened.register("delivery.accepted")
def accepted(event: Event) -> Happened | None:
    """The customer of an accepted shipment is asked about the delivery."""
    shipment_id = UUID(event.payload["shipment"])
    return Happened(customer_of_shipment(shipment_id), "delivery.shipment", shipment_id)


@reaction("voice.ask_after", on=list(TRIGGERS))
def ask_after(event: Event) -> None:
    """Every running programme for such events asks, or records why it did not."""
    about = happened.functions.get(event.name)
    if about is None or event.company_id is None:
        return
    programmes = Programme.objects.filter(
        company_id=event.company_id, state=ProgrammeState.ACTIVE.value, trigger=TRIGGERS[event.name].value
    )
    for programme in programmes.order_by("number"):
        what = about(event)
        if what is None:
            return
        if not people.is_meant(what.customer_id, programme.grades, programme.regions):
            continue
        data = {
            "programme": programme.pk, "customer": what.customer_id, "contact": what.contact_id, "source_type": what.source_type,
            "source_id": what.source_id, "product": what.product_id, "happened_at": event.at,
        }  # fmt: skip
        try:
            run("voice.invite_after", system.context(event.company_id), None, data)
        except Refusal as refusal:
            # Told twice, paused meanwhile, or its questionnaire retired: nobody is asked, and the security log says why.
            if refusal.code not in ("voice.event_asked", "voice.not_running", "voice.not_published"):
                raise


TITLE = T("{company} 想听听您的意见：{title}", "{company} would like to hear from you: {title}")
AGAIN = T("温馨提醒：{title}", "A reminder: {title}")
LINE = T(
    "约需 {minutes} 分钟，链接 {day} 前有效，仅供您本人作答。",
    "It takes about {minutes} minutes; the link is yours alone and good until {day}.",
)
STOP = T("不再接收调查", "No more surveys")


@reaction("voice.deliver", on=["voice.sent", "voice.reminded"])
def deliver(event: Event) -> None:
    """The link by mail or SMS. Whoever withdrew, opted out or answered meanwhile gets nothing."""
    row = (
        Invitation.objects.select_related("questionnaire", "customer__party", "contact")
        .filter(pk=UUID(event.payload["invitation"]))
        .first()
    )
    if row is None or row.state not in (InvitationState.SENT.value, InvitationState.STARTED.value):
        return
    if people.without_basis(
        {row.customer_id: people.respondent_of(row)}, Purpose.SURVEY, system.context(row.company_id)
    ):
        # Withdrawn since it was sent, or the moment before: nothing leaves the house.
        _failed(row, "no_consent")
        return
    source = row.contact or row.customer.party
    address = personal.open_(source.email if row.way == Way.MAIL.value else source.phone)
    by = messaging.messenger(row.way, row.company_id)
    if not address or by is None:
        _failed(row, "no_address" if not address else "no_system")
        return
    try:
        by.send(address, _card(row, is_again=event.name == "voice.reminded"), str(event.id))
    except Declined as failure:
        _failed(row, failure.code)


def _failed(row: Invitation, code: str) -> None:
    if row.state == InvitationState.SENT.value:
        run("voice.not_delivered", system.context(row.company_id), row.pk, {"problem": code[:60]})


def _card(row: Invitation, *, is_again: bool) -> Card:
    """In the language of the invitation; the link and the way out of surveys."""
    url = tokens.address(tokens.INVITATION, row.pk)
    title = row.questionnaire.words("title")
    minutes = max(1, round(len(row.questionnaire.blocks) / 4))
    with speaking(row.language):
        head = (
            AGAIN.format(title=title)
            if is_again
            else TITLE.format(company=company(row.company_id).name, title=title)
        )
        line = LINE.format(minutes=minutes, day=f"{row.expires_at:%Y-%m-%d}")
        return Card(
            str(head), (str(line),), url, ((str(STOP), f"{url}stop"),) if row.way == Way.MAIL.value else ()
        )


@reaction("voice.bring_campaign", on=["voice.campaign_message"])
def bring_campaign(event: Event) -> None:
    """One campaign message, under the recipient's own key: told twice it is brought once. Whoever withdrew meanwhile gets
    nothing."""
    row = (
        Recipient.objects.select_related("campaign", "customer__party", "customer__owner", "contact")
        .filter(pk=UUID(event.payload["recipient"]), state=RecipientState.SENT.value)
        .first()
    )
    if row is None:
        return
    ctx, channel = system.context(row.company_id), row.campaign.channel
    source = row.contact or row.customer.party
    address = personal.open_(source.email if channel == Channel.MAIL.value else source.phone)
    by = messaging.messenger(channel, row.company_id)
    who = campaigning.as_respondents([row])
    if people.without_basis(who, campaigning.PURPOSES[channel], ctx):
        problem = "no_consent"
    elif not address or by is None:
        problem = "no_address" if not address else "no_system"
    else:
        try:
            by.send(address, campaigning.card(row), f"campaign-{row.pk}")
            return
        except Declined as failure:
            problem = failure.code[:60]
    run("voice.not_reached", ctx, row.pk, {"problem": problem})
