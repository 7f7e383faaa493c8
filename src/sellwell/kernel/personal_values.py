"""Telephone numbers, e-mail addresses, names, identity and bank numbers: one written form, and masks (W25). Pure."""

from __future__ import annotations

import re
from typing import Literal

from sellwell.kernel.values import Objection, Reason, T

PersonalKind = Literal["phone", "email", "identity", "bank"]

NO_PHONE = Reason(
    "personal.phone",
    T(
        "“{text}”不是电话号码。手机 11 位，座机请带区号，国外号码以 + 开头。",
        "“{text}” is no telephone number. Mobile: 11 digits; landline with its area code; abroad with a leading +.",
    ),
)
NO_EMAIL = Reason("personal.email", T("“{text}”不是电子邮箱地址。", "“{text}” is no e-mail address."))

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_DOMAIN = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL = re.compile(
    rf"[a-z0-9!#$%&'*+/=?^_`{{|}}~.-]{{1,64}}@(?:{_DOMAIN}\.)+[a-z][a-z0-9-]{{1,62}}", re.ASCII
)
_COMPOUND_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离长孙宇文"
        "司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里呼延东郭南门羊舌微生梁丘"
        "左丘东门西门第五",
    )
)


# --- one written form ------------------------------------------------------------------------------------------------


def read_phone(text: str) -> str | Objection:
    """A telephone number in its one form: 13812345678, 010-62345678, 021-55555555-801, +4420…"""
    compact = re.sub(r"[\s().·/-]+", "", text.translate(_WIDE)[:60])
    home = re.sub(r"^(?:\+|00)86(?=[1-9])", "", compact)
    if (home != compact and not home.startswith("1")) or re.match(r"10[2-8]", home):
        home = f"0{home}"  # after +86 the area code stands without its zero
    compact = home
    if re.fullmatch(r"1[3-9][0-9]{9}", compact) or re.fullmatch(r"\+[1-9][0-9]{6,14}", compact):
        return compact
    if match := re.fullmatch(
        r"0(10|2[0-9]|[3-9][0-9]{2})([2-8][0-9]{6,7})(?:转|#|ext|x)?([0-9]{0,6})", compact
    ):
        parts = [f"0{match[1]}", match[2], *filter(None, [match[3]])]
        return "-".join(parts)
    if re.fullmatch(r"[48]00[0-9]{7}", compact):
        return f"{compact[:3]}-{compact[3:6]}-{compact[6:]}"
    return NO_PHONE.refuse(text=text.strip()[:40])


def read_email(text: str) -> str | Objection:
    """An e-mail address in small letters."""
    compact = text.translate(_WIDE).strip().lower()
    if (
        len(compact) <= 254
        and _EMAIL.fullmatch(compact)
        and ".." not in compact
        and not compact.startswith(".")
    ):
        return compact
    return NO_EMAIL.refuse(text=text.strip()[:60])


def normal(text: str, kind: PersonalKind) -> str:
    """The one form that blind indexes are made from; a value that cannot be read stands for itself, without blanks."""
    found: str | Objection = ""
    if kind == "phone":
        found = read_phone(text)
    elif kind == "email":
        found = read_email(text)
    if isinstance(found, str) and found:
        return found
    return re.sub(r"[\s-]+", "", text.translate(_WIDE)).upper()


# --- masks (W25) -----------------------------------------------------------------------------------------------------


def mask_phone(text: str) -> str:
    """13812345678 -> 138****5678."""
    if len(text) < 8:
        return "*" * len(text)
    return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"


def mask_name(text: str) -> str:
    """王伟 -> 王*, 欧阳娜娜 -> 欧阳**, John Smith -> J***."""
    name = text.strip()
    if not name:
        return ""
    if name.isascii():
        return f"{name[0]}***"
    kept = 2 if len(name) > 2 and name[:2] in _COMPOUND_SURNAMES else 1
    return f"{name[:kept]}{'*' * (len(name) - kept)}" if len(name) > kept else "*"


def family_and_given(name: str) -> tuple[str, str]:
    """The two parts of a person's name: 欧阳明 -> 欧阳, 明; Jane Doe -> Doe, Jane."""
    text = name.strip()
    if " " in text:
        given, _, family = text.rpartition(" ")
        return family, given
    size = 2 if len(text) > 2 and text[:2] in _COMPOUND_SURNAMES else 1
    return text[:size], text[size:]


def mask_email(text: str) -> str:
    """zhang@example.com -> z***@example.com."""
    local, at, domain = text.rpartition("@")
    return f"{local[:1]}***@{domain}" if at else "***"


def mask_identity(text: str) -> str:
    """31010119900101123X -> 3101**********123X."""
    return f"{text[:4]}{'*' * (len(text) - 8)}{text[-4:]}" if len(text) > 10 else "*" * len(text)


def mask_bank(text: str) -> str:
    """6222021234561234 -> 6222 **** **** 1234."""
    digits = re.sub(r"\s+", "", text)
    if len(digits) < 12:
        return "*" * len(digits)
    return f"{digits[:4]} **** **** {digits[-4:]}"
