"""Decide, simulate, hear the outcome, train again: our decisions against static rules where the truth is known."""

from __future__ import annotations

import argparse
import math
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from benchmarks.decide import prepare
from benchmarks.machine import machine, write_section

from payment_analysis.backend.decision_state import Configured
from payment_analysis.backend.route_choice import RouteChoice
from payment_analysis.decisioning.context import Context
from payment_analysis.decisioning.mandates import Path as By
from payment_analysis.decisioning.option import Wish
from payment_analysis.decisioning.outcomes import Outcome, lesson_of
from payment_analysis.decisioning.scheme_limits import network_of
from payment_analysis.decisioning.settings import PolicySettings
from payment_analysis.domain.countries import region_of
from payment_analysis.domain.rates import BASE, rate
from payment_analysis.jobs.evaluate import evaluate_retry, simulation_of
from payment_analysis.jobs.simulate import Order
from payment_analysis.jobs.train import tables_of
from payment_analysis.ml.approval import ApprovalModel
from payment_analysis.ml.arrays import codes, strings
from payment_analysis.ml.evaluation_retry import OURS, RULES
from payment_analysis.ml.evaluation_routing import World, world_of
from payment_analysis.ml.history import HISTORY_NUMBERS, HISTORY_WORDS
from payment_analysis.ml.off_policy import Draws, Estimate
from payment_analysis.ml.registry import Registry
from payment_analysis.ml.route_memory import RouteMemory, Told
from payment_analysis.ml.routing import RoutingPolicy
from payment_analysis.ml.scoring import Scoring
from payment_analysis.ml.silver import read_attempts
from payment_analysis.ml.split import split_by_time
from payment_analysis.ml.training import Lessons
from payment_analysis.simulate.parameters import ARMS, CHALLENGE, FRICTIONLESS, PASSKEY, ROUTES, TOKEN
from payment_analysis.simulate.truth import net_value, read_truth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.lakehouse.home import Home
    from payment_analysis.ml.arrays import Array

SEEDS, ATTEMPTS, DAYS = (11, 12, 13, 14, 15), 100_000, 60
END = datetime(2026, 11, 1, tzinfo=UTC)
T_95 = {4: 2.776}  # Student's t by degrees of freedom
MEMORY_SECONDS = 7 * 86_400.0  # what the application reads back when models change
KEPT_FOR_CALIBRATION = 0.15
PATHS = {
    FRICTIONLESS: By.FRICTIONLESS,
    CHALLENGE: By.CHALLENGE,
    PASSKEY: By.PASSKEY,
}
CODES = {"FUNDS_OR_LIMIT": "51", "ISSUER_TECHNICAL": "91"}  # of a decline that the log has as well; else 05
SHARED = tuple(name for name in Context._fields if name not in {"at", "amount_value", "network", "variant"})


@dataclass(frozen=True, slots=True)
class Ground:
    """One world: the later first attempts with what every route would truly have done and brought."""

    world: World
    before: Lessons
    arm: Array
    fraud: Array
    amount: Array  # reais
    net: Array  # row x route, reais
    static: int  # the route of the highest rate in the log


@dataclass(frozen=True, slots=True)
class Measured:
    """One seed: gains of ours over a static policy, each with its interval."""

    payments: int
    approval_pp: Estimate
    net: Estimate  # reais per payment
    fraud_bps: Estimate  # share of the approved value


def ground_of(home: Home) -> Ground:
    folder = simulation_of(home)
    assert folder is not None
    lessons = Lessons.of(read_attempts(tables_of(home)))
    split = split_by_time(lessons.rows)
    known = np.concatenate([split.train, split.calibrate])
    before = Lessons(lessons.at(known), lessons.labels[known], lessons.history)
    world = world_of(before.rows, lessons.at(split.test), folder)
    truth = read_truth(folder / "truth", first_attempts=True)
    at = pc.index_in(world.rows["transaction_id"].combine_chunks(), value_set=truth.transaction_id.combine_chunks())
    at = at.to_numpy().astype(np.int64)
    arm = truth.arm[at]
    net = net_value(truth, truth.approval)[at].reshape(len(at), len(ROUTES), len(ARMS))[np.arange(len(at)), :, arm]
    route = codes(strings(before.rows, "psp"), pa.array([one.name for one in ROUTES]))
    rates = np.bincount(route, before.labels, minlength=len(ROUTES)) / np.maximum(np.bincount(route), 1)
    return Ground(world, before, arm, truth.is_fraud[at], truth.amount_reais[at], net, int(rates.argmax()))


