"""A company with very many orders, for the list benches: written by set-based SQL, since only reading is measured."""

from __future__ import annotations

import json
import random
from typing import Any

from tests.bench import company, server

CUSTOMERS = 10_000
COMMON, RARE = "机械", "铂筠"  # two characters of the names of a third of the customers, and of eight
_PLACES = ("宁波", "苏州", "佛山", "东莞", "青岛", "天津", "成都", "重庆", "无锡", "常州", "泉州", "烟台")
_WORDS = (
    "恒",
    "远",
    "盛",
    "达",
    "华",
    "新",
    "联",
    "诚",
    "信",
    "泰",
    "丰",
    "源",
    "科",
    "瑞",
    "隆",
    "昌",
    "顺",
    "安",
    "博",
    "凯",
)
_KINDS = ("机械", "电子", "包装", "物流", "食品", "材料")


def names(count: int = CUSTOMERS) -> list[str]:
    """Invented names; a third say 机械, eight say 铂筠: enough that their orders fill a page at either size."""
    dice = random.Random(7)
    found = []
    for serial in range(count):
        middle = RARE if serial % (count // 8) == 7 else dice.choice(_WORDS) + dice.choice(_WORDS)
        kind = "机械" if serial % 3 == 0 else dice.choice(_KINDS[1:])
        found.append(f"{dice.choice(_PLACES)}{middle}{kind}有限公司")
    return found


# Rows like one that is there, but for the columns named: (table, what changes, where the rows come from).
_PARTY = (
    "customers_party",
    {
        "id": "d.party",
        "name": "d.name",
        "uscc": "lpad(d.place::text, 18, '0')",
        "phone": "NULL",
        "phone_blind": "''",
        "phone_last4_blind": "''",
    },
    "pattern, d",
)
_CUSTOMER = (
    "customers_customer",
    {
        "id": "d.customer", "party_id": "d.party", "number": "'CB-' || d.place", "owner_id": "w.owner_id",
        "department_path": "w.department_path", "region": "w.region",
    },
    "pattern, d JOIN w ON w.place = d.place % (SELECT count(*) FROM w)",
)  # fmt: skip
_CUSTOMER_WITH = """
CREATE TEMPORARY TABLE d AS SELECT place, name, tokens, uuidv7() AS party, uuidv7() AS customer
  FROM jsonb_to_recordset(%s) AS d(place int, name text, tokens text[]);
"""
_OWNERS = """
CREATE TEMPORARY TABLE w AS SELECT *, row_number() OVER (ORDER BY department_path, owner_id) - 1 AS place
  FROM (SELECT DISTINCT owner_id, department_path, region FROM customers_customer) x;
"""
_CUSTOMER_SEARCH = """
INSERT INTO kernel_searchrow (id, company_id, row_type, title, tokens, subject_id)
SELECT c.id, c.company_id, 'customers.customer', d.name, d.tokens, d.party FROM d JOIN customers_customer c ON c.id = d.customer
"""
_ORDER = (
    "orders_order",
    {
        "id": "uuidv7()", "number": "'SB-2026-' || lpad(n::text, 7, '0')", "customer_id": "c.id", "owner_id": "c.owner_id",
        "department_path": "c.department_path", "region": "c.region", "state": "'closed'", "consignee": "''", "ship_to": "''",
        "business_date": "date '2024-01-01' + (n::bigint * 700 / {count})::int",
    },
    """pattern, generate_series(1, {count}) n
    JOIN (SELECT *, row_number() OVER (ORDER BY md5(id::text)) AS place FROM customers_customer) c
      ON c.place = 1 + (n::bigint * 7919) % (SELECT count(*) FROM customers_customer)""",
)  # fmt: skip
_LINE = (
    "orders_orderline",
    {"id": "uuidv7()", "order_id": "o.id", "position": "1"},
    "pattern, orders_order o WHERE o.number LIKE 'SB-%'",
)
_SEARCH = """
INSERT INTO kernel_searchrow (id, company_id, row_type, title, tokens, subject_id)
SELECT o.id, o.company_id, 'orders.order', o.number, ARRAY['s', 'sb', '202', '2026', d, right(d, 4), ltrim(d, '0')], NULL
FROM orders_order o, LATERAL (SELECT right(o.number, 7) AS d) d WHERE o.number LIKE 'SB-%'
"""


def _like(loading: Any, table: str, changes: dict[str, str], source: str, count: int = 0) -> None:
    """Write rows like the first of a table."""
    found = loading.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        [table],
    )
    names = [str(row[0]) for row in found.fetchall()]
    values = ", ".join(changes.get(name, f'pattern."{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    text = f"WITH pattern AS (SELECT * FROM {table} LIMIT 1) INSERT INTO {table} ({columns}) SELECT {values} FROM {source}"
    loading.execute(text.replace("{count}", str(count)))


def database(orders: int) -> str:
    """The database with so many orders, built at first need."""
    base = server.template("company", company.build)

    def build() -> None:
        from django.db import connection

        name = str(connection.settings_dict["NAME"])
        _an_order()
        server.use("postgres")
        with server.connect(name, "superuser", autocommit=True) as loading:
            _load(loading, orders)

    return server.template(f"list{orders}", build, base)


def _an_order() -> None:
    """One order by the door, as the pattern of all others."""
    from sellwell.kernel import access, clock, door
    from sellwell.kernel.models import User
    from sellwell.kernel.operations import context_for

    actor = access.actor_for(User.objects.get(username="rep"), clock.business_day(clock.now()))
    order = door.run("orders.create", context_for(actor, "web"), None, company.plan(1, 3)[0]).result
    door.run("orders.confirm", context_for(actor, "web"), order.pk, {})


def _load(loading: Any, orders: int) -> None:
    from sellwell.kernel import pinyin

    rows = [{"place": i, "name": n, "tokens": pinyin.tokens(n)} for i, n in enumerate(names())]
    loading.execute("SET session_replication_role = replica")  # the rows fit each other by how they are made
    loading.execute("SET synchronous_commit = off")
    loading.execute("DROP INDEX searchrow_tokens")
    loading.execute(_CUSTOMER_WITH, [json.dumps(rows)])
    loading.execute(_OWNERS)
    _like(loading, *_PARTY)
    _like(loading, *_CUSTOMER)
    loading.execute(_CUSTOMER_SEARCH)
    _like(loading, *_ORDER, orders)
    _like(loading, *_LINE)
    loading.execute(_SEARCH)
    loading.execute("SET maintenance_work_mem = '512MB'")
    loading.execute("CREATE INDEX searchrow_tokens ON kernel_searchrow USING gin (tokens)")
    loading.execute("VACUUM ANALYZE")
