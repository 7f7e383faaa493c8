"""The four profiles that come with the product (clause 1.1.4): what each trade sells, counts, taxes, tries, signs and takes over.

The names of kinds are those of the rooms that register them in `profiles.subjects`; a test compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sellwell.kernel.values import T


@dataclass(frozen=True, slots=True)
class Shipped:
    """A profile as it comes: words, and codes by subject."""

    name: T
    about: T
    brings: Mapping[str, tuple[str, ...]]


def _brings(
    *, kinds: str, units: str, taxes: str, contracts: str, channels: str, acceptance: str, stages: str = ""
) -> Mapping[str, tuple[str, ...]]:
    return {
        "catalog.kind": tuple(kinds.split()),
        "catalog.unit": tuple(units.split()),
        "catalog.tax_class": tuple(taxes.split()),
        "pipeline.stage": tuple(stages.split()),
        "contracts.kind": tuple(contracts.split()),
        "orders.channel": tuple(channels.split()),
        "delivery.acceptance": tuple(acceptance.split()),
    }


# `zero` stands everywhere since any trade may export; `IMPORT` and 件 are what past sales of another system come with.
SHIPPED: dict[str, Shipped] = {
    "manufacturing": Shipped(
        T("制造业", "Manufacturing"),
        T("生产并销售设备、部件和材料。", "Makes and sells equipment, parts and materials."),
        _brings(
            kinds="goods", units="台 套 件 个 组 批 米 平方米 千克 吨 升 箱", taxes="goods transport zero IMPORT",
            contracts="goods", channels="direct distributor", acceptance="inspection", stages="trial",
        ),
    ),
    "services": Shipped(
        T("服务业", "Services"),
        T("安装、维保、咨询、工程和运输。", "Installation, upkeep, consulting, engineering, transport."),
        _brings(
            kinds="service", units="次 项 人天 小时 天 月 年", taxes="services transport zero",
            contracts="service", channels="direct", acceptance="confirmation",
        ),
    ),
    "retail": Shipped(
        T("零售业", "Retail"),
        T("门店、网店和供货。", "Shops, web shops and supply to them."),
        _brings(
            kinds="goods", units="件 个 只 双 盒 包 瓶 袋 箱 套 千克", taxes="goods transport zero IMPORT",
            contracts="supply", channels="direct online", acceptance="receipt online",
        ),
    ),
    "internet": Shipped(
        T("互联网业", "Internet"),
        T("软件、云服务、会员和线上推广。", "Software, cloud services, memberships, advertising online."),
        _brings(
            kinds="service", units="套 账号 次 月 年 千次", taxes="services zero",
            contracts="subscription", channels="direct online", acceptance="online confirmation", stages="trial",
        ),
    ),
}  # fmt: skip
