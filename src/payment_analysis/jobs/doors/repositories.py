"""Job 1: everything the other jobs write into."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from payment_analysis.lakehouse.bronze import LANDING, QUARANTINE
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.lakehouse.deployment import bootstrap_statements
from payment_analysis.lakehouse.landing import Landing
from payment_analysis.lakehouse.schema import columns_of
from payment_analysis.lakehouse.seeds import SEEDS
from payment_analysis.lakehouse.table import load_sources
from payment_analysis.store.audit import SYSTEM
from payment_analysis.store.database import Database, lakebase_url
from payment_analysis.store.first_rows import fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payment_analysis.jobs.work import Cloud, Machine, Order, Report
    from payment_analysis.workspace.lakebase import Lakebase

SETTINGS: Final = ("catalog", "schema", "warehouse_id", "default_events_per_second", "default_duration_minutes")


def make_home(machine: Machine, order: Order) -> Report:
    """The folder of all state is there; catalog and schema are words for the application."""
    existed = machine.home.exists
    machine.home.create()
    order.say(f"the home is {machine.home.path}" if existed else f"made {machine.home.path}")
    return {"home": str(machine.home.path), "made": [] if existed else ["home"]}


def make_catalog_schema(cloud: Cloud, order: Order) -> Report:
    made = cloud.workspace.unity.ensure()
    order.say(f"made {', '.join(made)}" if made else f"{cloud.workspace.place} and its volumes are there")
    return {"place": cloud.workspace.place, "made": made}


def start_store(machine: Machine, order: Order) -> Report:
    """PostgreSQL answers: the home's own, or the one the environment names."""
    version = machine.store.version()
    kind = "embedded" if machine.store.is_embedded else "given"
    order.say(f"PostgreSQL {version} answers ({kind})")
    return {"postgres": version, "kind": kind}


def make_lakebase(cloud: Cloud, order: Order) -> Report:
    place = _lakebase(cloud, order)
    made = place.ensure()
    order.say(f"made {', '.join(made)}" if made else f"{place.name} is there")
    return {"endpoint": place.name, "made": made}


def fill_store(machine: Machine, order: Order) -> Report:
    return _fill(machine.store, order)


def fill_lakebase(cloud: Cloud, order: Order) -> Report:
    with lakebase_store(cloud, order) as store:
        return _fill(store, order)


@contextmanager
def lakebase_store(cloud: Cloud, order: Order) -> Iterator[Database]:
    """The operational store of the workspace, with a fresh password for every connection."""
    place = _lakebase(cloud, order)
    url = lakebase_url(place.host(), place.user(), order.text("lakebase_database_name"))
    store = Database(url, password=place.password)
    try:
        yield store
    finally:
        store.close()


def make_tables(machine: Machine, order: Order) -> Report:
    """The tables that somebody else fills are there; landing itself is made by what lands first, so examples stay."""
    folder = machine.home.create().path / "lakehouse"
    store = DeltaStore(folder / "tables")
    made = []
    for name, source in load_sources().items():
        if name in SEEDS or name == LANDING:
            continue
        if store.version(name) is None:
            made.append(name)
        key = "quarantine_id" if name == QUARANTINE else source.grain[0]
        Landing(store, name, columns_of(source), key=key, scratch=folder / "scratch").ensure()
    order.say(f"made {', '.join(made)}" if made else "every table is there")
    return {"made": made}


def make_remote_tables(cloud: Cloud, order: Order) -> Report:
    cloud.workspace.unity.check()
    before = cloud.workspace.unity.tables()
    for statement in bootstrap_statements():
        cloud.workspace.sql.run(statement)
    made = sorted(cloud.workspace.unity.tables().keys() - before.keys())
    order.say(f"made {', '.join(made)}" if made else "every table is there")
    return {"made": made}


def _lakebase(cloud: Cloud, order: Order) -> Lakebase:
    ids = (order.text(f"lakebase_{name}_id") for name in ("project", "branch", "endpoint"))
    return cloud.workspace.lakebase(*ids)


def _fill(store: Database, order: Order) -> Report:
    settings = {key: order.text(key) for key in SETTINGS}
    with store.change(SYSTEM) as session:
        added = fill(session, catalog=order.text("catalog"), schema=order.text("schema"), settings=settings)
    said = ", ".join(f"{count} rows in {table}" for table, count in added.items() if count)
    order.say(f"added {said}" if said else "every first row is there")
    return {"added": added}
