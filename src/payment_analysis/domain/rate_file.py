"""The CSV file of exchange rates: currency, valid_from, valid_to, rate, source. A bad row is named with its value."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import TYPE_CHECKING

from payment_analysis.domain.currencies import currency_of
from payment_analysis.domain.errors import BadFile, BadInput

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = ("currency", "valid_from", "valid_to", "rate", "source")
OPEN_END = date(9999, 12, 31)
# Units per EUR. Any two rates within cross to a value that decimal(18,10) holds and that is not zero.
RATE_MIN = Decimal("0.1")
RATE_BELOW = Decimal(10_000_000)


@dataclass(frozen=True, slots=True)
class RatePeriod:
    """Units of `currency` per one EUR, from the first day to the day before the last."""

    currency: str
    valid_from: date
    valid_to: date
    rate: Decimal
    source: str

    def __post_init__(self) -> None:
        assert self.valid_from < self.valid_to, "a period has at least one day"
        assert self.rate > 0, "a rate is positive"

    def within(self, valid_from: date, valid_to: date) -> RatePeriod:
        """Keep the rate for a part of the period."""
        return replace(self, valid_from=valid_from, valid_to=valid_to)


def read_rates(path: Path) -> list[RatePeriod]:
    """Read a rate file; an unreadable file or a wrong row is an error that names it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadFile(f"rate file {path} cannot be read: {error.strerror}", hint="check the path") from error
    except UnicodeDecodeError as error:
        raise BadFile(
            f"rate file {path} is not UTF-8 (byte {error.start})", hint="save it as UTF-8 and load it again"
        ) from error
    return parse_rates(text, path.name)


def parse_rates(text: str, name: str) -> list[RatePeriod]:
    """Periods of a rate file's text, by currency and day."""
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    missing = [column for column in COLUMNS[:4] if column not in (reader.fieldnames or ())]
    if missing:
        raise BadFile(
            f"rate file {name} has no column {', '.join(missing)}", hint=f"its header must be {','.join(COLUMNS)}"
        )
    try:
        periods = [(reader.line_num, _period(row, f"{name}, row {reader.line_num}")) for row in reader]
    except csv.Error as error:
        raise BadFile(
            f"rate file {name} cannot be read after row {reader.line_num}: {error}", hint="write plain CSV with commas"
        ) from error
    if not periods:
        raise BadFile(f"rate file {name} has no rates", hint="add a row per currency and period")
    periods.sort(key=lambda numbered: (numbered[1].currency, numbered[1].valid_from))
    for (_, before), (row, after) in pairwise(periods):
        if before.currency == after.currency and after.valid_from < before.valid_to:
            raise BadInput(
                f"{name}, row {row}: {after.currency} from {after.valid_from} overlaps the period"
                f" {before.valid_from} to {before.valid_to}",
                hint="end a period where the next one begins; valid_to is the first day after it",
            )
    return [period for _, period in periods]


def _period(row: dict[str, str | None], place: str) -> RatePeriod:
    if None in row or any(row[column] is None for column in COLUMNS[:4]):
        raise BadInput(f"{place}: the number of values differs from the header's", hint="write one value per column")
    code = (row["currency"] or "").strip()
    try:
        currency = currency_of(code).code
    except BadInput as error:
        raise BadInput(f"{place}, currency: {error.message}", hint=error.hint) from error
    if currency == "EUR":
        raise BadInput(f"{place}, currency: EUR is the base and has no rate", hint="remove the row")
    valid_from = _day(row["valid_from"] or "", f"{place}, valid_from")
    valid_to = _day(row["valid_to"], f"{place}, valid_to") if row["valid_to"] else OPEN_END
    if valid_to <= valid_from:
        raise BadInput(
            f"{place}, valid_to: {valid_to} is not after valid_from {valid_from}",
            hint="valid_to is the first day after the period; leave it empty when the rate is still valid",
        )
    return RatePeriod(currency, valid_from, valid_to, _rate(row["rate"] or "", place), row.get("source") or place)


def _day(text: str, place: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput(f"{place}: {text!r} is not a date", hint="write it as 2026-01-31") from error


def _rate(text: str, place: str) -> Decimal:
    try:
        rate = Decimal(text.strip())
    except InvalidOperation as error:
        raise BadInput(f"{place}, rate: {text!r} is not a number", hint="write it as 1.0835") from error
    if not (rate.is_finite() and RATE_MIN <= rate < RATE_BELOW):
        raise BadInput(
            f"{place}, rate: {text!r} is not between {RATE_MIN} and {RATE_BELOW}",
            hint="the rate is how many units of the currency one EUR buys",
        )
    return rate
