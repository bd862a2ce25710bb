"""Files into landed attempts, in a fresh process: `python -m benchmarks.ingest`.

The process that is measured reads the file, checks every row, stages Parquet and lands it in a Delta table that already
holds half a million attempts of the same weeks, among which every key is looked for.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
from benchmarks.machine import machine, median_and_spread, write_section

RUNS = 3
ROWS_BEFORE = 500_000
MEMORY_MB_MAX = 1000
WANTED = {"canonical Parquet": 400_000, "CSV with a mapping": 150_000}

MAPPING = """
description: what the CSV of this benchmark says
file: {time_zone: Europe/Berlin}
columns:
  transaction_id: id
  payment_id: order_id
  event_timestamp: created
  amount: amount
  currency: currency
  result: {column: success, values: {"1": approved, "0": declined}}
  decline_code_raw: code
  card_network: card
  psp: psp
  uses_3ds: secure
  geo_country: {column: country, values: {Germany: DE, Brazil: BR}}
"""
CSV = """
select 'att-' || i as id,
    strftime(timestamp '2026-10-01' + to_milliseconds(i % 3000000 * 900), '%Y-%m-%d %H:%M:%S') as created,
    'order-' || (i // 2) as order_id, printf('%.2f', (hash(i) % 100000) / 100.0) as amount,
    if(i % 3 = 0, 'EUR', 'BRL') as currency, if(i % 5 = 0, '0', '1') as success, if(i % 5 = 0, '51', null) as code,
    ['Visa', 'Master', 'Amex'][1 + i % 3] as card, 'PSP' || (i % 4) as psp, i % 2 as secure,
    if(i % 3 = 0, 'Germany', 'Brazil') as country
from range({first}, {last}) as t(i)
"""
CANONICAL = """
select 'att-' || i as transaction_id, 'pay-' || (i // 2) as payment_id, cast(1 + i % 2 as integer) as attempt_number,
    'shop-' || (i % 40) as merchant_id, 'tok' || (hash(i) % 200000) as card_token_id,
    cast(hash(i + 1) % 100000 as bigint) as amount_minor, if(i % 3 = 0, 'EUR', 'BRL') as currency,
    timestamptz '2026-10-01 00:00:00+00' + to_milliseconds(i % 3000000 * 900) as event_timestamp,
    if(i % 5 = 0, 'declined', 'approved') as result, if(i % 5 = 0, 'issuer', null) as declined_by,
    if(i % 5 = 0, ['51', '05', '91', '54'][1 + i // 5 % 4], null) as decline_code_raw,
    if(i % 10 = 0, 'insufficient_funds', null) as decline_reason, if(i % 20 = 0, '24', null) as merchant_advice_code,
    ['visa', 'mastercard', 'amex'][1 + i % 3] as card_network, if(i % 4 = 0, 'debit', 'credit') as payment_method_type,
    if(i % 3 = 0, 'DE', 'BR') as issuer_country, if(i % 3 = 0, 'DE', 'BR') as geo_country, 'psp' || (i % 4) as psp,
    if(i % 6 = 0, 'mit', 'cit') as initiator, i % 6 = 0 as is_recurring,
    i % 2 = 0 as uses_3ds, i % 4 = 0 as is_network_token
from range({first}, {last}) as t(i)
"""


def write_inputs(folder: Path, rows: int) -> None:
    """The two files to read, and for each a smaller one that is landed before."""
    (folder / "mapping.yml").write_text(MAPPING)
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set timezone = 'UTC'")
        for name, first, last in (("file", 0, rows), ("before", rows, rows + ROWS_BEFORE)):
            canonical, csv = CANONICAL.format(first=first, last=last), CSV.format(first=first, last=last)
            connection.execute(f"copy ({canonical}) to '{folder}/{name}.parquet' (format parquet, compression zstd)")
            connection.execute(f"copy ({csv}) to '{folder}/{name}.csv' (format csv, header)")


def take(path: Path, home: Path) -> dict[str, float]:
    """What the fresh process does: read, check, stage and land; seconds by part."""
    from payment_analysis.ingest.file import read_file
    from payment_analysis.lakehouse.lakehouse import Lakehouse

    begun = time.perf_counter()
    is_csv = path.suffix == ".csv"
    mapping = path.with_name("mapping.yml") if is_csv else None
    with tempfile.TemporaryDirectory(dir=home) as stage:
        staged = read_file(path, "csv" if is_csv else "canonical", mapping, Path(stage))
        read = time.perf_counter()
        landed = Lakehouse(home).landing.append([staged.accepted], batch_id=staged.batch_id)
    assert landed.added == staged.rows_read, (landed, staged)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "read and check": read - begun,
        "land": time.perf_counter() - read,
        "processor": used.ru_utime + used.ru_stime,
        "peak MB": used.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024),
    }


def measured(path: Path, home: Path) -> dict[str, float]:
    """One run in a fresh process over a landing table that is not empty."""
    home.mkdir()
    command = [sys.executable, "-m", "benchmarks.ingest", "--home", str(home), "--child"]
    here = Path(__file__).parents[1]
    subprocess.run([*command, str(path.with_stem("before"))], check=True, capture_output=True, cwd=here)
    started = time.perf_counter()
    done = subprocess.run([*command, str(path)], check=True, capture_output=True, text=True, cwd=here)
    whole = time.perf_counter() - started
    parts: dict[str, float] = json.loads(done.stdout)
    return {**parts, "whole process": whole}


def line(what: str, rows: int, runs: list[dict[str, float]]) -> str:
    """One row of the table."""
    speeds = sorted(rows / run["whole process"] for run in runs)
    parts = [
        median_and_spread([run[part] for run in runs])
        for part in ("read and check", "land", "whole process", "processor")
    ]
    memory = max(run["peak MB"] for run in runs)
    median = speeds[len(speeds) // 2]
    return f"| {what} | {' | '.join(parts)} | {median:,.0f} | {WANTED[what]:,} | {memory:.0f} |"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=5_000_000)
    arguments.add_argument("--runs", type=int, default=RUNS)
    arguments.add_argument("--child", type=Path)
    arguments.add_argument("--home", type=Path)
    given = arguments.parse_args()
    if given.child:
        print(json.dumps(take(given.child, given.home)))
        return
    lines = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_inputs(folder, given.rows)
        for what, suffix in zip(WANTED, ("parquet", "csv"), strict=True):
            homes = [folder / f"{suffix}-{number}" for number in range(given.runs)]
            lines.append(line(what, given.rows, [measured(folder / f"file.{suffix}", home) for home in homes]))
    text = "\n".join(
        [
            "## Ingest",
            "",
            f"`python -m benchmarks.ingest`: {given.rows:,} rows of 22 (Parquet) or 11 (CSV) columns, read, checked",
            f"and landed beside {ROWS_BEFORE:,} others, {given.runs} runs, each a fresh process from start to end;",
            f"wanted: less than {MEMORY_MB_MAX} MB. Measured on {machine()}.",
            "",
            "| input | read and check, s | land, s | whole process, s | processor, s | rows/s | wanted | peak MB |",
            "|---|---|---|---|---|---|---|---|",
            *lines,
        ]
    )
    write_section("ingest", text)
    print(text)


if __name__ == "__main__":
    main()
