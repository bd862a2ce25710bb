"""The build says what it saw: freshness and completeness of every table it made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.lakehouse.small import attempt, land

from payment_analysis.lakehouse.lakehouse import Lakehouse
from payment_analysis.lakehouse.table import load_tables
from payment_analysis.lakehouse.verdicts import downstream

if TYPE_CHECKING:
    from pathlib import Path


def landed(home: Path) -> Lakehouse:
    lakehouse = Lakehouse(home)
    known = {"merchant_id": "m1", "geo_country": "BR"}
    land(lakehouse, [attempt("a1", **known), attempt("a2", result="declined", decline_code_raw="51", **known)], "one")
    return lakehouse


def test_a_build_leaves_a_verdict_on_every_table_it_made(tmp_path: Path) -> None:
    lakehouse = landed(tmp_path)
    lakehouse.build()

    rows = {row["table_name"]: row for row in lakehouse.rows("select * from v_uc_data_quality_metrics")}

    made = {name for name, table in load_tables().items() if table.kind == "table"}
    assert rows.keys() == made
    assert {row["overall_status"] for row in rows.values()} == {"Healthy"}
    assert rows["payments_raw_bronze"]["row_count"] == lakehouse.freshness()["payments_raw_bronze"].rows
    assert rows["payments_raw_bronze"]["impact_level"] == "HIGH"


def test_a_build_with_nothing_new_leaves_no_verdict(tmp_path: Path) -> None:
    lakehouse = landed(tmp_path)
    lakehouse.build()
    verdicts = lakehouse.rows("select count(*) as verdicts from data_quality_results")

    lakehouse.build()

    assert lakehouse.rows("select count(*) as verdicts from data_quality_results") == verdicts


def test_downstream_counts_readers_through_readers() -> None:
    tables = load_tables()

    assert "v_executive_kpis" in downstream("payments_raw_bronze", tables)
    assert downstream("v_executive_kpis", tables) == frozenset()


def test_rows_that_break_a_check_make_a_table_unhealthy_and_are_counted(tmp_path: Path) -> None:
    lakehouse = landed(tmp_path)
    land(lakehouse, [attempt("a3", merchant_id="m1")], "two")
    lakehouse.build()

    (row,) = lakehouse.rows("select * from v_uc_data_quality_metrics where table_name = 'payments_enriched_silver'")

    assert (row["overall_status"], row["completeness_status"], row["failed_row_count"]) == ("Unhealthy", "Unhealthy", 1)
    assert "geo_country is not null" in row["detail"]
