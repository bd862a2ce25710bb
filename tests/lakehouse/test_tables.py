"""Every definition is complete, in order, and documented down to the column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import duckdb
import pytest

from payment_analysis.domain.attempt import FIELDS
from payment_analysis.domain.quarantine import Reason
from payment_analysis.lakehouse.dialect import duckdb_type, to_duckdb, typed_sql
from payment_analysis.lakehouse.table import LAYERS, Source, Table, load_sources, load_tables

if TYPE_CHECKING:
    from pathlib import Path

TABLES = load_tables()
SOURCES = load_sources()
TYPES = re.compile(r"string|bigint|int|boolean|double|date|timestamp|decimal\(\d+,\d+\)")

# Named in the requirement documents, with the columns the documents print (spec/inventory.md §1, §2).
DOCUMENTED = """
    v_executive_kpis                 total_transactions unique_merchants unique_countries approved_count declined_count approval_rate_pct avg_fraud_score avg_aml_risk_score total_transaction_value approved_value declined_value avg_transaction_amount auth_3ds_usage_pct period_start period_end
    v_approval_trends_hourly         hour transaction_count approved_count approval_rate_pct avg_fraud_score total_value active_segments
    v_performance_by_geography       country transaction_count approval_rate_pct avg_fraud_score total_transaction_value unique_merchants
    v_top_decline_reasons            decline_reason decline_count pct_of_declines avg_fraud_score avg_amount total_declined_value affected_merchants low_risk_declines recoverable_pct
    v_decline_recovery_opportunities decline_reason merchant_segment card_network decline_count potential_recovery_value avg_fraud_score avg_device_trust recovery_likelihood recommended_action
    v_solution_performance           payment_solution transaction_count approved_count approval_rate_pct avg_fraud_score avg_amount total_value avg_latency_ms
    v_card_network_performance       card_network transaction_count approval_rate_pct avg_amount avg_fraud_score avg_latency_ms
    v_retry_performance              decline_reason retry_count retry_attempts retry_success_rate_pct avg_fraud_score recovered_value effectiveness retry_scenario decline_reason_standard success_rate_pct avg_time_since_last_attempt_s avg_prior_approvals baseline_approval_pct incremental_lift_pct
    v_merchant_segment_performance   merchant_segment transaction_count approval_rate_pct unique_merchants avg_transaction_amount total_value avg_fraud_score auth_3ds_usage_pct
    v_daily_trends                   event_date transactions approval_rate avg_fraud_score total_value dod_volume_change
    reason_code_taxonomy_silver      decline_reason_standard decline_reason_group actionability default_action _created_at
    payments_enriched_silver         merchant_name merchant_country merchant_risk_tier transaction_stage is_cross_border event_date event_time event_hour event_day_of_week canonical_transaction_key risk_tier amount_bucket composite_risk_score retry_scenario decline_reason_standard decline_reason_group recommended_action service_path _processed_at attempt_sequence previous_attempt_time time_since_last_attempt_seconds prior_approved_count merchant_retry_policy_max_attempts event_timestamp approval_rate_pct payment_id attempt_number psp reporting_amount
    merchants_dim_bronze             merchant_id merchant_name merchant_segment merchant_country merchant_risk_tier created_at
"""
OTHERS = """
    payments_stream_input raw_payment_events payments_raw_bronze payments_bronze payments_quarantine_bronze
    merchant_visible_attempts_silver payments_silver data_clock v_metric_bridge v_psp_performance v_dimension_coverage
    v_retry_chains
