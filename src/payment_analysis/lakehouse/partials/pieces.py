"""Small pieces of DuckDB SQL around the partial aggregates: the days there are, the clock, and what a file gives."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from payment_analysis.lakehouse.partials.aggregates import ROWS
from payment_analysis.lakehouse.partials.bases import CLOCK, CLOCK_COLUMNS, KEPT
from payment_analysis.lakehouse.partials.cubes import AT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from payment_analysis.lakehouse.partials.aggregates import Measure
    from payment_analysis.lakehouse.partials.store import Manifest


class Grouped(NamedTuple):
    """What rows are grouped by, DuckDB SQL and name, what is told of each group, and which of these are words."""

    keys: tuple[tuple[str, str], ...]
    measures: tuple[Measure, ...]
    texts: frozenset[str]


ONE_DAY: Final = timedelta(days=1)


def days_table(base: str, manifest: Manifest) -> str:
    """The name of the table in the reader that lists the days of a base."""
    return f"days_of_{base}_{manifest.number}"


def days_sql(base: str, manifest: Manifest) -> str:
    """The SQL that makes it."""
    state = manifest.states[base]
    listed = ", ".join(
        f"(date '{one.day}', timestamptz '{one.first.isoformat()}', timestamptz '{one.last.isoformat()}')"
        for one in state.days.values()
    )
    values = (
        f"select * from (values {listed}) as listed(day, first, last)"
        if listed
        else ("select null::date as day, null::timestamptz as first, null::timestamptz as last where false")
    )
    return f"create table if not exists {days_table(base, manifest)} as {values}"


def clock_parameters(row: tuple[Any, ...] | None) -> dict[str, object]:
    """The clock's row as parameters."""
    return dict(zip(CLOCK_COLUMNS.values(), row, strict=True)) if row is not None else {}


CLOCK_SQL: Final = f"select {', '.join(CLOCK_COLUMNS)} from {CLOCK}"


def of_cell(column: str, base: str) -> str:
    """A column as a cell knows it: its instant is the beginning of its day or hour."""
    if column == KEPT[base].time:
        return f"{AT} as {column}"
    return f"cast({AT} as date) as {column}" if column == KEPT[base].day else column


def days_within(manifest: Manifest, segment: str, days: list[date], day: str) -> list[str]:
    """The condition that leaves just these days of a segment's files; none when that is all of them."""
    held = manifest.held[segment]
    left_out = held - set(days)
    if not left_out:
        return []
    inside = [one for one in left_out if min(days) < one < max(days)]
    limits = f"{day} between date '{min(days)}' and date '{max(days)}'"
    excepted = ", ".join(f"date '{one}'" for one in sorted(inside))
    return [limits, f"{day} not in ({excepted})"] if inside else [limits]


def between(time: str, days: list[date]) -> list[str]:
    """The instants of some days: what prunes the row groups of a file."""
    return [f"{time} >= timestamptz '{min(days)} 00:00:00Z'", f"{time} < timestamptz '{max(days) + ONE_DAY} 00:00:00Z'"]


def select_sql(listed: list[str], source: str, where: list[str]) -> str:
    """Some columns of the rows that pass every test."""
    tested = f" where {' and '.join(f'({one})' for one in where)}" if where else ""
    return f"select {', '.join(listed)} from {source}{tested}"


def grouped_sql(groups: Grouped, source: str, where: list[str]) -> str:
    """Groups of the rows that pass every test, in the shape of cells."""
    listed = [f"{key} as {name}" for key, name in groups.keys]
    measured = [f"count(*) as {ROWS}", *(f"{one.over_rows} as {one.name}" for one in groups.measures)]
    inner = f"{select_sql([*listed, *measured], source, where)} group by all"
    texts = [f"cast({name} as varchar) as {name}" for name in sorted(groups.texts)]
    return f"select * replace ({', '.join(texts)}) from ({inner})" if texts else inner


def with_sql(steps: Mapping[str, str], sql: str) -> str:
    """A question with steps before its own."""
    if not steps:
        return sql
    listed = ", ".join(f'"{name}" as ({text})' for name, text in steps.items())
    for start in ("WITH RECURSIVE ", "WITH "):
        if sql.startswith(start):
            return f"{start}{listed}, {sql.removeprefix(start)}"
    return f"WITH {listed} {sql}"
