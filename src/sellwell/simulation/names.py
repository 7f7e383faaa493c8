"""Invented names. Company names join a made-up word that no register holds with a place and a trade."""

from __future__ import annotations

import random

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = (
    "子涵 雨桐 浩然 梓轩 思远 佳怡 一鸣 若溪 俊杰 晓彤 文博 静怡 天宇 欣妍 建国 志强 慧敏 国栋 雅琴 永康 "
    "春燕 明辉 丽娟 海波 玉兰 振华 秀英 立新 婉清 承志 云帆 书瑶 正阳 嘉宁 睿哲 依诺 宏图 锦程 凌霄 安然"
).split()
WORDS = "泽屹 朗垚 骁晟 沐岑 翊恒 澜启 昀拓 骏垣 衡笙 栩诚 霁川 瀚砚 钧陌 璟帆 倬远 邈驰 铎立 岚桥 烁野 珩舟".split()
TAILS = (
    "机电 重工 精工 自动化 装备 科技 新材料 食品机械 环保设备 能源 包装 印务 医疗器械 建材 纺织 物流".split()
)
FORMS = "有限公司 有限责任公司 股份有限公司".split()
CITIES = {
    "EAST": ["上海", "苏州", "杭州", "宁波", "南京", "无锡", "合肥", "常州"],
    "SOUTH": ["广州", "深圳", "东莞", "佛山", "厦门", "珠海", "中山"],
    "NORTH": ["北京", "天津", "济南", "青岛", "石家庄", "沈阳", "大连"],
    "WEST": ["成都", "重庆", "西安", "武汉", "长沙", "昆明", "贵阳"],
}
STREETS = "创业路 兴工大道 科苑路 滨河路 学府街 云湖路 望江路 和谐大道 青年路 金桥路".split()
INDUSTRIES = "食品 包装 汽车零部件 电子 医药 建材 纺织 能源".split()


class Namer:
    """Draws names from a seed; never the same company name twice."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self._used: set[str] = set()

    def person(self) -> str:
        """A person's name."""
        return self.rng.choice(SURNAMES) + self.rng.choice(GIVEN)

    def company(self, region: str) -> tuple[str, str, str]:
        """(name, short name, city) of a company in a region."""
        while True:
            city = self.rng.choice(CITIES[region])
            word, tail = self.rng.choice(WORDS), self.rng.choice(TAILS)
            name = f"{city}{word}{tail}{self.rng.choice(FORMS)}"
            short = f"{word}{tail}"
            if name not in self._used:
                self._used.add(name)
                return name, short, city

    def address(self) -> str:
        """A street and number."""
        return f"{self.rng.choice(STREETS)}{self.rng.randint(1, 999)}号"

    def mobile(self) -> str:
        """A mobile number of a block that is not given to anybody."""
        return "190" + "".join(str(self.rng.randint(0, 9)) for _ in range(8))

    def uscc(self, serial: int) -> str:
        """A well-formed social credit code with a right check digit, from a serial number of our own."""
        from stdnum.cn import uscc

        body = f"91{self.rng.randint(110000, 659000):06d}MA{serial:07d}"[:17]
        return body + uscc.calc_check_digit(body)
