"""A file is one person's: its refused rows, and the rights by which its rows are entered."""

from __future__ import annotations

import pytest

from sellwell.foundation.catalog.tests.test_pages import signed_in
from sellwell.imports.sheets import rows as profile
from sellwell.imports.tests.test_sheets import CUSTOMERS, a_workbook, errors_of, look, start
from sellwell.kernel import outbox
from sellwell.kernel.values import Refusal
from sellwell.testing.world import World, world
from sellwell.web.lists import bring_in

__all__ = ["world"]


def test_refused_rows_are_read_by_their_sender_only(world: World) -> None:
    client = signed_in(world, "rep")
    content = a_workbook([["客户名称", "渠道"], ["留底的客户有限公司", "飞鸽"]])
    batch = start(world, client, CUSTOMERS, look(client, CUSTOMERS, content)[1])
    assert errors_of(client, batch)[1][0] == "留底的客户有限公司"
    assert f"/files/{batch.errors_id}" in client.get(f"/imports/{batch.pk}/").content.decode()
    for role in ("auditor", "sales_manager"):
        other = signed_in(world, role)
        page = other.get(f"/imports/{batch.pk}/")
        assert page.status_code == 200 and f"/files/{batch.errors_id}" not in page.content.decode()
        assert "只有导入人可以下载" in page.content.decode()
        assert other.get(f"/files/{batch.errors_id}?of=kernel.importbatch/{batch.pk}").status_code == 404


def test_nobody_goes_on_with_anothers_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bring_in, "MOST_ROWS_HERE", 1)
    monkeypatch.setattr(profile, "AT_ONCE", 1)
    client = signed_in(world, "rep")
    content = a_workbook([["客户名称"], ["续传客户1有限公司"], ["续传客户2有限公司"]])
    batch = start(world, client, CUSTOMERS, look(client, CUSTOMERS, content)[1])
    world.run("sales_manager", "imports.stop", batch, {"reason": "先停"})
    with pytest.raises(Refusal) as refusal:
        world.run("sales_manager", "imports.resume", batch)
    assert refusal.value.code == "import.not_your_rows"
    world.run("rep", "imports.resume", batch)
    while outbox.drain([world.company.pk]):
        pass
    batch.refresh_from_db()
    assert (batch.state, batch.imported) == ("done", 2)
