"""People, wordings, consents and requests for tests, made by the operations, and how each operation succeeds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sellwell.foundation.customers.models import Contact
from sellwell.foundation.customers.tests.builders import a_contact, a_customer
from sellwell.foundation.privacy.models import (
    Consent,
    ConsentText,
    DataSubject,
    ImpactAssessment,
    LookAlarm,
    Request,
)
from sellwell.kernel import door, system
from sellwell.kernel.testing import Case, builder

if TYPE_CHECKING:
    from sellwell.testing.world import World

WORDS = "我们将用您的姓名和邮箱向您发送产品资讯，您可随时退订。"


def a_text(
    world: World, purpose: str = "marketing_email", state: str = "in_force", **values: Any
) -> ConsentText:
    """A wording of a purpose; in force unless a draft is wanted."""
    made: ConsentText = world.run(
        "legal", "privacy.draft_text", None, {"purpose": purpose, "text": WORDS, **values}
    ).result
    if state != "draft":
        world.run("legal", "privacy.publish_text", made, {})
        made.refresh_from_db()
    if state == "replaced":
        a_text(world, purpose)
        made.refresh_from_db()
    return made


def wording(world: World, purpose: str) -> ConsentText:
    """The wording in force of a purpose, made where there is none."""
    found = ConsentText.objects.filter(purpose=purpose, state="in_force").first()
    kind = "separate" if purpose in ("sharing", "publication", "abroad") else "general"
    return found or a_text(world, purpose, kind=kind)


def whom(contact: Contact) -> dict[str, str]:
    """The input that names a person."""
    return {"customer": str(contact.customer_id), "contact": str(contact.pk)}


def a_consent(
    world: World,
    contact: Contact | None = None,
    purpose: str = "marketing_email",
    state: str = "granted",
    **values: Any,
) -> Consent:
    """A consent of a contact of the rep's customer, in a state."""
    contact = contact or a_contact(world)
    wording(world, purpose)
    if state == "requested":
        data = {**whom(contact), "purpose": purpose, "way": "email"}
        return world.run("rep", "privacy.ask_consent", None, data).result
    data = {
        **whom(contact), "purpose": purpose, "way": "paper", "granted_on": str(world.today), "proof_reference": "F-0001", **values,
    }  # fmt: skip
    made: Consent = world.run("rep", "privacy.record_consent", None, data).result
    if state == "withdrawn":
        world.run("rep", "privacy.withdraw_consent", made, {"way": "phone"})
    elif state == "renewed":
        world.run("rep", "privacy.renew_consent", made, GIVEN | {"granted_on": str(world.today)})
    elif state == "expired":
        door.run("privacy.expire_consent", system.context(world.company.pk), made.pk)
        world.see()
    made.refresh_from_db()
    return made


GIVEN = {"way": "web", "proof_reference": "F-0002"}


def a_person(
    world: World, contact: Contact | None = None, state: str = "normal", **values: Any
) -> DataSubject:
    """A contact that is described."""
    contact = contact or a_contact(world)
    made: DataSubject = world.run("rep", "privacy.describe", None, {**whom(contact), **values}).result
    if state == "restricted":
        world.run("legal", "privacy.restrict", made, {})
        made.refresh_from_db()
    return made


def a_request(
    world: World, kind: str = "copy", state: str = "received", contact: Contact | None = None, **values: Any
) -> Request:
    """A request of a contact, as far as wanted."""
    contact = contact or a_contact(world)
    data = {**whom(contact), "kind": kind, "way": "email", "received_on": str(world.today), **values}
    made: Request = world.run("service", "privacy.receive_request", None, data).result
    if state == "refused":
        world.run(
            "legal", "privacy.refuse_request", made, {"ground": "excessive", "answer": "一周内已提供三次"}
        )
    elif state != "received":
        _go_on(world, made, state)
    made.refresh_from_db()
    return made


