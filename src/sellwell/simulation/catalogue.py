"""What the demo company makes: conveyors, packaging machines, robots, spare parts and services."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random

# (line, series code, Chinese, English, unit, kind, price from, price to, how many models)
SERIES = [
    ("输送设备", "CV", "皮带输送机", "Belt conveyor", "台", "goods", 18_000, 96_000, 24),
    ("输送设备", "RC", "滚筒输送线", "Roller conveyor", "米", "goods", 900, 3_600, 16),
    ("包装设备", "PK", "立式包装机", "Vertical packer", "台", "goods", 68_000, 260_000, 20),
    ("包装设备", "SL", "自动封箱机", "Case sealer", "台", "goods", 22_000, 78_000, 18),
    ("包装设备", "LB", "贴标机", "Labeller", "台", "goods", 16_000, 88_000, 16),
    ("机器人", "RB", "码垛机器人", "Palletising robot", "台", "goods", 150_000, 480_000, 14),
    ("机器人", "GR", "末端夹爪", "Gripper", "套", "goods", 3_200, 19_000, 16),
    ("备件", "MT", "减速电机", "Gear motor", "台", "goods", 680, 5_200, 28),
    ("备件", "BL", "输送皮带", "Conveyor belt", "米", "goods", 45, 260, 18),
    ("备件", "SN", "光电传感器", "Photo sensor", "个", "goods", 60, 420, 20),
    ("服务", "SV", "安装调试服务", "Installation", "次", "service", 3_000, 28_000, 6),
    ("服务", "MA", "年度保养服务", "Yearly maintenance", "年", "service", 8_000, 46_000, 4),
]


@dataclass(frozen=True, slots=True)
class Item:
    """A product of the catalogue with its list price (tax inside), cost and floor."""

    code: str
    name: str
    name_en: str
    unit: str
    kind: str
    line: str
    price: Decimal
    cost: Decimal
    floor: Decimal
    tax: str
    weight: float  # how often it is bought


def items(rng: Random) -> list[Item]:
    """200 products, the same for the same seed."""
    made = []
    for line, code, zh, en, unit, kind, low, high, count in SERIES:
        for index in range(1, count + 1):
            share = (index - 1) / max(1, count - 1)
            price = Decimal(round(low + (high - low) * share, -1 if low > 500 else 0)).quantize(
                Decimal("0.01")
            )
            margin = Decimal(rng.randint(24, 46)) / 100
            made.append(
                Item(
                    f"{code}-{index * 100 + rng.randint(0, 9) * 10:04d}", f"{zh} {code}{index * 100}", f"{en} {code}{index * 100}",
                    unit, kind, line, price, (price * (1 - margin) / Decimal("1.13")).quantize(Decimal("0.01")),
                    (price * Decimal("0.85")).quantize(Decimal("0.01")), "VAT6" if kind == "service" else "VAT13",
                    {"备件": 3.0, "服务": 1.2, "输送设备": 1.5}.get(line, 1.0) / index**0.3,
                )
            )  # fmt: skip
    return made
