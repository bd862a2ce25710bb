"""Every table and view as a dataset of a declarative pipeline, from the same files that the builder here reads.

Where things lie is configuration of the pipeline: `payment_analysis.source.<name>` is the folder of Parquet files that
hold a source (absent: the catalog knows it by its own name), `payment_analysis.reporting_currency` the currency of
every sum. Tables become materialized views, the views below them temporary ones. Gold views are read by no table: they
are no part of the pipeline, but views over its tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pyspark import pipelines as dp

from payment_analysis.domain.rates import BASE
from payment_analysis.lakehouse.bronze import DROPPED_PREFIX, LANDING, QUARANTINE
from payment_analysis.lakehouse.realtime import REALTIME
from payment_analysis.lakehouse.schema import columns_of
from payment_analysis.lakehouse.seeds import SEEDS
from payment_analysis.lakehouse.spark.statements import ddl, dropped, holds, looks_elsewhere, passing, stored, typed
from payment_analysis.lakehouse.table import load_sources, load_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pyspark.sql import DataFrame, SparkSession

    from payment_analysis.lakehouse.table import Source, Table

    Query = Callable[[], DataFrame]

SOURCE: Final = "payment_analysis.source."
CURRENCY: Final = "payment_analysis.reporting_currency"
# Lakeflow's expectations; the Spark one runs here has none, and rows are filtered or refused by SQL.
HAS_EXPECTATIONS: Final = hasattr(dp, "expect_all_or_drop")


def define(spark: SparkSession) -> None:
    """Declare the datasets; what each reads decides the order in which they are made."""
    tables, sources, wanted = load_tables(), load_sources(), datasets()
    currency = spark.conf.get(CURRENCY, BASE) or BASE
    for source in sources.values():
        if source.name in wanted:
            _define_source(spark, source, spark.conf.get(SOURCE + source.name, "") or "", currency)
    for table in tables.values():
        if table.kind == "table":
            _define_stored(spark, table)
        elif table.name in wanted:
            dp.temporary_view(name=table.name, comment=table.description)(_sql(spark, typed(table)))


def define_realtime(spark: SparkSession) -> None:
    """Declare what the newest minutes look like, over the tables that the other pipeline keeps."""
    between = _below(REALTIME, kept=True)
    for table in load_tables().values():
        if table.name in REALTIME:
            _store(table, _sql(spark, typed(table)))
        elif table.name in between and table.kind == "view":
            dp.temporary_view(name=table.name, comment=table.description)(_sql(spark, typed(table)))


def stored_names() -> list[str]:
    """What the pipeline keeps: seeds, quarantine, and every table of ours, in an order in which they may be made."""
    kept = [name for name in load_sources() if name in SEEDS or name == QUARANTINE]
    return kept + [name for name, table in load_tables().items() if table.kind == "table"]


def datasets() -> frozenset[str]:
    """Everything that is kept and everything it reads."""
    return _below(stored_names())


def _below(names: Iterable[str], *, kept: bool = False) -> frozenset[str]:
    """These, what they read, what that reads, and so on; `kept` looks no further than tables that are there."""
    tables, wanted, unseen = load_tables(), set[str](), set(names)
    while unseen:
        wanted |= unseen
        asked = [tables[name] for name in unseen if name in tables and not (kept and tables[name].kind == "table")]
        unseen = {read for table in asked for read in table.reads} - wanted
    return frozenset(wanted)


def seed(spark: SparkSession, source: Source, currency: str) -> DataFrame:
    """The rows that `domain` knows."""
    columns = columns_of(source)
    rows = [tuple(row[name] for name in columns) for row in SEEDS[source.name](currency)]
    return spark.createDataFrame(rows, ", ".join(f"`{name}` {word}" for name, word in columns.items()))


def landed(spark: SparkSession, source: Source, folder: str) -> DataFrame:
    """The rows of a source's files; a file without one of its columns has nulls there."""
    columns = ", ".join(f"`{name}` {word}" for name, word in columns_of(source).items())
    return spark.read.schema(columns).parquet(folder)


def quarantined(spark: SparkSession, folder: str) -> DataFrame:
    """What bronze drops, and what the intake rejected before it landed."""
    sources, tables = load_sources(), load_tables().values()
    parts = [dropped(table, sources[QUARANTINE], sources[LANDING]) for table in tables if table.drops]
    rows = spark.sql("\nunion all\n".join(parts))
    if not folder:
        return rows
    of_the_intake = f"not startswith(quarantine_id, '{DROPPED_PREFIX}')"  # a build here left its own dropped rows too
    return rows.unionByName(landed(spark, sources[QUARANTINE], folder).where(of_the_intake))


def _define_source(spark: SparkSession, source: Source, folder: str, currency: str) -> None:
    if source.name in SEEDS:
        known = seed(spark, source, currency)  # here, because a query function may not look at data
        _store(source, lambda: known)
    elif source.name == QUARANTINE:
        _store(source, lambda: quarantined(spark, folder))
    elif folder:
        dp.temporary_view(name=source.name, comment=source.description)(lambda: landed(spark, source, folder))


def _define_stored(spark: SparkSession, table: Table) -> None:
    if not HAS_EXPECTATIONS:
        _store(table, _sql(spark, stored(table)))
        return
    filtered = [check for check in table.drops if looks_elsewhere(check)]
    query = _sql(spark, passing(table, filtered))
    rules: Any = dp
    for expect, checks in (
        (rules.expect_all_or_drop, [check for check in table.drops if check not in filtered]),
        (rules.expect_all_or_fail, [check for check in table.checks if check.level == "fail"]),
        (rules.expect_all, [check for check in table.checks if check.level == "warn"]),
    ):
        query = expect({check.predicate: holds(check) for check in checks})(query) if checks else query
    _store(table, query, table.cluster_by)


def _store(defined: Source | Table, query: Query, cluster_by: tuple[str, ...] = ()) -> None:
    schema, clustered = ddl(defined), [*cluster_by] or None
    dp.materialized_view(name=defined.name, comment=defined.description, schema=schema, cluster_by=clustered)(query)


def _sql(spark: SparkSession, sql: str) -> Query:
    def query() -> DataFrame:
        return spark.sql(sql)

    return query
