"""The build: what passes, what is set aside, what stops it, and that nothing new costs nothing."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from tests.lakehouse.small import BRONZE, LATEST, PAYMENTS, at, attempt, land, plain_lakehouse, table

from payment_analysis.lakehouse.bronze import LANDING
from payment_analysis.lakehouse.checks import CheckFailed
from payment_analysis.lakehouse.table import Check

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.lakehouse.lakehouse import Lakehouse
    from payment_analysis.lakehouse.report import Progress

PAN = "4" + "1" * 15
VIEW = table(
    "v_results",
    "gold",
    "select result, count(*) as attempts from attempts_silver group by result",
    {"result": "string", "attempts": "bigint"},
    grain=("result",),
    kind="view",
    checks=(Check("warn", "result <> 'error'"),),
)


@pytest.fixture
def lakehouse(tmp_path: Path) -> Lakehouse:
    return plain_lakehouse(tmp_path, BRONZE, LATEST, PAYMENTS, VIEW)


def modes(lakehouse: Lakehouse, *, full_refresh: bool = False) -> dict[str, str]:
    return {report.name: report.mode for report in lakehouse.build(full_refresh=full_refresh).tables}


def test_every_table_follows_what_it_reads(lakehouse: Lakehouse) -> None:
    land(lakehouse, [attempt("a1", payment_id="p1"), attempt("a2", payment_id="p1", event_timestamp=at(1))], "one")

    report = lakehouse.build(check_views=True)

    assert [done.name for done in report.tables] == [
        "events_bronze",
        "payments_quarantine_bronze",
        "attempts_silver",
        "paid_silver",
        "v_results",
    ]
    assert lakehouse.rows("select payment_id, attempts from paid_silver") == [{"payment_id": "p1", "attempts": 2}]


def test_a_second_build_touches_nothing(lakehouse: Lakehouse) -> None:
    land(lakehouse, [attempt("a1", payment_id="p1")], "one")
    lakehouse.build()
    before = {name: state.version for name, state in lakehouse.freshness().items()}

    report = lakehouse.build()

    assert {done.mode for done in report.tables} == {"unchanged"}
    assert not report.changed
    assert {name: state.version for name, state in lakehouse.freshness().items()} == before


def test_a_full_refresh_recomputes_silver_and_leaves_bronze(lakehouse: Lakehouse) -> None:
    land(lakehouse, [attempt("a1", payment_id="p1")], "one")
    lakehouse.build()

    done = modes(lakehouse, full_refresh=True)

    assert done["events_bronze"] == "unchanged"
    assert done["attempts_silver"] == done["paid_silver"] == "full"


def test_a_row_that_breaks_a_check_is_in_quarantine_with_its_reason_and_masked(lakehouse: Lakehouse) -> None:
    bad = attempt("a2", amount_minor=-5, decline_reason=f"card {PAN}", _source_file="x.csv", _source_row=3)
    land(lakehouse, [attempt("a1"), bad, attempt("a3", amount_minor=-1)], "one")

    lakehouse.build()

    assert lakehouse.rows("select transaction_id from events_bronze") == [{"transaction_id": "a1"}]
    found = lakehouse.rows(
        "select reason, field, masked_value, detail, record, _source_file, _source_row "
        "from payments_quarantine_bronze order by _source_row nulls last"
    )
    first = found[0]
    assert len(found) == 2
    assert (first["reason"], first["field"], first["masked_value"]) == ("negative_amount", "amount_minor", "-5")
    assert (first["_source_file"], first["_source_row"]) == ("x.csv", 3)
    assert first["detail"].startswith("amount_minor is -5; an attempt has an amount of zero or more")
    assert PAN not in first["record"]
    assert "********1111" in first["record"]


def test_rows_that_land_later_are_appended_and_checked(lakehouse: Lakehouse) -> None:
    land(lakehouse, [attempt(f"a{n}", payment_id=f"p{n}") for n in range(10)], "one")
    lakehouse.build()
    land(lakehouse, [attempt("b1", payment_id="q1"), attempt("b2", amount_minor=-1)], "two")

    report = lakehouse.build()

    assert report.table("events_bronze").mode == "incremental"
    assert (report.table("events_bronze").rows, report.table("payments_quarantine_bronze").rows) == (11, 1)


def test_a_view_of_landing_sees_all_of_it_after_an_incremental_build(tmp_path: Path) -> None:
    all_landed = Check("fail", "n = (select count(*) from events_bronze)")
    view = table("v_n", "gold", f"select count(*) as n from {LANDING}", {"n": "bigint"}, grain=("n",), kind="view")
    lakehouse = plain_lakehouse(tmp_path, BRONZE, dataclasses.replace(view, checks=(all_landed,)))
    land(lakehouse, [attempt("a1")], "one")
    lakehouse.build()
    land(lakehouse, [attempt("a2")], "two")

    report = lakehouse.build(check_views=True)

    assert report.table("v_n").rows == 1
    assert lakehouse.rows("select n from v_n") == [{"n": 2}]


def test_a_changed_check_moves_rows_between_bronze_and_quarantine(lakehouse: Lakehouse, tmp_path: Path) -> None:
    land(lakehouse, [attempt("a1", amount_minor=5), attempt("a2", amount_minor=50)], "one")
    lakehouse.build()
    stricter = Check("drop", "amount_minor >= 10", reason="out_of_range", field="amount_minor")
    changed = plain_lakehouse(tmp_path, dataclasses.replace(BRONZE, checks=(stricter,)), LATEST)

    report = changed.build()

    assert (report.table("events_bronze").rows, report.table("payments_quarantine_bronze").rows) == (1, 1)
    assert lakehouse.build().table("payments_quarantine_bronze").rows == 0


def test_a_broken_check_stops_the_build_and_leaves_the_table_as_it_was(tmp_path: Path) -> None:
    never_error = dataclasses.replace(LATEST, checks=(Check("fail", "result <> 'error'"),))
    lakehouse = plain_lakehouse(tmp_path, BRONZE, never_error)
    land(lakehouse, [attempt("a1")], "one")
    lakehouse.build()
    land(lakehouse, [attempt("a2", result="error"), attempt("a3", result="error")], "two")

    with pytest.raises(CheckFailed) as caught:
        lakehouse.build()

    assert "table attempts_silver: 2 rows break the check `result <> 'error'`" in caught.value.message
    assert "transaction_id = a2; a3" in caught.value.message
    assert lakehouse.rows("select transaction_id from attempts_silver") == [{"transaction_id": "a1"}]
    assert len(list((tmp_path / "tables" / "attempts_silver").glob("*.parquet"))) == 1


def test_a_warning_is_counted_and_stops_nothing(lakehouse: Lakehouse) -> None:
    land(lakehouse, [attempt("a1", result="error")], "one")

    report = lakehouse.build(check_views=True)

    assert [str(warning) for warning in report.warnings] == [
        "table v_results: 1 rows break the check `result <> 'error'`"
    ]


def test_a_changed_definition_is_a_full_build(lakehouse: Lakehouse, tmp_path: Path) -> None:
    land(lakehouse, [attempt("a1", payment_id="p1")], "one")
    lakehouse.build()
    wider = dataclasses.replace(
        LATEST, sql=LATEST.sql.replace("payment_id, result,", "payment_id, upper(result) as result,")
    )

    done = modes(plain_lakehouse(tmp_path, BRONZE, wider, PAYMENTS))

    assert done["events_bronze"] == "unchanged"
    assert done["attempts_silver"] == done["paid_silver"] == "full"


def test_progress_names_every_table(lakehouse: Lakehouse) -> None:
    land(lakehouse, [attempt("a1")], "one")
    seen: list[Progress] = []

    lakehouse.build(progress=seen.append)

    assert [(step.table, step.done) for step in seen][:2] == [("events_bronze", 0), ("payments_quarantine_bronze", 1)]
    assert {step.total for step in seen} == {4}


def test_the_first_build_reports_in_the_currency_of_most_attempts(lakehouse: Lakehouse) -> None:
    land(lakehouse, [attempt("a1", currency="BRL"), attempt("a2", currency="BRL"), attempt("a3")], "one")

    assert lakehouse.build().reporting_currency == "BRL"


def test_a_build_without_anything_landed_makes_empty_tables(lakehouse: Lakehouse) -> None:
    lakehouse.build()

    assert lakehouse.rows(f"select count(*) as n from {LANDING}") == [{"n": 0}]
    assert lakehouse.rows("select count(*) as n from attempts_silver") == [{"n": 0}]
