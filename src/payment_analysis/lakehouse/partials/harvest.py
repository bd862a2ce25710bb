"""The measures of every cube, and the narrow cubes, found in the gold views' own SQL."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

import duckdb
from sqlglot import exp

from payment_analysis.lakehouse.delta import fingerprint
from payment_analysis.lakehouse.partials.aggregates import expression, names, text_of
from payment_analysis.lakehouse.partials.bases import KEPT, SEEN
from payment_analysis.lakehouse.partials.blocks import find_blocks
from payment_analysis.lakehouse.partials.cubes import NARROW_MAX, NOT_COPIED, Cube, declared
from payment_analysis.lakehouse.partials.over import over_cells
from payment_analysis.lakehouse.partials.sources import ROW, Resolver
from payment_analysis.lakehouse.table import load_sources, load_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.lakehouse.partials.aggregates import Measure
    from payment_analysis.lakehouse.partials.blocks import Block

EDITION: Final = 4  # raise it when the same cubes are computed otherwise


@cache
def resolver_columns() -> dict[str, tuple[str, ...]]:
    """The columns of every table and view, by name."""
    return {name: tuple(one.columns) for name, one in (load_sources() | load_tables()).items()}


@cache
def gold_blocks() -> tuple[Block, ...]:
    """Every block of every gold view."""
    resolver = Resolver(resolver_columns())
    views = (table for table in load_tables().values() if table.kind == "view" and table.layer == "gold")
    return tuple(block for view in views for block in find_blocks(view.statement, resolver))


@cache
def cubes() -> Mapping[str, Cube]:
    """Every cube with its measures, by name: wide, hourly, and a narrow one per grouping that a gold view uses."""
    wide = declared()
    measures = {cube.name: set(cube.measures) for cube in wide}
    narrow: dict[tuple[str, tuple[str, ...], tuple[str, ...]], set[Measure]] = {}
    for block in gold_blocks():
        for cube in wide:
            answer = over_cells(block, cube)
            if answer is None:
                continue
            measures[cube.name] |= answer.measures
            break
        _narrow(block, narrow)
    found = {cube.name: replace(cube, measures=frozenset(measures[cube.name])) for cube in wide}
    for (base, where, keys), added in narrow.items():
        cube = Cube(f"narrow_{fingerprint(base, where, keys):x}", base, keys, where, measures=frozenset(added))
        found[cube.name] = cube
    return found


def _narrow(block: Block, narrow: dict[tuple[str, tuple[str, ...], tuple[str, ...]], set[Measure]]) -> None:
    """Note the cube that holds just what a block groups by, if cells of days can serve it."""
    kept = KEPT[block.rows.of]
    told_apart = {c.name for node in block.aggregates if node.find(exp.Distinct) for c in node.find_all(exp.Column)}
    keys = tuple(sorted((block.needed() | told_apart) - {kept.time, kept.day}))
    where = tuple(sorted(text_of(test) for test in block.tests))
    answer = over_cells(block, Cube("", block.rows.of, keys, where))
    if answer is not None and len(keys) <= NARROW_MAX and not NOT_COPIED & set(keys):
        narrow.setdefault((block.rows.of, where, keys), set()).update(answer.measures)


@cache
def copied(base: str) -> tuple[str, ...]:
    """The columns of a kept table that are copied with its rows, the marks of the views that hold some of them too."""
    found = {KEPT[base].time, KEPT[base].day}.union(*(cube.keys for cube in cubes().values() if cube.base == base))
    for cube in declared():  # and what is listed there; all other measures are some block's
        if cube.base == base:
            found = found.union(*(names(expression(one.argument)) for one in cube.measures))
    for block in gold_blocks():
        if block.rows.of == base:
            trees = [*block.rows.conditions, *block.groups, *block.items.values(), *block.rows.joins]
            found |= {c.name for tree in trees for c in tree.find_all(exp.Column) if c.table == ROW}
    return tuple(sorted(found - NOT_COPIED))


@cache
def words(base: str) -> frozenset[str]:
    """The copied columns that are text, which each segment holds as enumerations of its own."""
    contract = load_tables()[base].columns
    return frozenset(name for name in copied(base) if name in contract and contract[name].type == "string")


def as_text(base: str, rows: str) -> str:
    """Copied rows with their words as text."""
    cast = ", ".join(f"cast({name} as varchar) as {name}" for name in sorted(words(base)))
    return f"(select * replace ({cast}) from {rows})" if cast else rows


@cache
def only_present(base: str) -> frozenset[str]:
    """Columns of which no gold view asks more than whether they have a value: that is what is copied of them."""
    cubed = [cube for cube in cubes().values() if cube.base == base]
    keys = {KEPT[base].time, KEPT[base].day}.union(*(cube.keys for cube in cubed))
    measures = [measure for cube in cubed for measure in cube.measures]
    valued = {name for one in measures if not _counts_presence(one) for name in names(expression(one.argument))}
    present = {one.argument for one in measures if _counts_presence(one)}
    others: set[str] = set()
    for block in gold_blocks():
        if block.rows.of == base and not any(over_cells(block, cube) for cube in cubed):
            trees = [*block.rows.conditions, *block.groups, *block.items.values(), *block.rows.joins]
            others |= {c.name for tree in trees for c in tree.find_all(exp.Column) if c.table == ROW}
    tested = {n for block in gold_blocks() for test in block.tests for n in names(test)}
    return frozenset(present - keys - valued - others - tested)


def _counts_presence(measure: Measure) -> bool:
    return measure.kind == "count" and isinstance(expression(measure.argument), exp.Column)


@cache
def definition_of(base: str) -> int:
    """What the partials of a kept table are a function of, its rows aside; another engine may hash otherwise."""
    seen = [(name, load_tables()[name].sql) for name, one in SEEN.items() if one.of == base]
    grouped = [
        (cube.name, cube.keys, cube.where, cube.grain, sorted(measure.name for measure in cube.measures))
        for cube in cubes().values()
        if cube.base == base
    ]
    return fingerprint(EDITION, duckdb.__version__, base, copied(base), sorted(only_present(base)), seen, grouped)
