"""A warehouse of a few written attempts: silver in memory, asked with the report's own SQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from payment_analysis.domain.decline_reasons import PROFILES, RESENDS, STANDARDS, DeclineReason
from payment_analysis.lakehouse.dialect import duckdb_type, to_duckdb
from payment_analysis.lakehouse.table import load_tables
from payment_analysis.report import build_report
from payment_analysis.report.warehouse import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from payment_analysis.report import Report

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
START = datetime(2026, 3, 1, tzinfo=UTC)
SCOPE = Scope("EUR")
SILVER = "payments_enriched_silver"

Row = dict[str, Any]


class Silver:
    """Answers the report's SQL from rows in memory."""

    def __init__(self, attempts: Sequence[Row], quarantined: Sequence[str] = ()) -> None:
        self._connection = duckdb.connect()
        self._connection.execute("set TimeZone = 'UTC'")
        columns = {name: duckdb_type(column.type) for name, column in load_tables()[SILVER].columns.items()}
        listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        self._connection.execute(f"create table {SILVER} ({listed})")
        self._connection.execute("create table payments_quarantine_bronze (reason varchar)")
        names = {name: None for row in attempts for name in row}
        if names:
            written = pa.Table.from_pylist([names | row for row in attempts])
            self._connection.register("written", written)
            self._connection.execute(f"insert into {SILVER} by name select * from written")
        tables = load_tables()
        self._connection.execute(f"create table payments_silver as {to_duckdb(tables['payments_silver'].statement)}")
        for reason in quarantined:
            self._connection.execute("insert into payments_quarantine_bronze values (?)", [reason])

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
        answer = self._connection.execute(to_duckdb(sql))
        names = [column[0] for column in answer.description or ()]
        return [dict(zip(names, values, strict=True)) for values in answer.fetchall()]


def attempt(payment: str, position: int = 1, result: str = "approved", reason: str | None = None, **given: Any) -> Row:
    """Write one silver row the way the silver SQL would; a reason given as None leaves the decline unexplained."""
    at = given.pop("at", START + timedelta(minutes=7 * position + sum(payment.encode()) * 60))
    declined = result == "declined"
    return {
        "transaction_id": f"{payment}-{position}",
        "payment_id": payment,
        "position_in_payment": position,
        "attempt_number": position,
        "is_first_attempt": position == 1,
        "is_retry": position > 1,
        "event_timestamp": at,
        "result": result,
        "is_approved": {"approved": True, "declined": False}.get(result),
        "is_authorization": result in {"approved", "declined"},
        "reporting_amount": Decimal(100),
        "reporting_currency": "EUR",
        "currency": "EUR",
        "amount_minor": 10_000,
        "psp": "north",
        "card_network": "visa",
        "geo_country": "DE",
        "_origin": "user",
        "_source": "csv",
        "is_sale": not given.get("is_test") and not given.get("is_verification"),
        **(_decline(reason) if declined else {}),
        **given,
    }


def _decline(reason: str | None) -> Row:
    known = DeclineReason(reason or "unknown")
    profile = PROFILES[known]
    return {
        "decline_reason_detail": known.value,
        "decline_reason_standard": profile.standard.value,
        "decline_reason_group": STANDARDS[profile.standard].group.value,
        "decline_fault": profile.fault.value,
        "is_retryable": profile.remedy in RESENDS,
        "recommended_action": profile.remedy.value,
        "decline_source_note": "reason table",
    }


def chain(payment: str, *ends: str, **given: Any) -> list[Row]:
    """Write the attempts of one payment: 'approved', 'error', 'pending' or the reason of a decline, in order."""
    rows = []
    for position, end in enumerate(ends, start=1):
        is_end = end in {"approved", "error", "pending"}
        rows.append(attempt(payment, position, end if is_end else "declined", None if is_end else end, **given))
    return rows


def many(name: str, approved: int, declined: int, reason: str = "unknown", **given: Any) -> list[Row]:
    """Write payments of one attempt each."""
    ends = ["approved"] * approved + [reason] * declined
    return [row for index, end in enumerate(ends) for row in chain(f"{name}{index}", end, **given)]


def report_of(attempts: Sequence[Row], **options: Any) -> Report:
    return build_report(Silver(attempts), now=NOW, **options)
