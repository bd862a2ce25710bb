"""Scoped SQL: a view or any SQL over our tables, rewritten so that a filter reaches below every view.

    scoped("v_daily_trends", scope)                     the view, as if the lakehouse held only what is in scope
    scoped("select … from v_a join v_b …", scope)       the same for any SELECT over tables and views
    scoped(question, scope.previous())                  the period before
    warehouse.rows(*bound(question, scope))             asked with parameters: the quick way, see below

Every view on the way down to the facts becomes a step of one WITH, and the facts are read through a filtered step
(`scope_bases`). A range takes the place of the views' own windows, and `data_clock` stops at its end (`scope_windows`);
filters of dimensions leave the clock as it is, so that the last 30 days of a segment are the last 30 days of all.

The result is one text of Databricks SQL, for our engine, for Spark and for a warehouse. The rewriting is kept per
question, so a new scope costs 0.5 ms. Its translation for DuckDB, kept per text, costs 50 to 130 ms: `bound` gives one
text to all scopes that filter by as many values of the same dimensions (measured on two busy cores, 2026-11-22), and
`narrowed`, for our own engine alone, one to all that filter at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from payment_analysis.lakehouse.schema import literal as quoted
from payment_analysis.lakehouse.scope_bases import (
    BASES,
    CLOCK,
    CLOCK_TIME,
    HISTORIES,
    OF_THE_END,
    condition,
    in_scope,
    literal,
)
from payment_analysis.lakehouse.scope_names import Names, free_prefix, written
from payment_analysis.lakehouse.scope_windows import without_windows
from payment_analysis.lakehouse.table import load_sources, load_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlglot import exp

    from payment_analysis.domain.scope import Scope
    from payment_analysis.lakehouse.scope_bases import Write
    from payment_analysis.lakehouse.table import Source, Table

PLANS_MAX: Final = 512  # a plan is a few kilobytes of text; all dashboards together ask some 200 questions


class Bound(NamedTuple):
    """SQL and the values of its named parameters, in the order in which a warehouse takes them."""

    sql: str
    parameters: dict[str, object]


class Narrowed(NamedTuple):
    """SQL that leaves the filters to a function, so that one text stands for all filters; what the function says."""

    sql: str
    parameters: dict[str, object]  # the range
    says: str  # of `IN_SCOPE_OF`, DuckDB SQL; empty when nothing is filtered


def scoped(question: str, scope: Scope) -> str:
    """The SQL that answers a view's name or a SELECT over the part of the data that is in scope."""
    return _standard().sql(question, scope)


def bound(question: str, scope: Scope) -> Bound:
    """The same SQL with its values as named parameters."""
    return _standard().bound(question, scope)


def narrowed(question: str, scope: Scope) -> Narrowed:
    """The same for our own engine, which defines the function for each question: a plan serves every filter."""
    return _standard().narrowed(question, scope)


def over_shared(question: str, view: str, shared: str, scope: Scope) -> str:
    """The SQL that answers a question which looks through a view alone, whose rows in this scope are in `shared`."""
    return _standard().over_shared(question, view, shared, scope)