def _go_on(world: World, made: Request, state: str) -> None:
    world.run("legal", "privacy.verify_identity", made, {"how": "call_back"})
    if state == "identity_verified":
        return
    world.run("legal", "privacy.start_request", made)
    if state == "in_progress":
        return
    if state == "partly":
        world.run("legal", "privacy.fulfil_partly", made, {"ground": "retention", "answer": "单据依法保存"})
        return
    world.run("legal", "privacy.make_copy", made)
    world.run("legal", "privacy.fulfil_request", made, {"answer": "已提供副本"})
    if state == "closed":
        world.run("legal", "privacy.close_request", made, {"way": "email"})


def an_alarm(world: World, state: str = "open", who: str = "rep") -> LookAlarm:
    """An alarm about somebody's looks of today."""
    data = {
        "user": str(world.user(who).pk),
        "day": str(world.today),
        "kind": "looks",
        "count": 40,
        "limit": 30,
    }
    made: LookAlarm = door.run("privacy.raise_alarm", system.context(world.company.pk), None, data).result
    world.see()
    if state == "settled":
        world.run("legal", "privacy.settle_alarm", made, {"finding": "justified", "words": "集中回访"})
        made.refresh_from_db()
    return made


def an_assessment(world: World) -> ImpactAssessment:
    """An impact assessment of today."""
    made: ImpactAssessment = world.run("legal", "privacy.assess_impact", None, _assessment(world)).result
    return made


def _assessment(world: World) -> dict[str, Any]:
    return {
        "title": "客户画像上线评估", "purposes": ["profiling"], "lawful": "仅用于推荐，目的明确", "risks": "误判偏好", "measures": "可随时关闭推荐",
        "verdict": "with_measures", "assessed_on": str(world.today), "review_on": str(world.today + timedelta(days=365)),
    }  # fmt: skip


@builder("privacy.draft_text")
def _draft(world: World) -> Case:
    return Case("legal", data={"purpose": "survey", "text": WORDS})


@builder("privacy.change_text")
def _change_text(world: World) -> Case:
    return Case(
        "legal",
        a_text(world, state="draft"),
        {"text": WORDS + "联系方式见官网。"},
        lambda state: a_text(world, "survey", state),
    )


@builder("privacy.publish_text")
def _publish(world: World) -> Case:
    return Case("legal", a_text(world, state="draft"), {}, lambda state: a_text(world, "survey", state))


@builder("privacy.describe")
def _describe(world: World) -> Case:
    return Case("rep", data={**whom(a_contact(world)), "country": "DE", "source": "card"})


@builder("privacy.change_person")
def _change_person(world: World) -> Case:
    return Case("rep", a_person(world), {"country": "FR", "age": "adult", "source": "order"})


@builder("privacy.restrict")
def _restrict(world: World) -> Case:
    return Case("legal", a_person(world), {"ground": "retention"}, lambda state: a_person(world, state=state))


@builder("privacy.lift")
def _lift(world: World) -> Case:
    return Case("legal", a_person(world, state="restricted"), {}, lambda state: a_person(world, state=state))


@builder("privacy.record_consent")
def _record(world: World) -> Case:
    wording(world, "marketing_email")
    data = {
        **whom(a_contact(world)), "purpose": "marketing_email", "way": "paper", "granted_on": str(world.today),
        "proof_reference": "F-0003",
    }  # fmt: skip
    return Case("rep", data=data)


@builder("privacy.ask_consent")
def _ask(world: World) -> Case:
    wording(world, "marketing_sms")
    return Case("rep", data={**whom(a_contact(world)), "purpose": "marketing_sms", "way": "sms"})


@builder("privacy.grant_consent")
def _grant(world: World) -> Case:
    data = GIVEN | {"granted_on": str(world.today)}
    return Case("rep", a_consent(world, state="requested"), data, lambda state: a_consent(world, state=state))


@builder("privacy.renew_consent")
def _renew(world: World) -> Case:
    data = GIVEN | {"granted_on": str(world.today)}
    return Case("rep", a_consent(world), data, lambda state: a_consent(world, state=state))


@builder("privacy.withdraw_consent")
def _withdraw(world: World) -> Case:
    return Case("rep", a_consent(world), {"way": "email"}, lambda state: a_consent(world, state=state))


