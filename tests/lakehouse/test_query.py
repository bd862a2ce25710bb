"""Questions in SQL: those of the requirement documents run as printed, and what must not run does not."""

from __future__ import annotations

import re
import threading
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from tests.lakehouse.small import BRONZE, LATEST, at, attempt, land, plain_lakehouse

from payment_analysis.domain.errors import BadQuery, NotBuilt, NotFound
from payment_analysis.lakehouse.lakehouse import Lakehouse

if TYPE_CHECKING:
    from pathlib import Path

PRINTED = re.compile(r"^ *((?:SELECT|SHOW|DESCRIBE)\b[^;`]*;)", re.MULTILINE)
PREFIX = "main.payment_analysis_dev."
SILVER = "payments_enriched_silver"
COUNTED = f"select count(*) as attempts from {SILVER}"


@pytest.fixture(scope="module")
def lakehouse(tmp_path_factory: pytest.TempPathFactory) -> Lakehouse:
    lakehouse = Lakehouse(tmp_path_factory.mktemp("query"))
    land(
        lakehouse,
        [
            attempt("a1", payment_id="p1", result="declined", decline_code_raw="51", card_network="visa"),
            attempt("a2", payment_id="p1", event_timestamp=at(5)),
            attempt("a3", payment_id="p2", amount_minor=2550, event_timestamp=at(9)),
            attempt("a4", payment_id="p3", event_timestamp=at(9)),
        ],
        "one",
    )
    lakehouse.build()
    return lakehouse


@pytest.fixture(scope="module")
def printed(shared_data: Path) -> list[str]:
    """Every query printed in the requirement documents."""
    documents = sorted((shared_data.parent / "requirements").glob("*.md"))
    return [" ".join(found.split()) for path in documents for found in PRINTED.findall(path.read_text("utf-8"))]


def test_the_documents_print_the_queries_we_know(printed: list[str]) -> None:
    assert len(printed) == 8
    assert "SHOW VIEWS IN main.payment_analysis_dev;" in printed


def test_every_printed_query_runs_with_and_without_its_prefix(lakehouse: Lakehouse, printed: list[str]) -> None:
    for sql in printed:
        full, bare = lakehouse.query(sql), lakehouse.query(sql.replace(PREFIX, ""))

        assert full.columns
        assert (full.columns, full.types) == (bare.columns, bare.types), sql
        if not sql.startswith("SHOW"):
            assert full.rows == bare.rows, sql
        if "CURRENT_DATE" not in sql:
            assert full.rows, sql


def test_the_printed_counts_are_right(lakehouse: Lakehouse) -> None:
    bronze = lakehouse.query("SELECT COUNT(*), MAX(event_timestamp) FROM main.payment_analysis_dev.payments_bronze;")
    silver = lakehouse.query("SELECT COUNT(*), AVG(approval_rate_pct) FROM payments_enriched_silver")

    assert (bronze.columns, bronze.types) == (["count(*)", "max(event_timestamp)"], ["bigint", "timestamp"])
    assert bronze.rows == [(4, at(9))]
    assert silver.rows == [(4, 75.0)]


def test_views_and_tables_are_listed(lakehouse: Lakehouse) -> None:
    views = lakehouse.query(
        "-- Check views exist\nshow views in main.payment_analysis_dev like 'v_executive*|data_clock'"
    )
    tables = lakehouse.query("SHOW TABLES LIKE 'payments_raw*|data_clock'")

    assert (views.columns, views.rows) == (
        ["namespace", "viewName", "isTemporary"],
        [("payment_analysis_dev", "v_executive_kpis", False)],
    )
    assert [row[1] for row in tables.rows] == ["data_clock", "payments_raw_bronze"]


def test_a_table_describes_itself(lakehouse: Lakehouse) -> None:
    described = lakehouse.query("DESCRIBE TABLE main.payment_analysis_dev.Payments_Bronze")

    assert described.columns == ["col_name", "data_type", "comment"]
    assert ("transaction_id", "string") in [row[:2] for row in described.rows]


def test_steps_may_be_named_like_tables(lakehouse: Lakehouse) -> None:
    sql = """
        with payments_silver as (select * from main.x.payments_silver where payment_id = 'p1')
        select payments_silver.payment_id from payments_silver
    """

    assert lakehouse.query(sql).rows == [("p1",)]


def test_columns_may_be_qualified_in_full(lakehouse: Lakehouse) -> None:
    sql = "select main.dev.payments_silver.payment_id from main.dev.payments_silver order by 1"

    assert lakehouse.query(sql).rows == [("p1",), ("p2",), ("p3",)]


def test_no_more_rows_than_allowed_are_shown(lakehouse: Lakehouse) -> None:
    cut = lakehouse.query("select transaction_id from payments_enriched_silver order by transaction_id", limit=2)
    whole = lakehouse.query("select transaction_id from payments_enriched_silver limit 2", limit=2)
    union = lakehouse.query("select 1 as n union all select 2 union all select 3", limit=2)

    assert (cut.rows, cut.truncated) == ([("a1",), ("a2",)], True)
    assert (len(whole.rows), whole.truncated) == (2, False)
    assert (len(union.rows), union.truncated) == (2, True)


