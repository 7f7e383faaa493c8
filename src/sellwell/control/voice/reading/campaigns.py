"""How campaigns and their recipients are read."""

from __future__ import annotations

from sellwell.control.voice.models import (
    Campaign,
    CampaignState,
    Channel,
    Goal,
    Language,
    Recipient,
    RecipientState,
    Side,
)
from sellwell.control.voice.reading.columns import CONTACT, CUSTOMER, DATE, NUMBER, OWNER, REGION
from sellwell.control.voice.rules.sampling import Left
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view

CAMPAIGNS = view(
    "voice.campaigns", T("营销活动", "Campaigns"), Campaign,
    [
        Column("title", T("名称", "Name"), path="title"),
        NUMBER,
        Column("state", T("状态", "State"), "state", path="state", states=CampaignState, filterable=True),
        Column(
            "segment", T("客群", "Segment"), "ref", path="segment__name", ref="relations.segment", ref_path="segment_id",
            filterable=True,
        ),
        Column("goal", T("目的", "What for"), "state", path="goal", states=Goal, filterable=True),
        Column("channel", T("渠道", "Channel"), "state", path="channel", states=Channel, filterable=True),
        Column("language", T("语言", "Language"), "state", path="language", states=Language, in_list=False),
        Column("holdout", T("保留对照比例", "Share held out"), "rate", path="holdout"),
        Column("unsegmented", T("未分群对照", "Unsegmented"), "quantity", path="unsegmented", in_list=False),
        Column("members", T("客群人数", "In the segment"), "quantity", path="members"),
        Column("started_on", T("开始发送", "Started"), "date", path="started_on"),
        Column("finished_on", T("发送完成", "Sent"), "date", path="finished_on", in_list=False),
        Column("result_days", T("计数天数", "Days that count"), "quantity", path="result_days", in_list=False),
        Column("approved_by", T("批准人", "Approved by"), "person", path="approved_by", in_list=False),
        Column("approved_at", T("批准时间", "Approved"), "datetime", path="approved_at", in_list=False),
        Column("conclusion", T("结论", "Conclusion"), path="conclusion", in_list=False),
        Column("seed", T("随机种子", "Seed"), "code", path="seed", in_list=False),
        OWNER,
        DATE,
    ],
    url="campaigns",
    help=T("面向客群的邮件与短信活动，只发给同意的人，并与对照组比较订单。", "Mail and SMS to segments: only with consent, and compared in orders with a control group."),
    related=("owner", "segment", "approved_by"),
    search=lambda r: (r.number, r.title),
    label=lambda r: r.title,
    clauses=("4.2.1",),
    states=CampaignState,
)  # fmt: skip

RECIPIENTS = view(
    "voice.recipients", T("活动名单", "Campaign recipients"), Recipient,
    [
        CUSTOMER,
        CONTACT,
        Column(
            "campaign", T("营销活动", "Campaign"), "ref", path="campaign__title", ref="voice.campaign", ref_path="campaign_id",
            filterable=True,
        ),
        Column("side", T("组别", "Group"), "state", path="side", states=Side, filterable=True),
        Column("state", T("状态", "State"), "state", path="state", states=RecipientState, filterable=True),
        Column("left", T("未发送原因", "Left out because"), path="left", filterable=True, value=lambda r: Left(r.left).label if r.left else ""),
        Column("sent_at", T("发送时间", "Sent"), "datetime", path="sent_at"),
        Column("counted_from", T("计数自", "Counted from"), "date", path="counted_from", in_list=False),
        Column("problem", T("未送达代码", "Delivery problem"), "code", path="problem", in_list=False),
        OWNER,
        REGION,
        DATE,
    ],
    url="campaign-recipients",
    help=T("每次活动的名单：谁收到、谁作对照、谁没有发送以及原因。", "Who was written to, who was held out, who was left out and why."),
    related=("owner", "customer__party", "contact", "campaign"),
    found_by=("customer",),
    label=str,
    clauses=("4.2.1", "4.3.1"),
    states=RecipientState,
)  # fmt: skip
