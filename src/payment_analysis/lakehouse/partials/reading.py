"""Reading: the SQL of a question over the partial aggregates as they are, or nothing when these cannot serve it.

Whole days come from cells. A day that a window cuts through comes from the copied rows, which are in order of time, so
that only the row groups at the edge are read. Partials count only while silver is at the position they were computed
from; otherwise the question is answered from silver, so an answer is always that of one snapshot.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from payment_analysis.lakehouse.dialect import to_duckdb
from payment_analysis.lakehouse.partials.aggregates import ROWS, unqualified
from payment_analysis.lakehouse.partials.bases import CLOCK, CLOCK_COLUMNS, KEPT, SEEN
from payment_analysis.lakehouse.partials.cubes import Cube
from payment_analysis.lakehouse.partials.harvest import cubes
from payment_analysis.lakehouse.partials.plans import planned, planned_view
from payment_analysis.lakehouse.partials.refresh import AT
from payment_analysis.lakehouse.partials.store import ROWS_FILE
from payment_analysis.lakehouse.schema import literal
from payment_analysis.lakehouse.workbench import typed_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from payment_analysis.lakehouse.partials.plans import Plan, Relation, Sizes
    from payment_analysis.lakehouse.partials.store import Manifest, PartialStore, State
    from payment_analysis.lakehouse.table import Table

COVERAGES_MAX: Final = 4096
Run = "Callable[[str, Mapping[str, object]], list[tuple[Any, ...]]]"


@dataclass(frozen=True, slots=True)
class Answerable:
    """A question in DuckDB SQL over cells, the tables it still reads, and its parameters."""

    sql: str
    tables: frozenset[str]
    parameters: frozenset[str]


class PartialReader:
    """Rewrites questions for one reader."""

    def __init__(self, partials: PartialStore, tables: Mapping[str, Table]) -> None:
        self._partials = partials
        self._tables = tables
        self._coverages: OrderedDict[tuple[object, ...], list[tuple[Any, ...]]] = OrderedDict()
        self._sizes: tuple[str, dict[str, tuple[str, ...]]] = ("", {})

    @property
    def folder(self) -> Path:
        """Where the partials are."""
        return self._partials.root

    def manifest(self) -> Manifest:
        """What is kept now."""
        return self._partials.manifest()

    def current(self, manifest: Manifest, generations: Mapping[str, int]) -> Sizes:
        """The tables whose partials were computed from exactly what the reader has open, with their cubes."""
        if self._sizes[0] != manifest.number:
            self._sizes = (manifest.number, {base: tuple(one.sizes()) for base, one in manifest.states.items()})
        return tuple(
            (base, held)
            for base, held in self._sizes[1].items()
            if all(generations.get(name) == at for name, at in manifest.states[base].generations.items())
        )

    def needed(self, sql: str) -> frozenset[str]:
        """The tables whose positions decide whether partials serve a question."""
        reached = self._reached(planned(sql, ()).tables)
        kept = {base for base in KEPT if base in reached}
        kept |= {SEEN[name].of for name in reached & SEEN.keys()}
        return frozenset(kept | {other for one in SEEN.values() if one.of in kept for other in one.also_reads})

    def answerable(
        self, sql: str, sizes: Sizes, manifest: Manifest, parameters: Mapping[str, object], run: Run  # type: ignore[valid-type]
    ) -> Answerable | None:
        """The question over cells; none when no part of it can be answered from them."""
        question = planned(sql, sizes)
        steps = self._steps(question, sizes)
        relations: dict[str, Relation] = {}
        for plan in (question, *(plan for _, plan in steps)):
            for one in plan.relations:
                relations[one.name] = one.joined(relations[one.name]) if one.name in relations else one
        if not relations:
            return None
        texts = {name: self._relation(one, manifest, parameters, run) for name, one in relations.items()}
        named = question.parameters.union(*(plan.parameters for _, plan in steps))
        named |= {p for name, one in relations.items() for p in one.parameters if re.search(rf"\${p}\b", texts[name])}
        texts |= {name: typed_as(self._tables[name], plan.sql) for name, plan in steps}
        left = question.tables.union(*(plan.tables for _, plan in steps)) - {name for name, _ in steps}
        return Answerable(_with(texts, question.sql), left, named)

    def _steps(self, question: Plan, sizes: Sizes) -> list[tuple[str, Plan]]:
        """The views below a question of which a part is answered from cells, what is read before who reads it."""
        reached = self._reached(question.tables)
        found: dict[str, Plan] = {}
        for name, table in self._tables.items():  # in order of dependence
            if name in reached and table.kind == "view":
                plan = planned_view(name, sizes)
                if plan.relations or plan.tables & found.keys():
                    found[name] = plan
        return list(found.items())

    def _reached(self, names: Iterable[str]) -> set[str]:
        reached: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += self._tables[name].reads if name in self._tables and self._tables[name].kind == "view" else ()
        return reached

    def _relation(
        self, relation: Relation, manifest: Manifest, parameters: Mapping[str, object], run: Run  # type: ignore[valid-type]
    ) -> str:
        """The rows of a relation as DuckDB SQL: cells of whole days, and rows of the days that a window cuts."""
        base, state = relation.where.base, manifest.states[relation.where.base]
        covered, cut = self._covered(relation, manifest, parameters, run)
        cube = cubes().get(relation.where.cube)
        columns, measures = sorted(relation.columns), sorted(relation.measures, key=lambda one: one.name)
        parts = []
        if cube is None:
            covered, cut = [], [*covered, *cut]
        else:
            for segment, days in _by_segment(state, covered):
                file = self._partials.file(base, segment, cube.name)
                listed = [*(_of_cell(column, base) for column in columns), ROWS, *(one.name for one in measures)]
                where = [*_days(manifest, segment, days, f"cast({AT} as date)"), *relation.where.of_cells]
                parts.append(_select(listed, file, where))
        for segment, days in _by_segment(state, cut):
            file = self._partials.file(base, segment, ROWS_FILE)
            listed = list(columns)
            if cube is not None:
                listed += [f"1 as {ROWS}", *(f"{one.of_row} as {one.name}" for one in measures)]
            time = KEPT[base].time
            between = [f"{time} >= timestamptz '{min(days)} 00:00:00Z'", f"{time} < timestamptz '{max(days)} 00:00:00Z' + interval 1 day"]
            where = [
                *(between if cube is not None or not relation.where.time else []),
                *_days(manifest, segment, days, KEPT[base].day),
                *(f"({to_duckdb(unqualified(one))})" for one in relation.where.time),
                *relation.where.of_rows,
            ]
            parts.append(_select(listed or ["1"], file, where))
        if not parts:
            segment = state.segments[0]
            name = ROWS_FILE if cube is None else cube.name
            listed = columns if cube is None else [*(_of_cell(c, base) for c in columns), ROWS, *(one.name for one in measures)]
            parts = [_select(listed or ["1"], self._partials.file(base, segment, name), ["false"])]
        return " union all by name ".join(parts)

    def _covered(
        self, relation: Relation, manifest: Manifest, parameters: Mapping[str, object], run: Run  # type: ignore[valid-type]
    ) -> tuple[list[date], list[date]]:
        """The days of which a window holds all rows, and those of which it may hold some."""
        base = relation.where.base
        state = manifest.states[base]
        if not relation.where.time:
            return list(state.days), []
        tests = [(_at(one, base, "first"), _at(one, base, "last"), isinstance(one, _ONE_SIDED)) for one in relation.where.time]
        used = {p.name for one in relation.where.time for p in one.find_all(exp.Placeholder)}
        given = {name: parameters[name] for name in sorted(used)}
        key = (manifest.number, base, *(first for first, _, _ in tests), *given.items())
        if key not in self._coverages:
            whole = " and ".join(f"({first}) and ({last})" for first, last, _ in tests)
            some = " and ".join(f"(({first}) or ({last}))" for first, last, is_one_sided in tests if is_one_sided) or "true"
            found = run(f"select day, coalesce({whole}, false) from {days_table(base, manifest)} where {some} order by day", given)
            self._coverages[key] = found
            if len(self._coverages) > COVERAGES_MAX:
                self._coverages.popitem(last=False)
        found = self._coverages[key]
        return [day for day, whole in found if whole], [day for day, whole in found if not whole]


_ONE_SIDED: Final = (exp.GT, exp.GTE, exp.LT, exp.LTE)  # true on one side of an instant: false at both ends, false between


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
    values = f"select * from (values {listed}) as listed(day, first, last)" if listed else (
        "select null::date as day, null::timestamptz as first, null::timestamptz as last where false"
    )
    return f"create table if not exists {days_table(base, manifest)} as {values}"


def clock_parameters(row: tuple[Any, ...] | None) -> dict[str, object]:
    """The clock's row as parameters."""
    return dict(zip(CLOCK_COLUMNS.values(), row, strict=True)) if row is not None else {}


