"""How often the intervals of the off-policy estimators cover the truth, in a world whose truth is known."""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from benchmarks.machine import machine, write_section

from payment_analysis.jobs.simulate import Order, simulate
from payment_analysis.lakehouse.home import Home
from payment_analysis.ml.off_policy import Logged, judge
from payment_analysis.simulate.parameters import ARMS, ROUTES
from payment_analysis.simulate.truth import read_truth

if TYPE_CHECKING:
    from payment_analysis.ml.arrays import Array
    from payment_analysis.ml.off_policy import Judged

END = datetime(2026, 11, 1, tzinfo=UTC)
ESTIMATORS: Final = ("IPS", "SNIPS", "DM", "DR")
EXPLORED: Final = 0.10
MODEL_BIAS: Final = 0.05  # the reward model is wrong on purpose: doubly robust estimates must not mind
WIDTH = len(ROUTES)


def world(attempts: int, seed: int) -> tuple[Array, Array]:
    """True approval probability of every route, and the route the log usually took, of first attempts."""
    with tempfile.TemporaryDirectory() as folder:
        simulated = simulate(Home(Path(folder) / "home"), Order(attempts, 30, seed, END))
        truth = read_truth(simulated.folder / "truth", first_attempts=True)
    table = truth.approval.reshape(-1, WIDTH, len(ARMS))
    return np.asarray(table[np.arange(len(truth.arm)), :, truth.arm], dtype=np.float64), truth.route.astype(np.int64)


def replicate(approval: Array, usual: Array, target: Array, seed: int) -> Judged:
    """Log once more with exploration, and judge the target policy from that log."""
    rng, rows = np.random.default_rng(seed), np.arange(len(approval))
    propensity = np.full(approval.shape, EXPLORED / WIDTH)
    propensity[rows, usual] += 1.0 - EXPLORED
    action = np.where(rng.random(len(rows)) < EXPLORED, rng.integers(0, WIDTH, len(rows)), usual)
    reward = (rng.random(len(rows)) < approval[rows, action]).astype(np.float64)
    model = np.clip(approval + MODEL_BIAS, 0.0, 1.0)
    (judged,), _ = judge({"target": target}, Logged(action, propensity[rows, action], reward, rows, model))
    return judged


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--attempts", type=int, default=20_000)
    arguments.add_argument("--replicates", type=int, default=100)
    given = arguments.parse_args()
    approval, usual = world(given.attempts, seed=7)
    target = np.eye(WIDTH)[np.argsort(-approval, axis=1)[:, 0]]
    truth = float((target * approval).sum(axis=1).mean())
    judged = [replicate(approval, usual, target, seed) for seed in range(given.replicates)]
    lines = [
        "## Off-policy estimators",
        "",
        f"`python -m benchmarks.off_policy`: {given.replicates} logs of {len(approval):,} first attempts of one",
        f"simulated world, {EXPLORED:.0%} explored; judged is the policy that takes the best route, whose true",
        f"approval rate is {truth:.4f}. The reward model says {MODEL_BIAS:.0%} too much on purpose.",
        f"Wanted: 95 % intervals cover the truth in 90 to 98 of 100. Measured on {machine()}.",
        "",
        "| estimator | intervals that cover the truth | root mean square error, points | half-width, points |",
        "|---|---|---|---|",
    ]
    for name in ESTIMATORS:
        found = [one.estimates[name] for one in judged]
        covered = sum(one.low <= truth <= one.high for one in found)
        error = 100 * float(np.sqrt(np.mean([(one.value - truth) ** 2 for one in found])))
        half = 100 * float(np.mean([(one.high - one.low) / 2 for one in found]))
        lines.append(f"| {name} | {covered} of {len(found)} | {error:.2f} | {half:.2f} |")
    lines.append("")
    lines.append("The model alone (DM) is shown because it never covers: no verdict is built on it.")
    text = "\n".join(lines)
    write_section("off_policy", text)
    print(text)


if __name__ == "__main__":
    main()
