"""Job 2: a simulated history with known truth lands, and then live events."""

from __future__ import annotations

import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import NotBuilt
from payment_analysis.jobs.simulate import Order as History
from payment_analysis.jobs.simulate import simulate
from payment_analysis.jobs.stream import StreamOrder, stream
from payment_analysis.lakehouse.bronze import LANDING
from payment_analysis.lakehouse.deployment import copy_statement
from payment_analysis.simulate.world import World
from payment_analysis.simulate.writing import write_history

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.jobs.work import Cloud, Machine, Order, Report

MERCHANTS: Final = "merchants_dim_bronze"
FOLDER: Final = "simulated"
COPY_SECONDS: Final = 5.0  # a statement of its own for every file would take the warehouse longer than the stream


def simulate_here(machine: Machine, order: Order) -> Report:
    """The same numbers on the same day add nothing a second time."""
    done = simulate(machine.home, _history(order))
    order.say(f"{done.added:,} events landed, {done.already_known:,} were known")
    wish, live = _live(order), 0
    if wish is not None:
        live = stream(machine.home, wish).added
        order.say(f"{live:,} live events landed in {wish.minutes:g} minutes")
    return {"added": done.added, "already_known": done.already_known, "live": live, "facts": asdict(done.facts)}


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
    wish = _live(order)
    live = 0 if wish is None else _stream_there(cloud, wish, order)
    return {"added": added, "already_known": written.rows - added, "live": live, "batch": history.name}


def _live(order: Order) -> StreamOrder | None:
    """What goes on after the history; nothing unless minutes are wanted."""
    minutes = order.amount("duration_minutes")
    if not minutes:
        return None
    rate = float(order.number("events_per_second", least=1))
    return StreamOrder(rate, minutes, order.number("seed"), datetime.now(UTC))


def _stream_there(cloud: Cloud, wish: StreamOrder, order: Order) -> int:
    """Live events go into the volume file by file, and are copied in every few seconds."""
    sent_at = time.monotonic()
    with tempfile.TemporaryDirectory(dir=cloud.home.create().stage) as stage:
        folder = cloud.home.stage / stage

        def send(*, every: float = 0.0) -> None:
            nonlocal sent_at
            if time.monotonic() - sent_at < every:
                return
            for path in sorted(folder.glob("*.parquet")):
                cloud.workspace.unity.upload("raw_data", f"{FOLDER}/live/{path.name}", path.read_bytes())
                path.unlink()
            cloud.workspace.sql.run(copy_statement(LANDING, _volume(cloud, "live")))
            sent_at = time.monotonic()

        told = stream(cloud.home, wish, output=folder, told=lambda _: send(every=COPY_SECONDS))
        send()
    order.say(f"{told.events:,} live events landed in {wish.minutes:g} minutes")
    return told.events


def _history(order: Order) -> History:
    """A history that ends with the day that is over, so that one day's runs are the same run."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return History(order.number("attempts", least=1), order.number("days", least=1), order.number("seed"), today)


def _upload(cloud: Cloud, folder: str, paths: list[Path]) -> str:
    for place, path in enumerate(paths):
        cloud.workspace.unity.upload("raw_data", f"{FOLDER}/{folder}/{place:04}.parquet", path.read_bytes())
    return _volume(cloud, folder)


def _volume(cloud: Cloud, folder: str) -> str:
    return f"/Volumes/{cloud.workspace.unity.catalog}/{cloud.workspace.unity.schema}/raw_data/{FOLDER}/{folder}"


def _count(cloud: Cloud, table: str) -> int:
    (row,) = cloud.workspace.sql.rows(f"select count(*) as held from {table}")
    return int(row["held"])
