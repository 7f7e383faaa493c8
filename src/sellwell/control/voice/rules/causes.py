"""What a low score was about. Pure."""

from __future__ import annotations

from sellwell.kernel.values import State, T


class Cause(State):
    """What it was about."""

    DELIVERY = "delivery", T("交期与配送", "Delivery")
    QUALITY = "quality", T("产品质量", "Quality")
    SERVICE = "service", T("服务与沟通", "Service")
    PRICE = "price", T("价格与条款", "Price and terms")
    PAPERS = "papers", T("单据与开票", "Papers and invoices")
    OTHER = "other", T("其他", "Other")
