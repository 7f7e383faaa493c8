"""Which records are the same company or person: scored pairs with reasons, without labels and without writing anything.

    pairs = match(records, COMPANIES)          # [Pair(left, right, score, reasons), …], the surest first

The model is Fellegi and Sunter's, trained on the records themselves by Splink on DuckDB; what each kind of record compares,
and what rules a pair out whatever its score, stands in `companies` and `persons`. See docs/rules/matching.md.
"""

from sellwell.metrics.analysis.matching.companies import COMPANIES
from sellwell.metrics.analysis.matching.model import Kind, Pair, link, match
from sellwell.metrics.analysis.matching.named import FIELDS, as_person
from sellwell.metrics.analysis.matching.persons import PERSONS

__all__ = ["COMPANIES", "FIELDS", "PERSONS", "Kind", "Pair", "as_person", "link", "match"]
