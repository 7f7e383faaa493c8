"""The engine: comparisons of a kind, trained on the records at hand, and the pairs that they find."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sellwell.kernel.values import T

# Fewer records teach nothing: then the levels' own shares are used as they stand.
ENOUGH_TO_LEARN = 500
_SAMPLED_PAIRS = 500_000
_SEED = 1
_LEAST_SCORE = 0.01
# So many records may have in common what a block looks at; more say nothing of a pair.
_MOST_ALIKE = 100


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of a comparison: SQL over `x_l` and `x_r`, what it is called, and how often it holds.

    `m`: among pairs that are the same; `u`: among pairs that are not. They are used where there is too little to learn from.
    """

    code: str
    sql: str
    words: T
    m: float
    u: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Levels of one column, the closest first. A missing value says nothing; what meets no level differs."""

    column: str
    levels: tuple[Level, ...]
    differs: T
    may_lack: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: how it is prepared, compared, blocked, and what rules a pair out."""

    name: str
    prepare: Callable[[Mapping[str, str]], dict[str, str | None]]
    comparisons: tuple[Comparison, ...]
    blocks: tuple[tuple[str, ...], ...]  # pairs that agree on all expressions of one of these are looked at
    certain: tuple[tuple[str, ...], ...]  # agreement that is as good as proof, for the share of matches
    train_on: tuple[tuple[str, ...], ...]
    ruled_out: Callable[[Mapping[str, str]], bool]  # by the levels reached, column -> code
    threshold: float  # from this score on a pair is proposed


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that are likely the same: identifiers, a score from 0 to 1, and what speaks for and against it."""

    left: str
    right: str
    score: float
    levels: Mapping[str, str]  # column -> level code; 'unknown' where a value lacks, 'differs'
    reasons: tuple[T, ...]


UNKNOWN, DIFFERS = "unknown", "differs"


def match(records: Iterable[Mapping[str, str]], kind: Kind, threshold: float | None = None) -> list[Pair]:
    """Every pair of records of a kind that is likely the same, the surest first.

    Each record has an `id` and the kind's fields as text; missing fields are empty. The same records give the same pairs.
    """
    prepared = [kind.prepare(record) | {"unique_id": record["id"]} for record in records]
    if len(prepared) < 2:
        return []
    return _kept([prepared], kind, kind.threshold if threshold is None else threshold)


# Between the number of a set and an identifier, so that the sets may use the same ones.
_APART = "\x1f"


def link(
    left: Iterable[Mapping[str, str]], right: Iterable[Mapping[str, str]], kind: Kind, threshold: float | None = None
) -> list[Pair]:  # fmt: skip
    """Every pair of one record of `left` and one of `right` that is likely the same, the surest first.

    As `match`, but records of one set are not compared with each other; both may use the same identifiers.
    """
    sets = [
        [kind.prepare(record) | {"unique_id": f"{number}{_APART}{record['id']}"} for record in records]
        for number, records in enumerate((left, right))
    ]
    if not all(sets):
        return []
    found = _kept(sets, kind, kind.threshold if threshold is None else threshold)
    return [
        replace(pair, left=pair.left.partition(_APART)[2], right=pair.right.partition(_APART)[2])
        for pair in found
    ]


def _kept(sets: list[list[dict[str, str | None]]], kind: Kind, least: float) -> list[Pair]:
    """The pairs from a score on that nothing rules out, the surest first."""
    rows = [row for each in sets for row in each]
    present = {name for name in rows[0] if any(row[name] is not None for row in rows)}
    comparisons = [one for one in kind.comparisons if one.column in present]
    found = _predict(sets, kind, comparisons, present)
    pairs = [_pair(row, comparisons) for row in found if row["match_probability"] >= least]
    kept = [pair for pair in pairs if not kind.ruled_out(pair.levels)]
    return sorted(kept, key=lambda pair: (-pair.score, pair.left, pair.right))


def _predict(
    sets: list[list[dict[str, str | None]]], kind: Kind, comparisons: Sequence[Comparison], present: set[str]
) -> list[dict[str, Any]]:
    """Splink's scored pairs."""
    import pyarrow as pa
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    blocks = [block for block in kind.blocks if _columns(block) <= present]
    tables = _keyed([pa.table(_arrays(rows)) for rows in sets], blocks)
    count = sum(map(len, sets))
    settings = SettingsCreator(
        link_type="dedupe_only" if len(sets) == 1 else "link_only",
        comparisons=[_as_splink(one) for one in comparisons],
        blocking_rules_to_generate_predictions=[block_on(_key(number)) for number in range(len(blocks))],
        retain_intermediate_calculation_columns=True,
        probability_two_random_records_match=1 / max(map(len, sets)),
    )
    api = DuckDBAPI()
    registered = [api.register(table) for table in tables]

    def fresh() -> Any:
        return Linker(registered[0] if len(sets) == 1 else registered, settings, log_level=logging.ERROR)

    linker = _trained(fresh, kind, present) if count >= ENOUGH_TO_LEARN else fresh()
    scored = linker.inference.predict(threshold_match_probability=_LEAST_SCORE)
    found: list[dict[str, Any]] = scored.as_record_list()
    return found


