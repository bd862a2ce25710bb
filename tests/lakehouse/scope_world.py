"""A small world for scopes: four months of attempts made up at silver, and copies of it that hold only what is in scope.

Which rows are in scope is decided here by pandas, not by the SQL under test. In a copy a range of time takes the place of
the views' windows by making every `interval` of their SQL longer than the data. One view compares with earlier weeks: in a
copy it reads them from a copy that goes further back, and so does what tells features at the end of the range.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
from tests.lakehouse.scope_attempts import NOW, attempts

from payment_analysis.domain.scope import MISSING, Scope
from payment_analysis.lakehouse.dialect import duckdb_type, parse, to_duckdb, typed_sql
from payment_analysis.lakehouse.scope_bases import OF_THE_END
from payment_analysis.lakehouse.table import Source, load_sources, load_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

TABLES = load_tables()
SOURCES = load_sources()
GOLD = [name for name, table in TABLES.items() if table.layer == "gold"]

FURTHER_BACK = {
    "v_scope_health_usual": ("payments_enriched_silver", 28),
    "online_features": ("payments_enriched_silver", 1),
}
JUDGED = (  # over everything, whatever is in scope
    "merchant_visible_attempts_silver",
    "retry_limits_silver",
    "attempt_ends_silver",
)

# Of every base: its key, its event time and the columns of the dimensions, of which the first with a value counts.
_ATTEMPT = {
    "networks": ["card_network"],
    "countries": ["issuer_country", "geo_country"],
    "segments": ["merchant_segment"],
    "solutions": ["payment_solution"],
    "entry_systems": ["entry_system"],
    "merchants": ["merchant_id"],
    "psps": ["psp"],
    "currencies": ["currency"],
}
_BASES: dict[str, tuple[str, str, dict[str, list[str]]]] = {
    "payments_stream_input": ("_event_key", "event_timestamp", _ATTEMPT),
    "payments_raw_bronze": ("_event_key", "event_timestamp", _ATTEMPT),
    "payments_enriched_silver": ("transaction_id", "event_timestamp", _ATTEMPT),
    "payments_silver": ("payment_id", "first_attempt_at", _ATTEMPT | {"psps": ["first_psp"]}),
    "insight_feedback_silver": ("insight_id", "reviewed_at", {}),
    "data_quality_results": ("event_time", "event_time", {}),
}


class World:
    """A database in memory with every table and view, over given bases or over the whole world."""

    def __init__(
        self, bases: Mapping[str, pa.Table] | None = None, clock: datetime = NOW, views: Mapping[str, str] | None = None
    ) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute("set threads = 1")
        self.connection.execute(_tables())
        self._fill(bases, clock)
        for name, sql in (_views(widened=False) if views is None else views).items():
            if bases is None or name not in JUDGED:
                self.connection.execute(f"create view {name} as {sql}")

    def _fill(self, bases: Mapping[str, pa.Table] | None, clock: datetime) -> None:
        self.connection.execute(
            "insert into decline_reasons by name select 'FUNDS_OR_LIMIT' as decline_reason_standard,"
            " 'HIGH' as actionability, 0.3 as recoverable_share"
        )
        self.connection.execute(
            "insert into alert_thresholds by name select basis as alert_type, 'approval_rate_pct' as metric_name, basis,"
            " 'below' as direction, 60 as high_pct, 80 as critical_pct, 1 as trials_min, 0.5 as z,"
            " 0.1 as false_alarm_rate from values ('limit'), ('usual') as rules(basis)"
        )
        self.connection.execute(
            "insert into retry_rules by name select network, 'a limit' as rule, region, '*' as issuer, 'any' as matches,"
            " 'declines' as counts, 'card+merchant' as key, 2 as attempts_max, 864000 as window_seconds,"
            " false as reset_by_approval, date '2020-01-01' as effective_from, date '2030-01-01' as effective_to,"
            " 100 as fee_minor, 'EUR' as fee_currency from (values ('visa'), ('elo')) as networks(network),"
            " (values ('brazil'), ('other')) as regions(region)"
        )
        self.connection.execute("insert into data_clock values (?, 'EUR')", [clock])
        if bases is not None:
            for name, rows in bases.items():
                self.connection.register("given", rows)
                made = f"insert into {name}" if name in _BASES else f"create table {name} as"
                self.connection.execute(f"{made} select * from given")
            return
        self.connection.execute(
            "insert into insight_feedback_silver by name select 'i' || n as insight_id, ? - interval (n) days as"
            " reviewed_at, ['valid', 'invalid', 'non_actionable'][1 + n % 3] as verdict from range(120) as t(n)",
            [NOW],
        )
        self.connection.execute(
            "insert into data_quality_results by name select ? - interval (n) hours as event_time,"
            " 'table_' || n % 7 as table_name, ['Healthy', 'Unhealthy'][1 + n % 2] as overall_status from range(3000) as t(n)",
            [NOW],
        )
        made_up = attempts()
        for name in ("payments_stream_input", "payments_raw_bronze", "payments_enriched_silver"):
            known = made_up[[column for column in made_up if column in (SOURCES | TABLES)[name].columns]]
            self.connection.register("given", known)
            self.connection.execute(f"insert into {name} by name select * from given")
        payments = TABLES["payments_silver"]
        self.connection.execute(f"insert into payments_silver {typed_sql(payments.statement, payments.types)}")

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        """Answer DuckDB's SQL."""
        result = self.connection.execute(sql, parameters or None)
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def copy(self, scope: Scope) -> World:
        """A world that holds only what is in scope; with a range its clock stops at the end of it."""
        if scope.range is None:
            return World(self._kept(scope), views=_views(widened=False))
        clock, views, kept = min(NOW, scope.range[1]), _views(widened=True), self._kept(scope)
        for reader, (read, days) in FURTHER_BACK.items():
            further_back = self._kept(replace(scope, start=scope.range[0] - timedelta(days=days)))
            kept[f"earlier_of_{reader}"] = World(further_back, clock, {}).table(read)
        return World(kept, clock, views)

    def table(self, name: str) -> pa.Table:
        """All rows of a table or view."""
        return self.connection.sql(f"select * from {name}").to_arrow_table()

    def _kept(self, scope: Scope) -> dict[str, pa.Table]:
        kept = {}
        for name, (key, time, columns) in _BASES.items():
            needed = ", ".join({key, time}.union(*columns.values()))
            frame = self.connection.execute(f"select {needed} from {name}").df()
            keys = pd.DataFrame({key: frame.loc[_in_scope(frame, scope, time, columns), key]})
            self.connection.register("keys", keys)
            kept[name] = self.table(f"{name} semi join keys using ({key})")
            if name == "payments_enriched_silver":
                kept |= {judged: self.table(f"{judged} semi join keys using ({key})") for judged in JUDGED}
        return kept


