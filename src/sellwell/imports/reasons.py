"""Why a row of an import cannot come in. Codes are stable; they stand in the error file."""

from __future__ import annotations

import re

from sellwell.kernel.values import Reason, T

# Characters that no text may hold (`kernel.inputs`): control characters other than line breaks and tabs.
UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")

NO_INVOICE = Reason("import.no_invoice", T("缺少单号。", "The invoice number is missing."))
NO_PRODUCT = Reason("import.no_product", T("缺少产品编码。", "The product code is missing."))
NO_CUSTOMER = Reason("import.no_customer", T("缺少客户。", "The customer is missing."))
TOO_LONG = Reason(
    "import.too_long",
    T("“{text}…”过长，最多 {most} 个字符。", "“{text}…” is too long: at most {most} characters."),
)
BAD_TEXT = Reason(
    "import.text", T("含有无法显示的控制字符。", "It holds control characters that cannot be shown.")
)
NO_QUANTITY = Reason("import.no_quantity", T("缺少数量。", "The quantity is missing."))
BAD_QUANTITY = Reason("import.quantity", T("数量有误：{problem}", "The quantity is wrong: {problem}"))
ZERO_QUANTITY = Reason("import.zero_quantity", T("数量为零。", "The quantity is zero."))
NEGATIVE_SALE = Reason(
    "import.negative_sale",
    T("销售行的数量为负（不是退货单）。", "A sale has a negative quantity (it is no return)."),
)
POSITIVE_RETURN = Reason(
    "import.positive_return", T("退货行的数量为正。", "A return has a positive quantity.")
)
NO_PRICE = Reason("import.no_price", T("缺少单价。", "The price is missing."))
BAD_PRICE = Reason("import.price", T("单价有误：{problem}", "The price is wrong: {problem}"))
NEGATIVE_PRICE = Reason("import.negative_price", T("单价为负。", "The price is negative."))
TOO_LARGE = Reason(
    "import.too_large",
    T(
        "数字过大：数量最多 1 亿，单价最多 10 亿。",
        "Too large: at most 100 million for a quantity, 1,000 million for a price.",
    ),
)
TOO_PRECISE = Reason("import.too_precise", T("小数最多 6 位。", "At most six decimals."))
BAD_DAY = Reason("import.day", T("日期有误：{problem}", "The date is wrong: {problem}"))
NO_DAY = Reason("import.no_day", T("缺少日期。", "The date is missing."))
FUTURE = Reason("import.future", T("日期 {day} 在未来。", "The date {day} lies in the future."))
TWO_CUSTOMERS = Reason(
    "import.two_customers", T("同一单号出现两个客户。", "One invoice names two customers.")
)
TWO_DAYS = Reason("import.two_days", T("同一单号跨了两天以上。", "One invoice spans several days."))
TOO_MANY_LINES = Reason(
    "import.too_many_lines", T("同一单号超过 {most} 行。", "One invoice has more than {most} rows.")
)


def showable(text: T) -> T:
    """A text that can be kept and shown, whatever it quotes of a file."""
    return T(UNSHOWN.sub("\ufffd", text.zh), UNSHOWN.sub("\ufffd", text.en))
