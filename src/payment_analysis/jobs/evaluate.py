"""What policies are worth: judged from a log, and in the simulated world against the truth."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.dataset as ds

from payment_analysis.domain.errors import BadInput
from payment_analysis.jobs.ingest import Export, ingest
from payment_analysis.jobs.simulate import FOLDER
from payment_analysis.jobs.train import tables_of
from payment_analysis.lakehouse.home import Home
from payment_analysis.ml.approval_training import train_approval
from payment_analysis.ml.arrays import codes, strings
from payment_analysis.ml.evaluation_retry import retry_world
from payment_analysis.ml.evaluation_routing import route_world
from payment_analysis.ml.fees import Fees, reporting_unit
from payment_analysis.ml.propensities import WARNING, estimated, logged, names_of, with_written
from payment_analysis.ml.retry_training import declined_of, train_retry
from payment_analysis.ml.route_comparison import Trial, compare_routes
from payment_analysis.ml.routing import RoutingPolicy
from payment_analysis.ml.silver import read_attempts
from payment_analysis.ml.split import split_by_time
from payment_analysis.ml.training import Lessons

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from payment_analysis.ml.arrays import Array
    from payment_analysis.ml.evaluation_retry import Retried
    from payment_analysis.ml.evaluation_routing import Routed
    from payment_analysis.ml.route_comparison import Comparison


@dataclass(frozen=True, slots=True)
class RoutingEvaluation:
    """Policies judged from a log; in a simulated world also against the truth."""

    comparison: Comparison
    world: tuple[Routed, ...]


@dataclass(frozen=True, slots=True)
class Files:
    """Exports to learn from and exports to be judged on."""

    train: Sequence[Export]
    test: Sequence[Export]


def evaluate_routing(
    home: Home,
    files: Files | None,
    *,
    fees: Path | None,
    margin: float,
    progress: Callable[[str, float], None] | None = None,
) -> RoutingEvaluation:
    """Judge routing policies on files, or on the later part of what the home holds."""
    tell = progress or (lambda _what, _share: None)
    tell("reading", 0.0)
    if files is None:
        train, test = _parts(read_attempts(tables_of(home)))
    else:
        train, test = _read(files.train), _read(files.test)
    routes = names_of([train.rows, test.rows])
    if len(routes) < 2:
        raise BadInput(f"{len(routes)} routes leave nothing to choose", hint="give attempts of at least two PSPs")
    if fees:
        prices = Fees.read(fees, routes.to_pylist())
    else:
        prices = Fees.learned(train.rows, routes).at(reporting_unit(train.rows))
    tell("comparing", 0.3)
    comparison = compare_routes(train, _trial(home, test, routes), prices, margin, routes)
    tell("the true world", 0.8)
    world = _world_routing(home, margin) if files is None else ()
    tell("judged", 1.0)
    return RoutingEvaluation(comparison, tuple(world))


def evaluate_retry(home: Home, *, margin: float) -> tuple[Retried, ...]:
    """Judge retry policies in the simulated world of the home."""
    folder = simulation_of(home)
    if folder is None:
        raise BadInput(
            "only a simulated world knows what a retry at another moment would have brought",
            hint="payment-analysis simulate --attempts 100000 --days 90 --seed 7, then build",
        )
    lessons = Lessons.of(read_attempts(tables_of(home)))
    policy = train_retry(lessons).model
    policy.margin = margin
    split = split_by_time(lessons.rows)
    return tuple(retry_world(declined_of(lessons.at(split.test), lessons.labels[split.test]), folder, policy))


def simulation_of(home: Home) -> Path | None:
    """The folder of the one simulated history of a home; none where other data landed too."""
    folders = sorted((home.path / FOLDER).glob("seed-*")) if (home.path / FOLDER).is_dir() else []
    return folders[0] if len(folders) == 1 and (folders[0] / "truth").is_dir() else None


def _parts(attempts: pa.Table) -> tuple[Lessons, Lessons]:
    """Earlier and later attempts of one table, each with its past."""
    lessons = Lessons.of(attempts)
    split = split_by_time(lessons.rows)
    before = np.concatenate([split.train, split.calibrate])
    return _some(lessons, before), _some(lessons, split.test)


def _some(lessons: Lessons, places: Array) -> Lessons:
    return Lessons(lessons.at(places), lessons.labels[places], lessons.history)


def _read(exports: Sequence[Export]) -> Lessons:
    """Exports through the same ingest and build as everything else, in a home of their own."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        intake = ingest(home, exports)
        if intake.refused:
            refused = intake.refused[0]
            raise BadInput(f"{refused.file}: {refused.message}", hint=refused.hint)
        home.lakehouse().build()
        return Lessons.of(read_attempts(tables_of(home)))


def _trial(home: Home, test: Lessons, routes: pa.Array) -> Trial:
    """The test with propensities: written down by whoever routed, else estimated."""
    chosen = codes(strings(test.rows, "psp"), routes)
    known = np.flatnonzero(chosen >= 0)
    test = _some(test, known)
    chosen, chances = chosen[known], estimated(test.rows, routes)
    folder = simulation_of(home)
    if folder is not None:
        written = logged(test.rows, ds.dataset(folder / "decisions", format="parquet").to_table(), routes)
        if written is not None:
            return Trial(test, chosen, with_written(chances, chosen, written), ())
    return Trial(test, chosen, chances, (WARNING,))


def _world_routing(home: Home, margin: float) -> Sequence[Routed]:
    """The exam against the truth, where there is one."""
    folder = simulation_of(home)
    if folder is None:
        return ()
    lessons = Lessons.of(read_attempts(tables_of(home)))
    trained, split = train_approval(lessons), split_by_time(lessons.rows)
    policy = RoutingPolicy(margin).fit(trained.model, None, lessons.at(split.train))
    before = lessons.at(np.concatenate([split.train, split.calibrate]))
    return route_world(before, trained.exam.rows, folder, policy)
