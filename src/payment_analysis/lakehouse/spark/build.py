"""`build --engine spark`: the pipeline over what has landed, into a folder of its own that appears when it is whole."""

from __future__ import annotations

import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from pyspark.sql import SparkSession

from payment_analysis.domain.errors import NotBuilt
from payment_analysis.domain.rates import BASE
from payment_analysis.lakehouse.bronze import LANDING, QUARANTINE
from payment_analysis.lakehouse.delta import DeltaStore
from payment_analysis.lakehouse.report import BuildReport
from payment_analysis.lakehouse.schema import columns_of
from payment_analysis.lakehouse.seeds import SEEDS
from payment_analysis.lakehouse.spark.datasets import CURRENCY, SOURCE, landed
from payment_analysis.lakehouse.spark.jars import NoJars, delta_jars
from payment_analysis.lakehouse.spark.java import find_java
from payment_analysis.lakehouse.spark.report import stored_tables, viewed
from payment_analysis.lakehouse.spark.runner import Pipeline
from payment_analysis.lakehouse.spark.server import FEW_ROWS, FEW_ROWS_MAX, MANY_ROWS, spark_server
from payment_analysis.lakehouse.spark.statements import typed
from payment_analysis.lakehouse.table import load_sources, load_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from payment_analysis.lakehouse.report import Progress
    from payment_analysis.lakehouse.spark.server import Sizing, Spark
    from payment_analysis.lakehouse.table import Source

CURRENT: Final = "current"  # a link to the newest whole run


@dataclass(frozen=True, slots=True)
class Run:
    """A pipeline run whose Spark is still there to be asked."""

    spark: Spark
    session: SparkSession
    warehouse: Path
    folders: Mapping[str, str]  # of the files of every source that is not a seed
    currency: str
    pipeline: Pipeline  # runs again in the same Spark

    def define_views(self, computed_once: Collection[str] = ()) -> None:
        """Name the sources and the views in the session; those computed once are computed now."""
        for name in self.folders.keys() - {QUARANTINE}:
            landed(self.session, load_sources()[name], self.folders[name]).createOrReplaceTempView(name)
        for view in (table for table in load_tables().values() if table.kind == "view"):
            rows = self.session.sql(typed(view))
            if view.name in computed_once:
                rows = rows.localCheckpoint()
            rows.createOrReplaceTempView(view.name)


def build_on_spark(
    folder: Path,
    source: Path,
    *,
    reporting_currency: str | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> BuildReport:
    """Make every table anew from landing and check every gold view; the tables appear together in `spark/current`."""
    started = time.perf_counter()
    with pipeline_run(folder, source, reporting_currency=reporting_currency, progress=progress) as run:
        run.define_views(computed_once=views_that_views_read())
        reports = (*stored_tables(run.session), *viewed(run.session))
    publish(run.warehouse)
    return BuildReport(reports, run.currency, time.perf_counter() - started)


def views_that_views_read() -> frozenset[str]:
    """Gold views that others stand on: a few hundred rows each, and costly to compute twice."""
    tables = load_tables()
    read = frozenset(name for table in tables.values() for name in table.reads)
    return frozenset(name for name in read if name in tables and tables[name].layer == "gold")


@contextmanager
def pipeline_run(
    folder: Path,
    source: Path,
    *,
    reporting_currency: str | None = None,
    with_delta: bool = True,
    sizing: Sizing | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Iterator[Run]:
    """Run the pipeline over the landing table of a lakehouse folder, and keep its Spark until the block ends."""
    store = DeltaStore(folder / "tables")
    if store.version(LANDING) is None:
        raise NotBuilt(
            f"Nothing has landed in {folder}.", hint="Take an export in first: payment-analysis ingest FILE."
        )
    java, jars = find_java(), _jars() if with_delta else ()
    sizing = sizing or (FEW_ROWS if store.snapshot(LANDING).rows <= FEW_ROWS_MAX else MANY_ROWS)
    warehouse = folder / "spark" / uuid4().hex
    scratch = folder / "scratch" / f"spark-{warehouse.name}"
    whole = False
    try:
        with spark_server(java, warehouse, scratch, jars, sizing=sizing) as spark:
            folders = {
                name: _folder_of(store, defined, scratch)
                for name, defined in load_sources().items()
                if name not in SEEDS
            }
            session = SparkSession.builder.remote(spark.remote).create()
            currency = reporting_currency or _currency(session, folders[LANDING])
            settings = {SOURCE + name: place for name, place in folders.items()}
            pipeline = Pipeline(source, spark, scratch, settings | {CURRENCY: currency})
            pipeline.run(progress)
            yield Run(spark, session, warehouse, folders, currency, pipeline)
            session.stop()
        whole = True
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        if not whole:
            shutil.rmtree(warehouse, ignore_errors=True)


def _jars() -> tuple[Path, ...]:
    try:
        return delta_jars()
    except NoJars:
        return ()  # Parquet then: the report of the build says so


def _folder_of(store: DeltaStore, source: Source, scratch: Path) -> str:
    """Where Spark reads a source: links to the files of one snapshot, which later commits leave."""
    store.create(source.name, columns_of(source), source.description)
    folder = scratch / "sources" / source.name
    folder.mkdir(parents=True)
    for path in store.snapshot(source.name).paths:
        (folder / path.name).symlink_to(path.resolve())
    return str(folder.resolve())


def _currency(session: SparkSession, folder: str) -> str:
    """The currency that most attempts are made in."""
    landed(session, load_sources()[LANDING], folder).createOrReplaceTempView(LANDING)
    most = session.sql(
        f"select currency from {LANDING} where currency is not null group by currency "
        "order by count(*) desc, currency limit 1"
    ).collect()
    return str(most[0][0]) if most else BASE


def publish(warehouse: Path) -> None:
    """Let `current` be this run, in one step, and forget the run before."""
    link = warehouse.parent / CURRENT
    before = link.resolve() if link.is_symlink() else None
    waiting = warehouse.parent / f"{warehouse.name}.link"
    waiting.symlink_to(warehouse.name)
    waiting.replace(link)
    if before and before != warehouse.resolve():
        shutil.rmtree(before, ignore_errors=True)
