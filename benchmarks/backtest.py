"""Rules replayed over 90 days of a million attempts: the time a person waits for a backtest."""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.machine import machine, median_and_spread, write_section

from payment_analysis.decisioning.actions import read_action
from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.rules import compile_rule
from payment_analysis.jobs.simulate import Order, simulate
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.lakehouse import Lakehouse
from payment_analysis.lakehouse.table import load_tables
from payment_analysis.ml.backtest import DAYS, Told, backtest

if TYPE_CHECKING:
    from payment_analysis.ml.backtest import Backtest

END = datetime(2026, 11, 1, tzinfo=UTC)
RULES = (
    ("authentication", "amount_cents >= 50000", "force_path", "3ds_challenge"),
    ("authentication", "fraud_score > 50% AND NOT is_recurring", "force_path", "3ds_challenge"),
    ("routing", "merchant_country = 'BR' AND network = 'visa'", "forbid_route", "aurora_pay"),
    ("routing", "issuer_country <> merchant_country", "force_route", "atlantic"),
    ("retry", "decline_reason IN ('INSUFFICIENT_FUNDS','TEMPORARY_FAILURE')", "retry_after", "86400"),
    ("retry", "decline_fault = 'cardholder'", "do_not_retry", None),
    ("retry", "", "cap_attempts", "2"),
)


def built(home: Home, attempts: int) -> Lakehouse:
    """The world with its silver tables, made when it is not there."""
    below_gold = {name: table for name, table in load_tables().items() if table.layer != "gold"}
    lakehouse = Lakehouse(home.path / "lakehouse", tables=below_gold)
    if not (home.path / "simulation").exists():
        simulate(home, Order(attempts, DAYS, 7, END))
        lakehouse.build()
    return lakehouse


def timed(lakehouse: Lakehouse, rule: Told, runs: int) -> tuple[list[float], Backtest]:
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        found = backtest(lakehouse, rule, END)
        seconds.append(time.perf_counter() - started)
    return seconds, found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--attempts", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--home", type=Path, default=None, help="a folder to keep the world in")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(given.home or Path(folder) / "home")
        lakehouse = built(home, given.attempts)
        lines = [
            f"## Backtest of a rule over {DAYS} days of {given.attempts:,} attempts",
            "",
            f"`python -m benchmarks.backtest`. {machine()}. Wanted: below 2 s each.",
            "",
            f"| rule | action | fires for | changed | overlap | seconds, median of {given.runs} (fastest to slowest) |",
            "|---|---|---|---|---|---|",
        ]
        for decision, condition, kind, value in RULES:
            known = Decision(decision)
            rule = Told(known, compile_rule(condition, known), read_action(kind, value, known))
            seconds, found = timed(lakehouse, rule, given.runs)
            overlap = (
                "counted"
                if found.support is None or kind not in {"force_path", "forbid_route", "force_route", "retry_after"}
                else f"{found.support:.0%}"
            )
            lines.append(
                f"| {decision}: `{condition or 'TRUE'}` | {rule.action.words} | {found.attempts:,} | {found.changed:,} "
                f"| {overlap}, {found.trust} | {median_and_spread(seconds)} |"
            )
            print(lines[-1])
    write_section("backtest", "\n".join(lines))


if __name__ == "__main__":
    main()
