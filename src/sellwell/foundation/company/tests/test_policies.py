"""Policies that ship with the product can be proposed again by those who set them."""

from __future__ import annotations

import pytest

from sellwell.foundation.company.operations.policies import DraftPolicy
from sellwell.kernel import policy
from sellwell.testing.builders import load

load()


@pytest.mark.parametrize("name", sorted(policy.DEFAULTS))
def test_a_shipped_policy_fits_the_form_that_changes_it(name: str) -> None:
    rows = [{"cells": list(cells)} for cells in policy.DEFAULTS[name].table["rows"]]
    given = DraftPolicy.model_validate({"name": name, "rows": rows, "note": "年度复核"})
    assert [row.cells for row in given.rows] == [row["cells"] for row in rows]
