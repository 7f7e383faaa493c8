"""How possible duplicates and merges are read."""

from __future__ import annotations

from sellwell.foundation.customers.duplicates import KEY_NAMES
from sellwell.foundation.customers.models import (
    Customer,
    MatchPair,
    MatchRun,
    Merge,
    MergeState,
    PairState,
    RunState,
)
from sellwell.kernel.values import T
from sellwell.kernel.views import Column, view

MERGES = view(
    "customers.merges",
    T("客户合并记录", "Merges"),
    Merge,
    [
        Column("number", T("编号", "Number"), "code", path="number", sortable=True, filterable=True),
        Column(
            "survivor",
            T("保留的客户", "Customer that stayed"),
            "ref",
            path="survivor__party__name",
            ref="customers.customer",
            ref_path="survivor_id",
            filterable=True,
        ),
        Column(
            "loser",
            T("并入的客户", "Customer that went into it"),
            "ref",
            path="loser__party__name",
            ref="customers.customer",
            ref_path="loser_id",
            filterable=True,
        ),
        Column("state", T("状态", "State"), "state", path="state", states=MergeState, filterable=True),
        Column("score", T("相似度", "Likeness"), "rate", path="score", sortable=True),
        Column("strong_keys", T("相同的标识", "Equal keys"), value=lambda m: key_words(m.strong_keys)),
        Column("reason", T("合并理由", "Reason"), path="reason", in_list=False),
        Column(
            "business_date",
            T("合并日期", "Merged on"),
            "date",
            path="business_date",
            sortable=True,
            filterable=True,
        ),
        Column("created_by", T("合并人", "Merged by"), "person", path="created_by", filterable=True),
        Column("undone_at", T("撤销时间", "Taken back at"), "datetime", path="undone_at", in_list=False),
        Column("undone_by", T("撤销人", "Taken back by"), "person", path="undone_by", in_list=False),
        Column("undone_reason", T("撤销理由", "Why it was taken back"), path="undone_reason", in_list=False),
    ],
    url="customers/merges",
    help=T(
        "哪些客户合并成了一个，由谁、为什么；可以撤销。",
        "Which customers were made one, by whom and why; they can part again.",
    ),
    related=("survivor__party", "loser__party", "created_by"),
    search=lambda m: (m.number,),
    label=lambda m: m.number,
    clauses=("4.3.5",),
    states=MergeState,
)


PAIRS = view(
    "customers.pairs",
    T("疑似重复", "Possible duplicates"),
    MatchPair,
    [
        Column("number", T("编号", "Number"), "code", path="number", sortable=True, filterable=True),
        Column("state", T("状态", "State"), "state", path="state", states=PairState, filterable=True),
        Column("score", T("相似度", "Likeness"), "rate", path="score", sortable=True),
        Column("certain", T("基本确定", "As good as certain"), "bool", path="certain", filterable=True),
        Column("first", T("客户", "Customer"), value=lambda p: _end(p.first), personal=True),
        Column("second", T("另一客户", "Other customer"), value=lambda p: _end(p.second), personal=True),
        Column(
            "found_on", T("提出日期", "Found on"), "date", path="found_on", sortable=True, filterable=True
        ),
        Column("by_hand", T("人工提出", "By hand"), "bool", path="by_hand", in_list=False),
        Column("decided_by", T("判断人", "Judged by"), "person", path="decided_by", filterable=True),
        Column("decided_at", T("判断时间", "Judged at"), "datetime", path="decided_at", in_list=False),
        Column("decision", T("理由", "Reason"), path="decision", in_list=False),
    ],
    url="customers/pairs",
    help=T(
        "可能是同一客户的客户对，相似度和理由，以及人的判断。",
        "Customers that may be one, how likely and why, and what people judged.",
    ),
    related=("first__party", "second__party", "decided_by"),
    order=("-score", "-id"),
    label=lambda p: p.number,
    clauses=("4.3.5",),
    states=PairState,
)

RUNS = view(
    "customers.match_runs",
    T("查重记录", "Searches for duplicates"),
    MatchRun,
    [
        Column("asked_at", T("时间", "At"), "datetime", path="asked_at", sortable=True),
        Column("state", T("状态", "State"), "state", path="state", states=RunState, filterable=True),
        Column("customers", T("比对客户数", "Customers compared"), "quantity", path="customers"),
        Column("proposed", T("疑似重复", "Pairs"), "quantity", path="proposed"),
        Column("new", T("新发现", "New pairs"), "quantity", path="new"),
    ],
    url="customers/match-runs",
    help=T("每次全库查重的结果。", "What each search for duplicates found."),
    order=("-asked_at", "-id"),
    label=lambda r: f"{r.asked_at:%Y-%m-%d}",
    clauses=("4.3.5",),
    states=RunState,
)


def _end(customer: Customer) -> str:
    return f"{customer.party.name or '—'}（{customer.number}）"


def key_words(keys: str) -> str:
    """Equal keys in words."""
    return "、".join(str(KEY_NAMES[name]) for name in keys.split(",") if name)
