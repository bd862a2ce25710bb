"""Every dashboard page as the API answers it, over a home: `python -m benchmarks.pages --attempts 10000000`.

One process asks the product's own routes, JSON included. It does first what the application does by itself when it
starts: ask every page without a filter and in the last thirty days (`backend/pages_ready`), which is timed. Then every
page is asked once in every scope, with the period before: a page without a filter is found ready; the answer of a
filtered one was never asked for in this process and is computed. `--again` asks once more as if the tables had moved:
translations are known, no answer is kept. The world, and `--home`, are those of `benchmarks.gold`.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psutil
from benchmarks.gold import END, SIMULATED, make, p50_and_p95, scopes
from benchmarks.machine import machine, write_section
from fastapi import FastAPI

from payment_analysis.backend.errors import handle_errors
from payment_analysis.backend.pace import keep_pace
from payment_analysis.backend.pages_ready import PagesReady
from payment_analysis.backend.routes import dashboards
from payment_analysis.dashboards.gallery import Gallery
from payment_analysis.domain.scope import Scope
from payment_analysis.lakehouse.home import Home

if TYPE_CHECKING:
    from payment_analysis.lakehouse.lakehouse import Lakehouse

GOAL_MS, GOAL_FILTERED_MS = 60, 400  # p95 of a page
READY = ("as opened", "no filter", "30 days")


def application(lakehouse: Lakehouse) -> FastAPI:
    """The product's routes of dashboards, over a lakehouse."""
    app = FastAPI()
    app.state.warehouse, app.state.clock = lakehouse, lambda: datetime.now(UTC)
    app.include_router(dashboards.router)
    handle_errors(app)
    return app


async def asked(app: FastAPI, scope: Scope | None) -> list[tuple[float, float, str]]:
    """Milliseconds of the clock and of the processor for every page."""
    found = []
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://pages", timeout=120.0) as client:
        for board in (one.dashboard for one in Gallery().listed() if one.dashboard is not None):
            for page in board.pages:
                started, worked = time.perf_counter(), time.process_time()
                answer = await client.post(
                    f"/api/dashboards/{board.id}/pages/{page.name}/data",
                    json={"scope": {"range": "30d"} if scope is None else scope.parameters(), "compare": "previous"},
                )
                answer.raise_for_status()
                took = 1000 * (time.perf_counter() - started), 1000 * (time.process_time() - worked)
                found.append((*took, f"{board.id}/{page.name}"))
    return found


def row(label: str, times: list[tuple[float, float, str]]) -> str:
    return f"| {label} | {p50_and_p95([one[0] for one in times])} | {statistics.mean(one[1] for one in times):.0f} |"


def slow_ones(label: str, times: list[tuple[float, float, str]]) -> str:
    goal = GOAL_MS if label in READY else GOAL_FILTERED_MS
    slow = ", ".join(f"{name} {ms:.0f}" for ms, _, name in sorted(times, reverse=True) if ms > goal)
    return f"{label}, above {goal} ms: {slow or 'none'}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--attempts", type=int, default=SIMULATED)
    arguments.add_argument("--home", type=Path)
    arguments.add_argument("--only", action="append", help="a scope to ask in; may be given again")
    arguments.add_argument("--again", action="store_true")
    arguments.add_argument("--dry", action="store_true", help="write no section of docs/benchmarks.md")
    given = arguments.parse_args()
    keep_pace()  # as the application does: how the interpreter collects and switches
    with tempfile.TemporaryDirectory() as folder:
        home = Home(given.home or Path(folder) / "home")
        make(home, given.attempts)
        home.lakehouse().refresh_partials()
        home.lakehouse().keep_views()
        measure(home, given)


def measure(home: Home, given: argparse.Namespace) -> None:
    lakehouse = home.lakehouse()
    chosen: dict[str, Scope | None] = {"as opened": None, **scopes(home.lakehouse())}
    chosen |= {"two weeks": Scope(start=END - timedelta(days=30), end=END - timedelta(days=16))}
    (counted,) = lakehouse.rows("select count(*) as attempts from payments_enriched_silver")
    started, worked = time.perf_counter(), time.process_time()
    ready = PagesReady(lakehouse).ask()
    took, processor = time.perf_counter() - started, time.process_time() - worked
    app = application(lakehouse)
    lines = []
    for label in given.only or chosen:
        for again in (False, True) if given.again else (False,):
            if again:
                lakehouse.forget_answers()
            times = asyncio.run(asked(app, chosen[label]))
            lines.append(row(f"{label}{', again' if again else ''}", times))
            if given.dry:
                print(slow_ones(label, times))
    text = "\n".join(
        [
            f"## Dashboard pages, {counted['attempts']:,} attempts",
            "",
            "`python -m benchmarks.pages`: the API's answers, every page once per scope, with the period before. What",
            f"the application does by itself at its start, asking {ready} times for a page (without a filter, as",
            "opened: the last 30 days, and with a filter nothing passes, for the plans),",
            f"took {took:.1f} s, {processor:.1f} s of processor. The first two are found ready; all others are",
            "computed and were never asked before.",
            f"The process has {psutil.Process().memory_info().rss / 1024**2:,.0f} MB at the end.",
            f"Measured on {machine()}.",
            "",
            "| scope | p50 ms | p95 ms | slowest ms | processor, mean ms |",
            "|---|---|---|---|---|",
            *lines,
        ]
    )
    if not given.dry:
        write_section(f"pages at {counted['attempts']}", text)
    print(text)


if __name__ == "__main__":
    main()