class Loop:
    """Our decisions as the application makes them, hearing only their own outcomes, trained again halfway."""

    def __init__(self, ground: Ground, scoring: Scoring) -> None:
        self._ground, self._scoring = ground, scoring
        self._choice, self._told = RouteChoice(), list[Told]()
        self._choice.take(scoring, RouteMemory(scoring.routes, seed=1))
        nothing = MappingProxyType[str, Any]({})
        self._configured = Configured(PolicySettings.of({}), nothing, nothing, nothing)
        self._place = {route.name: place for place, route in enumerate(ROUTES)}

    def run(self) -> Array:
        """The route of every payment."""
        rows = self._ground.world.rows.to_pylist()
        chosen = np.zeros(len(rows), dtype=np.int64)
        approved = np.zeros(len(rows))
        for number, row in enumerate(rows):
            if number == len(rows) // 2:
                self._train_again(number, chosen, approved)
            chosen[number] = place = self._decide(number, row)
            approved[number] = self._ground.world.outcome(number, place)
            self._hear(row, place, approved=approved[number] > 0.5)
        return chosen

    def _decide(self, number: int, row: dict[str, Any]) -> int:
        """Authentication and solution stay as logged, so that one decision is judged at a time."""
        arm = int(self._ground.arm[number])
        context, known = context_of(row, arm)
        scores = self._scoring.routes_of(context, known, self._choice.way_of(context))
        solution = "network_token" if arm == TOKEN else "standard"
        stays = Wish("logged", "as logged", "1", "keep the solution", require=frozenset({solution}))
        decision, self._expected = self._choice.choose(context, scores, self._configured, (stays,))
        return self._place[decision.route]

    def _hear(self, row: dict[str, Any], place: int, *, approved: bool) -> None:
        code = None if approved else CODES.get(row["decline_reason_standard"] or "", "05")
        lesson = lesson_of(
            Outcome.APPROVED if approved else Outcome.DECLINED,
            code,
            None,
            network=network_of(row["card_network"]),
            region=region_of(row["issuer_country"]),
            on=row["event_timestamp"].date(),
        )
        variance = self._scoring.variance_of(row["issuer"], row["issuer_country"], row["card_network"])
        at_s = row["event_timestamp"].timestamp()
        told = Told(ROUTES[place].name, row["issuer"], lesson, self._expected, variance, at_s)
        self._told.append(told)
        self._choice.memory.hear(told)

    def _train_again(self, number: int, chosen: Array, approved: Array) -> None:
        """From the log before and our own payments, as they went by our routes."""
        own = self._ground.world.rows.slice(0, number)
        names = pa.array([route.name for route in ROUTES]).take(pa.array(chosen[:number]))
        own = own.set_column(own.schema.get_field_index("psp"), "psp", names)
        before = self._ground.before
        rows = pa.concat_tables([before.rows, own], promote_options="permissive").combine_chunks()
        labels = np.concatenate([before.labels, approved[:number]])
        until = int(len(labels) * (1.0 - KEPT_FOR_CALIBRATION))
        model = ApprovalModel().fit(rows.slice(0, until), labels[:until])
        model.calibrate(rows.slice(until), labels[until:])
        routing = RoutingPolicy().fit(model, self._scoring.risk, before.rows)
        self._scoring = Scoring(model, self._scoring.risk, routing, self._scoring.retry)
        memory, since = RouteMemory(self._scoring.routes, seed=2), self._told[-1].at_s - MEMORY_SECONDS
        for told in self._told:
            if told.at_s >= since:
                memory.hear(told)
        self._choice.take(self._scoring, memory)


def context_of(row: dict[str, Any], arm: int) -> tuple[Context, dict[str, Any]]:
    """A payment as the caller of the API tells of it, and its past as the streaming features know it."""
    given = {name: row[name] for name in SHARED if row.get(name) is not None}
    given |= {"risk_score": number_of(row["fraud_score"]), "attempt_number": 0}
    for name in ("aml_risk_score", "device_trust_score"):
        given[name] = number_of(row[name])
    per_unit = rate(row["currency"], BASE, row["event_timestamp"].date())
    context = Context(
        at=row["event_timestamp"],
        amount_value=None if per_unit is None else float(row["amount"]) * float(per_unit),
        network=row["card_network"],
        has_network_token=arm == TOKEN,
        authenticated_path=PATHS.get(arm),
        supports_passkey=bool(row["has_passkey"]),
        **given,
    )
    return context, {name: row[name] for name in (*HISTORY_NUMBERS, *HISTORY_WORDS) if row[name] is not None}


