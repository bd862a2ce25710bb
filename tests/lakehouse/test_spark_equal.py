"""One definition, two engines: every table and view has the same rows, names and types on DuckDB and on Spark.

Both engines start from the same landed rows and go their whole way alone, seeds and quarantine included. Spark runs the
declarative pipeline for the tables; views are asked in the same Spark, by the same SQL, over what it made itself.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.lakehouse.spark_world import land_world

from payment_analysis.jobs.pipelines import ETL, REALTIME
from payment_analysis.lakehouse.spark.build import Run, pipeline_run
from payment_analysis.lakehouse.spark.datasets import stored_names
from payment_analysis.lakehouse.spark.report import stored_tables, viewed
from payment_analysis.lakehouse.spark.runner import PipelineFailed
from payment_analysis.lakehouse.table import load_sources, load_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from payment_analysis.lakehouse.lakehouse import Lakehouse

pytestmark = pytest.mark.timeout(1200)  # the first test waits for the whole pipeline, 100 s on two busy cores
NAMES = [*load_sources(), *load_tables()]
# Percentiles and sums of doubles may differ in the last bits; everything else is equal exactly.
RELATIVE_TOLERANCE = 1e-12
ZEROS_OF_A_DECIMAL = re.compile(r'(?<=":)(-?\d+\.\d+?)0+(?=[,}])')  # of a member of a JSON object
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Engines:
    duckdb: Lakehouse
    spark: Run


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    home = tmp_path_factory.mktemp("engines")
    lakehouse = land_world(home, tmp_path_factory.mktemp("simulated") / "history")
    lakehouse.build(reporting_currency="EUR")
    read = {name for table in load_tables().values() for name in table.reads}
    with pipeline_run(home, ETL, reporting_currency="EUR") as run:
        run.define_views(computed_once=read)
        yield Engines(lakehouse, run)


@pytest.mark.parametrize("name", NAMES)
def test_the_world_has_rows_for_every_table(engines: Engines, name: str) -> None:
    assert engines.duckdb.rows(f"select count(*) as rows from {name}")[0]["rows"] > 0, "equal, but only as nothing"


@pytest.mark.parametrize("name", NAMES)
def test_both_engines_have_the_same_rows(engines: Engines, name: str) -> None:
    columns = ", ".join(f"`{column}`" for column in columns_of(name))
    ours = [tuple(row.values()) for row in engines.duckdb.rows(f"select {columns} from {name}")]
    theirs = [tuple(row) for row in engines.spark.session.sql(f"select {columns} from {name}").collect()]

    assert differences(ours, theirs) == []


@pytest.mark.parametrize("name", NAMES)
def test_both_engines_have_the_same_columns(engines: Engines, name: str) -> None:
    seen = engines.spark.session.table(name).schema

    assert {field.name: field.dataType.simpleString() for field in seen} == columns_of(name)


def test_the_other_pipeline_of_the_bundle_resolves_over_these_tables(engines: Engines) -> None:
    replace(engines.spark.pipeline, source=REALTIME).check()


def test_a_pipeline_that_reads_what_is_not_there_is_refused_before_it_runs(engines: Engines, tmp_path: Path) -> None:
    source = tmp_path / "wrong.py"
    source.write_text(
        "from pyspark import pipelines as dp\n"
        "from pyspark.sql import SparkSession\n"
        "@dp.materialized_view(name='wrong')\n"
        "def wrong():\n"
        "    return SparkSession.active().sql('select 1 as one from no_such_table')\n"
    )

    with pytest.raises(PipelineFailed, match="no_such_table"):
        replace(engines.spark.pipeline, source=source).check()


def test_the_tables_are_kept_in_the_format_that_spark_was_given(engines: Engines) -> None:
    logs = {name for name in stored_names() if (engines.spark.warehouse / name / "_delta_log").is_dir()}

    assert logs == (set(stored_names()) if engines.spark.spark.format == "delta" else set())


def test_every_gold_view_with_checks_is_evaluated_on_spark(engines: Engines) -> None:
    checked = {name for name, table in load_tables().items() if table.layer == "gold" and table.checks}

    reports = list(viewed(engines.spark.session))

    assert {report.name for report in reports if report.mode == "view" and report.rows > 0} == checked


def test_every_stored_table_is_reported_with_its_rows(engines: Engines) -> None:
    reports = {report.name: report.rows for report in stored_tables(engines.spark.session)}

    assert reports == {
        name: engines.duckdb.rows(f"select count(*) as rows from {name}")[0]["rows"] for name in stored_names()
    }


def columns_of(name: str) -> dict[str, str]:
    defined = load_tables().get(name) or load_sources()[name]
    return {column: kind.type for column, kind in defined.columns.items()}


def differences(ours: list[Row], theirs: list[Row]) -> list[str]:
    """Rows of one side that the other does not have, in words; empty when both are the same multiset."""
    ours, theirs = sorted(map(plain, ours), key=repr), sorted(map(plain, theirs), key=repr)
    if len(ours) != len(theirs):
        return [f"DuckDB has {len(ours)} rows, Spark {len(theirs)}"]
    return [f"{a!r} on DuckDB, {b!r} on Spark" for a, b in zip(ours, theirs, strict=True) if not all(map(close, a, b))]


def close(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=RELATIVE_TOLERANCE, abs_tol=RELATIVE_TOLERANCE)
    return bool(one == other)


def plain(row: Row) -> Row:
    """Spark hands instants over in the zone of this machine, and writes the zeros of a decimal into a masked record."""
    return tuple(
        value.astimezone(UTC)
        if isinstance(value, datetime)
        else ZEROS_OF_A_DECIMAL.sub(r"\1", value)
        if isinstance(value, str)
        else value
        for value in row
    )
