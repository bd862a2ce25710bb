"""The same SQL on both engines, from landing to every gold view: `python -m benchmarks.spark`.

Cold is a fresh process that starts with a landing table and nothing else. Warm is the second run: DuckDB in the same
process over a fresh copy, Spark in the same virtual machine with every table made anew. Either way every row of every
gold view is computed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.attempts import write_landing
from benchmarks.machine import machine, median_and_spread, write_section

from payment_analysis.jobs.pipelines import ETL
from payment_analysis.lakehouse.lakehouse import Lakehouse
from payment_analysis.lakehouse.table import load_tables

if TYPE_CHECKING:
    from payment_analysis.lakehouse.spark.build import Run

MEMORY_MB = 8000
WANTED_COLD, WANTED_WARM = 8, 6  # times faster, at a million attempts
GOLD = [name for name, table in load_tables().items() if table.layer == "gold"]


def on_duckdb(home: Path) -> list[float]:
    """Seconds of a first and of a second build in this process."""
    again = home.with_name(home.name + "-again")
    shutil.copytree(home, again)
    return [_build_and_read(home), _build_and_read(again)]


def _build_and_read(home: Path) -> float:
    started = time.perf_counter()
    lakehouse = Lakehouse(home)
    lakehouse.build()
    for name in GOLD:
        lakehouse.rows(f"select * from {name}")
    return time.perf_counter() - started


def on_spark(home: Path) -> list[float]:
    """Seconds of a first and of a second run of the pipeline with every gold view after it."""
    spark = import_module("payment_analysis.lakehouse.spark.build")  # by name: DuckDB's process must not pay for it
    sizing = replace(import_module("payment_analysis.lakehouse.spark.server").MANY_ROWS, memory_mb=MEMORY_MB)
    started = time.perf_counter()
    with spark.pipeline_run(home, ETL, sizing=sizing) as run:
        _read_gold(run)
        cold = time.perf_counter() - started
        started = time.perf_counter()
        run.pipeline.run()
        _read_gold(run)
        return [cold, time.perf_counter() - started]


def _read_gold(run: Run) -> None:
    run.define_views(computed_once=import_module("payment_analysis.lakehouse.spark.build").views_that_views_read())
    for name in GOLD:
        run.session.table(name).write.format("noop").mode("overwrite").save()


def measured(engine: str, staged: Path, home: Path) -> dict[str, float]:
    """One fresh process per engine; cold counts it whole."""
    Lakehouse(home).landing.append(staged, batch_id="benchmark")
    started = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.spark", "--child", engine, str(home)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    whole = time.perf_counter() - started
    cold, warm = json.loads(done.stdout.splitlines()[-1])
    return {"cold": whole - warm, "warm": warm, "inside": cold}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, nargs="+", default=[1_000_000])
    arguments.add_argument("--runs", type=int, default=1)
    arguments.add_argument("--child", nargs=2)
    given = arguments.parse_args()
    if given.child:
        engine, home = given.child
        print(json.dumps({"duckdb": on_duckdb, "spark": on_spark}[engine](Path(home))))
        return
    lines = [line for rows in given.rows for line in _compared(rows, given.runs)]
    text = f"""## Spark

`python -m benchmarks.spark`: seeds, bronze, silver and every gold view by the same SQL on both engines,
Spark on {os.cpu_count()} threads with {MEMORY_MB} MB, {given.runs} runs. Wanted at 1,000,000:
DuckDB at least {WANTED_COLD} times faster cold and {WANTED_WARM} times warm.
Measured on {machine()}.

| attempts | | DuckDB, s | Spark, s | times faster |
|---|---|---|---|---|
""" + "\n".join(lines)
    write_section("spark", text)
    print(text)


def _compared(rows: int, runs: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        staged = write_landing(Path(folder) / "staged.parquet", rows)
        taken = {
            engine: [measured(engine, staged, Path(folder) / f"{engine}{number}") for number in range(runs)]
            for engine in ("duckdb", "spark")
        }
    lines = []
    for how in ("cold", "warm"):
        ours, theirs = ([run[how] for run in taken[engine]] for engine in ("duckdb", "spark"))
        ratio = sum(theirs) / sum(ours)
        lines.append(f"| {rows:,} | {how} | {median_and_spread(ours)} | {median_and_spread(theirs)} | {ratio:.1f} |")
    return lines


if __name__ == "__main__":
    main()