def number_of(value: Any) -> float | None:
    return None if value is None else float(value)


def gained(ground: Ground, ours: Array, other: Array) -> Measured:
    """What ours truly brings beyond another policy, on the same payments."""
    row, one = np.arange(len(ours)), np.ones(len(ours))
    draws = Draws.of(row)
    mine, theirs = ground.world.truth[row, ours], ground.world.truth[row, other]
    value = ground.amount

    def fraud(approval: Array) -> Array:
        return np.asarray(draws.ratio(ground.fraud * approval * value, approval * value))

    def share(approval: Array) -> float:
        return float((ground.fraud * approval * value).sum() / (approval * value).sum())

    worth = ground.net[row, ours] - ground.net[row, other]
    return Measured(
        len(row),
        estimate(100.0 * float((mine - theirs).mean()), 100.0 * draws.ratio(mine - theirs, one)),
        estimate(float(worth.mean()), draws.ratio(worth, one)),
        estimate(1e4 * (share(mine) - share(theirs)), 1e4 * (fraud(mine) - fraud(theirs))),
    )


def estimate(value: float, draws: Array) -> Estimate:
    low, high = np.percentile(draws, [2.5, 97.5])
    return Estimate(value, float(low), float(high))


def over_seeds(values: Sequence[float]) -> Estimate:
    """The mean with the interval that the spread between the worlds gives."""
    mean = float(np.mean(values))
    half = T_95[len(values) - 1] * float(np.std(values, ddof=1)) / math.sqrt(len(values))
    return Estimate(mean, mean - half, mean + half)


def said(one: Estimate) -> str:
    return f"{one.value:+.2f} ({one.low:+.2f} to {one.high:+.2f})"


def retried(home: Home) -> Estimate:
    """Net value per decline over rules by decline code, reais."""
    by_name = {one.policy: one for one in evaluate_retry(home, margin=0.20)}
    assert RULES in by_name
    return by_name[OURS].against_rules


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--homes", type=Path, help="kept, and used again; without it new ones are made")
    arguments.add_argument("--dry", action="store_true", help="write nothing")
    given = arguments.parse_args()
    lines, against = list[str](), dict[str, list[Measured]]({"rule": [], "one route": []})
    retries = list[Estimate]()
    with tempfile.TemporaryDirectory() as folder:
        for seed in SEEDS:
            home = prepare((given.homes or Path(folder)) / str(seed), Order(ATTEMPTS, DAYS, seed, END))
            ground = ground_of(home)
            ours = Loop(ground, Scoring.of(Registry(home.path))).run()
            retries.append(retried(home))
            for name, other in (("rule", ground.world.rule), ("one route", np.full(len(ours), ground.static))):
                found = gained(ground, ours, other)
                against[name].append(found)
                told = " | ".join(said(value) for value in (found.approval_pp, found.net, found.fraud_bps))
                lines.append(f"| {seed} | {name} | {found.payments:,} | {told} | {said(retries[-1])} |")
                print(lines[-1], flush=True)
    retry = said(over_seeds([one.value for one in retries]))
    for name, all_found in against.items():
        parts = ("approval_pp", "net", "fraud_bps")
        whole = [over_seeds([getattr(found, part).value for found in all_found]) for part in parts]
        payments = sum(found.payments for found in all_found)
        lines.append(f"| all | {name} | {payments:,} | {' | '.join(said(value) for value in whole)} | {retry} |")
    text = "\n".join([*head(), *lines])
    print(text)
    if not given.dry:
        write_section("closed_loop", text)


def head() -> list[str]:
    return [
        "## The closed loop",
        "",
        f"`python -m benchmarks.closed_loop`: {len(SEEDS)} simulated worlds of {ATTEMPTS:,} attempts; the models learn",
        "from the log, then our decisions route the later first attempts one by one with their exploration, hear only",
        "their own outcomes, and are trained again halfway. Against static routing: the rule by merchant, network and",
        "border, and the one route of the highest rate. Retries: one retry of each later decline, against rules by",
        "decline code. Judged by the sealed truth on the same payments; 95 % intervals: of a seed by drawing payments,",
        f"of all by the spread between the worlds. Measured on {machine()}.",
        "",
        "| seed | against | payments | approval, pp | net, reais each | fraud, bp | retry, reais a decline |",
        "|---|---|---|---|---|---|---|",
    ]


if __name__ == "__main__":
    main()
