"""Files through the door: nothing twice, conflicts told, whole documents only, and all of it back again."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import OperationalError
from django.db.models import Sum

from sellwell.imports import driver
from sellwell.imports import mapping as mappings
from sellwell.imports.mapping import Mapping
from sellwell.imports.tests.test_files import FIELDS, a_file
from sellwell.kernel import checks, door
from sellwell.kernel.models import Fact, ImportBatch, ImportedDocument, LedgerEntry
from sellwell.kernel.tests.shared import shared_path
from sellwell.kernel.values import Refusal
from sellwell.testing.marks import clause
from sellwell.testing.world import World

pytestmark = pytest.mark.django_db

ROWS = (
    "S1,P-1,2,2024-03-01,9.90,K1,螺栓 M8",
    "S1,P-1,2,2024-03-01,9.90,K1,螺栓 M8",
    "S1,P-2,1.5,2024-03-01,0,K1,赠品",
    "S2,P-1,10,2024-03-02,9.90,K2,螺栓 M8",
    "R3,P-1,-4,2024-03-09,9.90,K2,螺栓 M8",
    "S4,P-1,1,2024-03-09,9.90,,没有客户",
)


def a_mapping(**values: Any) -> Mapping:
    given = {"source": "old", "currency": "GBP", "rate": "10", "return_prefix": "R", "fields": FIELDS}
    return mappings.from_values(given | values)


def run(world: World, path: Path, role: str = "sales_manager", **values: Any) -> driver.Result:
    return driver.run(path, a_mapping(**values), world.ctx(role, "import"))


def model(name: str) -> Any:
    return apps.get_model(name)


def findings() -> list[checks.Finding]:
    return checks.run_all()


@clause("5.2.5")
def test_a_file_becomes_orders_deliveries_returns_and_facts(world: World, tmp_path: Path) -> None:
    result = run(world, a_file(tmp_path, *ROWS))
    assert (result.rows, result.imported_rows, result.documents) == (6, 5, 3)
    assert (result.source_total, result.imported_total) == (Decimal("108.90"), Decimal("99.00"))
    assert result.reasons == {"import.no_customer": 1}
    assert result.reconciled
    order = model("orders.Order").objects.get(source_number="S1")
    assert (order.state, order.origin, order.total, order.lines.count()) == (
        "closed",
        "import",
        Decimal("39.60"),
        3,
    )
    assert model("delivery.Shipment").objects.filter(order=order, state="accepted").count() == 1
    assert model("delivery.Return").objects.get(origin="import").total == Decimal("39.60")
    accepted = Fact.objects.filter(measure="accepted").aggregate(a=Sum("amount"), d=Sum("document_amount"))
    assert accepted == {"a": Decimal("990.00"), "d": Decimal("99.00")}
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.rows, batch.imported, batch.rejected, batch.documents) == ("done", 6, 5, 1, 3)
    assert (
        LedgerEntry.objects.filter(
            operation="delivery.import_orders", within="delivery.import_orders"
        ).count()
        == 3
    )
    assert findings() == []


def test_running_it_again_doubles_nothing(world: World, tmp_path: Path) -> None:
    path = a_file(tmp_path, *ROWS)
    run(world, path)
    facts = Fact.objects.count()
    again = run(world, path)
    assert (again.imported_rows, again.known_rows, again.known_total) == (0, 5, Decimal("99.00"))
    assert again.reconciled and not again.batch
    assert Fact.objects.count() == facts
    assert model("orders.Order").objects.count() == 2


def test_changed_and_added_rows_of_a_known_document_are_conflicts(world: World, tmp_path: Path) -> None:
    run(world, a_file(tmp_path, *ROWS[:5]))
    changed = ROWS[3].replace(",10,", ",11,")
    more = a_file(
        tmp_path,
        *ROWS[:3],
        changed,
        ROWS[4],
        "S2,P-9,1,2024-03-02,5,K2,新行",
        "S5,P-1,1,2024-03-10,2,K1,新单",
    )
    result = run(world, more)
    assert [(r.invoice, r.objection.code) for r in result.rejected] == [
        ("S2", "import.changed"),
        ("S2", "import.added"),
    ]
    assert (result.known_rows, result.imported_rows, result.documents) == (4, 1, 1)
    assert result.reconciled


def test_undo_takes_everything_back_and_lets_the_file_in_again(world: World, tmp_path: Path) -> None:
    path = a_file(tmp_path, *ROWS)
    run(world, path)
    undone = driver.undo(path, a_mapping(), world.ctx("sales_manager", "cli"))
    assert [batch.state for batch in undone] == ["undone"]
    for measure in ("booked", "shipped", "accepted"):
        sums = Fact.objects.filter(measure=measure).aggregate(
            Sum("amount"), Sum("quantity"), Sum("document_amount")
        )
        assert set(sums.values()) == {0}, measure
    assert not model("stock.Movement").objects.values("product").annotate(s=Sum("quantity")).exclude(s=0)
    assert set(model("orders.Order").objects.values_list("state", flat=True)) == {"cancelled"}
    assert set(model("delivery.Shipment").objects.values_list("state", flat=True)) == {"cancelled"}
    assert set(model("delivery.Return").objects.values_list("state", flat=True)) == {"cancelled"}
    assert findings() == []
    with pytest.raises(Refusal) as refusal:
        driver.undo(path, a_mapping(), world.ctx("sales_manager", "cli"))
    assert refusal.value.code == "import.nothing_to_undo"
    again = run(world, path)
    assert again.imported_rows == 5 and again.reconciled
    assert model("orders.Order").objects.filter(state="closed").count() == 2
    assert Fact.objects.filter(measure="accepted").aggregate(s=Sum("amount"))["s"] == Decimal("990.00")
    assert findings() == []


def test_undo_is_refused_once_others_build_on_it(world: World, tmp_path: Path) -> None:
    path = a_file(tmp_path, *ROWS)
    run(world, path)
    shipment = model("delivery.Shipment").objects.get(order__source_number="S2")
    line = shipment.lines.get()
    lines = [{"line": str(line.pk), "quantity": "1"}]
    data = {"shipment": str(shipment.pk), "reason": "型号不符", "lines": lines}
    world.run("sales_manager", "delivery.request_return", data=data)
    with pytest.raises(Refusal) as refusal:
        driver.undo(path, a_mapping(), world.ctx("sales_manager", "cli"))
    assert refusal.value.code == "import.built_on"
    assert ImportBatch.objects.get().state == "done"


def states(name: str) -> set[str]:
    """The states of the customers or products that imports made here."""
    rows = model(name).objects.all()
    rows = rows.filter(code__startswith="P-") if name == "catalog.Product" else rows.filter(origin="import")
    return set(rows.values_list("state", flat=True))


def test_undo_takes_back_the_customers_and_products_that_the_batch_made(world: World, tmp_path: Path) -> None:
    path = a_file(tmp_path, *[row.replace("P-", "P-NEW-") for row in ROWS])
    ours = model("catalog.Product").objects.filter(code__startswith="P-NEW-")
    ctx = world.ctx("sales_manager", "cli")
    for _ in range(2):  # undone, in again, undone again
        run(world, path)
        assert set(ours.values_list("state", flat=True)) == {"active"}
        assert states("customers.Customer") == {"active"}
        driver.undo(path, a_mapping(), ctx)
        assert set(ours.values_list("state", flat=True)) == {"retired"}
        assert states("customers.Customer") == {"blocked"}
        assert findings() == []


def test_what_another_batch_or_person_uses_keeps_its_batch(world: World, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    first, later = a_file(tmp_path / "a", *ROWS), a_file(tmp_path, "S9,P-1,1,2024-03-11,2,K1,螺栓 M8")
    run(world, first)
    run(world, later)
    ctx = world.ctx("sales_manager", "cli")
    with pytest.raises(Refusal) as refusal:
        driver.undo(first, a_mapping(), ctx)
    assert refusal.value.code == "import.named_by_others"
    assert model("orders.Order").objects.filter(state="cancelled").count() == 0
    driver.undo(later, a_mapping(), ctx)
    driver.undo(first, a_mapping(), ctx)
    assert states("customers.Customer") == {"blocked"}
    # Retired or blocked by people, they stay so when the file comes in again.
    customer = model("customers.Customer").objects.filter(origin="import").first()
    run(world, first)
    world.run("sales_manager", "customers.block", customer, {"reason": "欠款"})
    driver.undo(first, a_mapping(), ctx)
    run(world, first)
    customer.refresh_from_db()
    assert customer.state == "blocked"


def test_one_wrong_document_does_not_keep_its_chunk_out(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = door.run

    def run_but_s2(name: str, ctx: Any, row_id: Any = None, data: Any = None, **options: Any) -> Any:
        if name == "delivery.import_orders" and any(p["number"] == "S2" for p in data["parcels"]):
            raise Refusal(driver.CHANGED.refuse())
        return real(name, ctx, row_id, data, **options)

    monkeypatch.setattr(door, "run", run_but_s2)
    result = run(world, a_file(tmp_path, *ROWS))
    assert result.reasons == {"import.no_customer": 1, "import.not_written": 1}
    assert (result.imported_rows, result.documents) == (4, 2)
    assert result.reconciled
    assert findings() == []


def test_what_the_database_refuses_stays_out_alone(world: World, tmp_path: Path) -> None:
    first = run(world, a_file(tmp_path, ROWS[3]))
    assert first.documents == 1
    # Somebody else's order of that number: the database's own constraint speaks, not our look before.
    model("orders.Order").objects.filter(source_number="S2").update(source_number="S1")
    result = run(world, a_file(tmp_path, *ROWS))
    assert result.reasons == {"import.no_customer": 1, "import.not_written": 3}
    assert result.reconciled
    assert set(ImportedDocument.objects.values_list("number", flat=True)) == {"S2", "R3"}


def test_after_an_interruption_whole_documents_are_in_and_the_rest_follows(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, path, calls = door.run, a_file(tmp_path, *ROWS), []

    def break_down(name: str, *args: Any, **options: Any) -> Any:
        if name == "delivery.import_orders":
            calls.append(name)
            if len(calls) == 2:
                raise OperationalError("server closed the connection unexpectedly")
        return real(name, *args, **options)

    monkeypatch.setattr(driver, "CHUNK_LINES", 1)
    with monkeypatch.context() as patch:
        patch.setattr(door, "run", break_down)
        with pytest.raises(driver.Interrupted) as broken:
            run(world, path)
    assert (broken.value.done, broken.value.of) == (3, 5)
    assert ImportedDocument.objects.count() == 1
    result = run(world, path)
    assert (result.known_rows, result.imported_rows) == (3, 2)
    assert result.reconciled
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.imported, batch.documents) == ("done", 5, 3)
    assert findings() == []


def test_a_document_that_is_here_is_refused_by_the_operation_itself(world: World, tmp_path: Path) -> None:
    from sellwell.kernel.tests.builders import a_batch
    from sellwell.selling.delivery.tests.builders import a_parcel

    batch = a_batch(world)
    data = {"rate": "1", "tax_rate": "0", "parcels": [a_parcel()]}
    world.run("sales_manager", "delivery.import_orders", batch, data)
    with pytest.raises(Refusal) as refusal:
        world.run("sales_manager", "delivery.import_orders", batch, data)
    assert refusal.value.code == "import.here_already"
    with pytest.raises(Refusal):
        world.run(
            "sales_manager",
            "delivery.import_orders",
            batch,
            data | {"parcels": [a_parcel("X"), a_parcel("X")]},
        )


def test_who_may_not_import_is_refused_before_anything_is_written(world: World, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        run(world, a_file(tmp_path, *ROWS), role="rep")
    assert refusal.value.code == "not_permitted"
    assert not ImportBatch.objects.exists()


def test_names_of_customers_stand_in_no_store_in_clear(world: World, tmp_path: Path) -> None:
    from django.db import connection

    path = a_file(tmp_path, "S1,P-1,2,2024-03-01,9.90,K1,司空琉璃")
    fields = {**FIELDS, "customer_name": "名称"}
    run(world, path, fields=fields)
    assert model("customers.Party").objects.filter(name="司空琉璃").exists()
    with connection.cursor() as cursor:
        for table in ("kernel_ledgerentry", "kernel_securitylog", "kernel_event", "kernel_fact"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%%司空琉璃%%'")
            assert cursor.fetchone()[0] == 0, table


def real_mapping() -> Mapping:
    page = Path(__file__).parents[4] / "docs/how-to/import-orders.md"
    text = page.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    return mappings.parse(text.replace("  customer_name: CustomerName\n", "").encode())


def real_part(folder: Path, rows: int) -> Path:
    import duckdb

    path = folder / "part.parquet"
    source = shared_path("data/online_retail/online_retail_dev.parquet")
    with duckdb.connect() as session:
        session.execute("SET threads = 1")
        session.execute(f"COPY (SELECT * FROM read_parquet('{source}') LIMIT {rows}) TO '{path}'")
    return path


def test_the_real_file_adds_up(world: World) -> None:
    result = driver.preview(shared_path("data/online_retail/online_retail_dev.parquet"), real_mapping())
    assert (result.rows, result.source_total) == (330_258, Decimal("6144286.81"))
    assert result.reasons == {"import.no_customer": 82_338}
    assert result.reconciled


def test_twenty_thousand_real_rows_come_in_and_go_back(world: World, tmp_path: Path) -> None:
    path = real_part(tmp_path, 20_000)
    result = driver.run(path, real_mapping(), world.ctx("sales_manager", "import"))
    assert result.rows == 20_000 and result.reconciled
    assert result.reasons.keys() == {"import.no_customer"}
    facts = Fact.objects.filter(measure="accepted").aggregate(s=Sum("document_amount"))["s"]
    assert facts == result.imported_total
    assert findings() == []
    again = driver.run(path, real_mapping(), world.ctx("sales_manager", "import"))
    assert again.known_rows == result.imported_rows and again.imported_rows == 0
    driver.undo(path, real_mapping(), world.ctx("sales_manager", "cli"))
    assert Fact.objects.filter(measure="accepted").aggregate(s=Sum("document_amount"))["s"] == 0
    assert findings() == []
