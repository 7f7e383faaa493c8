"""Companies from before there were stages get the shipped plans with the migration."""

from __future__ import annotations

from datetime import date

from sellwell.foundation.company import queries as company
from sellwell.foundation.relations.install import install
from sellwell.kernel.seeds import seed_with


@seed_with
def seed_plans(since: date) -> None:
    """Every company; what people set stays as it is."""
    for company_id in company.companies():
        install(company_id, since)
