"""What a contract must hold before anybody may agree to it. Pure: values in, objections out, all of them at once.

Civil Code art. 470 and 596 name the contents; figures, words and dates must agree with each other (domain 5.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sellwell.kernel.values import MICRO, ZERO, Objection, Reason, T

TERM_MISSING = Reason(
    "contracts.term_missing",
    T(
        "缺少必备条款“{title}”（《民法典》第四百七十条、第五百九十六条）。请补充后再提交。",
        "The required term “{title}” is missing (Civil Code art. 470, 596). Add it before submitting.",
    ),
)
TERM_EMPTY = Reason(
    "contracts.term_empty",
    T("条款“{title}”没有内容。请填写。", "The term “{title}” has no text. Write it."),
)
BLANK_LEFT = Reason(
    "contracts.blank_left",
    T(
        "条款“{title}”中留有空白“{blank}”。请填写。",
        "The term “{title}” still has the blank “{blank}”. Fill it in.",
    ),
)
VALUE_MISSING = Reason(
    "contracts.value_missing",
    T(
        "条款“{title}”需要“{variable}”，但合同中没有填写。",
        "The term “{title}” needs “{variable}”, which the contract does not state.",
    ),
)
VARIABLE_UNKNOWN = Reason(
    "contracts.variable_unknown",
    T(
        "条款“{title}”中的变量 {variable} 不存在。",
        "The term “{title}” has a variable that does not exist: {variable}.",
    ),
)
TOTAL_ABSENT = Reason(
    "contracts.total_absent",
    T(
        "条款“{title}”没有写明合同价款 ¥{total}。",
        "The term “{title}” does not state the contract total ¥{total}.",
    ),
)
WORDS_DIFFER = Reason(
    "contracts.words_differ",
    T(
        "条款“{title}”中小写金额 ¥{figures} 与大写“{words}”不一致。",
        "In the term “{title}” the figure ¥{figures} and the amount in capitals “{words}” differ.",
    ),
)
SUMS_DIFFER = Reason(
    "contracts.sums_differ",
    T(
        "合同价款 {total} 与明细合计 {sum} 不一致。",
        "The contract total {total} differs from the sum of its lines {sum}.",
    ),
)
NO_LINES = Reason(
    "contracts.no_lines",
    T("合同没有明细行。请至少添加一行。", "The contract has no lines. Add at least one."),
)
DATES = Reason(
    "contracts.dates",
    T("{later} 不能早于 {earlier}。请更正日期。", "{later} lies before {earlier}. Correct the dates."),
)
EITHER_OR = Reason(
    "contracts.either_or",
    T(
        "条款“{title}”同时约定仲裁和诉讼，仲裁约定可能无效。请只保留一种。",
        "The term “{title}” names both arbitration and court, which may void the arbitration clause. Keep one.",
    ),
)
DEPOSIT_WORD = Reason(
    "contracts.deposit_word",
    T(
        "条款“{title}”使用了“订金”，它没有定金的担保效力。如需担保，请写“定金”。",
        "The term “{title}” says 订金 (advance), which secures nothing; 定金 is the deposit with penalty effect.",
    ),
)

# What the law wants to see, by kind of contract.
LAW_470 = ("parties", "subject", "quantity", "quality", "price", "delivery", "breach", "disputes")
LAW_596 = ("packaging", "inspection", "settlement", "language")
REQUIRED = {
    "goods": (*LAW_470, *LAW_596),
    "service": LAW_470,
    "supply": (*LAW_470, *LAW_596),
    "subscription": LAW_470,
}
TITLES = {
    "parties": T("当事人", "Parties"),
    "subject": T("标的", "Subject"),
    "quantity": T("数量", "Quantity"),
    "quality": T("质量", "Quality"),
    "price": T("价款", "Price"),
    "delivery": T("履行期限、地点和方式", "Time, place and manner of performance"),
    "breach": T("违约责任", "Liability for breach"),
    "disputes": T("争议解决", "Disputes"),
    "packaging": T("包装方式", "Packaging"),
    "inspection": T("检验标准和方法", "Inspection"),
    "settlement": T("结算方式", "Settlement"),
    "language": T("文本与生效", "Language and effect"),
}

# What may stand in braces in a term, with its name for people.
VARIABLES = {
    "number": T("合同编号", "Contract number"),
    "seller": T("卖方名称", "Seller"),
    "seller_code": T("卖方统一社会信用代码", "Seller's credit code"),
    "seller_address": T("卖方住所", "Seller's domicile"),
    "seller_bank": T("卖方开户行", "Seller's bank"),
    "seller_account": T("卖方账号", "Seller's account"),
    "customer": T("买方名称", "Buyer"),
    "customer_code": T("买方统一社会信用代码", "Buyer's credit code"),
    "customer_address": T("买方住所", "Buyer's domicile"),
    "lines": T("明细", "Lines"),
    "net": T("不含税金额", "Net amount"),
    "tax": T("税额", "Tax"),
    "total": T("价税合计", "Total"),
    "total_capitals": T("大写金额", "Total in capitals"),
    "tax_note": T("计税说明", "Tax basis"),
    "payment_days": T("付款期限", "Payment term"),
    "acceptance_days": T("验收期限", "Acceptance term"),
    "delivery_on": T("交付日期", "Delivery date"),
    "valid_from": T("生效日期", "Valid from"),
    "valid_until": T("终止日期", "Valid until"),
}

_VARIABLE = re.compile(r"\{([a-z_]+)\}")
_BLANK = re.compile(r"_{2,}|＿{2,}|【\s*】|（\s{2,}）|待定|TBD")
_FIGURES_AND_WORDS = re.compile(
    r"¥\s*([\d,]+(?:\.\d{1,2})?)\s*[（(]((?:人民币)?[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整正]+)[）)]"
)


def fill(text: str, values: Mapping[str, str]) -> str:
    """A term's text with its variables filled; what has no value stays in braces.

    Values are put in once: a customer whose name holds braces does not reach other variables.
    """
    return _VARIABLE.sub(lambda match: values.get(match[1]) or match[0], text)


def filled(terms: Iterable[Mapping[str, Any]], values: Mapping[str, str]) -> list[dict[str, Any]]:
    """The terms with `filled` set to what stands in the contract."""
    return [{**term, "filled": fill(str(term["text"]), values)} for term in terms]


def unfilled(terms: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The terms as wording only: an approved text that is opened again for change."""
    return [{name: value for name, value in term.items() if name != "filled"} for term in terms]


