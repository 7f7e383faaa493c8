"""Privacy of the simulated company: wordings, consents with proof, a few requests in each state with one late, an assessment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.apps import apps

from sellwell.foundation.privacy import chores
from sellwell.kernel import clock
from sellwell.kernel.door import see_companies
from sellwell.simulation.people import Stage

# purpose, kind, months, what people are told, the same in English
WORDINGS: tuple[tuple[str, str, int, str, str], ...] = (
    ("marketing_email", "general", 24, "我们将用您的姓名和邮箱发送产品资讯与活动邀请，每月不超过两次；您可随时点击邮件底部退订。",
     "We use your name and e-mail address for product news and invitations, at most twice a month; unsubscribe at any time."),
    ("marketing_sms", "general", 12, "我们将用您的姓名和手机号发送新品与活动短信，每月不超过一次；您可随时点击短信中的链接退订。",
     "We text you about new products and offers, at most once a month; unsubscribe by the link at any time."),
    ("marketing_phone", "general", 12, "我们将用您的姓名和电话介绍新品与促销，工作日来电；您可随时告知我们停止。",
     "We call you about new products and offers on working days; tell us at any time to stop."),
    ("survey", "general", 24, "我们将用您的姓名和联系方式邀请您评价交付与服务，结果只用于改进。",
     "We invite you to rate delivery and service; the results serve improvement only."),
    ("profiling", "general", 24, "我们将分析贵方的采购记录，向您推荐合适的配件与保养时间；您可随时关闭推荐。",
     "We analyse purchases to suggest parts and upkeep; switch this off at any time."),
    ("sharing", "separate", 12, "我们将把您的姓名和电话提供给承运商，仅用于送货联系；接收方与处理方式见附表。",
     "We give your name and phone to the carrier for delivery only; recipients and methods are listed."),
)  # fmt: skip
MOST = 24  # contacts whose consents are on record
# what is asked, how far it got, days ago
REQUESTS = (
    ("copy", "closed", 60), ("correction", "in_progress", 6), ("explanation", "identity_verified", 2), ("access", "received", 1),
    ("erasure", "partly", 35), ("withdrawal", "fulfilled", 12), ("access", "refused", 20), ("copy", "in_progress", 27),
)  # fmt: skip


def begin(stage: Stage) -> None:
    """On the first day the wordings are published."""
    legal = stage.user("legal")
    for purpose, kind, months, text, text_en in WORDINGS:
        data = {"purpose": purpose, "kind": kind, "months": months, "text": text, "text_en": text_en}
        draft = stage.act(legal, "privacy.draft_text", None, data)
        if draft is not None:
            stage.act(legal, "privacy.publish_text", draft, {"substance": False})


def leave_waiting(stage: Stage) -> None:
    """Consents of the first contacts, people with rules of their own, requests in each state, an assessment."""
    with clock.at(stage.now):
        see_companies([stage.company_id])
    rows: Any = apps.get_model("customers.Contact").objects.exclude(name="")
    contacts = list(rows.select_related("customer__owner").order_by("customer__number", "id")[:MOST])
    pace, stage.pace = stage.pace, timedelta(seconds=20)
    for index, contact in enumerate(contacts):
        _consents(stage, contact, index)
    _described(stage, contacts[:3])
    for (kind, state, days), contact in zip(REQUESTS, contacts[4:], strict=False):
        _request(stage, contact, kind, state, days)
    _assessment(stage)
    _looks(stage)
    stage.settle()
    stage.pace = pace


def consented(stage: Stage, contact: Any, purpose: str, reference: str, way: str = "paper") -> Any:
    """A contact agreed to a purpose today, with proof."""
    data = {
        **_whom(contact),
        "purpose": purpose,
        "way": way,
        "granted_on": stage.today,
        "proof_reference": reference,
    }
    return stage.act(contact.customer.owner, "privacy.record_consent", None, data)


def _whom(contact: Any) -> dict[str, Any]:
    return {"customer": contact.customer_id, "contact": contact.pk}


def _consents(stage: Stage, contact: Any, index: int) -> None:
    """Most agreed to e-mails, some to calls and surveys, a few said no, one was asked and has not answered."""
    owner = contact.customer.owner
    given = {
        "way": ("paper", "web", "email")[index % 3],
        "granted_on": stage.today - timedelta(days=index % 5),
    }
    for purpose, every in (("marketing_email", 1), ("survey", 2), ("marketing_phone", 4), ("profiling", 3)):
        if index % every == 0:
            data = {
                **_whom(contact),
                **given,
                "purpose": purpose,
                "proof_reference": f"TY-{index + 1:03d}-{purpose[:3].upper()}",
            }
            consent = stage.act(owner, "privacy.record_consent", None, data)
            if consent is not None and index % 7 == 5:
                stage.act(owner, "privacy.withdraw_consent", consent, {"way": "phone"})
    if index % 6 == 4:
        data = {**_whom(contact), "purposes": ["marketing_phone", "marketing_sms"], "way": "phone"}
        stage.act(owner, "privacy.record_refusal", None, data)
    if index == 1:
        stage.act(
            owner, "privacy.ask_consent", None, {**_whom(contact), "purpose": "sharing", "way": "email"}
        )


def _described(stage: Stage, contacts: list[Any]) -> None:
    """One lives in Germany, one came by a business card and was not asked yet, one was told at registration."""
    for contact, country, source, days in zip(
        contacts, ("DE", "CN", "CN"), ("registration", "card", "registration"), (30, None, 90), strict=False
    ):
        informed = stage.today - timedelta(days=days) if days is not None else None
        data = {**_whom(contact), "country": country, "source": source, "informed_on": informed}
        stage.act(contact.customer.owner, "privacy.describe", None, data)


def _request(stage: Stage, contact: Any, kind: str, state: str, days: int) -> None:
    legal, service = stage.user("legal"), stage.user("service")
    data = {**_whom(contact), "kind": kind, "way": "email", "received_on": stage.today - timedelta(days=days),
            "text": "请按个人信息保护法办理。"}  # fmt: skip
    row = stage.act(service, "privacy.receive_request", None, data)
    if row is None or state == "received":
        return
    if state == "refused":
        stage.act(
            legal,
            "privacy.refuse_request",
            row,
            {"ground": "not_identified", "answer": "无法核实身份，请补充证明后再提出。"},
        )
        return
    stage.act(legal, "privacy.verify_identity", row, {"how": "call_back"})
    if state == "identity_verified":
        return
    stage.act(legal, "privacy.start_request", row)
    if state == "partly":
        kept = {
            "answer": "合同与发票依法保存，其余用途已停止。",
            "ground": "retention",
            "kept_until": stage.today + timedelta(days=3650),
        }
        stage.act(legal, "privacy.fulfil_partly", row, kept)
    elif state in ("fulfilled", "closed"):
        if kind == "copy":
            stage.act(legal, "privacy.make_copy", row)
        stage.act(legal, "privacy.fulfil_request", row, {"answer": "已按您的要求办理。"})
        if state == "closed":
            stage.act(legal, "privacy.close_request", row, {"way": "email"})


def _looks(stage: Stage) -> None:
    """Finance calls many customers on one day: more than the limit, so legal looks into it; a colleague looks a few times."""
    customers = list(apps.get_model("customers.Customer").objects.order_by("number")[:31])
    for index in range(31 if len(customers) > 30 else 8):
        customer = customers[index % len(customers)]
        stage.act(
            stage.user("finance"),
            "customers.reveal",
            customer,
            {"purpose": "collection", "reason": "月末集中催收"},
        )
    for customer in customers[:3]:
        stage.act(
            stage.user("marketing"),
            "customers.reveal",
            customer,
            {"purpose": "request", "reason": "客户要求回电"},
        )
    with clock.at(stage.now):
        see_companies([stage.company_id])
        chores.watch(stage.company_id)


def _assessment(stage: Stage) -> None:
    data = {
        "title": "采购画像与配件推荐评估", "purposes": ["profiling"], "lawful": "依据本人同意，只用订单与服务记录，可随时关闭。",
        "risks": "推荐不当可能打扰客户；画像泄露会暴露采购计划。", "measures": "仅本公司可见；关闭后当日停用；每季抽查。",
        "verdict": "with_measures", "assessed_on": stage.today - timedelta(days=40), "review_on": stage.today + timedelta(days=325),
    }  # fmt: skip
    stage.act(stage.user("legal"), "privacy.assess_impact", None, data)
