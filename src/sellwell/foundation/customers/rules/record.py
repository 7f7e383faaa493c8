"""Rules of customers: identity by social credit code, similar names, terms. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from stdnum.cn import uscc as social_credit
from stdnum.exceptions import ValidationError

from sellwell.kernel.values import Objection, Reason, T

NO_USCC = Reason(
    "customers.uscc",
    T(
        "统一社会信用代码不正确：应为 18 位，且校验位相符。请对照营业执照核对。",
        "The social credit code is wrong: it has 18 characters and a check digit. Compare it with the licence.",
    ),
)
USCC_OF_PERSON = Reason(
    "customers.uscc_of_person",
    T(
        "个人客户没有统一社会信用代码。请清空此项，或把主体改为单位。",
        "A person has no social credit code. Clear it, or choose organisation.",
    ),
)
BLOCKED_GRADE = Reason(
    "customers.blocked_grade",
    T(
        "停止往来的客户不能评为 A 级。请先恢复往来。",
        "A blocked customer cannot be grade A. Unblock it first.",
    ),
)
NAME_EMPTY = Reason("customers.name_empty", T("请填写客户名称。", "Enter the customer's name."))

SIMILAR_FROM = 0.6  # names at least this alike are told

# What company names share and what therefore tells none from another.
_LEGAL_FORMS = re.compile(
    r"股份有限公司|有限责任公司|有限公司|分公司|总公司|公司|集团|工厂|"
    r"\b(?:co|company|ltd|limited|inc|corp|corporation|gmbh|llc|plc)\b\.?",
    re.IGNORECASE,
)


def read_uscc(text: str) -> str | Objection:
    """A unified social credit code in its one form (GB 32100-2015, check digit proved); clause 1.4.2."""
    try:
        return str(social_credit.validate(unicodedata.normalize("NFKC", text).upper()))
    except ValidationError:
        return NO_USCC.refuse()


def core_of(name: str) -> str:
    """What tells one name from another: 华东精密仪器（上海）有限公司 -> 华东精密仪器上海."""
    plain = unicodedata.normalize("NFKC", name)
    core = re.sub(r"[\W_]+", "", _LEGAL_FORMS.sub(" ", plain)).lower()
    return core or re.sub(r"[\W_]+", "", plain).lower()


def likeness(one: str, other: str) -> float:
    """How alike two names are, 0 to 1: shared pairs of characters over all pairs (Jaccard) of their cores.

    A name alone never proves that two customers are one (clause 1.4.2): it only makes a warning.
    """
    a, b = _pairs(core_of(one)), _pairs(core_of(other))
    return len(a & b) / len(a | b) if a | b else 0.0


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)} or ({text} if text else set())


def most_alike(name: str, others: Iterable[tuple[str, str]], limit: int = 3) -> list[str]:
    """The keys of those (key, name) that are alike enough to be told, most alike first."""
    scored = [(likeness(name, other), key) for key, other in others]
    return [key for score, key in sorted(scored, key=lambda s: (-s[0], s[1])) if score >= SIMILAR_FROM][
        :limit
    ]


def masked_organisation(name: str) -> str:
    """A customer's name for those who may not see the customer: 华东精密仪器有限公司 -> 华东********."""
    text = name.strip()
    kept = 2 if len(text) > 3 else 1
    return f"{text[:kept]}{'*' * min(8, max(1, len(text) - kept))}"


def terms_objections(state: str, grade: str) -> list[Objection]:
    """What speaks against terms: a customer that we stopped dealing with cannot be of the best grade."""
    return [BLOCKED_GRADE.refuse(path="grade")] if state == "blocked" and grade == "A" else []


def missing_fields(required: str, given: Iterable[str]) -> list[str]:
    """Which of the fields that the policy requires (`"uscc, phone"`) are not given."""
    held = set(given)
    return [name for name in (part.strip() for part in required.split(",")) if name and name not in held]
