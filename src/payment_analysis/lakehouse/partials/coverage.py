"""Coverage: the days, and the hours, of which a window holds all rows, so that cells answer for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.lakehouse.partials.cubes import AT, HOURLY
from payment_analysis.lakehouse.partials.pieces import ONE_DAY, between, days_table, days_within
from payment_analysis.lakehouse.partials.relations import PARAMETER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from payment_analysis.lakehouse.partials.relations import Relation
    from payment_analysis.lakehouse.partials.store import Manifest

    Run = Callable[[str, Mapping[str, object]], list[tuple[Any, ...]]]

ONE_HOUR: Final = timedelta(hours=1)
KEPT_MAX: Final = 2048


@dataclass(frozen=True, slots=True)
class Coverage:
    """Days that cells answer for, some of them only in part, by whole hours, and days that rows answer for."""

    cells: list[date]
    rows: list[date]
    hours: Mapping[date, tuple[datetime, ...]] = field(default_factory=dict)

    def of_rows(self, days: Iterable[date]) -> Coverage:
        """The same, but that rows answer for these days too, if anything does."""
        told = set(days)
        moved = [day for day in self.cells if day in told]
        return Coverage([day for day in self.cells if day not in told], sorted({*self.rows, *moved}), self.hours)

    def without(self, days: Iterable[date]) -> Coverage:
        """The same without some days."""
        left_out = set(days)
        cells, rows = ([day for day in listed if day not in left_out] for listed in (self.cells, self.rows))
        return Coverage(cells, rows, self.hours)

    def of_segment(self, manifest: Manifest, segment: str, days: list[date]) -> list[str]:
        """The conditions, DuckDB SQL, that leave what is covered of some days among a segment's cells."""
        if self.hours.keys().isdisjoint(days):
            left_out = days_within(manifest, segment, days, f"cast({AT} as date)")
            return [*between(AT, days), *left_out] if left_out else []
        begins = sorted(at for day in days for at in self.hours.get(day, _hours_of(day)))
        spans: list[tuple[datetime, datetime]] = []
        for at in begins:
            since = spans.pop()[0] if spans and spans[-1][1] == at else at
            spans.append((since, at + ONE_HOUR))
        return [" or ".join(f"({AT} >= {_said(since)} and {AT} < {_said(until)})" for since, until in spans)]


class Coverages:
    """What windows cover, kept by what they say, their parameters and the days there are."""

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], list[tuple[Any, ...]]] = {}

    def of(self, relation: Relation, manifest: Manifest, parameters: Mapping[str, object], run: Run) -> Coverage:
        """What a relation's window covers; an hour is asked of its cell where nothing tells its rows apart."""
        base, tests = relation.where.base, relation.where.time
        if not tests:
            return Coverage([*manifest.states[base].days], [])
        by_hour = [one for one in tests if one.of_hour and relation.where.cube in HOURLY]
        by_row = [one for one in tests if one not in by_hour]
        table = days_table(base, manifest)
        every, of_rows = (" and ".join(one.every for one in some) or "true" for some in (tests, by_row))
        some = " and ".join(one.some for one in tests)
        listed = f"select day, coalesce({of_rows}, false), coalesce({every}, false) from {table} where {some}"
        days = self._asked(f"{listed} order by day", parameters, run)
        told = Coverage([day for day, is_told, _ in days if is_told], [day for day, is_told, _ in days if not is_told])
        in_part = [day for day, is_told, is_whole in days if is_told and not is_whole]
        if not in_part:
            return told
        since, until = (f"timestamptz '{day} 00:00:00Z'" for day in (in_part[0], in_part[-1] + ONE_DAY))
        begins = f"select unnest(range({since}, {until}, interval 1 hour)) as {AT}"
        tested = " and ".join(f"({one.of_hour})" for one in by_hour)
        hours = self._asked(f"select {AT} from ({begins}) where {tested}", parameters, run)
        passed = {at.astimezone(UTC) for (at,) in hours}
        by_day = {day: tuple(at for at in _hours_of(day) if at in passed) for day in in_part}
        left = [day for day in told.cells if by_day.get(day, True)]
        return Coverage(left, told.rows, by_day)

    def _asked(self, sql: str, parameters: Mapping[str, object], run: Run) -> list[tuple[Any, ...]]:
        """An answer, asked once: the table of days has another name when there are other days."""
        given = {name: parameters[name] for name in sorted({*PARAMETER.findall(sql)})}
        key = (sql, *given.items())
        if key not in self._found:
            self._found[key] = run(sql, given)
            bounded(self._found)
        return self._found[key]


def bounded(kept: dict[Any, Any]) -> None:
    """Forget the oldest when there are too many."""
    while len(kept) > KEPT_MAX:
        kept.pop(next(iter(kept)), None)


def _hours_of(day: date) -> list[datetime]:
    midnight = datetime.combine(day, time(), UTC)
    return [midnight + ONE_HOUR * number for number in range(ONE_DAY // ONE_HOUR)]


def _said(at: datetime) -> str:
    return f"timestamptz '{at:%Y-%m-%d %H:%M:%SZ}'"