def _arrays(rows: list[dict[str, str | None]]) -> dict[str, Any]:
    import pyarrow as pa

    return {name: pa.array([row[name] for row in rows], pa.string()) for name in sorted(rows[0])}


def _key(number: int) -> str:
    return f"block_{number}"


def _keyed(tables: list[Any], blocks: Sequence[tuple[str, ...]]) -> list[Any]:
    """The tables with a column for each block: what its records have in common, or nothing where too many have it.

    Of a hundred thousand companies thousands end in the same trade in the same town: looking at each pair of them would take
    hours and tell little, since whoever is the same has something rarer in common too.
    """
    import duckdb

    with duckdb.connect() as session:
        for number, table in enumerate(tables):
            session.register(f"set_{number}", table)
        together = " UNION ALL BY NAME ".join(
            f"SELECT *, {number} AS set_number FROM set_{number}" for number in range(len(tables))
        )
        keys = [f"({' || chr(31) || '.join(block)})" for block in blocks]  # nothing where one of them lacks
        columns = ", ".join(
            f"CASE WHEN count(*) OVER (PARTITION BY {key}) <= {_MOST_ALIKE} THEN {key} END AS {_key(number)}"
            for number, key in enumerate(keys)
        )
        session.execute(f"CREATE TABLE keyed AS SELECT *, {columns} FROM ({together})")
        return [
            session.sql(
                f"SELECT * EXCLUDE (set_number) FROM keyed WHERE set_number = {number} ORDER BY unique_id"
            ).to_arrow_table()
            for number in range(len(tables))
        ]


def _trained(fresh: Callable[[], Any], kind: Kind, present: set[str]) -> Any:
    """A linker that learnt from the records: the share of matches, chance agreement, and agreement among the same.

    A rule under which nobody or everybody agrees teaches nothing and leaves a linker spoilt: it is left out, and learning
    begins anew. What nothing was learnt of keeps its shares as they stand.
    """
    from splink.internals.exceptions import EMTrainingException

    certain = [rule for rule in kind.certain if _columns(rule) <= present]
    compared = {one.column for one in kind.comparisons} & present
    rules = [rule for rule in kind.train_on if _columns(rule) <= present and compared - _columns(rule)]
    while True:
        linker = fresh()
        _learn_chances(linker, certain)
        for rule in rules:
            try:
                _learn_agreement(linker, rule)
            except EMTrainingException:
                rules.remove(rule)
                break
        else:
            return linker


def _learn_chances(linker: Any, certain: list[tuple[str, ...]]) -> None:
    """How many pairs match, and how often pairs that do not agree by chance."""
    from splink import block_on

    if certain:
        with suppress(
            ValueError
        ):  # more of them agree for certain than there can be matches: then nothing is certain
            proofs = [block_on(*rule) for rule in certain]
            linker.training.estimate_probability_two_random_records_match(proofs, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=_SAMPLED_PAIRS, seed=_SEED)


def _learn_agreement(linker: Any, rule: tuple[str, ...]) -> None:
    """How often those that are the same agree, learnt from pairs that agree on a rule."""
    from splink import block_on

    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on(*rule), estimate_without_term_frequencies=True
    )


def _as_splink(comparison: Comparison) -> Any:
    import splink.comparison_level_library as levels
    import splink.comparison_library as library

    left = max(1 - sum(level.m for level in comparison.levels), 0.001)
    found: list[Any] = [levels.NullLevel(comparison.column)] if comparison.may_lack else []
    for one in comparison.levels:
        made = levels.CustomLevel(one.sql, one.code)
        found.append(made.configure(m_probability=one.m, u_probability=one.u))
    chance = max(1 - sum(level.u for level in comparison.levels), 0.001)
    found.append(levels.ElseLevel().configure(m_probability=left, u_probability=chance))
    return library.CustomComparison(output_column_name=comparison.column, comparison_levels=found)


def _columns(expressions: Iterable[str]) -> set[str]:
    """The columns of blocking expressions: `substr(born,1,4)` speaks of `born`."""
    return {
        text.split("(", 1)[1].split(",", 1)[0].rstrip(")") if "(" in text else text for text in expressions
    }


def _pair(row: Mapping[str, Any], comparisons: Sequence[Comparison]) -> Pair:
    left, right = sorted((row["unique_id_l"], row["unique_id_r"]))
    reached = {one.column: _level(row[f"gamma_{one.column}"], one) for one in comparisons}
    reasons = tuple(_words(one, reached[one.column]) for one in comparisons if reached[one.column] != UNKNOWN)
    return Pair(left, right, float(row["match_probability"]), reached, reasons)


def _level(gamma: int, comparison: Comparison) -> str:
    """Splink counts levels from the last, 0, upwards; -1 is a missing value."""
    if gamma < 0:
        return UNKNOWN
    return DIFFERS if gamma == 0 else comparison.levels[len(comparison.levels) - gamma].code


def _words(comparison: Comparison, code: str) -> T:
    return next((one.words for one in comparison.levels if one.code == code), comparison.differs)
