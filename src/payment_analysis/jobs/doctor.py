"""Is this installation sound? Each check says what it found and, when it fails, what to do."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import Conflict, PaymentAnalysisError
from payment_analysis.domain.rates import rates_are_stale, reference_rates
from payment_analysis.jobs.pipelines.continuous import BUILDER
from payment_analysis.lakehouse.lint import lint
from payment_analysis.lakehouse.pipeline_state import holding
from payment_analysis.lakehouse.table import load_tables

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.lakehouse.home import Home
    from payment_analysis.lakehouse.recovery import Repaired

PYTHON_MIN: Final = (3, 11)
FREE_BYTES_MIN: Final = 2 * 1024**3  # a million attempts take about 0.1 GB in all layers; builds need room beside it
DAMAGED: Final = "damaged"  # the folder of log entries that could not be read
ENGINES: Final = ("deltalake", "duckdb", "pyarrow", "sqlglot")


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: does it hold, and what was found."""

    check: str
    ok: bool
    detail: str


def examine(home: Home) -> list[Finding]:
    """Look at everything the commands stand on; nothing is changed."""
    return [_python(), _engines(), _folder(home.path), _space(home.path), _definitions(), _rates(), _tables(home)]


def mend(home: Home) -> tuple[Repaired, ...]:
    """Repair what a damaged commit left; refused while a pipeline works."""
    if not home.exists:
        return ()
    with holding(home, BUILDER) as alone:
        if not alone:
            raise Conflict("a pipeline of this home is working", hint="stop it with `payment-analysis pipeline stop`")
        return home.lakehouse().repair(home.path / DAMAGED)


def _python() -> Finding:
    ok = sys.version_info >= PYTHON_MIN
    detail = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Finding("Python", ok, detail if ok else f"{detail}; 3.11 or newer is needed")


def _engines() -> Finding:
    return Finding("engines", True, ", ".join(f"{name} {version(name)}" for name in ENGINES))


def _nearest(path: Path) -> Path:
    return next(folder for folder in (path.absolute(), *path.absolute().parents) if folder.exists())


def _folder(path: Path) -> Finding:
    nearest = _nearest(path)
    ok = nearest.is_dir() and os.access(nearest, os.W_OK)
    return Finding("home", ok, f"{path}" if ok else f"{nearest} cannot be written; choose another folder with --home")


def _space(path: Path) -> Finding:
    free = shutil.disk_usage(_nearest(path)).free
    ok = free >= FREE_BYTES_MIN
    detail = f"{free / 1024**3:,.0f} GB free"
    return Finding("disk", ok, detail if ok else f"{detail}; make room or choose another disk with --home")


def _definitions() -> Finding:
    tables = load_tables()
    faults = [f"{name} {fault}" for name, table in tables.items() for fault in lint(table.statement)]
    return Finding("definitions", not faults, "; ".join(faults) or f"{len(tables)} tables and views")


def _rates() -> Finding:
    today = datetime.now(UTC).date()
    newest = reference_rates().newest_from
    stale = rates_are_stale(today)
    return Finding(
        "exchange rates", not stale, f"newest of {newest}" + ("; update to a newer release" if stale else "")
    )


def _tables(home: Home) -> Finding:
    if not home.exists:
        return Finding("lakehouse", True, "nothing ingested yet; payment-analysis up starts with the examples")
    try:
        state = home.lakehouse().freshness()
    except PaymentAnalysisError as error:
        return Finding("lakehouse", False, f"{error.message} {error.hint}".strip())
    attempts = state.get("payments_enriched_silver")
    if attempts is None:
        return Finding("lakehouse", True, "nothing built yet; payment-analysis build does it")
    return Finding("lakehouse", True, f"{attempts.rows:,} attempts, newest {attempts.latest_event:%Y-%m-%d %H:%M} UTC")