@pytest.mark.parametrize(
    "sql",
    [
        "delete from payments_silver",
        "drop table payments_silver",
        "create table x as select 1",
        "insert into payments_silver values (1)",
        "update payments_silver set attempts = 1",
        "set memory_limit = '100GB'",
        "attach 'x.db'",
        "copy payments_silver to 'x.csv'",
        "pragma database_list",
        "call pragma_version()",
        "explain select 1",
        "use main",
        "install httpfs",
        "select 1; select 2",
        "select * from read_parquet('x.parquet')",
        "select * from read_csv('x.csv')",
        "select * from glob('*')",
        "select * from duckdb_settings()",
        "select * from range(10)",
        "select read_text('x')",
        "select getenv('PATH')",
        "select current_setting('memory_limit')",
        "select current_user()",
        "select repeat('x', 1000000000)",
        "select hash('x')",
        "select * into copy_of from payments_silver",
        "select :name",
        "select from where",
        "",
        "select unknown_column from payments_silver",
        "select " + "(" * 3000 + "1" + ")" * 3000,
        "select '" + "x" * 20_001 + "'",
        "select cast('x' as int) as n",
    ],
)
def test_what_is_not_a_plain_question_is_refused_with_a_reason_and_a_hint(lakehouse: Lakehouse, sql: str) -> None:
    with pytest.raises(BadQuery) as caught:
        lakehouse.query(sql)

    assert caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    "sql",
    [
        "select * from 'x.csv'",
        "select * from parquet.`x`",
        "select * from information_schema.tables",
        "select * from sqlite_master",
        "select * from duckdb_tables",
        "describe pg_catalog.pg_class",
    ],
)
def test_only_tables_of_ours_can_be_read(lakehouse: Lakehouse, sql: str) -> None:
    with pytest.raises(NotFound, match="there is no table or view"):
        lakehouse.query(sql)


def test_an_unknown_table_is_named_with_its_neighbours(lakehouse: Lakehouse) -> None:
    with pytest.raises(NotFound) as caught:
        lakehouse.query("select * from payments_enriched_sliver")

    assert "payments_enriched_silver" in caught.value.hint


def test_a_question_that_takes_too_long_is_stopped(lakehouse: Lakehouse) -> None:
    attempts = ", ".join(f"payments_enriched_silver as t{n}" for n in range(20))

    with pytest.raises(BadQuery, match=r"longer than 0\.2 s"):
        lakehouse.query(f"select count(distinct t1.amount * t2.amount + t19.amount) as n from {attempts}", seconds=0.2)

    assert lakehouse.query("select 1 as n").rows == [(1,)]


def test_what_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    lakehouse = plain_lakehouse(tmp_path, BRONZE, LATEST)

    for sql in ("select * from attempts_silver", "show tables"):
        with pytest.raises(NotBuilt) as caught:
            lakehouse.query(sql)
        assert "payment-analysis build" in caught.value.hint


def test_our_own_questions_take_parameters(lakehouse: Lakehouse) -> None:
    sql = "select transaction_id, amount from payments_enriched_silver where amount_minor = :minor and payment_id = :id"

    rows = lakehouse.rows(sql, {"minor": 2550, "id": "p2", "unused": None})

    assert rows == [{"transaction_id": "a3", "amount": Decimal("25.500")}]


def test_a_reader_sees_what_was_committed_after_it_started(tmp_path: Path) -> None:
    lakehouse, other = (plain_lakehouse(tmp_path, BRONZE, LATEST) for _ in range(2))
    land(lakehouse, [attempt("a1")], "one")
    lakehouse.build()
    before = lakehouse.rows("select count(*) as n from attempts_silver")
    land(other, [attempt("a2")], "two")
    other.build()

    after = lakehouse.rows("select count(*) as n from attempts_silver")

    assert (before, after) == ([{"n": 1}], [{"n": 2}])


def test_many_threads_may_ask_at_once(lakehouse: Lakehouse) -> None:
    answers: list[object] = []

    def ask() -> None:
        answers.extend(row["n"] for row in lakehouse.rows("select count(*) as n from payments_enriched_silver"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [4] * 8


def test_the_lakehouse_says_how_old_it_is(lakehouse: Lakehouse) -> None:
    state = lakehouse.freshness()["payments_enriched_silver"]

    assert (state.rows, state.latest_event) == (4, at(9))
    assert state.committed_at > at(0)


def test_a_question_reads_one_moment_of_tables_that_go_on_moving(tmp_path: Path) -> None:
    lakehouse = Lakehouse(tmp_path)
    land(lakehouse, [attempt("m1")], "one")
    lakehouse.build()
    reader = lakehouse._query._reader
    held = reader.prepared(COUNTED, None)
    land(lakehouse, [attempt("m2")], "two")
    lakehouse.build()

    (now,) = lakehouse.rows(COUNTED)
    before = held.cursor.execute(held.sql, held.parameters).fetchall()

    assert (before, now["attempts"]) == ([(1,)], 2)
    assert held.versions[SILVER] < reader.versions(COUNTED)[SILVER]


def test_who_asks_before_anything_is_built_leaves_no_folder(tmp_path: Path) -> None:
    home = tmp_path / "home"

    with pytest.raises(NotBuilt, match="is not built yet"):
        Lakehouse(home).rows(COUNTED)

    assert not home.exists()
