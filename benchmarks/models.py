"""The four models in simulated worlds of several seeds, against what is true there."""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc
from benchmarks.machine import machine, write_section
from scipy.stats import t as student

from payment_analysis.jobs.simulate import Order, simulate
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.lakehouse import Lakehouse
from payment_analysis.lakehouse.table import load_tables
from payment_analysis.ml.approval_training import train_approval
from payment_analysis.ml.arrays import numbers
from payment_analysis.ml.evaluation_retry import FIXED, RULES, retry_world
from payment_analysis.ml.evaluation_routing import CLAIRVOYANT, KNOWING, route_world
from payment_analysis.ml.retry_training import declined_of, train_retry
from payment_analysis.ml.risk_training import REVIEWED, matured_split, train_risk
from payment_analysis.ml.routing_training import train_routing
from payment_analysis.ml.scores import average_precision, log_loss, recall_at
from payment_analysis.ml.silver import read_attempts
from payment_analysis.ml.split import split_by_time
from payment_analysis.ml.training import Lessons
from payment_analysis.simulate.truth import read_truth

if TYPE_CHECKING:
    import pyarrow as pa

    from payment_analysis.ml.arrays import Array
    from payment_analysis.ml.routing import RoutingPolicy
    from payment_analysis.ml.training import Trained
    from payment_analysis.simulate.truth import Truth

END = datetime(2026, 11, 1, tzinfo=UTC)
Numbers = dict[str, float]
SECONDS = "seconds"


@dataclass(frozen=True)
class Goal:
    """A number, what it means and what is wanted of it."""

    name: str
    meaning: str
    wanted: str


GOALS = (
    Goal("skill", "approval: log-loss skill against the constant", "0.15 or more"),
    Goal("auc", "approval: area under the curve", "0.75 or more"),
    Goal("ece", "approval: expected calibration error", "0.010 or less"),
    Goal("ece_slice", "approval: the worst slice of 5,000 rows or more", "0.020 or less"),
    Goal("captured", "approval: share of the log-loss gap from the constant to the true chances", "0.45 or more"),
    Goal("first_captured", "the same among first attempts", "-"),
    Goal("first_ceiling", "the same by one who knows every parameter of the world but no card's past and no luck", "-"),
    Goal("accuracy", "approval: accuracy (the documents claim 0.92)", "-"),
    Goal("accuracy_constant", "approval: accuracy of always saying yes", "-"),
    Goal("risk_recall", "risk: recall of true fraud at 0.5 % reviewed", "0.70 or more"),
    Goal("risk_precision", "risk: precision there", "0.40 or more"),
    Goal("vendor_recall", "risk: recall of the vendor's score alone", "-"),
    Goal("risk_ap", "risk: average precision", "-"),
    Goal("vendor_ap", "risk: average precision of the vendor's score", "-"),
    Goal("uplift_pp", "routing: percentage points over the rule", "+1.0 or more"),
    Goal("gap", "routing: share of the clairvoyant gap", "0.60 or more"),
    Goal("clairvoyant_pp", "routing: clairvoyant, points over the rule: no policy can win more", "-"),
    Goal("known_pp", "routing: one who knows every parameter and outage, points over the rule", "-"),
    Goal("window_pp", "routing: success-rate window per issuer, points over the rule", "-"),
    Goal("thompson_pp", "routing: Thompson per issuer, points over the rule", "-"),
    Goal("retry_over_fixed", "retry: net value over the fixed schedule, one try per decline", "+0.05 or more"),
    Goal("retry_over_rules", "retry: net value over rules by code", "+0.05 or more"),
    Goal("retry_tries", "retry: tries, share of the fixed schedule's", "0.60 or less"),
    Goal("retry_forbidden", "retry: tries against a hard code or a limit", "0"),
    Goal(SECONDS, "all four trained, seconds of the clock", "180 or less"),
    Goal("processor", "all four trained, seconds of processor, two cores together", "-"),
    Goal("peak_mb", "peak memory of the process, evaluation included, MB", "4,000 or less"),
)


