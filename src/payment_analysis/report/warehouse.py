"""The seam to the lakehouse: something that answers a SQL text with rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Any, Protocol

from payment_analysis.domain.money import Money, exponent

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = dict[str, Any]


class Warehouse(Protocol):
    """Answers Databricks SQL; the embedded lakehouse and a SQL warehouse both fit."""

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
        """Run one statement and return its rows, columns by name."""
        ...


@dataclass(frozen=True, slots=True)
class Query:
    """A question of the report: what it asks, and the SQL that answers it, runnable as it stands."""

    name: str
    sql: str

    def rows(self, warehouse: Warehouse) -> list[Row]:
        return warehouse.rows(self.sql)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which attempts the report speaks of, and the time zone of its days."""

    currency: str
    zone: str = "UTC"
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_bounded(self) -> bool:
        return self.since is not None or self.until is not None

    def period(self, column: str) -> str:
        """Bound an instant, with the limits written out so the SQL runs anywhere as printed."""
        parts = [
            f"{column} {sign} timestamp '{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}Z'"
            for sign, instant in ((">=", self.since), ("<", self.until))
            if instant is not None
        ]
        return " and ".join(parts) or "true"

    def _of_payments(self) -> str:
        inside = f"select payment_id from payments_silver where {self.period('first_attempt_at')}"
        return f"is_sale and payment_id in ({inside})" if self.is_bounded else "is_sale"

    def payments(self) -> str:
        """Name the payments of the period: a payment belongs to the instant of its first attempt."""
        return f"payments as (\n    select * from payments_silver where {self.period('first_attempt_at')}\n)"

    def attempts(self) -> str:
        """Name the attempts of these payments: sales, so no tests and no verifications."""
        return f"""attempts as (
    select *, coalesce(issuer_country, geo_country) as country
    from payments_enriched_silver
    where {self._of_payments()}
)"""

    def messages(self) -> str:
        """Name everything received for the period: these attempts, and tests and verifications made in it."""
        beside = f"or (not is_sale and {self.period('event_timestamp')})" if self.is_bounded else "or not is_sale"
        return f"""messages as (
    select * from payments_enriched_silver
    where ({self._of_payments()}) {beside}
)"""

    def bucket(self, grain: str, column: str = "event_timestamp") -> str:
        """Start of the local hour or day of an instant."""
        assert grain in {"minute", "hour", "day", "week"}, grain
        local = (
            column if self.zone == "UTC" else f"convert_timezone('UTC', '{self.zone}', cast({column} as timestamp_ntz))"
        )
        return f"date_trunc('{grain}', {local})"

    def money(self, amount: object) -> Money | None:
        """Turn a sum of reporting_amount into money; null stays null (no exchange rate)."""
        if amount is None:
            return None
        smallest = Decimal(1).scaleb(-exponent(self.currency))
        return Money.of(Decimal(str(amount)).quantize(smallest, ROUND_HALF_EVEN), self.currency)


def whole(row: Row, column: str) -> int:
    """Read a count; an aggregate over no rows is zero."""
    return int(row[column] or 0)
