"""Kill the pipeline and two simulators again and again, and count what is lost: `python -m benchmarks.faults`.

Two writers tell events at a rate while the pipeline follows them. All are killed with SIGKILL at random moments and
started again: a writer with the start it had, so that what it told before is known by name. What must be there in the
end is worked out from the generator, not from the disk. Takes as many seconds as told, and about a minute more.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from benchmarks.machine import machine, write_section

from payment_analysis.lakehouse.home import Home
from payment_analysis.simulate.stream import ticks
from payment_analysis.simulate.world import World

if TYPE_CHECKING:
    from payment_analysis.lakehouse.lakehouse import Lakehouse

NAME = "payment_realtime_pipeline"
SEED, WRITERS, BAD_ROWS = 7, (0, 1), 40


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was expected and what was found; rows of landing, bronze and silver."""

    kills: dict[str, int]
    expected: int
    landed: int
    bronze: int
    quarantined: int
    attempts_expected: int
    attempts: int
    distinct_attempts: int

    @property
    def is_exact(self) -> bool:
        return (
            self.expected == self.landed == self.bronze + self.quarantined
            and self.quarantined == BAD_ROWS
            and self.attempts_expected == self.attempts == self.distinct_attempts
        )


def measure(folder: Path, *, pipeline_kills: int, simulator_kills: int, seconds: float, rate: float) -> Outcome:
    """Run, kill, start again, and count."""
    home, chance = Home(folder).create(), random.Random(SEED)
    start = datetime.now(UTC).replace(microsecond=0)
    commands = {f"simulator {writer}": _simulator(folder, start, seconds, rate, writer) for writer in WRITERS}
    commands["pipeline"] = [
        sys.executable,
        "-m",
        "payment_analysis.cli",
        "pipeline",
        "run",
        NAME,
        "--home",
        str(folder),
    ]
    running = {name: subprocess.Popen(command) for name, command in commands.items()}
    left = {"pipeline": pipeline_kills, "simulator 0": simulator_kills // 2}
    left["simulator 1"] = simulator_kills - left["simulator 0"]
    kills = dict.fromkeys(commands, 0)
    pause = seconds / max(1, pipeline_kills + simulator_kills)
    while any(left.values()):
        time.sleep(pause * chance.uniform(0.5, 1.5))
        name = chance.choice([name for name, more in left.items() if more])
        left[name] -= 1
        if running[name].poll() is None:
            running[name].send_signal(signal.SIGKILL)
            kills[name] += 1
        running[name].wait()
        running[name] = subprocess.Popen(commands[name])
    for name, command in commands.items():
        while name != "pipeline" and running[name].wait() != 0:
            running[name] = subprocess.Popen(command)
    lakehouse = home.own()
    expected = {row for writer in WRITERS for row in _told(start, seconds, rate, writer)}
    lakehouse.landing.append(_bad_rows(start), batch_id="bad rows")
    _wait_until_taken(lakehouse, len(expected) + BAD_ROWS)
    running["pipeline"].send_signal(signal.SIGTERM)
    running["pipeline"].wait()
    return _counted(lakehouse, kills, expected)


def _simulator(folder: Path, start: datetime, seconds: float, rate: float, writer: int) -> list[str]:
    since = start.strftime("%Y-%m-%dT%H:%M:%S")
    options = ["--rate", str(rate), "--minutes", str(seconds / 60), "--seed", str(SEED), "--writer", str(writer)]
    command = [sys.executable, "-m", "payment_analysis.cli", "simulate", "--stream", *options]
    return [*command, "--start", since, "--home", str(folder)]


def _told(start: datetime, seconds: float, rate: float, writer: int) -> set[tuple[str, str]]:
    """Key and attempt of every event the writer tells."""
    told: set[tuple[str, str]] = set()
    for tick in ticks(World(SEED), rate, seconds, start, writer=writer):
        events = tick.batch.events
        told.update(zip(events["_event_key"].to_pylist(), events["transaction_id"].to_pylist(), strict=True))
    return told


def _bad_rows(start: datetime) -> pa.RecordBatchReader:
    tick = next(iter(ticks(World(SEED), 10 * BAD_ROWS, 1, start, writer=99)))
    events = tick.batch.events.slice(0, BAD_ROWS)
    negative = events.schema.get_field_index("amount_minor")
    return events.set_column(negative, "amount_minor", pa.array([-1] * events.num_rows, pa.int64())).to_reader()


def _wait_until_taken(lakehouse: Lakehouse, rows: int) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        held = lakehouse.freshness(["payments_raw_bronze", "payments_quarantine_bronze"])
        if sum(one.rows for one in held.values()) >= rows:
            return
        time.sleep(0.5)


def _counted(lakehouse: Lakehouse, kills: dict[str, int], expected: set[tuple[str, str]]) -> Outcome:
    held = {name: one.rows for name, one in lakehouse.freshness().items()}
    silver = "select count(*) as n, count(distinct transaction_id) as d from payments_enriched_silver"
    (counted,) = lakehouse.rows(silver)
    return Outcome(
        kills,
        len(expected) + BAD_ROWS,
        held["payments_stream_input"],
        held["payments_raw_bronze"],
        held["payments_quarantine_bronze"],
        len({attempt for _, attempt in expected}),
        counted["n"],
        counted["d"],
    )


def main() -> None:
    """Measure and write the section."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pipeline-kills", type=int, default=30)
    options.add_argument("--simulator-kills", type=int, default=10)
    options.add_argument("--seconds", type=float, default=300.0)
    options.add_argument("--rate", type=float, default=200.0)
    options.add_argument("--dry", action="store_true", help="print only")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = measure(
            Path(folder) / "home",
            pipeline_kills=given.pipeline_kills,
            simulator_kills=given.simulator_kills,
            seconds=given.seconds,
            rate=given.rate,
        )
    print(outcome, "exact" if outcome.is_exact else "NOT EXACT")
    if not given.dry:
        write_section("faults", _section(outcome, given.seconds, given.rate))


def _section(outcome: Outcome, seconds: float, rate: float) -> str:
    verdict = "Nothing was lost and nothing came twice." if outcome.is_exact else "**The counts differ.**"
    rows = [
        ("events", outcome.expected, outcome.landed),
        ("kept and put aside", outcome.expected, outcome.bronze + outcome.quarantined),
        ("put aside", BAD_ROWS, outcome.quarantined),
        ("attempts", outcome.attempts_expected, outcome.attempts),
        ("different attempts", outcome.attempts_expected, outcome.distinct_attempts),
    ]
    table = "\n".join(f"| {name} | {wanted:,} | {found:,} |" for name, wanted, found in rows)
    killed = ", ".join(f"{name} {count}" for name, count in outcome.kills.items())
    told = f"Two simulators told {rate:g} events/s each for {seconds:g} s beside a pipeline, all killed at random times"
    return (
        f"## Faults (`python -m benchmarks.faults`)\n\n{machine()}.\n"
        f"{told}; SIGKILL while running: {killed}. {verdict}\n\n"
        f"| rows | expected | found |\n|---|---|---|\n{table}"
    )


if __name__ == "__main__":
    main()
