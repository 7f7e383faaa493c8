"""customers.matching: precision and recall on the labelled sets of others, and how long 100,000 records take."""

from __future__ import annotations

import csv
import gzip
import io
import os
import random
import time
from pathlib import Path

from sellwell.metrics.analysis.matching import COMPANIES, PERSONS, Kind, match
from sellwell.metrics.analysis.matching.labelled import judge
from tests.bench import server
from tests.bench.measuring import Figure

MANY = 100_000
MOST_SECONDS = 180
FEBRL = {
    "given": "given_name", "family": "surname", "born": "date_of_birth", "city": "suburb", "postcode": "postcode",
    "id_number": "soc_sec_id",
}  # fmt: skip


def shared() -> Path:
    """The folder of the labelled sets."""
    return Path(os.environ.get("SELLWELL_SHARED") or server.ROOT.parent / "shared") / "data"


def quality(_rounds: int = 1) -> list[Figure]:
    """Two figures for each set: precision and recall at the kind's threshold."""
    if not shared().is_dir():
        return [Figure("customers.matching", None, "", note="not measured: SELLWELL_SHARED is not there")]
    companies = _rows("duplicates_cn_companies/companies.csv")
    kept = ("name", "uscc", "phone", "address", "contact")
    found = _judged(
        "companies", COMPANIES, [{"id": r["record"], **{k: r[k] for k in kept}} for r in companies],
        {r["record"]: r["entity"] for r in companies}, (0.97, 0.93),
    )  # fmt: skip
    people = _rows("duplicates_persons/fake_1000.csv")
    records = [
        {"id": r["unique_id"], "given": r["first_name"], "family": r["surname"], "born": r["dob"], "city": r["city"],
         "email": r["email"]}
        for r in people
    ]  # fmt: skip
    found += _judged(
        "persons", PERSONS, records, {r["unique_id"]: r["cluster"] for r in people}, (1.0, 0.6785)
    )
    for number, least in ((1, 0.995), (2, 0.98)):
        rows = _rows(f"duplicates_febrl/dataset{number}.csv.gz")
        entities = {r["rec_id"]: r["rec_id"].split("-")[1] for r in rows}
        found += _judged(f"febrl{number}", PERSONS, [_febrl(r) for r in rows], entities, (least, least))
    return found


def _febrl(row: dict[str, str]) -> dict[str, str]:
    fields = {ours: row[theirs].strip() for ours, theirs in FEBRL.items()}
    return {
        "id": row["rec_id"],
        "street": f"{row['street_number'].strip()} {row['address_1'].strip()}".strip(),
        **fields,
    }


def _judged(
    name: str, kind: Kind, records: list[dict[str, str]], entities: dict[str, str], least: tuple[float, float]
) -> list[Figure]:
    began = time.perf_counter()
    result = judge(match(records, kind), entities)
    took = (time.perf_counter() - began) * 1000
    return [
        Figure(
            f"customers.matching.{name}.{what}",
            value,
            "",
            "",
            None,
            f">= {goal}",
            round(value, 4) >= goal,
            took,
        )
        for what, value, goal in (
            ("precision", result.precision, least[0]),
            ("recall", result.recall, least[1]),
        )
    ]


def _rows(path: str) -> list[dict[str, str]]:
    file = shared() / path
    if path.endswith(".gz"):
        with gzip.open(file) as handle:
            return [
                dict(row)
                for row in csv.DictReader(io.TextIOWrapper(handle, encoding="utf-8"), skipinitialspace=True)
            ]
    with file.open(encoding="utf-8") as handle:
        return [dict(row) for row in csv.DictReader(handle)]


def many(_rounds: int = 1) -> list[Figure]:
    """100,000 made-up companies, one in ten written twice."""
    records = _made_up(MANY)
    began = time.perf_counter()
    pairs = match(records, COMPANIES)
    took = time.perf_counter() - began
    note = f"{len(pairs):,} pairs found, {MANY // 11:,} records stand twice"
    return [
        Figure(
            "customers.matching.100000",
            took,
            "s",
            "",
            None,
            f"<= {MOST_SECONDS} s by the clock",
            took <= MOST_SECONDS,
            None,
            note,
        )
    ]


CHARACTERS = (
    "云川海岳和泰明远信达同盛宏图瑞丰嘉禾天工卓越东方华昌恒久安科力诚永利新宇佳成中兴光大金石锦程博文启航正源"
)
TRADES = (
    "精密机械",
    "电子科技",
    "自动化设备",
    "食品",
    "包装材料",
    "物流",
    "建筑工程",
    "医疗器械",
    "纺织",
    "新能源",
)
PLACES = ("苏州", "杭州", "成都", "武汉", "西安", "青岛", "郑州", "合肥", "宁波", "长沙")


def _made_up(count: int) -> list[dict[str, str]]:
    rng = random.Random(7)  # a seed, so that every run has the same records
    found: list[dict[str, str]] = []
    while len(found) < count:
        brand = "".join(rng.choice(CHARACTERS) for _ in range(rng.choice((2, 3, 3, 4))))
        place, trade = rng.choice(PLACES), rng.choice(TRADES)
        code = "91" + "".join(rng.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(16))
        one = {
            "id": f"R{len(found):06d}", "name": f"{place}{brand}{trade}有限公司", "uscc": code,
            "phone": f"1{rng.randint(3 * 10**9, 10**10 - 1)}", "address": f"{place}市建设路{rng.randint(1, 9999)}号", "contact": "",
        }  # fmt: skip
        found.append(one)
        if rng.random() < 0.1:
            again = f"{brand}（{place}）{trade}有限责任公司"
            found.append(
                {**one, "id": f"R{len(found):06d}", "name": again, rng.choice(("uscc", "phone")): ""}
            )
    return found[:count]
