"""From event time to what a view shows, live: `python -m benchmarks.streaming`.

The simulator tells events at a rate, both pipelines are started as a user starts them, and a reader asks
`v_last_hour_performance` again and again. An attempt is visible when an answer arrives that was asked after the commit
of its row: the version of silver is read before each question. Every attempt is counted, each at its first sight;
those of the first seconds, in which the processes are still being started, are left out.

A backlog is made by stopping the pipeline with SIGSTOP while events land, and drained after SIGCONT.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
from benchmarks.machine import machine, write_section

from payment_analysis.jobs.pipelines.control import PIPELINES, PipelineState, start, status, stop
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.lakehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payment_analysis.lakehouse.lakehouse import Lakehouse

LANDING, BRONZE, SILVER = "payments_stream_input", "payments_raw_bronze", "payments_enriched_silver"
SEED = 7
WARM_SECONDS = 15.0
LOOK_SECONDS = 0.05
DRAIN_SECONDS_MAX = 300.0
BACKLOG_RATE = 50_000


@dataclass(frozen=True, slots=True)
class Sights:
    """Seconds from event time to visible, over all attempts."""

    attempts: int
    p50_s: float
    p95_s: float
    p99_s: float
    p95_first_half_s: float
    p95_second_half_s: float


@dataclass(frozen=True, slots=True)
class Run:
    """One rate, and what was left when the events ended."""

    rate: float
    minutes: float
    sights: Sights
    waiting: int  # rows landed and not in bronze when the last event was told
    landed_per_s: float
    load: float


class Watcher:
    """A reader of the view: which version of silver it had surely seen at what moment."""

    def __init__(self, lakehouse: Lakehouse, store: DeltaStore) -> None:
        self._lakehouse, self._store = lakehouse, store
        self._done = threading.Event()
        self.seen: list[tuple[int, float]] = []
        self._thread = threading.Thread(target=self._watch)

    @contextmanager
    def watching(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self._done.set()
            self._thread.join()

    def _watch(self) -> None:
        known = -1
        while not self._done.is_set():
            version = self._store.version(SILVER)
            if version is not None and version > known:
                self._lakehouse.rows("select * from v_last_hour_performance")
                self.seen.append((version, time.time()))
                known = version
            else:
                time.sleep(LOOK_SECONDS)


@contextmanager
def working(home: Home) -> Iterator[None]:
    """Both pipelines, from the moment one of them works until both have ended."""
    try:
        for name in PIPELINES:
            start(home, name)
        until = time.monotonic() + 60
        while all(status(home, name).state is not PipelineState.RUNNING for name in PIPELINES):
            assert time.monotonic() < until, "no pipeline runs after a minute"
            time.sleep(0.1)
        yield
    finally:
        for name in reversed(PIPELINES):
            stop(home, name)


def simulator(home: Home, rate: float, minutes: float, begin: datetime) -> list[str]:
    """The command that tells the events."""
    command = [sys.executable, "-m", "payment_analysis.cli", "simulate", "--stream", "--json", "--seed", str(SEED)]
    since = begin.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return [*command, "--rate", str(rate), "--minutes", str(minutes), "--start", since, "--home", str(home.path)]


def live(folder: Path, rate: float, minutes: float) -> Run:
    """Tell events at a rate, watch the view, and work out when each attempt was seen first."""
    home = Home(folder).create()
    store = DeltaStore(home.path / "lakehouse" / "tables")
    watcher = Watcher(home.own(), store)
    with working(home), watcher.watching():
        begin = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=10)  # the simulator needs some to start
        subprocess.run(simulator(home, rate, minutes, begin), check=True, stdout=subprocess.DEVNULL)
        seconds = time.time() - begin.timestamp()
        landed, taken = (store.snapshot(name).rows for name in (LANDING, BRONZE))
        load = os.getloadavg()[0]
        _wait_until_taken(store, LANDING)
        time.sleep(5)
    since = begin + timedelta(seconds=WARM_SECONDS)
    middle = since + timedelta(seconds=(60 * minutes - WARM_SECONDS) / 2)
    return Run(rate, minutes, _sights(store, watcher, since, middle), landed - taken, landed / seconds, load)


def _sights(store: DeltaStore, watcher: Watcher, since: datetime, middle: datetime) -> Sights:
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.register("came", _came(store, watcher.seen))
    files = ", ".join(f"'{path}'" for path in sorted({path.as_posix() for path, _ in _added(store)}))
    connection.execute(
        f"""
        create table seen as
        select transaction_id, min(event_timestamp) as told, min(came.at) - epoch(min(event_timestamp)) as seconds
        from read_parquet([{files}], filename = true, union_by_name = true) as silver join came using (filename)
        group by transaction_id
        having min(event_timestamp) >= ?""",
        [since],
    )
    found = connection.execute(
        """
        select count(*), quantile_cont(seconds, 0.5), quantile_cont(seconds, 0.95), quantile_cont(seconds, 0.99),
            quantile_cont(seconds, 0.95) filter (told < $1), quantile_cont(seconds, 0.95) filter (told >= $1)
        from seen""",
        [middle],
    ).fetchall()[0]
    return Sights(*found)


def _came(store: DeltaStore, seen: list[tuple[int, float]]) -> pa.Table:
    """Each file of silver with the moment it was seen first."""
    at: dict[int, float] = {}
    version = 0
    for reached, moment in seen:
        at |= dict.fromkeys(range(version, reached + 1), moment)
        version = reached + 1
    known = [(path.as_posix(), at[version]) for path, version in _added(store) if version in at]
    return pa.table({"filename": [path for path, _ in known], "at": [moment for _, moment in known]})


def _added(store: DeltaStore) -> list[tuple[Path, int]]:
    """The files of silver that brought rows, with the version that added them; compaction brings none."""
    folder = store.folder(SILVER)
    found = []
    for entry in sorted((folder / "_delta_log").glob("*.json")):
        for action in map(json.loads, entry.read_text().splitlines()):
            found += [(folder / a["path"], int(entry.stem)) for a in [action.get("add", {})] if a.get("dataChange")]
    return found


def _wait_until_taken(store: DeltaStore, source: str) -> float:
    """Wait until bronze has every row of landing and silver has stood still; seconds until bronze had them."""
    began = time.monotonic()
    rows = store.snapshot(source).rows
    while store.snapshot(BRONZE).rows < rows:
        assert time.monotonic() - began < DRAIN_SECONDS_MAX, "the backlog is not drained"
        time.sleep(LOOK_SECONDS)
    return time.monotonic() - began


def drained(folder: Path, rows: int) -> tuple[int, float, float]:
    """Rows of a backlog, the seconds until all of them were in silver, and the load."""
    home = Home(folder).create()
    store = DeltaStore(home.path / "lakehouse" / "tables")
    with working(home):
        (pid,) = (one.pid for n in PIPELINES if (one := status(home, n)).state is PipelineState.RUNNING and one.pid)
        _tell(home, 50_000, timedelta(minutes=20))
        _wait_until_taken(store, LANDING)
        before = store.snapshot(SILVER).rows
        os.kill(pid, signal.SIGSTOP)
        _tell(home, rows, timedelta(minutes=10))
        waiting = store.snapshot(LANDING).rows - store.snapshot(BRONZE).rows
        os.kill(pid, signal.SIGCONT)
        seconds = _wait_until_taken(store, LANDING)
        load = os.getloadavg()[0]
        began = time.monotonic()
        while store.snapshot(SILVER).rows - before < 0.9 * waiting:  # a row in a hundred waits for the settlement
            assert time.monotonic() - began < DRAIN_SECONDS_MAX, "silver does not follow bronze"
            time.sleep(LOOK_SECONDS)
        seconds += time.monotonic() - began
    return waiting, seconds, load


def _tell(home: Home, rows: int, ago: timedelta) -> None:
    """Let events land that were due before now."""
    command = simulator(home, BACKLOG_RATE, rows / BACKLOG_RATE / 60, datetime.now(UTC) - ago)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _section(runs: list[Run], backlog: tuple[int, float, float] | None) -> str:
    lines = []
    for run in runs:
        one = run.sights
        seconds = f"{one.p50_s:.2f} | {one.p95_s:.2f} | {one.p99_s:.2f}"
        halves = f"{one.p95_first_half_s:.2f} · {one.p95_second_half_s:.2f}"
        told = f"{run.rate:,.0f} | {run.minutes:g} | {one.attempts:,}"
        lines.append(f"| {told} | {seconds} | {halves} | {run.waiting:,} | {run.landed_per_s:,.0f} | {run.load:.1f} |")
    drain = []
    if backlog is not None:
        rows, took, load = backlog
        per_s = f"{rows / took:,.0f} events/s (load {load:.1f})"
        drain = ["", f"A backlog of {rows:,} events was in silver after {took:.1f} s: {per_s}."]
    return "\n".join(
        [
            "## Streaming",
            "",
            "`python -m benchmarks.streaming`: from event time to an answer of `v_last_hour_performance` that holds",
            "the attempt; simulator, both pipelines and the reader on this machine, in a home that was empty. Wanted:",
            "p95 ≤ 0.8 s at 1,000/s, ≤ 1.2 s at 50,000/s, no growing backlog at 80,000/s, drained at 150,000/s.",
            f"Measured on {machine()}.",
            "",
            "| events/s | minutes | attempts | p50 s | p95 s | p99 s | p95, halves | left waiting | landed/s | load |",
            "|---|---|---|---|---|---|---|---|---|---|",
            *lines,
            *drain,
        ]
    )


def main() -> None:
    """Measure and write the section."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", nargs="*", default=["1000:10", "50000:2", "80000:2"], help="events a second:minutes")
    options.add_argument("--backlog", type=int, default=3_000_000, help="events to drain; 0 leaves it out")
    options.add_argument("--dry", action="store_true", help="print only")
    given = options.parse_args()
    runs = []
    for number, (rate, minutes) in enumerate(one.split(":") for one in given.runs):
        with tempfile.TemporaryDirectory() as folder:
            runs.append(live(Path(folder) / f"home{number}", float(rate), float(minutes)))
        print(runs[-1], flush=True)
    backlog = None
    if given.backlog:
        with tempfile.TemporaryDirectory() as folder:
            backlog = drained(Path(folder) / "home", given.backlog)
    text = _section(runs, backlog)
    print(text)
    if not given.dry:
        write_section("streaming", text)


if __name__ == "__main__":
    main()
