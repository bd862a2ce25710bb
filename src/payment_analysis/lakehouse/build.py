"""The build: seeds, bronze with its quarantine, silver; every view is bound, and evaluated when asked.

Each table is one commit that carries what it was computed from, so a build that dies is simply run again. Tables that
are up to date are not touched: a second build with nothing new only compares positions.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from payment_analysis.domain.rates import BASE
from payment_analysis.lakehouse import duck
from payment_analysis.lakehouse.bronze import LANDING, QUARANTINE, assert_conserved, build_bronze, build_quarantine
from payment_analysis.lakehouse.checks import run_checks
from payment_analysis.lakehouse.delta import retried
from payment_analysis.lakehouse.incremental import build_table
from payment_analysis.lakehouse.report import BuildReport, Progress, TableReport
from payment_analysis.lakehouse.seeds import build_seed
from payment_analysis.lakehouse.verdicts import VERDICTS, write_verdicts
from payment_analysis.lakehouse.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from payment_analysis.lakehouse.delta import DeltaStore
    from payment_analysis.lakehouse.seeds import Seeds
    from payment_analysis.lakehouse.table import Source, Table

    Listener = Callable[[Progress], None]

RATES = "reporting_rates"


class Build:
    """One run over all tables."""

    def __init__(
        self,
        store: DeltaStore,
        scratch: Path,
        tables: Mapping[str, Table],
        sources: Mapping[str, Source],
        seeds: Seeds,
    ) -> None:
        self._store = store
        self._scratch = scratch
        self._tables = tables
        self._sources = sources
        self._seeds = seeds

    def run(
        self,
        *,
        full_refresh: bool = False,
        check_views: bool = False,
        now: datetime,
        reporting_currency: str | None = None,
        progress: Listener | None = None,
    ) -> BuildReport:
        """Bring every table up to date."""
        started = time.perf_counter()
        with duck.worker(self._scratch, memory_mb=duck.BUILD_MEMORY_MB) as connection:
            bench = Workbench(self._store, connection, self._scratch, self._tables, self._sources)
            currency = reporting_currency or self._currency(bench)
            steps = self._steps(bench, currency, full_refresh=full_refresh)
            reports: list[TableReport] = []
            for done, (name, step) in enumerate(steps):
                if progress:
                    progress(Progress(name, done, len(steps)))
                step_started = time.perf_counter()
                report = retried(step, again=bench.forget)
                reports.append(report.taking(time.perf_counter() - step_started))
            views = _checked_views(bench) if check_views else ()
            built = BuildReport((*reports, *views), currency, time.perf_counter() - started)
            if VERDICTS in self._sources and built.changed:
                retried(partial(write_verdicts, bench, built.tables, now), again=bench.forget)
        return built

    def _steps(
        self, bench: Workbench, currency: str, *, full_refresh: bool
    ) -> list[tuple[str, Callable[[], TableReport]]]:
        """What is built, in order; a view only gets its name."""
        steps: list[tuple[str, Callable[[], TableReport]]] = []
        for name, source in self._sources.items():
            if name in self._seeds:
                steps.append((name, partial(build_seed, bench, source, self._seeds[name], currency)))
            else:
                bench.open(source)
        for name, table in self._tables.items():
            if table.kind == "view":
                continue
            if table.layer == "bronze":
                steps.append((name, partial(build_bronze, bench, table)))
                steps.append((QUARANTINE, partial(_quarantined, bench, table)))
            else:
                steps.append((name, partial(build_table, bench, table, full_refresh=full_refresh)))
        return steps

    def _currency(self, bench: Workbench) -> str:
        """The reporting currency of the last build; at the first build the one most attempts are made in."""
        run = bench.connection.execute
        if RATES in self._sources:
            bench.open(self._sources[RATES])
            known = run(f"select any_value(reporting_currency) from {RATES}").fetchall()[0][0]
            if known:
                return str(known)
        bench.open(self._sources[LANDING])
        most = run(f"select currency from {LANDING} group by currency order by count(*) desc, currency").fetchone()
        return str(most[0]) if most else BASE


def _quarantined(bench: Workbench, table: Table) -> TableReport:
    report = build_quarantine(bench, table)
    if report.mode != "unchanged":
        assert_conserved(bench, table)
    return report


def _checked_views(bench: Workbench) -> tuple[TableReport, ...]:
    """Evaluate every gold view that has checks, over what is committed."""
    reports = []
    for view in bench.tables.values():
        if view.kind == "view":
            bench.bind_view(view)
        if view.layer == "gold" and view.checks:
            started = time.perf_counter()
            rows, warned = run_checks(bench.connection, view, view.name)
            reports.append(TableReport(view.name, "view", rows, 0, warned, time.perf_counter() - started))
    return tuple(reports)
