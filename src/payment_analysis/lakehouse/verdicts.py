"""Verdicts: after a build that changed something, one row per table on how fresh and how complete it is.

They are read by `v_uc_data_quality_metrics`. A verdict is about what the build itself saw: the checks it ran, the rows
it conserved, the newest event it wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from payment_analysis.lakehouse.bronze import LANDING, QUARANTINE
from payment_analysis.lakehouse.data_file import committing, write_files
from payment_analysis.lakehouse.schema import columns_of
from payment_analysis.lakehouse.seeds import as_file, rows_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from payment_analysis.lakehouse.report import TableReport
    from payment_analysis.lakehouse.table import Table
    from payment_analysis.lakehouse.workbench import Workbench

VERDICTS: Final = "data_quality_results"
HEALTHY: Final = "Healthy"
UNHEALTHY: Final = "Unhealthy"
UNKNOWN: Final = "Unknown"
IMPACTS: Final = ((20, "HIGH"), (5, "MEDIUM"), (0, "LOW"))  # tables and views that read it, at least


def write_verdicts(bench: Workbench, reports: Sequence[TableReport], now: datetime) -> None:
    """Append a verdict per table of ours that the build looked at."""
    source = bench.sources[VERDICTS]
    rows = [verdict(bench, report, now) for report in reports if report.name in bench.tables]
    with as_file(bench.scratch, rows) as path:
        select = rows_in(path, columns_of(source))
        written = write_files(bench.connection, select, bench.store.folder(VERDICTS))
    with committing(written):
        bench.store.commit(bench.open(source), written)


def verdict(bench: Workbench, report: TableReport, now: datetime) -> dict[str, object]:
    """What the build says of one table."""
    table = bench.tables[report.name]
    made_from = sorted(bench.base_reads(table) & bench.tables.keys()) or [LANDING]
    latest = _latest(bench, report.name)
    expected = max(_present(_latest(bench, name) for name in made_from), default=None)
    fresh = UNKNOWN if latest is None or expected is None else HEALTHY
    if latest and expected and latest < expected and not _dropped(bench, table):
        fresh = UNHEALTHY
    broken = sum(warning.rows for warning in report.warnings)
    complete = UNHEALTHY if broken else HEALTHY
    readers = len(downstream(table.name, bench.tables))
    return {
        "event_time": now.isoformat(),
        "catalog_name": None,
        "schema_name": None,
        "table_name": report.name,
        "overall_status": UNHEALTHY if UNHEALTHY in {fresh, complete} else HEALTHY,
        "freshness_status": fresh,
        "completeness_status": complete,
        "impact_level": next(word for least, word in IMPACTS if readers >= least),
        "num_downstream_tables": readers,
        "num_queries_affected": None,
        "row_count": report.rows,
        "failed_row_count": broken + _dropped(bench, table),
        "latest_event": latest.isoformat() if latest else None,
        "detail": " ".join(f"{warning}." for warning in report.warnings) or None,
    }


def downstream(name: str, tables: Mapping[str, Table]) -> frozenset[str]:
    """Every table and view that reads a table, directly or through others."""
    readers: frozenset[str] = frozenset()
    for reader, table in tables.items():  # in order of dependence: what a reader reads comes before it
        if name in table.reads or readers & table.reads:
            readers |= {reader}
    return readers


def _latest(bench: Workbench, name: str) -> datetime | None:
    defined = bench.tables.get(name) or bench.sources[name]
    return max(_present(file.latest for file in bench.open(defined).files), default=None)


def _present(instants: Iterable[datetime | None]) -> list[datetime]:
    return [instant for instant in instants if instant is not None]


def _dropped(bench: Workbench, table: Table) -> int:
    """Rows of the quarantine, when it is the table that rows are dropped from."""
    return bench.open(bench.sources[QUARANTINE]).rows if table.drops else 0
