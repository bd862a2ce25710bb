"""Bronze, silver and every gold view over a million attempts, in a fresh process: `python -m benchmarks.build`.

The process that is measured starts with a landing table and nothing else: it imports, writes the seeds, builds bronze
and silver, and reads every row of every gold view, two at a time.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.machine import machine, median_and_spread, write_section

RUNS = 3
SECONDS_MAX = 6.0
ASKED_AT_ONCE = 2  # as the API answers a page that asks for several views
FIRST_VIEWS = (  # what the report and the executive dashboards stand on
    "v_metric_bridge",
    "v_executive_kpis",
    "v_approval_trends_hourly",
    "v_daily_trends",
    "v_top_decline_reasons",
    "v_decline_recovery_opportunities",
    "v_retry_performance",
    "v_solution_performance",
    "v_card_network_performance",
    "v_performance_by_geography",
    "v_merchant_segment_performance",
    "v_psp_performance",
)
WANTED = ("bronze", "silver", "twelve gold views")


def build_all(home: Path) -> dict[str, float]:
    """What the fresh process does; seconds by part."""
    from payment_analysis.lakehouse.lakehouse import Lakehouse
    from payment_analysis.lakehouse.table import load_tables

    lakehouse = Lakehouse(home)
    report = lakehouse.build()
    layers = {name: table.layer for name, table in load_tables().items() if table.kind == "table"}
    parts = {"seeds": 0.0, "bronze": 0.0, "silver": 0.0}
    for table in report.tables:
        quarantine = "bronze" if table.name.endswith("_bronze") else "seeds"
        parts[layers.get(table.name, quarantine)] += table.seconds
    for part, names in (
        ("twelve gold views", FIRST_VIEWS),
        ("all other gold views", [n for n, view in load_tables().items() if view.layer == "gold"]),
    ):
        started = time.perf_counter()
        asked = [name for name in names if part == "twelve gold views" or name not in FIRST_VIEWS]
        with ThreadPoolExecutor(ASKED_AT_ONCE) as askers:
            list(askers.map(lambda name: lakehouse.rows(f"select * from {name}"), asked))
        parts[part] = time.perf_counter() - started
    parts["peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return parts


def measured(staged: Path, folder: Path) -> dict[str, float]:
    """One run in a fresh process over a fresh landing table."""
    from payment_analysis.lakehouse.lakehouse import Lakehouse

    Lakehouse(folder).landing.append(staged, batch_id="benchmark")
    started = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.build", "--child", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    whole = time.perf_counter() - started
    parts: dict[str, float] = json.loads(done.stdout)
    seconds = sum(value for part, value in parts.items() if part != "peak MB")
    wanted = sum(parts[part] for part in WANTED)
    rest = {"start of Python, imports, the rest": whole - seconds}
    return {**rest, **parts, "whole process": whole, ", ".join(WANTED): wanted}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--child", type=Path)
    given = arguments.parse_args()
    if given.child:
        print(json.dumps(build_all(given.child)))
        return
    from benchmarks.attempts import write_landing

    with tempfile.TemporaryDirectory() as folder:
        staged = write_landing(Path(folder) / "staged.parquet", given.rows)
        runs = [measured(staged, Path(folder) / f"run{number}") for number in range(RUNS)]
    lines = [f"| {part} | {median_and_spread([run[part] for run in runs])} |" for part in runs[0]]
    what = f"{given.rows:,} attempts from landing to gold in a fresh process, {RUNS} runs"
    text = "\n".join(
        [
            "## Build",
            "",
            f"`python -m benchmarks.build`: {what}; wanted: {', '.join(WANTED)} in under {SECONDS_MAX:.0f} s.",
            f"Views are read {ASKED_AT_ONCE} at a time.",
            f"Measured on {machine()}.",
            "",
            "| part | seconds, median (fastest to slowest) |",
            "|---|---|",
            *lines,
        ]
    )
    write_section("build", text)
    print(text)


if __name__ == "__main__":
    main()
