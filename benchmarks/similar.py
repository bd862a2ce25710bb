"""How long a search for similar payments takes, and how long the index takes to follow.

python -m benchmarks.similar --home HOME     a home whose last thirty days hold a million sales; about a minute

Each answer is timed with everything it takes: finding the attempt, the search and what is shown of each row.
"""

from __future__ import annotations

import argparse
import shutil
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from benchmarks.machine import machine, write_section

from payment_analysis.agents.similar.index import FOLDER, SimilarIndex
from payment_analysis.agents.similar.search import SimilarSearch
from payment_analysis.lakehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable

QUESTIONS, LIMIT, WANTED_MS = 300, 20, 50
SHORT = (
    "visa credit declined in Travel issued in BR around 250",
    "mastercard declined insufficient_funds",
    "issuer_br_03",
    "elo debit Grocery 3ds",
    "declined in Gaming about 90 BRL",
)


def timed(asked: list[Callable[[], object]]) -> list[float]:
    taken = []
    for ask in asked:
        started = time.perf_counter()
        ask()
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def row(what: str, taken: list[float]) -> str:
    p50, p95, p99 = (float(np.percentile(taken, at)) for at in (50, 95, 99))
    return f"| {what} | {len(taken)} | {p50:.1f} | {p95:.1f} | {p99:.1f} | {WANTED_MS} |"


def exact(search: SimilarSearch, places: list[int]) -> float:
    """The share of searches that found what a look at every point finds."""
    (*segments,) = search.index.segments
    every = np.concatenate([segment.points for segment in segments]).astype(np.float32)
    ids = [name for segment in segments for name in segment.rows["transaction_id"].to_pylist()]
    right = []
    for place in places:
        found = search.like_attempt(ids[place], LIMIT).rows
        best = np.sort(every @ every[place])[::-1][: LIMIT + 40]
        reachable = [row["similarity"] for row in found]
        right.append(reachable[0] <= best[0] + 2e-3 and reachable[-1] >= best[LIMIT + 20] - 2e-3)
    return float(np.mean(right))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--home", type=Path, required=True)
    lakehouse = Home(arguments.parse_args().home).lakehouse()
    shutil.rmtree(lakehouse.folder / FOLDER, ignore_errors=True)
    index = SimilarIndex(lakehouse)
    started = time.perf_counter()
    done = index.catch_up()
    built = time.perf_counter() - started
    started = time.perf_counter()
    index = SimilarIndex(lakehouse)
    index.catch_up()
    opened = time.perf_counter() - started
    search = SimilarSearch(lakehouse, index)
    rng = np.random.default_rng(7)
    rows = [segment.rows for segment in index.segments]
    places = rng.integers(0, min(len(one) for one in rows), QUESTIONS)
    ids = [rows[place % len(rows)]["transaction_id"][int(place)].as_py() for place in places]
    texts = [rows[place % len(rows)]["summary_text"][int(place)].as_py() for place in places]
    search.like_attempt(ids[0], LIMIT)
    lines = [
        row("like a payment", timed([partial(search.like_attempt, one, LIMIT) for one in ids])),
        row("like a summary in words", timed([partial(search.like_text, one, LIMIT) for one in texts])),
        row("like a few words", timed([partial(search.like_text, one, LIMIT) for one in SHORT * 20])),
    ]
    size = sum(path.stat().st_size for path in (lakehouse.folder / FOLDER).iterdir())
    same = exact(search, [int(one) for one in places[:20]])
    text = [
        "## Similar payments",
        "",
        f"`python -m benchmarks.similar`: the {LIMIT} nearest of {done.attempts:,} summaries of thirty days.",
        f"The whole index is made in {built:.1f} s and opened by another process in {opened * 1000:.0f} ms; it takes",
        f"{size / 1e6:.0f} MB on disk, summaries included. {100 * same:.0f} % of 20 answers are those of a look at",
        f"every point. Measured on {machine()}.",
        "",
        "| question | asked | p50 ms | p95 ms | p99 ms | wanted p95 ms |",
        "|---|---|---|---|---|---|",
        *lines,
    ]
    write_section("similar payments", "\n".join(text))
    print("\n".join(text))


if __name__ == "__main__":
    main()