def _in_scope(frame: pd.DataFrame, scope: Scope, time: str, columns: Mapping[str, list[str]]) -> pd.Series[bool]:
    kept = pd.Series(data=True, index=frame.index)
    if scope.range is not None:
        kept &= (frame[time] >= scope.range[0]) & (frame[time] < scope.range[1])
    for attribute, names in columns.items():
        wanted = getattr(scope, attribute)
        if wanted:
            kept &= frame[names].bfill(axis=1).iloc[:, 0].fillna(MISSING).isin(wanted)
    return kept


@cache
def _tables() -> str:
    """The SQL that makes every table, empty."""
    statements = []
    for name, defined in (SOURCES | TABLES).items():
        if isinstance(defined, Source) or defined.kind == "table":
            columns = ", ".join(f"{column} {duckdb_type(c.type)}" for column, c in defined.columns.items())
            statements.append(f"create table {name} ({columns});")
    return "".join(statements)


@cache
def _views(*, widened: bool) -> dict[str, str]:
    """The SQL of every view for DuckDB; widened, the windows that give way to a range are longer than the data."""
    views = {}
    for name, view in TABLES.items():
        sql = view.sql
        if widened and name not in OF_THE_END and len(set(re.findall(r"\binterval \d+ \w+", sql))) == 1:
            sql = re.sub(r"\binterval \d+ \w+", "interval 40000 days", sql)
        if widened:
            sql = re.sub(r"\btimestampadd\(\w+, -\d+, (?=\w+\.arrived_last)", "timestampadd(day, -40000, ", sql)
        if widened and name in FURTHER_BACK:
            sql = re.sub(rf"\b{FURTHER_BACK[name][0]}\b", f"earlier_of_{name}", sql)
        if view.kind == "view":
            views[name] = typed_sql(parse(sql), view.types)
    return views


@cache
def world() -> World:
    """The whole world, made once."""
    return World()


@cache
def copy(scope: Scope) -> World:
    """The copy of the world for a scope, made once."""
    return world().copy(scope)


def plain(rows: Iterable[Mapping[str, Any]]) -> list[tuple[tuple[str, str], ...]]:
    """Rows in one order and with one spelling per value, for comparing; floats to nine places."""
    return sorted(tuple(sorted((name, _spelled(value)) for name, value in row.items())) for row in rows)


def _spelled(value: object) -> str:
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return f"{value:.9f}"
    return str(value)


def asked(sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
    """What the whole world answers to Databricks SQL."""
    return world().rows(_duckdb(sql), parameters)


_duckdb = cache(to_duckdb)
