"""Time in a question: the stretch that words mean, counted from the data's own clock, in UTC.

"Last week" is the last whole one, Monday to Sunday; "past week", "the last week" and "last 7 days" are 7 times 24 hours
before the newest attempt. A month without a year is the latest that has begun.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from payment_analysis.agents.ask import calendar_words as words
from payment_analysis.agents.ask.spec import Period
from payment_analysis.agents.ask.stretches import LENGTHS, day_of, midnight, next_month, one_before
from payment_analysis.agents.ask.text import number_at, stems_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.agents.ask.text import Token

COUNT_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that name a time: which, and the stretch they mean; none when they mean the one before another."""

    first: int
    after: int
    period: Period | None
    ends: tuple[Period, Period] | None = None  # of a range, each end for itself


class Clock:
    """Reads time against the data's own clock."""

    def __init__(self, now: datetime, first: datetime, numbers: dict[str, int]) -> None:
        self._now = now  # a tick after the newest attempt
        self._first = first
        self._numbers = numbers

    def mentions(self, told: Sequence[Token]) -> list[Mention]:
        """Every mention of time, in order."""
        found, at = [], 0
        while at < len(told):
            mention = self._mention(told, at)
            if mention is None:
                at += 1
            else:
                found.append(mention)
                at = mention.after
        return found

    def _mention(self, told: Sequence[Token], at: int) -> Mention | None:
        for read in (self._range, self._open, self._relative, self._point_mention):
            mention = read(told, at)
            if mention is not None:
                return mention
        return None

    # ranges of two points, and those open on one side

    def _range(self, told: Sequence[Token], at: int) -> Mention | None:
        opened = told[at].stem in words.FROM
        start = at + 1 if opened else at
        if opened and start < len(told) and told[start].stem in {"the", "o", "el", "dia"}:
            start += 1
        one = self._shared_month(told, start) or self._point(told, start)
        if one is None or one[1] >= len(told) or told[one[1]].stem not in words.TO:
            return None
        second = one[1] + 1
        while second < len(told) and told[second].stem in {"the", "o", "el", "dia"}:
            second += 1
        other = self._point(told, second)
        if other is None or other[0].end <= one[0].start:
            return None
        if not opened and told[one[1]].stem in {"and", "e", "y", "a"}:
            return None  # "October and September" is two times
        label = f"{one[0].label} to {other[0].label}"
        return Mention(at, other[1], Period(start=one[0].start, end=other[0].end, label=label), (one[0], other[0]))

    def _open(self, told: Sequence[Token], at: int) -> Mention | None:
        stem = told[at].stem
        if stem not in words.SINCE | words.UNTIL:
            return None
        after = at + 1
        while after < len(told) and told[after].stem in {"the", "o", "el", "dia"}:
            after += 1
        point = self._point(told, after)
        if point is None:
            return None
        start, end = (point[0].start, self._now) if stem in words.SINCE else (self._first, point[0].end)
        if start >= end:
            return None
        return Mention(at, point[1], Period(start=start, end=end, label=f"{stem} {point[0].label}"))

    def _shared_month(self, told: Sequence[Token], at: int) -> tuple[Period, int] | None:
        """The day of "1 to 15 October"."""
        day = number_at(told, at, self._numbers)
        if day is None or at + 2 >= len(told) or told[at + 1].stem not in words.TO:
            return None
        other = self._point(told, at + 2)
        if other is None or other[0].end - other[0].start != timedelta(days=1) or not 1 <= day <= other[0].start.day:
            return None
        return day_of(other[0].start.date().replace(day=day)), at + 1

    # last, this, previous

    def _relative(self, told: Sequence[Token], at: int) -> Mention | None:
        for phrase in words.DAY_BEFORE_YESTERDAY:
            if stems_at(told, at, len(phrase)) == phrase:
                return Mention(at, at + len(phrase), day_of(self._today - timedelta(days=2)))
        earlier = self._earlier(told, at)
        if earlier is not None:
            return earlier
        return self._last(told, at) or self._unit_first(told, at) or self._this(told, at)

    def _earlier(self, told: Sequence[Token], at: int) -> Mention | None:
        """The week before, semana anterior, previous period: whatever the other stretch is."""
        names = {"period", "periodo", *words.UNITS}
        stem, following = told[at].stem, stems_at(told, at + 1, 1)
        if stem in words.BEFORE_UNIT and following and following[0] in words.UNITS and self._has_stretch(told, at):
            return Mention(at, at + 2, None)
        if (
            stem in names
            and following
            and following[0] in words.EARLIER
            and stems_at(told, at + 2, 1) != ("yesterday",)
        ):
            after = at + 2
            return Mention(at, after + (stems_at(told, after, 1) in {("that",), ("last",)}), None)
        if (
            stem in {"previou", "previous", "prior", "preceding"}
            and following
            and following[0] in {"period", "periodo"}
        ):
            return Mention(at, at + 2, None)
        if stem in words.UNITS and stems_at(told, at + 1, 2) in {("over", stem), ("on", stem)}:
            length = LENGTHS[words.UNITS[stem]]
            return Mention(at, at + 3, self._rolling(length, f"last {words.UNITS[stem]}"))
        return None

    def _has_stretch(self, told: Sequence[Token], at: int) -> bool:
        """Whether a time is named already, so that "the previous week" is the one before it."""
        return any(
            self._last(told, place) or self._this(told, place) or self._point(told, place) for place in range(at)
        )

    def _last(self, told: Sequence[Token], at: int) -> Mention | None:
        if told[at].stem not in words.LAST:
            return None
        number = number_at(told, at + 1, self._numbers)
        place = at + 1 if number is None else at + 2
        unit = words.UNITS.get(told[place].stem) if place < len(told) else None
        if unit is None:
            return self._last_weekday(told, at)
        if number is not None and not 1 <= number <= COUNT_MAX:
            return None
        if number is not None:
            return Mention(at, place + 1, self._rolling(number * LENGTHS[unit], f"last {number} {unit}s"))
        after_the = at > 0 and told[at - 1].stem in {"the", "in", "over"}
        if told[at].stem in words.ROLLING or after_the or unit in {"minute", "hour"}:
            period = self._rolling(LENGTHS[unit], f"last {unit}")
            return Mention(
                at, place + 1, day_of(self._today - timedelta(days=1)) if unit == "day" and not after_the else period
            )
        return Mention(at, place + 1, self._whole(unit, back=1))

    def _last_weekday(self, told: Sequence[Token], at: int) -> Mention | None:
        weekday = words.WEEKDAYS.get(told[at + 1].stem) if at + 1 < len(told) else None
        if weekday is None:
            return None
        back = (self._today.isoweekday() - weekday) % 7 or 7
        return Mention(at, at + 2, day_of(self._today - timedelta(days=back)))

    def _unit_first(self, told: Sequence[Token], at: int) -> Mention | None:
        """Semana passada, mes pasado, últimas is read above."""
        unit = words.UNITS.get(told[at].stem)
        if unit and stems_at(told, at + 1, 1) and told[at + 1].stem in words.AFTER_UNIT:
            return Mention(at, at + 2, self._whole(unit, back=1))
        return None

    def _this(self, told: Sequence[Token], at: int) -> Mention | None:
        unit = words.UNITS.get(told[at + 1].stem) if at + 1 < len(told) else None
        if told[at].stem in words.THIS and unit not in {None, "minute"}:
            assert unit is not None
            return Mention(at, at + 2, self._whole(unit, back=0))
        return None

    # one point

    def _point_mention(self, told: Sequence[Token], at: int) -> Mention | None:
        point = self._point(told, at)
        return None if point is None else Mention(at, point[1], point[0])

    def _point(self, told: Sequence[Token], at: int) -> tuple[Period, int] | None:
        if at >= len(told):
            return None
        stem = told[at].stem
        if stem in words.TODAY:
            return day_of(self._today, end=self._now), at + 1
        if stem in words.YESTERDAY:
            return day_of(self._today - timedelta(days=1)), at + 1
        return self._iso(told, at) or self._dated(told, at) or self._month(told, at) or self._quarter(told, at)

    def _iso(self, told: Sequence[Token], at: int) -> tuple[Period, int] | None:
        text = told[at].written
        if len(text) == len("2026-10-31") and text[4] == "-":
            try:
                return day_of(date.fromisoformat(text)), at + 1
            except ValueError:
                return None
        if len(text) == 4 and text.isdigit() and 2000 <= int(text) < 2100:
            year = int(text)
            return self._until_now(date(year, 1, 1), date(year + 1, 1, 1), text), at + 1
        return None

    def _dated(self, told: Sequence[Token], at: int) -> tuple[Period, int] | None:
        """15 October 2026, October 15th, 15 de outubro de 2026."""
        day, after = number_at(told, at, {}), at + 1
        if day is not None:
            after += stems_at(told, after, 1) in {("of",), ("de",)}
            month = words.MONTHS.get(told[after].stem) if after < len(told) else None
            after += 1
        else:
            month = words.MONTHS.get(told[at].stem)
            day = number_at(told, after, {}) if month else None
            after += 1
        if month is None or day is None or not 1 <= day <= 31:
            return None
        year, after = self._year(told, after)
        for candidate in [year] if year else [self._today.year, self._today.year - 1]:
            if day <= monthrange(candidate, month)[1] and (year or date(candidate, month, day) <= self._today):
                return day_of(date(candidate, month, day)), after
        return None

    def _month(self, told: Sequence[Token], at: int) -> tuple[Period, int] | None:
        month = words.MONTHS.get(told[at].stem)
        if month is None or (told[at].stem == "may" and not told[at].written[:1].isupper()):
            return None
        year, after = self._year(told, at + 1)
        year = year or (self._today.year if month <= self._today.month else self._today.year - 1)
        first = date(year, month, 1)
        return self._until_now(first, next_month(first), f"{first:%B %Y}"), after

    def _quarter(self, told: Sequence[Token], at: int) -> tuple[Period, int] | None:
        quarter, after = words.QUARTERS.get(told[at].stem), at + 1
        if quarter is None:
            return None
        if told[at].stem[0] not in "qt" or len(told[at].stem) != 2:
            if words.UNITS.get("".join(stems_at(told, after, 1))) != "quarter":
                return None
            after += 1
        year, after = self._year(told, after)
        first = date(year or self._today.year, 3 * quarter - 2, 1)
        if not year and first > self._today:
            first = first.replace(year=first.year - 1)
        return self._until_now(first, next_month(first, 3), f"Q{quarter} {first.year}"), after

    def _year(self, told: Sequence[Token], at: int) -> tuple[int | None, int]:
        skipped = at + (stems_at(told, at, 1) in {("of",), ("de",), ("del",)})
        if skipped < len(told) and len(told[skipped].stem) == 4 and told[skipped].stem.isdigit():
            year = int(told[skipped].stem)
            if 2000 <= year < 2100:
                return year, skipped + 1
        return None, at

    # stretches

    @property
    def _today(self) -> date:
        return (self._now - timedelta(microseconds=1)).astimezone(UTC).date()

    def _rolling(self, length: timedelta, label: str) -> Period:
        return Period(start=self._now - length, end=self._now, label=label)

    def _until_now(self, first: date, after: date, label: str) -> Period:
        start, end = midnight(first), midnight(after)
        return Period(start=start, end=min(end, self._now) if start < self._now else end, label=label)

    def _whole(self, unit: str, *, back: int) -> Period:
        """The calendar's unit that now is in, or the whole one before it."""
        first = {
            "day": self._today,
            "week": self._today - timedelta(days=self._today.weekday()),
            "month": self._today.replace(day=1),
            "quarter": self._today.replace(month=3 * ((self._today.month - 1) // 3) + 1, day=1),
            "year": self._today.replace(month=1, day=1),
        }.get(unit)
        if first is None:
            return self._rolling(LENGTHS[unit], f"last {unit}")
        if not back:
            return Period(start=midnight(first), end=self._now, label=f"this {unit}")
        return Period(start=midnight(one_before(first, unit)), end=midnight(first), label=f"last {unit}")
