"""Every gold view over millions of attempts: `python -m benchmarks.gold --attempts 10000000`.

The world is a simulated history of a million attempts; more of them are the same days lived by other cards: copies
whose attempts, payments and cards have names of their own and that happen some seconds earlier, so that every day is
busier and no distribution changes. Rows lie in order of time, as a build leaves them.
`--home` keeps it, and is used as it is when it holds one. An answer is asked anew each time, never one that was kept by
the process; what a build leaves behind to answer from, partial aggregates and the rows of some views, is there.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.machine import machine, write_section

from payment_analysis.domain.scope import TICK, Dimension, Scope
from payment_analysis.jobs.build import build
from payment_analysis.jobs.simulate import Order, simulate
from payment_analysis.lakehouse import duck
from payment_analysis.lakehouse.data_file import rows_of, write_files
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.partials.bases import KEPT
from payment_analysis.lakehouse.partials.reading import PartialReader
from payment_analysis.lakehouse.partials.store import PartialStore
from payment_analysis.lakehouse.reader import Reader
from payment_analysis.lakehouse.schema import columns_of
from payment_analysis.lakehouse.scope import bound
from payment_analysis.lakehouse.scope_bases import value_of
from payment_analysis.lakehouse.table import load_sources, load_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from payment_analysis.lakehouse.data_file import DataFile
    from payment_analysis.lakehouse.lakehouse import Lakehouse

SIMULATED, DAYS, SEED = 1_000_000, 90, 7
END = datetime(2026, 11, 1, tzinfo=UTC)
ROUNDS = 5
SECONDS_BETWEEN = 7  # a row and its copies: other rows lie between them
DAYS_WRITTEN = 9  # at once: a tenth of the rows is sorted in memory
GOAL_MS, GOAL_FILTERED_MS = 40, 250  # of a view
ROWS_MAX = 1000  # what the API gives at most of a view without being asked for more
COPIED = {
    "payments_enriched_silver": ("transaction_id", "payment_id", "card_token_id", "cardholder_id"),
    "payments_silver": ("payment_id",),
}
UNDIVIDED = ("v_false_insights_metric", "v_uc_data_quality_metrics")


def make(home: Home, attempts: int) -> None:
    """The world, unless it is there."""
    if home.has_own_data:
        return
    simulate(home, Order(min(attempts, SIMULATED), DAYS, SEED, END))
    build(home)
    if attempts > SIMULATED:
        for name, named in COPIED.items():
            multiply(home, name, named, attempts // SIMULATED)


def multiply(home: Home, name: str, named: tuple[str, ...], times: int) -> None:
    """Every row of a table so many times, under other names and some seconds earlier, in order of time."""
    store = DeltaStore(home.path / "lakehouse" / "tables")
    origin, columns, kept = store.snapshot(name), columns_of(load_tables()[name]), KEPT[name]
    copies = [f"select * from ({rows_of(origin.paths, columns)})"]
    for number in range(1, times):
        other = ", ".join(f"{column} || '-{number}' as {column}" for column in named)
        earlier = f"{kept.time} - interval {number * SECONDS_BETWEEN} seconds"
        other += f", greatest({earlier}, {kept.day}::timestamp at time zone 'UTC') as {kept.time}"  # of the same day
        copies.append(f"select * replace ({other}) from ({rows_of(origin.paths, columns)})")
    files: list[DataFile] = []
    with duck.worker(home.path / "lakehouse" / "scratch", memory_mb=duck.BUILD_MEMORY_MB) as connection:
        for first in range(0, DAYS + 1, DAYS_WRITTEN):
            since, until = (END - timedelta(days=DAYS - one) for one in (first, first + DAYS_WRITTEN))
            within = f"{kept.time} >= timestamptz '{since}' and {kept.time} < timestamptz '{until}'"
            rows = f"select * from ({' union all '.join(copies)}) where {within} order by {kept.time}"
            files += write_files(connection, rows, store.folder(name))
    assert sum(file.rows for file in files) == times * sum(file.rows for file in origin.files), "every row, every time"
    store.commit(origin, files, remove=origin.paths)


def scopes(lakehouse: Lakehouse) -> dict[str, Scope]:
    """Nothing filtered, the most frequent value of each dimension, and the last thirty days."""
    base = "payments_enriched_silver"
    found = {"no filter": Scope()}
    for dimension in Dimension:
        sql = f"select {value_of(dimension)} as value from {base} group by 1 order by count(*) desc limit 1"
        (row,) = lakehouse.rows(sql)
        found[dimension] = Scope.from_parameters({dimension: row["value"] or "(none)"}, now=END)
    (clock,) = lakehouse.rows("select as_of from data_clock")
    found["30 days"] = Scope(start=clock["as_of"] + TICK - timedelta(days=30), end=clock["as_of"] + TICK)
    return found


def milliseconds(ask: Callable[[], object]) -> float:
    started = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - started)


def views(home: Path, chosen: dict[str, Scope]) -> dict[str, dict[str, list[float]]]:
    """Per scope and view the milliseconds of each round; the first, which translates the SQL, is left out."""
    tables = load_tables()
    partials = PartialReader(PartialStore(home / "partials"), tables)
    reader = Reader(DeltaStore(home / "tables"), home / "scratch", tables, load_sources(), partials)
    names = [n for n, one in tables.items() if one.layer == "gold" and one.kind == "view" and n not in UNDIVIDED]

    def ask(view: str, scope: Scope) -> None:
        prepared = reader.prepared(*bound(f"select * from {view} limit {ROWS_MAX}", scope))
        prepared.cursor.execute(prepared.sql, prepared.parameters)
        prepared.cursor.fetchall()

    found: dict[str, dict[str, list[float]]] = {}
    for label, scope in chosen.items():
        found[label] = {}
        for view in names:
            ask(view, scope)
            found[label][view] = [milliseconds(partial(ask, view, scope)) for _ in range(ROUNDS)]
    return found


def p50_and_p95(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} | {statistics.quantiles(values, n=20)[-1]:.0f} | {max(values):.0f}"


def slow_ones(by_scope: dict[str, dict[str, list[float]]]) -> Iterator[str]:
    """Every view whose median misses the goal of its scope, the slowest first."""
    for label, one in by_scope.items():
        goal = GOAL_MS if label == "no filter" else GOAL_FILTERED_MS
        medians = sorted(((statistics.median(times), view) for view, times in one.items()), reverse=True)
        slow = ", ".join(f"{view} {median:.0f}" for median, view in medians if median > goal)
        yield f"{label}, above {goal} ms: {slow or 'none'}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--attempts", type=int, default=SIMULATED)
    arguments.add_argument("--home", type=Path)
    arguments.add_argument("--dry", action="store_true", help="write no section of docs/benchmarks.md")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(given.home or Path(folder) / "home")
        make(home, given.attempts)
        lakehouse = home.lakehouse()
        filled = milliseconds(lakehouse.refresh_partials) / 1000
        kept = milliseconds(lakehouse.keep_views) / 1000
        inner = home.path / "lakehouse"
        chosen = scopes(lakehouse)
        by_scope = views(inner, chosen)
    lines = [f"| {label} | {p50_and_p95([t for ts in one.values() for t in ts])} |" for label, one in by_scope.items()]
    slowest = sorted(by_scope["no filter"].items(), key=lambda item: -statistics.median(item[1]))[:8]
    counted = len(by_scope["no filter"])
    text = "\n".join(
        [
            f"## Gold, {given.attempts:,} attempts",
            "",
            f"`python -m benchmarks.gold --attempts {given.attempts}`: {counted} views, {ROUNDS} rounds.",
            f"Partial aggregates brought up to date in {filled:.1f} s, views kept in {kept:.1f} s.",
            f"Measured on {machine()}.",
            "",
            "| asked | p50 ms | p95 ms | slowest ms |",
            "|---|---|---|---|",
            *lines,
            "",
            "Slowest without a filter: "
            + ", ".join(f"{name} {statistics.median(ts):.0f} ms" for name, ts in slowest)
            + ".",
        ]
    )
    if given.dry:
        print("\n".join(slow_ones(by_scope)), end="\n\n")
    else:
        write_section(f"gold at {given.attempts}", text)
    print(text)


if __name__ == "__main__":
    main()
