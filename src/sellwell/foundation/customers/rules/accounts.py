"""Account numbers and tax numbers. Pure."""

from __future__ import annotations

import re
import unicodedata

from sellwell.foundation.customers.rules.record import NO_USCC, read_uscc
from sellwell.kernel.values import Objection, Reason, T

NO_ACCOUNT = Reason(
    "customers.account", T("银行账号应为 8 到 30 位数字。", "An account number has 8 to 30 digits.")
)
NO_TAX_NUMBER = Reason(
    "customers.tax_number",
    T(
        "纳税人识别号应为 15、17、18 或 20 位字母和数字。",
        "A tax number has 15, 17, 18 or 20 letters and digits.",
    ),
)
IN_USE_NO_MORE = Reason("customers.retired", T("它已停用。", "It is out of use already."))

_LENGTHS = (15, 17, 18, 20)


def read_account(text: str) -> str | Objection:
    """An account number in its one form: digits only."""
    compact = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
    return compact if re.fullmatch(r"[0-9]{8,30}", compact) else NO_ACCOUNT.refuse()


def tax_number_objection(number: str) -> Objection | None:
    """What is wrong with a tax number; one of 18 characters that begins like a social credit code must prove itself."""
    if not number:
        return None
    if len(number) not in _LENGTHS or not number.isascii() or not number.isalnum():
        return NO_TAX_NUMBER.refuse()
    if len(number) == 18 and number[:2] in ("91", "92", "93", "51", "52", "53", "11", "12"):
        return NO_USCC.refuse() if isinstance(read_uscc(number), Objection) else None
    return None