@builder("privacy.record_refusal")
def _refusal(world: World) -> Case:
    return Case(
        "rep", data={**whom(a_contact(world)), "purposes": ["marketing_sms", "survey"], "way": "phone"}
    )


@builder("privacy.expire_consent")
def _expire(world: World) -> Case:
    return Case("legal", a_consent(world), {}, lambda state: a_consent(world, state=state))


@builder("privacy.receive_request")
def _receive(world: World) -> Case:
    data = {**whom(a_contact(world)), "kind": "copy", "way": "email", "received_on": str(world.today)}
    return Case("service", data=data)


@builder("privacy.acknowledge_request")
def _acknowledge(world: World) -> Case:
    return Case("service", a_request(world), {}, lambda state: a_request(world, state=state))


@builder("privacy.verify_identity")
def _verify(world: World) -> Case:
    return Case("legal", a_request(world), {"how": "code"}, lambda state: a_request(world, state=state))


@builder("privacy.start_request")
def _start(world: World) -> Case:
    return Case(
        "legal", a_request(world, state="identity_verified"), {}, lambda state: a_request(world, state=state)
    )


@builder("privacy.extend_request")
def _extend(world: World) -> Case:
    contact = a_contact(world)
    a_person(world, contact, country="DE")
    row = a_request(world, state="in_progress", contact=contact)
    return Case("legal", row, {"reason": "涉及多个系统"}, lambda state: a_request(world, state=state))


@builder("privacy.make_copy")
def _copy(world: World) -> Case:
    return Case(
        "legal", a_request(world, state="in_progress"), {}, lambda state: a_request(world, state=state)
    )


@builder("privacy.comment")
def _comment(world: World) -> Case:
    return Case("legal", a_request(world), {"text": "已电话联系"})


@builder("privacy.urge_request")
def _urge(world: World) -> Case:
    return Case(
        "executive", a_request(world), {"text": "本周内办结"}, lambda state: a_request(world, state=state)
    )


@builder("privacy.escalate_request")
def _escalate(world: World) -> Case:
    return Case("legal", a_request(world), {"stage": 2}, lambda state: a_request(world, state=state))


@builder("privacy.fulfil_request")
def _fulfil(world: World) -> Case:
    row = a_request(world, "erasure", "in_progress")
    return Case("legal", row, {"answer": "已删除"}, lambda state: a_request(world, state=state))


@builder("privacy.fulfil_partly")
def _partly(world: World) -> Case:
    row = a_request(world, "erasure", "in_progress")
    data = {"answer": "合同依法保存", "ground": "retention"}
    return Case("legal", row, data, lambda state: a_request(world, state=state))


@builder("privacy.refuse_request")
def _refuse(world: World) -> Case:
    data = {"answer": "无法核实身份", "ground": "not_identified"}
    return Case("legal", a_request(world), data, lambda state: a_request(world, state=state))


@builder("privacy.close_request")
def _close(world: World) -> Case:
    return Case(
        "legal",
        a_request(world, state="partly"),
        {"way": "email"},
        lambda state: a_request(world, state=state),
    )


@builder("privacy.ask_export")
def _ask_export(world: World) -> Case:
    data = {"view": "customers.contacts", "rows": 100, "purpose": "service", "reason": "年度回访名单"}
    return Case("sales_manager", data=data)


@builder("privacy.raise_alarm")
def _raise(world: World) -> Case:
    data = {
        "user": str(world.user("rep").pk),
        "day": str(world.today),
        "kind": "rows",
        "count": 4000,
        "limit": 1000,
    }
    return Case("legal", data=data)


@builder("privacy.settle_alarm")
def _settle(world: World) -> Case:
    row = an_alarm(world)
    return Case(
        "legal",
        row,
        {"finding": "warned", "words": "已提醒"},
        lambda state: an_alarm(world, state, "account_manager"),
    )


@builder("privacy.assess_impact")
def _assess(world: World) -> Case:
    return Case("legal", data=_assessment(world))


__all__ = [
    "a_consent",
    "a_customer",
    "a_person",
    "a_request",
    "a_text",
    "an_alarm",
    "an_assessment",
    "whom",
    "wording",
]