def is_standard(terms: Sequence[Mapping[str, Any]], template: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the wording is the template's: then legal need not read it (approval tiers, domain 5.1)."""
    return [(t["key"], t["text"]) for t in terms] == [(t["key"], t["text"]) for t in template]


@dataclass(frozen=True, slots=True)
class Draft:
    """A contract as the checker sees it: wording, values for its variables, amounts and dates."""

    kind: str
    terms: Sequence[Mapping[str, Any]]
    values: Mapping[str, str]
    net: Decimal
    tax: Decimal
    total: Decimal
    lines: Sequence[tuple[Decimal, Decimal, Decimal]]  # net, tax, total
    valid_from: date | None = None
    valid_until: date | None = None
    delivery_on: date | None = None


def check(draft: Draft, read_capitals: Any) -> list[Objection]:
    """Everything that stands in the way of submitting a contract, each with its place (clause 5.1.1).

    `read_capitals` reads an amount in Chinese capitals and gives None for what is none.
    """
    return [
        *_figures(draft),
        *_dates(draft),
        *_missing_terms(draft),
        *(o for index, term in enumerate(draft.terms) for o in _term(draft, index, term, read_capitals)),
    ]


def _figures(draft: Draft) -> list[Objection]:
    if not draft.lines:
        return [NO_LINES.refuse(path="lines")]
    sums = [sum((line[part] for line in draft.lines), ZERO) for part in range(3)]
    if sums != [draft.net, draft.tax, draft.total] or draft.net + draft.tax != draft.total:
        return [SUMS_DIFFER.refuse(path="total", total=draft.total, sum=sums[2])]
    return []


def _dates(draft: Draft) -> list[Objection]:
    pairs = [
        ("valid_until", draft.valid_from, draft.valid_until),
        ("delivery_on", draft.valid_from, draft.delivery_on),
    ]
    found = [
        DATES.refuse(path=name, later=VARIABLES[name], earlier=VARIABLES["valid_from"])
        for name, earlier, later in pairs
        if earlier is not None and later is not None and later < earlier
    ]
    if (
        draft.valid_until is not None
        and draft.delivery_on is not None
        and draft.valid_until < draft.delivery_on
    ):
        found.append(
            DATES.refuse(path="valid_until", later=VARIABLES["valid_until"], earlier=VARIABLES["delivery_on"])
        )
    return found


def _missing_terms(draft: Draft) -> list[Objection]:
    there = {str(term["key"]) for term in draft.terms}
    return [
        TERM_MISSING.refuse(path="terms", title=TITLES[key])
        for key in REQUIRED[draft.kind]
        if key not in there
    ]


def _term(draft: Draft, index: int, term: Mapping[str, Any], read_capitals: Any) -> list[Objection]:
    """What is wrong with one term's text."""
    place = f"terms.{index}.text"
    title = T(str(term["title"]), str(term.get("title_en") or term["title"]))
    wording = str(term["text"]).strip()
    if not wording:
        return [TERM_EMPTY.refuse(path=place, title=title)]
    text = fill(wording, draft.values)
    found = [
        _unfilled(place, title, name)
        for name in dict.fromkeys(_VARIABLE.findall(wording))
        if not draft.values.get(name)
    ]
    found += [
        BLANK_LEFT.refuse(path=place, title=title, blank=match[0])
        for match in list(_BLANK.finditer(wording))[:1]
    ]
    if term["key"] == "price" and f"{draft.total:,.2f}" not in text and f"{draft.total:.2f}" not in text:
        found.append(TOTAL_ABSENT.refuse(path=place, title=title, total=f"{draft.total:,.2f}"))
    for figures, words in _FIGURES_AND_WORDS.findall(text):
        if read_capitals(words) != Decimal(figures.replace(",", "")):
            found.append(WORDS_DIFFER.refuse(path=place, title=title, figures=figures, words=words))
    if term["key"] == "disputes" and "仲裁" in text and re.search("起诉|诉讼", text):
        found.append(EITHER_OR.warn(path=place, title=title))
    if "订金" in text:
        found.append(DEPOSIT_WORD.warn(path=place, title=title))
    return found


def _unfilled(place: str, title: T, name: str) -> Objection:
    if name in VARIABLES:
        return VALUE_MISSING.refuse(path=place, title=title, variable=VARIABLES[name])
    return VARIABLE_UNKNOWN.refuse(path=place, title=title, variable=f"{{{name}}}")


def discount(unit_price: Decimal, list_price: Decimal) -> Decimal:
    """How far a price lies under the list price, 0 to 1, to six places. No list price: no discount."""
    if list_price <= 0 or unit_price >= list_price:
        return Decimal(0)
    found = ((list_price - unit_price) / list_price).quantize(MICRO)
    # Rounding must not make a gift of a price: 0.01 against 20,000.00 is no discount of 100 %.
    return min(found, 1 - MICRO) if unit_price > 0 else found
