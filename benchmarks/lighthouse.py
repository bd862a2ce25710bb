"""Lighthouse over the pages a person opens first: `python -m benchmarks.lighthouse`.

A simulated world is served, Chromium signs in, and Lighthouse (fetched by npx at the version below) looks at every page
three times as a desktop. `--home` serves a home that is there already.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import statistics
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.machine import machine, write_section
from playwright.sync_api import sync_playwright
from scripts.build_ui import BUILT, UI, node_tools
from tests.end_to_end.pages import CHROMIUM, served

from payment_analysis.jobs.build import build
from payment_analysis.jobs.simulate import Order, simulate
from payment_analysis.lakehouse.home import Home

LIGHTHOUSE = "lighthouse@13.5.0"
ATTEMPTS, DAYS, SEED, RUNS, TRIES = 100_000, 60, 7, 3, 3
PATHS = ("/", "/transactions", "/declines", "/dashboards/executive_overview", "/decisioning")
CATEGORIES = {"performance": 0.90, "accessibility": 1.00, "best-practices": 1.00}
AUDITS = {"largest-contentful-paint": "LCP", "total-blocking-time": "TBT", "cumulative-layout-shift": "CLS"}
FIRST_LOAD_KB_MAX = 160


def cookie(link: str) -> str:
    """The session of somebody who followed the link, as a header has it."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM)
        context = chromium.new_context()
        page = context.new_page()
        page.goto(link)
        page.locator("h1").first.wait_for()
        found = "; ".join(f"{one['name']}={one['value']}" for one in context.cookies())
        chromium.close()
    return found


def looked_at(address: str, session: str, folder: Path) -> dict[str, float]:
    """Scores 0..1 of the categories, and milliseconds of the audits, of one look."""
    output = folder / "report.json"
    headers = json.dumps({"Cookie": session})
    command = ["npx", "--yes", LIGHTHOUSE, address, "--preset=desktop", "--quiet", f"--extra-headers={headers}"]
    flags = ["--chrome-flags=--headless=new --no-sandbox", "--output=json", f"--output-path={output}"]
    environment = os.environ | node_tools() | {"CHROME_PATH": CHROMIUM or ""}
    for tried in range(1, TRIES + 1):  # it asks itself to be run again when the browser gave no trace
        is_last = tried == TRIES
        done = subprocess.run([*command, *flags], cwd=UI, env=environment, check=is_last, stdout=subprocess.DEVNULL)
        if not done.returncode:
            break
    report = json.loads(output.read_text(encoding="utf-8"))
    scores = {name: float(report["categories"][name]["score"]) for name in CATEGORIES}
    return scores | {name: float(report["audits"][name]["numericValue"]) for name in AUDITS}


def first_load_kb() -> float:
    """Compressed scripts and styles that the first page names, in KB."""
    page = (BUILT / "index.html").read_text(encoding="utf-8")
    names = re.findall(r"""(?:src|href)="/assets/([^"]+\.(?:js|css))\"""", page)
    return sum(len(gzip.compress((BUILT / "assets" / name).read_bytes(), 9)) for name in names) / 1024


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--home", type=Path)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = Home(given.home or folder / "home")
        if not home.has_own_data:
            simulate(home, Order(ATTEMPTS, DAYS, SEED, datetime.now(UTC)))
            build(home)
        (counted,) = home.lakehouse().rows("select count(*) as attempts from payments_enriched_silver")
        attempts = counted["attempts"]
        with served(home.path) as link:
            session, address = cookie(link), link.partition("/sign-in")[0]
            looks = {path: [looked_at(address + path, session, folder) for _ in range(RUNS)] for path in PATHS}
    lines = []
    for path, runs in looks.items():
        middle = {key: statistics.median(run[key] for run in runs) for key in (*CATEGORIES, *AUDITS)}
        spread = f"({min(run['performance'] for run in runs):.2f} to {max(run['performance'] for run in runs):.2f})"
        lines.append(
            f"| `{path}` | {middle['performance']:.2f} {spread} | {middle['accessibility']:.2f} "
            f"| {middle['best-practices']:.2f} | {middle['largest-contentful-paint'] / 1000:.2f} "
            f"| {middle['total-blocking-time']:.0f} | {middle['cumulative-layout-shift']:.3f} |"
        )
    text = "\n".join(
        [
            "## Pages in a browser",
            "",
            f"`python -m benchmarks.lighthouse`: {LIGHTHOUSE}, desktop, {attempts:,} attempts,",
            f"median of {RUNS} looks; wanted: performance 0.90, accessibility 1.00, best practices 1.00.",
            f"Scripts and styles of the first load: {first_load_kb():.0f} KB compressed, wanted {FIRST_LOAD_KB_MAX}.",
            f"Measured on {machine()}.",
            "",
            "| page | performance | accessibility | best practices | LCP s | TBT ms | CLS |",
            "|---|---|---|---|---|---|---|",
            *lines,
        ]
    )
    write_section("lighthouse", text)
    print(text)


if __name__ == "__main__":
    main()
