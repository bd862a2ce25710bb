"""When people pay and when their money comes: local time, hours and days of demand, paydays and funds cycles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from payment_analysis.simulate.arrays import Array, cumulative

SECOND_US = 1_000_000
HOUR_US = 3_600 * SECOND_US
DAY_US = 24 * HOUR_US
SLOT_US = HOUR_US // 4
BRASILIA_US = -3 * HOUR_US

# Shape of a day in the shopper's time, with the evening peak of online shopping; prototype, chosen per hour.
HOURS = np.array(
    [0.9, 0.5, 0.3, 0.25, 0.25, 0.35, 0.6, 1.0, 1.5, 2.0, 2.3, 2.4,
     2.4, 2.2, 2.1, 2.1, 2.2, 2.3, 2.5, 2.8, 3.1, 3.0, 2.4, 1.5]
)  # fmt: skip
WEEKDAYS = np.array([1.02, 1.03, 1.02, 1.03, 1.08, 0.95, 0.87])  # Monday first; chosen
PAYDAY_LIFT, PAYDAY_LIFT_DAYS = 0.08, 4  # chosen: demand after the fifth business day
FIFTH_BUSINESS_DAY = 0  # in Brazil salaries are due by then; other paydays are days of the month
CYCLE_DAYS = 27.0  # prototype

_MONTHS = np.arange("1990-01", "2101-01", dtype="datetime64[M]")
_FIRST_MONTH = int(_MONTHS[0].astype(np.int64))
_FIRST_DAYS = _MONTHS.astype("datetime64[D]").astype(np.int64)
_LENGTHS = np.diff(np.append(_FIRST_DAYS, _FIRST_DAYS[-1] + 31))
_FIFTHS = np.busday_offset(_MONTHS.astype("datetime64[D]"), 4, roll="forward").astype(np.int64) - _FIRST_DAYS + 1


@dataclass(frozen=True, slots=True)
class Cycle:
    """Where a card stands between two paydays."""

    days_since: Array
    days_until: Array
    month: Array  # of the last payday: names the cycle


def local_day(at_us: Array, offset_us: Array | int) -> Array:
    """Days since 1970 in local time."""
    return np.asarray((at_us + offset_us) // DAY_US)


def local_hour(at_us: Array, offset_us: Array | int) -> Array:
    return np.asarray((at_us + offset_us) % DAY_US // HOUR_US)


def weekday(day: Array) -> Array:
    """Monday is 0; the first day of 1970 was a Thursday."""
    return np.asarray((day + 3) % 7)


def month_of(day: Array) -> Array:
    """Position in the table of months."""
    months = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(months - _FIRST_MONTH)


def payday_in(month: Array, payday: Array) -> Array:
    """Day since 1970 of the payday in a month."""
    day_of_month = np.where(payday == FIFTH_BUSINESS_DAY, _FIFTHS[month], np.minimum(payday, _LENGTHS[month]))
    return np.asarray(_FIRST_DAYS[month] + day_of_month - 1)


def cycle(day: Array, payday: Array) -> Cycle:
    """Days since the last and until the next payday of each card."""
    month = month_of(day)
    here = payday_in(month, payday)
    passed = day >= here
    last = np.where(passed, here, payday_in(month - 1, payday))
    following = np.where(passed, payday_in(month + 1, payday), here)
    return Cycle(day - last, following - day, np.where(passed, month, month - 1))


def headroom_log(base_log: Array, burn: Array, days_since: Array) -> Array:
    """Log of what a card can still spend: full after payday, burnt down over the cycle."""
    spent = burn * np.minimum(days_since / CYCLE_DAYS, 1.0)
    return np.asarray(base_log + np.log1p(-spent))


def demand(start_us: int, end_us: int) -> tuple[Array, Array]:
    """Starts of the quarter-hours of a span and the demand in each, relative to an average one."""
    starts = np.arange(start_us, end_us, SLOT_US, dtype=np.int64)
    day = local_day(starts, BRASILIA_US)
    fifth = payday_in(month_of(day), np.zeros_like(day))
    after_payday = (day >= fifth) & (day < fifth + PAYDAY_LIFT_DAYS)
    hours = HOURS / HOURS.mean()
    lengths = np.minimum(starts + SLOT_US, end_us) - starts
    weights = hours[local_hour(starts, BRASILIA_US)] * WEEKDAYS[weekday(day)] * (1 + PAYDAY_LIFT * after_payday)
    return starts, weights * lengths / SLOT_US


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time in which payments start, with the shape of demand inside it."""

    start_us: int
    end_us: int
    starts_us: Array
    weights: Array

    @classmethod
    def of(cls, start_us: int, end_us: int) -> Window:
        assert start_us < end_us
        return cls(start_us, end_us, *demand(start_us, end_us))

    def instants(self, count: int, rng: np.random.Generator) -> Array:
        """Draw instants by demand, in order of time."""
        edges = np.append(self.starts_us, self.end_us).astype(np.float64)
        at = np.interp(np.sort(rng.random(count)), np.append(0.0, cumulative(self.weights)), edges)
        return np.clip(at.astype(np.int64), self.start_us, self.end_us - 1)
