"""Checks of the definitions: what every row must satisfy, counted over rows that are written but not yet committed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Protocol

from payment_analysis.domain.errors import BadInput
from payment_analysis.lakehouse.data_file import rows_of
from payment_analysis.lakehouse.dialect import to_duckdb
from payment_analysis.lakehouse.schema import columns_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from payment_analysis.lakehouse.data_file import DataFile
    from payment_analysis.lakehouse.table import Check, Table

SAMPLES_MAX: Final = 5


class Asked(Protocol):
    """What answers SQL: a connection, or plans that it keeps."""

    def execute(self, query: str, /) -> DuckDBPyConnection:
        """The connection with the answer."""
        ...


class CheckFailed(BadInput):
    """Rows break a check that must hold; the table stays as it was."""


@dataclass(frozen=True, slots=True)
class Warned:
    """A check of level `warn` that some rows break."""

    table: str
    predicate: str
    rows: int

    def __str__(self) -> str:
        return f"table {self.table}: {self.rows} rows break the check `{self.predicate}`"


def holds(check: Check) -> str:
    """The check as a DuckDB condition that is never null: a row passes when the predicate is true."""
    return _condition(check.predicate)


@cache
def _condition(predicate: str) -> str:
    return f"(({to_duckdb('select ' + predicate).removeprefix('SELECT ')}) is true)"


def run_checks(connection: Asked, table: Table, rows: str) -> tuple[int, tuple[Warned, ...]]:
    """Count the rows; raise CheckFailed when a `fail` check is broken; return the `warn` checks that are."""
    checks = [check for check in table.checks if check.level != "drop"]
    counted = "".join(f", count(*) filter (where not {holds(check)})" for check in checks)
    total, *counts = connection.execute(f"select count(*){counted} from {rows}").fetchall()[0]
    warned = []
    for check, broken in zip(checks, counts, strict=True):
        if broken and check.level == "fail":
            _refuse(connection, table, check, broken, rows)
        if broken:
            warned.append(Warned(table.name, check.predicate, broken))
    return total, tuple(warned)


def checked_files(connection: DuckDBPyConnection, table: Table, files: Sequence[DataFile]) -> tuple[Warned, ...]:
    """Run the checks over files that are written and not committed yet."""
    rows = rows_of((file.path for file in files), columns_of(table))
    return run_checks(connection, table, f"({rows})")[1] if files else ()


def _refuse(connection: Asked, table: Table, check: Check, broken: int, rows: str) -> None:
    key = ", ".join(f'"{name}"' for name in table.grain) or "*"
    found = connection.execute(
        f"select {key} from {rows} where not {holds(check)} order by all limit {SAMPLES_MAX}"
    ).fetchall()
    samples = "; ".join(", ".join(str(value) for value in row) for row in found)
    raise CheckFailed(
        f"table {table.name}: {broken} rows break the check `{check.predicate}`, "
        f"e.g. {', '.join(table.grain)} = {samples}",
        hint="the table stays as it was; correct the rows or the check, then run `payment-analysis build` again",
    )