CLOCK_SQL: Final = f"select {', '.join(CLOCK_COLUMNS)} from {CLOCK}"


def _at(condition: exp.Expr, base: str, end: str) -> str:
    """A condition on an instant, asked of the first or the last row of a day."""
    copy = exp.Paren(this=unqualified(condition))
    for column in [*copy.find_all(exp.Column)]:
        column.replace(exp.column(end) if column.name == KEPT[base].time else exp.column("day"))
    return to_duckdb(copy.this)


def _of_cell(column: str, base: str) -> str:
    if column == KEPT[base].time:
        return f"{AT} as {column}"
    return f"cast({AT} as date) as {column}" if column == KEPT[base].day else column


def _days(manifest: Manifest, segment: str, days: list[date], day: str) -> list[str]:
    """The condition that leaves just these days of a segment's files; none when that is all of them."""
    held = manifest.held[segment]
    left_out = held - set(days)
    if not left_out:
        return []
    inside = [one for one in left_out if min(days) < one < max(days)]
    between = [f"{day} between date '{min(days)}' and date '{max(days)}'"]
    return between + ([f"{day} not in ({', '.join(repr(str(one)) + '::date' for one in sorted(inside))})"] if inside else [])


def _by_segment(state: State, days: list[date]) -> list[tuple[str, list[date]]]:
    found: dict[str, list[date]] = {}
    for day in days:
        found.setdefault(state.days[day].segment, []).append(day)
    return list(found.items())


def _select(listed: list[str], file: Any, where: list[str]) -> str:
    tested = f" where {' and '.join(f'({one})' for one in where)}" if where else ""
    return f"select {', '.join(listed)} from read_parquet({literal(str(file))}){tested}"


def _with(steps: Mapping[str, str], sql: str) -> str:
    """A question with steps before its own."""
    listed = ", ".join(f'"{name}" as ({text})' for name, text in steps.items())
    for start in ("WITH RECURSIVE ", "WITH "):
        if sql.startswith(start):
            return f"{start}{listed}, {sql.removeprefix(start)}"
    return f"WITH {listed} {sql}"


__all__ = ["Answerable", "Cube", "PartialReader"]
