"""Job 5: the four models are trained, and the champions answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from payment_analysis.domain.errors import NotFound
from payment_analysis.jobs.doors.repositories import lakebase_store
from payment_analysis.jobs.train import train
from payment_analysis.lakehouse.schema import columns_of
from payment_analysis.lakehouse.table import load_tables
from payment_analysis.ml.columns import SILVER
from payment_analysis.ml.models import MODELS
from payment_analysis.ml.registry import Registry
from payment_analysis.ml.silver import READ, in_order

if TYPE_CHECKING:
    from payment_analysis.jobs.train import Training
    from payment_analysis.jobs.work import Cloud, Machine, Order, Report

ROWS_MAX: Final = 500_000  # the newest; the documents' limit
_ARROW: Final = {
    "string": pa.string(), "boolean": pa.bool_(), "int": pa.int32(), "bigint": pa.int64(), "double": pa.float64(),
    "timestamp": pa.timestamp("us", tz="UTC"), "date": pa.date32(),
}  # fmt: skip


def train_here(machine: Machine, order: Order) -> Report:
    """A model that the data cannot teach is named; when it is all four, that is an error."""
    return _told(train(machine.home, store=machine.store, progress=lambda what, _: order.say(what)), order)


def train_there(cloud: Cloud, order: Order) -> Report:
    """The same training over the workspace's silver, into the registry that MLflow's environment names."""
    columns = ", ".join(sorted({*READ, "event_timestamp", "attempt_number"}))
    answer = cloud.workspace.sql.run(
        f"select {columns} from {SILVER} where is_sale order by event_timestamp desc limit {ROWS_MAX}"
    )
    order.say(f"{len(answer.rows):,} attempts are read")
    words = columns_of(load_tables()[SILVER])
    table = pa.table(
        {
            name: pa.array([row[place] for row in answer.rows], type=_arrow(words[name]))
            for place, name in enumerate(answer.columns)
        }
    )
    registry = Registry(cloud.home.create().path, place=cloud.workspace.place)
    with lakebase_store(cloud, order) as store:
        told = train(
            cloud.home,
            attempts=in_order(table),
            registry=registry,
            store=store,
            progress=lambda what, _: order.say(what),
        )
    return _told(told, order)


def serve_here(machine: Machine, order: Order) -> Report:
    """The champions are loaded as the application loads them; nothing else has to run."""
    registry, answering = Registry(machine.home.path), dict[str, int]()
    for name in MODELS:
        version = registry.champion(name)
        if version is not None:
            registry.load(name)
            answering[name] = version
            order.say(f"{name} version {version} answers")
    _some(answering)
    return {"serving": answering}


def serve_there(cloud: Cloud, order: Order) -> Report:
    """Each champion gets its endpoint, or the endpoint that is there moves to it."""
    registry = Registry(cloud.home.create().path, place=cloud.workspace.place)
    answering: dict[str, int] = {}
    for name in MODELS:
        version = registry.champion(name)
        if version is not None:
            order.say(cloud.workspace.serving.serve(name, version))
            answering[name] = version
    _some(answering)
    return {"serving": answering, "states": cloud.workspace.serving.states()}


def _told(done: Training, order: Order) -> Report:
    for one in done.registered:
        order.say(f"{one.model} version {one.version}: {one.verdict}")
    for lacking in done.not_trained:
        order.say(f"{lacking.model} is not trained: {lacking.message}")
    if not done.registered:
        first = done.not_trained[0]
        raise NotFound(f"no model could be trained: {first.message}", hint=first.hint)
    if done.told:
        order.say(f"{done.told:,} attempts were learned from outcomes that were told; their events have not landed")
    return {
        "told": done.told,
        "registered": {one.model: one.version for one in done.registered},
        "promoted": [one.model for one in done.registered if one.promoted],
        "not_trained": {one.model: one.message for one in done.not_trained},
    }


def _some(answering: dict[str, int]) -> None:
    if not answering:
        raise NotFound("no model has a champion yet", hint="run the task train_models first")


def _arrow(word: str) -> Any:
    if word.startswith("decimal"):
        precision, scale = word.removeprefix("decimal(").rstrip(")").split(",")
        return pa.decimal128(int(precision), int(scale))
    return _ARROW[word]
