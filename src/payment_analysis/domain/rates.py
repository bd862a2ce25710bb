"""Exchange rates with dates: what one currency was worth in another when the attempt was made.

A rate table holds, per currency, periods [valid_from, valid_to) with the units of that currency per one EUR; any other
pair is crossed through EUR. A pair without a rate on a day has none: the amount is then left out, and never guessed.
The reference table is monthly: the first euro reference rate the European Central Bank published in the month.
`scripts/make_exchange_rates.py` makes it. The newest month stays valid until a newer table replaces it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from functools import cache
from importlib import resources
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from payment_analysis.domain.currencies import currency_of
from payment_analysis.domain.rate_file import OPEN_END, RatePeriod, parse_rates, read_rates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

BASE = "EUR"
ALWAYS = date(1900, 1, 1)  # where a period begins that has no beginning; later than the calendar change of 1582
RATE_PLACES = 10  # decimal digits of a crossed rate: one rupiah is 0.0000493 EUR, and five of its digits are kept
RATE_TYPE = "decimal(18,10)"
FRESH_DAYS_MAX = 62  # a monthly table is one to two months old between two releases of the house
_QUANTUM = Decimal(1).scaleb(-RATE_PLACES)


@dataclass(frozen=True, slots=True)
class RateTable:
    """Periods per currency, in order and without overlap; build it with `rate_table`."""

    periods: Mapping[str, tuple[RatePeriod, ...]]

    def __post_init__(self) -> None:
        for currency, periods in self.periods.items():
            assert currency != BASE, "the base has no rate to itself"
            assert all(a.valid_to <= b.valid_from for a, b in pairwise(periods)), f"periods of {currency} overlap"

    def of(self, currency: str) -> tuple[RatePeriod, ...]:
        """Return the periods of a currency; none when it is unknown."""
        if currency == BASE:
            return (RatePeriod(BASE, ALWAYS, OPEN_END, Decimal(1), "identity"),)
        return self.periods.get(currency, ())

    def per_euro(self, currency: str, on: date) -> Decimal | None:
        """Units of the currency per EUR on that day."""
        periods = self.of(currency)
        position = bisect_right(periods, on, key=lambda period: period.valid_from) - 1
        if position < 0 or on >= periods[position].valid_to:
            return None
        return periods[position].rate

    @property
    def newest_from(self) -> date:
        """First day of the newest period: what lies after its month is converted with an older rate."""
        return max(period.valid_from for periods in self.periods.values() for period in periods)

    def age_days(self, on: date) -> int:
        """How many days before `on` the newest rates began; a month or less is as fresh as a monthly table gets."""
        return max(0, (on - self.newest_from).days)

    def overlaid(self, newer: Iterable[RatePeriod]) -> RateTable:
        """Return this table with the given periods in it; where both know a rate the given one wins."""
        given = rate_table(newer)
        kept = [
            part
            for currency, periods in self.periods.items()
            for period in periods
            for part in _outside(period, given.of(currency))
        ]
        return rate_table([*kept, *(period for periods in given.periods.values() for period in periods)])


def _outside(period: RatePeriod, cuts: tuple[RatePeriod, ...]) -> Iterator[RatePeriod]:
    """Yield the parts of a period that none of the cuts, which are in order, covers."""
    start = period.valid_from
    for cut in cuts:
        if start < min(cut.valid_from, period.valid_to):
            yield period.within(start, min(cut.valid_from, period.valid_to))
        start = max(start, cut.valid_to)
    if start < period.valid_to:
        yield period.within(start, period.valid_to)


def rate_table(periods: Iterable[RatePeriod]) -> RateTable:
    """Order the periods by currency and day."""
    table: dict[str, list[RatePeriod]] = {}
    for period in sorted(periods, key=lambda period: (period.currency, period.valid_from)):
        table.setdefault(period.currency, []).append(period)
    return RateTable(MappingProxyType({currency: tuple(rows) for currency, rows in table.items()}))


@cache
def reference_rates() -> RateTable:
    """Load the monthly reference rates that come with the house."""
    text = (resources.files("payment_analysis.domain") / "data" / "exchange_rates.csv").read_text(encoding="utf-8")
    return rate_table(parse_rates(text, "exchange_rates.csv"))


def load_rates(path: Path) -> RateTable:
    """Lay a file of own rates over the reference rates: its periods win, the rest stays."""
    return reference_rates().overlaid(read_rates(path))


def _cross(from_per_euro: Decimal, to_per_euro: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = 40
        return (to_per_euro / from_per_euro).quantize(_QUANTUM)


def rate(currency: str, to: str, on: date, table: RateTable | None = None) -> Decimal | None:
    """Return what one unit of `currency` is in units of `to` on that day; None when the table does not know."""
    currency_of(currency)
    currency_of(to)
    if currency == to:
        return Decimal(1).quantize(_QUANTUM)
    known = table or reference_rates()
    from_per_euro, to_per_euro = known.per_euro(currency, on), known.per_euro(to, on)
    if from_per_euro is None or to_per_euro is None:
        return None
    return _cross(from_per_euro, to_per_euro)


def rate_rows(reporting_currency: str, table: RateTable | None = None) -> Iterator[dict[str, object]]:
    """Rows of the seed `reporting_rates`: amount in reporting currency = amount in major units * rate."""
    currency_of(reporting_currency)
    known = table or reference_rates()
    one = Decimal(1).quantize(_QUANTUM)
    yield {"currency": reporting_currency, "valid_from": ALWAYS, "valid_to": OPEN_END, "rate": one}
    for currency in sorted({BASE, *known.periods} - {reporting_currency}):
        for ours, theirs in _shared(known.of(currency), known.of(reporting_currency)):
            yield {
                "currency": currency,
                "valid_from": max(ours.valid_from, theirs.valid_from),
                "valid_to": min(ours.valid_to, theirs.valid_to),
                "rate": _cross(ours.rate, theirs.rate),
            }


def _shared(ours: tuple[RatePeriod, ...], theirs: tuple[RatePeriod, ...]) -> Iterator[tuple[RatePeriod, RatePeriod]]:
    """Pairs of periods that have a day in common, in order."""
    i = j = 0
    while i < len(ours) and j < len(theirs):
        if max(ours[i].valid_from, theirs[j].valid_from) < min(ours[i].valid_to, theirs[j].valid_to):
            yield ours[i], theirs[j]
        if ours[i].valid_to <= theirs[j].valid_to:
            i += 1
        else:
            j += 1


def rates_are_stale(on: date, table: RateTable | None = None) -> bool:
    """Whether amounts of that day are converted with rates older than a monthly table should be."""
    return (table or reference_rates()).age_days(on) > FRESH_DAYS_MAX
