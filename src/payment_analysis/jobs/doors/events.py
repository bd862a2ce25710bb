"""Job 2: a simulated history with known truth lands, and then live events."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import NotBuilt
from payment_analysis.jobs.simulate import Order as History
from payment_analysis.jobs.simulate import simulate
from payment_analysis.lakehouse.bronze import LANDING
from payment_analysis.lakehouse.deployment import copy_statement
from payment_analysis.simulate.world import World
from payment_analysis.simulate.writing import write_history

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.jobs.work import Cloud, Machine, Order, Report

MERCHANTS: Final = "merchants_dim_bronze"
FOLDER: Final = "simulated"


def simulate_here(machine: Machine, order: Order) -> Report:
    """The same numbers on the same day add nothing a second time."""
    done = simulate(machine.home, _history(order))
    order.say(f"{done.added:,} events landed, {done.already_known:,} were known")
    return {"added": done.added, "already_known": done.already_known, "facts": asdict(done.facts)}


def simulate_there(cloud: Cloud, order: Order) -> Report:
    """Files go into the volume and are copied in; a file that was copied before adds nothing."""
    tables = cloud.workspace.unity.tables()
    if LANDING not in tables:
        raise NotBuilt(f"table {LANDING} is not there yet", hint="run job 1, which makes it")
    history = _history(order)
    world = World(history.seed)
    with tempfile.TemporaryDirectory(dir=cloud.home.create().stage) as stage:
        made = cloud.home.stage / stage / history.name
        written = write_history(world, world.history(history.attempts, history.days, history.end), made)
        order.say(f"{written.rows:,} events of {written.attempts:,} attempts are simulated")
        events = _upload(cloud, f"{history.name}/events", written.events)
        merchants = _upload(cloud, f"{history.name}/merchants", [written.merchants])
    before = _count(cloud, LANDING)
    cloud.workspace.sql.run(copy_statement(LANDING, events))
    cloud.workspace.sql.run(copy_statement(MERCHANTS, merchants))
    added = _count(cloud, LANDING) - before
    order.say(f"{added:,} events landed in {cloud.workspace.place}.{LANDING}")
    return {"added": added, "already_known": written.rows - added, "batch": history.name}


def _history(order: Order) -> History:
    """A history that ends with the day that is over, so that one day's runs are the same run."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return History(order.number("attempts", least=1), order.number("days", least=1), order.number("seed"), today)


def _upload(cloud: Cloud, folder: str, paths: list[Path]) -> str:
    for place, path in enumerate(paths):
        cloud.workspace.unity.upload("raw_data", f"{FOLDER}/{folder}/{place:04}.parquet", path.read_bytes())
    return f"/Volumes/{cloud.workspace.unity.catalog}/{cloud.workspace.unity.schema}/raw_data/{FOLDER}/{folder}"


def _count(cloud: Cloud, table: str) -> int:
    (row,) = cloud.workspace.sql.rows(f"select count(*) as held from {table}")
    return int(row["held"])
