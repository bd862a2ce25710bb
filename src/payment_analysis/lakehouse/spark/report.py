"""What a run on Spark made, counted by Spark: rows of every table, and rows of gold that break a check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.lakehouse.checks import CheckFailed, Warned
from payment_analysis.lakehouse.report import TableReport
from payment_analysis.lakehouse.spark.datasets import stored_names
from payment_analysis.lakehouse.spark.statements import holds, literal
from payment_analysis.lakehouse.table import load_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

    from payment_analysis.lakehouse.table import Check, Table


def stored_tables(session: SparkSession) -> Iterator[TableReport]:
    """Count every stored table in one job; a broken `fail` check has ended the run before."""
    tables = load_tables()
    checks = {
        name: [c for c in tables[name].checks if c.level == "warn"] if name in tables else [] for name in stored_names()
    }
    counts = session.sql(" union all ".join(_counted(name, listed) for name, listed in checks.items())).collect()
    rows_of = {row[0]: row[1:] for row in counts}
    for name, listed in checks.items():
        rows, broken = rows_of[name]
        warned = (Warned(name, c.predicate, number) for c, number in zip(listed, broken, strict=True) if number)
        yield TableReport(name, "full", rows, rows, tuple(warned))


def viewed(session: SparkSession) -> Iterator[TableReport]:
    """Evaluate every gold view that has checks, as the builder here does."""
    for view in load_tables().values():
        if view.layer == "gold" and view.checks:
            yield _checked(session, view)


def _checked(session: SparkSession, view: Table) -> TableReport:
    ((_, rows, broken),) = session.sql(_counted(view.name, view.checks)).collect()
    warned = []
    for check, number in zip(view.checks, broken, strict=True):
        if number and check.level == "fail":
            raise CheckFailed(
                f"table {view.name}: {number} rows break the check `{check.predicate}`",
                hint="the tables of the last run stay; correct the rows or the check, then run the build again",
            )
        if number:
            warned.append(Warned(view.name, check.predicate, number))
    return TableReport(view.name, "view", rows, 0, tuple(warned))


def _counted(name: str, checks: list[Check] | tuple[Check, ...]) -> str:
    broken = ", ".join(f"count_if(not {holds(check)})" for check in checks)
    empty = "cast(array() as array<bigint>)"
    return f"select {literal(name)}, count(*), {f'array({broken})' if broken else empty} from {name}"
