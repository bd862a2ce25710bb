"""Reading: the SQL of a question over the partial aggregates as they are, or nothing when these cannot serve it.

Whole days come from cells. A day that a window cuts through comes from the copied rows, which are in order of time, so
that only the row groups at the edge are read. When silver has moved on, the rows that came since are added, and a day
of which rows were changed is read from silver, so an answer is always what silver says at one position.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.lakehouse.partials.aggregates import ROWS
from payment_analysis.lakehouse.partials.bases import KEPT, SEEN
from payment_analysis.lakehouse.partials.coverage import Coverages, bounded
from payment_analysis.lakehouse.partials.harvest import cubes, definition_of, words
from payment_analysis.lakehouse.partials.pieces import (
    Grouped,
    between,
    days_within,
    grouped_sql,
    of_cell,
    select_sql,
    with_sql,
)
from payment_analysis.lakehouse.partials.plans import planned, planned_view
from payment_analysis.lakehouse.partials.relations import PARAMETER
from payment_analysis.lakehouse.partials.store import attached, by_segment, valid_rows
from payment_analysis.lakehouse.workbench import typed_as

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from payment_analysis.lakehouse.partials.coverage import Run
    from payment_analysis.lakehouse.partials.kept_views import ViewStore
    from payment_analysis.lakehouse.partials.plans import Plan, Sizes
    from payment_analysis.lakehouse.partials.relations import Relation
    from payment_analysis.lakehouse.partials.store import Manifest, PartialStore
    from payment_analysis.lakehouse.table import Table


@dataclass(frozen=True, slots=True)
class Behind:
    """What happened to a kept table since its partials were computed: rows came, or days are not as they were."""

    added: str = ""  # the rows that came, as a SELECT; empty when there are none
    gone: str = ""  # the table of the copied rows that are not there any more; empty when there are none
    touched: frozenset[date] = frozenset()  # the days of these: their cells hold too much
    changed: frozenset[date] = frozenset()  # days of which nothing is known: they are read from the table


@dataclass(frozen=True, slots=True)
class Answerable:
    """A question in DuckDB SQL over cells, and its parameters."""

    sql: str
    parameters: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Assembled:
    """A question, the relations it reads and the views that read some too."""

    sql: str
    relations: Mapping[str, Relation]
    views: Mapping[str, str]
    tables: frozenset[str]  # and views, that are read as they are
    parameters: frozenset[str]
    of_relations: frozenset[str]
    is_quicker: bool  # than the question as it was asked


@dataclass(frozen=True, slots=True)
class Now:
    """The partials as they are, how far each kept table is ahead of them, and the views kept as rows."""

    manifest: Manifest
    behind: Mapping[str, Behind]
    at_hand: frozenset[str] = frozenset()


class PartialReader:
    """Rewrites questions for one reader."""

    def __init__(self, partials: PartialStore, tables: Mapping[str, Table]) -> None:
        self._partials = partials
        self._tables = tables
        self._coverages = Coverages()
        self._known: dict[tuple[str, Sizes, frozenset[str]], _Assembled] = {}
        self._sizes: tuple[str, dict[str, tuple[str, ...]]] = ("", {})

    @property
    def folder(self) -> Path:
        """Where the partials are."""
        return self._partials.root

    def files(self, manifest: Manifest, base: str) -> dict[str, Path]:
        """The files of a base's segments, by the names they are attached under."""
        return {attached(one): self._partials.file(base, one) for one in manifest.states[base].segments}

    @property
    def views(self) -> ViewStore:
        """The views that are kept as rows."""
        return self._partials.views

    def manifest(self) -> Manifest:
        """What is kept now."""
        return self._partials.manifest()

    def current(self, manifest: Manifest, behind: Mapping[str, Behind | None], generations: Mapping[str, int]) -> Sizes:
        """The tables whose partials can serve, their cubes, and whether they were computed from what is open now."""
        if self._sizes[0] != manifest.number:
            known = {b: one for b, one in manifest.states.items() if b in KEPT and one.definition == definition_of(b)}
            self._sizes = (manifest.number, {base: tuple(one.sizes()) for base, one in known.items()})
        return tuple(
            (base, held, all(generations.get(n) == at for n, at in manifest.states[base].generations.items()))
            for base, held in self._sizes[1].items()
            if behind.get(base) is not None
        )

    def needed(self, sql: str, at_hand: frozenset[str]) -> frozenset[str]:
        """The tables whose positions decide whether partials serve a question, of which some views are at hand."""
        reached = self._reached(planned(sql, ()).tables, at_hand)
        kept = {base for base in KEPT if base in reached}
        kept |= {SEEN[name].of for name in reached & SEEN.keys()}
        return frozenset(kept | {other for one in SEEN.values() if one.of in kept for other in one.also_reads})

    def read_as_they_are(self, sql: str, sizes: Sizes, at_hand: frozenset[str]) -> frozenset[str]:
        """The tables and views that a question over cells reads nevertheless."""
        return self._assembled(sql, sizes, at_hand).tables

    def answerable(
        self, sql: str, sizes: Sizes, now: Now, parameters: Mapping[str, object], run: Run
    ) -> Answerable | None:
        """The question over cells; none when no part of it can be answered from them."""
        asked = self._assembled(sql, sizes, now.at_hand)
        if not asked.is_quicker:
            return None
        texts = {name: self._relation(one, now, parameters, run) for name, one in asked.relations.items()}
        named = asked.parameters | {
            name for text in texts.values() for name in PARAMETER.findall(text) if name in asked.of_relations
        }
        return Answerable(with_sql({**texts, **asked.views}, asked.sql), frozenset(named))

    def _assembled(self, sql: str, sizes: Sizes, at_hand: frozenset[str]) -> _Assembled:
        """A question with the views below it, as far as these read cells; kept, for it does not depend on the data."""
        key = (sql, sizes, at_hand)
        if key not in self._known:
            question = planned(sql, sizes)
            steps = self._steps(question, sizes, at_hand)
            relations: dict[str, Relation] = {}
            for plan in (question, *(plan for _, plan in steps)):
                for one in plan.relations:
                    relations[one.where.name] = one.joined(relations.get(one.where.name))
            self._known[key] = _Assembled(
                question.sql,
                relations,
                {name: typed_as(self._tables[name], plan.sql) for name, plan in steps},
                question.tables.union(*(plan.tables for _, plan in steps)) - {name for name, _ in steps},
                question.parameters.union(*(plan.parameters for _, plan in steps)),
                frozenset(name for one in relations.values() for name in one.parameters),
                bool(relations) or question.knows_the_clock or any(plan.knows_the_clock for _, plan in steps),
            )
            bounded(self._known)
        return self._known[key]

    def _steps(self, question: Plan, sizes: Sizes, at_hand: frozenset[str]) -> list[tuple[str, Plan]]:
        """The views below a question of which a part is answered from cells, what is read before who reads it."""
        reached = self._reached(question.tables, at_hand)
        found: dict[str, Plan] = {}
        for name, table in self._tables.items():  # in order of dependence
            if name in reached - at_hand and table.kind == "view":
                plan = planned_view(name, sizes)
                if plan.relations or plan.knows_the_clock or plan.tables & found.keys():
                    found[name] = plan
        return list(found.items())

    def _reached(self, names: Iterable[str], at_hand: frozenset[str]) -> set[str]:
        reached: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                is_open = name not in at_hand and name in self._tables and self._tables[name].kind == "view"
                waiting += self._tables[name].reads if is_open else ()
        return reached

    def _relation(self, relation: Relation, now: Now, parameters: Mapping[str, object], run: Run) -> str:
        """The rows of a relation as DuckDB SQL: cells of whole days, and rows of the days that a window cuts."""
        base, manifest, behind = relation.where.base, now.manifest, now.behind[relation.where.base]
        state = manifest.states[base]
        covered = self._coverages.of(relation, manifest, parameters, run).without(behind.changed)
        covered = covered.of_rows(day for day in covered.cells if day in behind.touched or state.is_disturbed(day))
        cube = cubes().get(relation.where.cube)
        columns, measures = sorted(relation.columns), sorted(relation.measures, key=lambda one: one.name)
        of_cells = [*(of_cell(column, base) for column in columns), ROWS, *(one.name for one in measures)]
        of_rows = [f"cast({one} as varchar) as {one}" if one in words(base) else one for one in columns]
        if cube is None:
            covered = covered.of_rows(covered.cells)
        else:
            of_rows += [f"1 as {ROWS}", *(f"{one.of_row} as {one.name}" for one in measures)]
        keys = relation.where.keys
        texts = words(base) & {name for key, name in keys if key == name}
        texts |= {one.name for one in measures if one.chosen in words(base)}
        groups = Grouped(keys, tuple(measures), texts)

        def told(source: str, where: list[str]) -> str:
            return grouped_sql(groups, source, where) if keys else select_sql(of_rows or ["1 as one"], source, where)

        tests = [*(one.of_row for one in relation.where.time), *relation.where.of_rows]
        parts = []
        for segment, days in by_segment(state, covered.cells):
            where = [*covered.of_segment(manifest, segment, days), *relation.where.of_cells]
            parts.append(select_sql(of_cells, f'{attached(segment)}."{relation.where.cube}"', where))
        for segment, days in by_segment(state, covered.rows):
            gone = [] if behind.touched.isdisjoint(days) else [behind.gone]
            within = [*between(KEPT[base].time, days), *days_within(manifest, segment, days, KEPT[base].day), *tests]
            parts.append(told(valid_rows(state, base, segment, days, *gone), within))
        if behind.changed:
            listed = ", ".join(f"date '{day}'" for day in sorted(behind.changed))
            parts.append(told(f'"{base}"', [f"{KEPT[base].day} in ({listed})", *tests]))
        if behind.added:
            parts.append(told(f"({behind.added})", tests))
        return " union all by name ".join(parts or [told(f'"{base}"', ["false"])])
