"""The control band keeps its word: false alarms are as rare as stated, worked out from exact binomial probabilities."""

from __future__ import annotations

from functools import cache
from math import ceil, comb, floor
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from tests.lakehouse.gold_world import NOW, TABLES

from payment_analysis.domain.alert_rules import ALERT_RULES, AlertRule, alert_rule_rows
from payment_analysis.domain.metrics import newcombe
from payment_analysis.lakehouse.dialect import duckdb_type, typed_sql
from payment_analysis.lakehouse.table import load_sources

if TYPE_CHECKING:
    from collections.abc import Iterator

USUAL_TRIALS = 200_000  # so many that the usual share is as good as known
COUNTS = {
    "approval_rate_pct": ("authorizations", "approved"),
    "high_risk_pct": ("scored", "high_risk"),
    "slow_pct": ("timed", "slow"),
    "unanswered_pct": ("attempts", "unanswered"),
}
USUAL_RULES = [rule for rule in ALERT_RULES if rule.basis == "usual"]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set TimeZone = 'UTC'")
        for name in ("v_scope_health_5min", "v_scope_health_usual"):
            _table(opened, name, TABLES[name].columns)
        _table(opened, "alert_thresholds", load_sources()["alert_thresholds"].columns)
        rows = list(alert_rule_rows())
        opened.executemany(
            f"insert into alert_thresholds values ({', '.join('?' * len(rows[0]))})", [list(r.values()) for r in rows]
        )
        yield opened


def _table(opened: duckdb.DuckDBPyConnection, name: str, columns: dict[str, Any]) -> None:
    listed = ", ".join(f"{column} {duckdb_type(kind.type)}" for column, kind in columns.items())
    opened.execute(f"create table {name} ({listed})")


def _band_end(opened: duckdb.DuckDBPyConnection, rule: AlertRule, trials: int, usual: float) -> float:
    whole, part = COUNTS[rule.metric_name]
    columns = ", ".join(dict.fromkeys(("window_start", "scope_type", "scope_value", "attempts", whole, part)))
    for name, at, number, hits in (
        ("v_scope_health_5min", NOW, trials, 0),
        ("v_scope_health_usual", NOW.replace(minute=0), USUAL_TRIALS, round(usual * USUAL_TRIALS)),
    ):
        values = {"window_start": at, "scope_type": "psp", "scope_value": "one", "attempts": number}
        values |= {whole: number, part: hits}
        opened.execute(f"delete from {name}")
        opened.execute(f"insert into {name} ({columns}) values ({', '.join('?' * len(values))})", list(values.values()))
    table = TABLES["v_control_band"]
    sql = (
        f"select band_end from ({typed_sql(table.statement, table.types)}) where alert_type = ? and window_minutes = 5"
    )
    return float(opened.execute(sql, [rule.alert_type]).fetchall()[0][0])


@cache
def _tail(trials: int, share: float, hits: int, *, below: bool) -> float:
    """The exact chance of at most (or at least) so many hits."""
    counted = range(hits + 1) if below else range(hits, trials + 1)
    return sum(comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in counted)


@pytest.mark.parametrize("usual", [0.02, 0.1, 0.3, 0.7, 0.87, 0.95])
@pytest.mark.parametrize("trials", [30, 60, 120, 400])
@pytest.mark.parametrize("rule", USUAL_RULES, ids=lambda rule: rule.alert_type)
def test_chance_leaves_the_band_no_more_often_than_stated(
    rule: AlertRule, trials: int, usual: float, connection: duckdb.DuckDBPyConnection
) -> None:
    end = _band_end(connection, rule, trials, usual)

    below = rule.direction == "below"
    first_alarm = ceil(end * trials) - 1 if below else floor(end * trials) + 1
    impossible = first_alarm < 0 or first_alarm > trials
    chance = 0.0 if impossible else _tail(trials, usual, first_alarm, below=below)

    assert chance <= 3 * rule.false_alarm_rate


def test_the_band_narrows_with_more_attempts(connection: duckdb.DuckDBPyConnection) -> None:
    rule = next(rule for rule in USUAL_RULES if rule.alert_type == "APPROVAL_RATE_DROP")

    ends = [_band_end(connection, rule, trials, 0.87) for trials in (30, 100, 1_000, 10_000)]

    assert ends == sorted(ends)
    assert ends[-1] > 0.85


def test_the_token_interval_is_that_of_the_domain(connection: duckdb.DuckDBPyConnection) -> None:
    counts = (180, 200, 320, 400)  # tokens approved of sent, cards approved of sent
    silver = TABLES["payments_enriched_silver"].columns
    _table(connection, "payments_enriched_silver", dict(silver))
    _table(connection, "data_clock", dict(TABLES["data_clock"].columns))
    connection.execute("insert into data_clock (as_of) values (?)", [NOW])
    for is_token, yes, sent in ((True, *counts[:2]), (False, *counts[2:])):
        connection.execute(
            "insert into payments_enriched_silver by name select 'visa' as card_network, 'bank' as issuer, "
            "true as is_authorization, true as is_first_attempt, ? as is_network_token, n < ? as is_approved, "
            "?::timestamptz as event_timestamp from range(?) as listed(n)",
            [is_token, yes, NOW, sent],
        )
    table = TABLES["v_token_uplift_by_issuer"]

    rows = connection.execute(
        f"select uplift_low, uplift_high from ({typed_sql(table.statement, table.types)})"
    ).fetchall()

    assert rows[0] == pytest.approx(newcombe(*counts))