def looked_through(questions: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The views that several questions see the data through and nothing beside, each with the questions' names.

    What such a view says is worth computing once for all of them.
    """
    return _standard().looked_through(questions)


@cache
def _standard() -> Scoping:
    return Scoping(load_tables(), load_sources())


class _Reading(NamedTuple):
    """A table or view as one step reads it: within the range, or so many days further back."""

    name: str
    days_back: int = 0

    @property
    def suffix(self) -> str:
        return f"_and_{self.days_back}_days_before" if self.days_back else ""


@dataclass(frozen=True, slots=True)
class _Plan:
    """A question taken apart: the facts it reaches and the text of everything above them."""

    prefix: str  # of the names of our steps and parameters
    bases: tuple[_Reading, ...]  # the facts, and the clock
    steps: tuple[str, ...]
    body: str
    is_recursive: bool


class Scoping:
    """Scopes SQL over some tables and views."""

    def __init__(self, tables: Mapping[str, Table], sources: Mapping[str, Source]) -> None:
        self._tables = tables
        self._known = (*sources, *tables)
        self._names = Names(self._known)
        self._plan = lru_cache(maxsize=PLANS_MAX)(self._planned)
        self._alone = lru_cache(maxsize=PLANS_MAX)(self._views_alone)

    def sql(self, question: str, scope: Scope) -> str:
        """The SQL that answers a view's name or a SELECT over the part of the data that is in scope."""
        return self._written(self._plan_for(question, scope), scope, literal)

    def bound(self, question: str, scope: Scope) -> Bound:
        """The same SQL with its values as named parameters."""
        plan = self._plan_for(question, scope)
        write, parameters = _as_parameters(plan)
        return Bound(self._written(plan, scope, write), parameters)

    def narrowed(self, question: str, scope: Scope) -> Narrowed:
        """The same SQL with the values of its range as named parameters and its filters left to a function."""
        plan = self._plan_for(question, scope)
        write, parameters = _as_parameters(plan)
        says = in_scope(scope, lambda _, value: quoted(str(value)))
        return Narrowed(self._written(plan, scope, write, by_function=True), parameters, says)

    def over_shared(self, question: str, view: str, shared: str, scope: Scope) -> str:
        """The SQL that answers a question which looks through a view alone, whose rows in scope are in `shared`."""
        plan = self._plan(question, frozenset({view}), has_range=scope.range is not None)
        return _with(plan, [f"{plan.prefix}{view} as (\n  select * from {shared}\n)"])

    def looked_through(self, questions: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """The views that several questions see the data through and nothing beside, each with the questions' names."""
        alone = {name: self._alone(question) for name, question in questions.items()}
        found: dict[str, list[str]] = {}
        for name, views in alone.items():
            shared = (view for view in views if sum(view in others for others in alone.values()) > 1)
            if view := next(shared, None):
                found.setdefault(view, []).append(name)
        return {view: tuple(names) for view, names in found.items() if len(names) > 1}

    def _views_alone(self, question: str) -> tuple[str, ...]:
        """The views a question looks through one after the other, as long as it reads nothing beside."""
        tree, views = self._names.read(question), list[str]()
        while True:
            names = {name for _, name in self._names.references(tree)}
            view = self._tables.get(next(iter(names), "")) if len(names) == 1 else None
            if view is None or view.kind != "view" or view.name in BASES:
                return tuple(views)
            views.append(view.name)
            tree = view.statement

    def _plan_for(self, question: str, scope: Scope) -> _Plan:
        filtered = frozenset[str]() if scope.is_everything else frozenset(BASES)
        has_range = scope.range is not None
        return self._plan(question, filtered | {CLOCK} if has_range else filtered, has_range=has_range)

    def _written(self, plan: _Plan, scope: Scope, write: Write, *, by_function: bool = False) -> str:
        filtered = {base: self._filtered(base, scope, write, by_function=by_function) for base in plan.bases}
        bases = [f"{plan.prefix}{base.name}{base.suffix} as (\n  {text}\n)" for base, text in filtered.items()]
        return _with(plan, bases)

    def _filtered(self, base: _Reading, scope: Scope, write: Write, *, by_function: bool) -> str:
        if base.name == CLOCK:
            assert scope.range is not None
            stopped = f"least({CLOCK_TIME}, {write('end', scope.range[1])}) as {CLOCK_TIME}"
            columns = (stopped if name == CLOCK_TIME else name for name in self._tables[CLOCK].columns)
            return f"select {', '.join(columns)} from {CLOCK}"
        if base.days_back:
            assert scope.start is not None
            scope = replace(scope, start=scope.start - timedelta(days=base.days_back))
        named = condition(
            base.name, scope, lambda name, value: write(f"{name}{base.suffix}", value), by_function=by_function
        )
        return f"select * from {base.name} where {named}"

    def _planned(self, question: str, given: frozenset[str], *, has_range: bool) -> _Plan:
        """Take a question apart: the views it looks through become steps, what is given below them is named."""
        filtered = self._names_above(given)
        trees = {_Reading(""): self._names.read(question)}  # the question itself has no name
        reached = self._readings(_Reading(""), trees[_Reading("")], filtered)
        for view in reversed(list(self._tables.values())):  # what reads comes before what is read
            if view.kind == "table" or view.name in BASES or view.name in given:
                continue
            for reading in [one for one in reached if one.name == view.name]:
                trees[reading] = view.statement.copy()
                reached |= self._readings(reading, trees[reading], filtered)
        prefix = free_prefix(trees.values())
        texts: dict[_Reading, exp.Expr] = {}
        for reader, tree in trees.items():
            reads = self._readings(reader, tree, filtered)
            self._names.redirect(tree, {read.name: f"{prefix}{read.name}{read.suffix}" for read in reads})
            texts[reader] = without_windows(tree) if has_range and reader.name not in OF_THE_END else tree
        body = texts.pop(_Reading(""))
        own = body.args.get("with_")
        body.set("with_", None)
        order = {name: position for position, name in enumerate(self._known)}
        steps = [
            f"{prefix}{step.name}{step.suffix} as (\n{self._promised(step.name, texts[step])}\n)"
            for step in sorted(texts, key=lambda step: (order[step.name], step.days_back))
        ]
        return _Plan(
            prefix=prefix,
            bases=tuple(sorted(reached - texts.keys())),
            steps=(*steps, *(written(step) for step in (own.expressions if own else ()))),
            body=written(body),
            is_recursive=bool(own and own.recursive),
        )

    def _promised(self, view: str, tree: exp.Expr) -> str:
        """A view with the columns of its contract; whole numbers are cast, because DuckDB adds them in 128 bits.

        Divided by one they are known to have no fraction, which the cast would cut off at a dear price.
        """
        columns = ", ".join(
            f"cast(`{name}` div 1 as bigint) as `{name}`" if column.type == "bigint" else f"`{name}`"
            for name, column in self._tables[view].columns.items()
        )
        return f"select {columns}\nfrom (\n{written(tree)}\n)"

    def _readings(self, reader: _Reading, tree: exp.Expr, filtered: set[str]) -> set[_Reading]:
        """What a step reads under the scope; a history is read further back, and so is all below it."""
        has_range = CLOCK in filtered
        readings = set()
        for name in {name for _, name in self._names.references(tree)} & filtered:
            further = HISTORIES.get((reader.name, name), timedelta()).days if has_range else 0
            readings.add(_Reading(name, 0 if name == CLOCK else reader.days_back + further))
        return readings

    def _names_above(self, given: frozenset[str]) -> set[str]:
        """What reads otherwise when these do: they, and every view above them."""
        names = set(given)
        for view in self._tables.values():  # in order of dependence
            if view.kind == "view" and view.reads & names and view.name not in BASES:
                names.add(view.name)
        return names


def _with(plan: _Plan, given: list[str]) -> str:
    """A plan after the steps of what is given below it."""
    steps = ",\n".join((*given, *plan.steps))
    start = "with recursive" if plan.is_recursive else "with"
    return f"{start} {steps}\n{plan.body}" if steps else plan.body


def _as_parameters(plan: _Plan) -> tuple[Write, dict[str, object]]:
    """How values stand in a plan by name, and the values that were written so."""
    parameters: dict[str, object] = {}

    def write(name: str, value: str | datetime) -> str:
        parameters[f"{plan.prefix}{name}"] = value
        return f":{plan.prefix}{name}"

    return write, parameters