def measured(seed: int, attempts: int, days: int) -> Numbers:
    """One world: simulate, build silver, train, and compare with the truth."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        simulated = simulate(home, Order(attempts, days, seed, END))
        below_gold = {name: table for name, table in load_tables().items() if table.layer != "gold"}
        Lakehouse(home.path / "lakehouse", tables=below_gold).build()
        started, worked = time.perf_counter(), time.process_time()
        lessons = Lessons.of(read_attempts(home.path / "lakehouse" / "tables"))
        approval, risk, retry = train_approval(lessons), train_risk(lessons), train_retry(lessons)
        before = {one.card.model: one for one in (approval, risk, retry)}
        routing = train_routing(lessons, before)
        spent = {SECONDS: time.perf_counter() - started, "processor": time.process_time() - worked}
        truth = read_truth(simulated.folder / "truth")
        found = approval_numbers(approval, truth) | risk_numbers(risk, lessons, truth)
        del truth
        found |= routing_numbers(routing.model, approval, lessons, simulated.folder)
        found |= retry_numbers(retry, lessons, simulated.folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found | spent | {"peak_mb": peak}


def places(rows: pa.Table, truth: Truth) -> Array:
    names = truth.transaction_id.combine_chunks()
    found = pc.index_in(rows["transaction_id"].combine_chunks(), value_set=names)
    return np.asarray(found.to_numpy(zero_copy_only=False)).astype(np.int64)


def approval_numbers(trained: Trained, truth: Truth) -> Numbers:
    card, exam = trained.card, trained.exam
    at = places(exam.rows, truth)
    true, known = (table[at, truth.taken[at]].astype(np.float64) for table in (truth.approval, truth.approval_known))
    labels, first = numbers(exam.rows, "is_approved"), np.isfinite(known)
    guess, usual = trained.model.predict(exam.rows)[first], np.full(int(first.sum()), labels[first].mean())
    least, most = log_loss(labels[first], true[first]), log_loss(labels[first], usual)
    constant, model = card.measure("log_loss", "constant").value, card.measure("log_loss").value
    return {
        "skill": card.measure("log_loss_skill").value,
        "auc": card.measure("auc").value,
        "ece": card.measure("calibration_error").value,
        "ece_slice": max((one.calibration_error for one in card.slices), default=float("nan")),
        "captured": (constant - model) / (constant - log_loss(labels, true)),
        "first_captured": (most - log_loss(labels[first], guess)) / (most - least),
        "first_ceiling": (most - log_loss(labels[first], known[first])) / (most - least),
        "accuracy": card.measure("accuracy").value,
        "accuracy_constant": card.measure("accuracy", "constant").value,
    }


def risk_numbers(trained: Trained, lessons: Lessons, truth: Truth) -> Numbers:
    rows = lessons.at(matured_split(lessons.rows).test)
    fraud = truth.is_fraud[places(rows, truth)].astype(np.float64)
    ours, vendor = trained.model.predict(rows), numbers(rows, "fraud_score")
    recall, precision = recall_at(fraud, ours, REVIEWED)
    return {
        "risk_recall": recall,
        "risk_precision": precision,
        "vendor_recall": recall_at(fraud, vendor, REVIEWED)[0],
        "risk_ap": average_precision(fraud, ours),
        "vendor_ap": average_precision(fraud, vendor),
    }


def routing_numbers(policy: RoutingPolicy, approval: Trained, lessons: Lessons, folder: Path) -> Numbers:
    split = split_by_time(lessons.rows)
    before = lessons.at(np.concatenate([split.train, split.calibrate]))
    routed = {one.policy: one for one in route_world(before, approval.exam.rows, folder, policy)}
    return {
        "uplift_pp": 100 * routed["ours"].uplift.value,
        "gap": routed["ours"].gap_share,
        "clairvoyant_pp": 100 * routed[CLAIRVOYANT].uplift.value,
        "known_pp": 100 * routed[KNOWING].uplift.value,
        "window_pp": 100 * routed["success-rate window per issuer"].uplift.value,
        "thompson_pp": 100 * routed["Thompson per issuer"].uplift.value,
    }


def retry_numbers(trained: Trained, lessons: Lessons, folder: Path) -> Numbers:
    test = split_by_time(lessons.rows).test
    declined = declined_of(lessons.at(test), lessons.labels[test])
    retried = {one.policy: one for one in retry_world(declined, folder, trained.model)}
    ours, fixed, rules = retried["ours"], retried[FIXED], retried[RULES]
    return {
        "retry_over_fixed": ours.net_per_decline.value / fixed.net_per_decline.value - 1.0,
        "retry_over_rules": ours.net_per_decline.value / rules.net_per_decline.value - 1.0,
        "retry_tries": ours.tries_per_decline / fixed.tries_per_decline,
        "retry_forbidden": float(ours.forbidden_tries),
    }


def section(runs: list[Numbers], attempts: int, days: int, *, shared: bool) -> str:
    """The table: mean over the worlds, with an interval of the mean; a shared machine's clock says too much."""
    lines = [
        f"## Models, {attempts:,} attempts",
        "",
        f"`python -m benchmarks.models --attempts {attempts}`: simulated worlds: {len(runs)}; {days} days each;",
        "trained on the first two thirds, calibrated on the next tenth, examined on the rest against the sealed truth.",
        "Mean over the worlds with its 95 % interval (Student), then the range.",
        f"Measured on {machine()}.",
        "",
        "| what | wanted | mean (interval) | least to most |",
        "|---|---|---|---|",
    ]
    for goal in GOALS:
        values = [run[goal.name] for run in runs]
        mean = statistics.fmean(values)
        spread = statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else float("nan")
        half = float(student.ppf(0.975, len(values) - 1)) * spread
        digits = 1 if goal.name in {SECONDS, "processor", "peak_mb"} else 3
        interval = f" ({mean - half:.{digits}f} to {mean + half:.{digits}f})" if len(runs) > 1 else ""
        shown = f"{mean:.{digits}f}{interval}"
        meaning = (
            f"{goal.meaning}, while others worked on the machine" if shared and goal.name == SECONDS else goal.meaning
        )
        lines.append(f"| {meaning} | {goal.wanted} | {shown} | {min(values):.{digits}f} to {max(values):.{digits}f} |")
    return "\n".join(lines)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--attempts", type=int, default=1_000_000)
    arguments.add_argument("--days", type=int, default=90)
    arguments.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    arguments.add_argument("--results", type=Path, help="Folder of what was measured already; the rest is added to it.")
    arguments.add_argument("--shared", action="store_true", help="Others work on the machine: the clock says too much.")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.results or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        runs = []
        for seed in given.seeds:
            file = folder / f"seed-{seed}-{given.attempts}-{given.days}.json"
            if not file.exists():
                file.write_text(json.dumps(measured(seed, given.attempts, given.days)))
            runs.append(json.loads(file.read_text()))
            print(seed, runs[-1])
    text = section(runs, given.attempts, given.days, shared=given.shared)
    write_section(f"models_{given.attempts}", text)
    print(text)


if __name__ == "__main__":
    main()