"""


def _columns(name: str) -> dict[str, str]:
    defined: Source | Table = TABLES.get(name) or SOURCES[name]
    return {column: kind.type for column, kind in defined.columns.items()}


@pytest.mark.parametrize("line", [line.split() for line in DOCUMENTED.strip().splitlines()], ids=lambda line: line[0])
def test_the_documented_columns_exist(line: list[str]) -> None:
    name, *columns = line

    assert set(columns) <= set(_columns(name))


def test_every_table_of_the_documents_exists() -> None:
    assert set(OTHERS.split()) <= TABLES.keys() | SOURCES.keys()


def test_silver_keeps_every_field_of_the_attempt_but_the_grouping_rule() -> None:
    silver = _columns("payments_enriched_silver")

    missing = [field.name for field in FIELDS if field.name not in silver]
    changed = [field.name for field in FIELDS if silver.get(field.name, field.type) != field.type]

    assert missing == ["payment_key", "payment_window_seconds"]
    assert changed == []


def test_a_definition_comes_after_everything_it_reads() -> None:
    seen = set(SOURCES)
    for name, table in TABLES.items():
        assert table.reads <= seen, name
        seen.add(name)


def test_layers_read_downwards_only() -> None:
    upwards = [
        f"{name} reads {read}"
        for name, table in TABLES.items()
        for read in table.reads & TABLES.keys()
        if LAYERS.index(TABLES[read].layer) > LAYERS.index(table.layer)
    ]

    assert upwards == []


def test_no_table_and_source_share_a_name() -> None:
    assert TABLES.keys() & SOURCES.keys() == set()


@pytest.mark.parametrize("defined", [*TABLES.values(), *SOURCES.values()], ids=lambda defined: defined.name)
def test_a_definition_is_documented_to_the_column(defined: Source | Table) -> None:
    assert defined.description.endswith(".")
    assert set(defined.grain) <= defined.columns.keys()
    assert defined.columns
    for name, column in defined.columns.items():
        assert TYPES.fullmatch(column.type), f"{name}: {column.type}"
        assert column.meaning.endswith((".", "…")), f"{name}: {column.meaning}"


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_file_holds_one_statement_that_says_its_grain_first(table: Table) -> None:
    text = table.path.read_text(encoding="utf-8")

    assert text.startswith("-- One row per ")
    assert text.count("\n") <= 80
    assert max(len(line) for line in text.splitlines()) <= 120
    assert text.count("create or replace") == 1


def test_every_file_of_a_definition_has_its_twin() -> None:
    lonely = [path.name for table in TABLES.values() for path in _lonely(table.path.parent)]

    assert lonely == []


def _lonely(folder: Path) -> list[Path]:
    files = [path for path in folder.iterdir() if path.suffix in {".sql", ".yml"}]
    return [path for path in files if not path.with_suffix({".sql": ".yml", ".yml": ".sql"}[path.suffix]).exists()]


def test_gold_is_views_so_that_nothing_is_stored_twice() -> None:
    assert [name for name, table in TABLES.items() if table.layer == "gold" and table.kind != "view"] == []


def test_a_dropped_row_has_a_reason_that_quarantine_can_word() -> None:
    drops = [(table, check) for table in TABLES.values() for check in table.drops]

    assert drops
    assert all(check.reason in set(Reason) for _, check in drops)
    assert all(check.field in table.columns for table, check in drops)


BAD_ROWS = """
    transaction_id   null                            missing_required
    transaction_id   ''                              missing_required
    event_timestamp  null                            missing_required
    event_timestamp  timestamp '2024-01-03 00:00:01' time_in_future
    amount_minor     null                            missing_required
    amount_minor     -1                              negative_amount
    amount_minor     1000000000000                   out_of_range
    currency         'EURO'                          unknown_currency
    currency         'XXQ'                           unknown_currency
    currency         null                            unknown_currency
    result           'maybe'                         unknown_value
    issuer           'Bank 1234567890123'            pan_found
    psp              '1234567890123'                 pan_found
"""


@pytest.mark.parametrize("line", [line.strip() for line in BAD_ROWS.strip().splitlines()])
def test_bronze_drops_a_bad_row_for_its_reason(line: str) -> None:
    name, rest = line.split(maxsplit=1)
    value, reason = rest.rsplit(maxsplit=1)

    assert _reasons(f"* except ({name}), cast({value} as {_columns('payments_raw_bronze')[name]}) as {name}") == [
        reason
    ]


def test_bronze_keeps_a_good_row() -> None:
    assert _reasons("*") == []


def _reasons(select: str) -> list[str]:
    """The reasons for which bronze drops one row that is good but for what `select` changes."""
    good = {
        "transaction_id": "'a1'",
        "event_timestamp": "timestamp '2024-01-02 00:00:00'",
        "_ingested_at": "timestamp '2024-01-02 00:00:00'",
        "amount_minor": "100",
        "currency": "'EUR'",
        "result": "'approved'",
        "issuer": "'A bank with a long name 12'",
    }
    values = ", ".join(
        f"cast({good.get(name, 'null')} as {kind}) as {name}" for name, kind in _columns("payments_raw_bronze").items()
    )
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create table currencies as select 'EUR' as code")
        connection.execute(f"create table good as {to_duckdb(f'select {values}')}")
        connection.execute(f"create table given as {to_duckdb(f'select {select} from good')}")
        return [
            check.reason
            for check in TABLES["payments_raw_bronze"].drops
            if not connection.execute(to_duckdb(f"select {check.predicate} from given")).fetchall()[0][0]
        ]


def test_the_psp_export_gives_the_rates_of_an_independent_count(shared_data: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for source in SOURCES.values():
            columns = ", ".join(f"{name} {duckdb_type(column.type)}" for name, column in source.columns.items())
            connection.execute(f"create table {source.name} ({columns})")
        connection.execute(
            f"""insert into payments_stream_input by name
            select md5(row::varchar) as _event_key, 'user' as _origin, 'csv' as _source, row as _source_row,
                'a' || row as transaction_id, country || '|' || amount as payment_key, 60 as payment_window_seconds,
                amount * 100 as amount_minor, 'EUR' as currency, tmsp::timestamp at time zone 'UTC' as event_timestamp,
                if(success = 1, 'approved', 'declined') as result, PSP as psp
            from (
                select row_number() over () as row, * from read_csv('{shared_data / "psp_attempts_2019_01.csv"}')
            )"""
        )
        for table in TABLES.values():
            connection.execute(f"create {table.kind} {table.name} as {typed_sql(table.statement, table.types)}")
        bridge = {
            step: (numerator, denominator)
            for step, numerator, denominator in connection.execute(
                "select step, numerator, denominator from v_metric_bridge"
            ).fetchall()
        }
        first = connection.execute("select sum(first_attempts), sum(retries) from v_psp_performance").fetchall()

    assert bridge["messages"] == (26_304, 26_304)
    assert bridge["attempt_rate"] == (5_322, 26_304)
    assert bridge["first_attempt_rate"] == (2_906, 14_300)
    assert bridge["payment_rate"] == (5_321, 14_300)
    assert bridge["retry_uplift"] == (2_415, 14_300)
    assert first == [(14_300, 11_998)]  # six more attempts follow an approved one: neither first nor a retry
