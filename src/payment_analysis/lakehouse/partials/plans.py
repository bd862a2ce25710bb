"""Plans: a question, or a view, rewritten to read cells, and the relations of cells it then asks for.

A plan depends on the text of the question and on which cubes there are, not on the data, so it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from payment_analysis.lakehouse.dialect import parse, to_duckdb
from payment_analysis.lakehouse.partials.aggregates import expression
from payment_analysis.lakehouse.partials.bases import SEEN
from payment_analysis.lakehouse.partials.blocks import duckdb_text, find_blocks
from payment_analysis.lakehouse.partials.clocks import without_clocks
from payment_analysis.lakehouse.partials.harvest import copied, cubes, only_present, resolver_columns, words
from payment_analysis.lakehouse.partials.instants import test_of
from payment_analysis.lakehouse.partials.once import computed_once
from payment_analysis.lakehouse.partials.over import over_cells, over_groups, over_rows
from payment_analysis.lakehouse.partials.relations import Relation, Where, alike, together
from payment_analysis.lakehouse.partials.sources import Resolver
from payment_analysis.lakehouse.table import load_tables

if TYPE_CHECKING:
    from payment_analysis.lakehouse.partials.blocks import Block
    from payment_analysis.lakehouse.partials.relations import Answered

PLANS_MAX: Final = 2048
# Per kept table its cubes, the smallest first, and whether they were computed from exactly what silver is now.
Sizes = tuple[tuple[str, tuple[str, ...], bool], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """DuckDB SQL that reads relations of cells, and what else it reads; whether it stopped to join the clock."""

    sql: str
    relations: tuple[Relation, ...]
    tables: frozenset[str]
    parameters: frozenset[str]
    knows_the_clock: bool = False


@lru_cache(maxsize=PLANS_MAX)
def planned(sql: str, sizes: Sizes) -> Plan:
    """A question of our own, in Databricks SQL, over these cubes."""
    tree = parse(sql)
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
        table.set("db", None)
    return _plan(tree, sizes)


@lru_cache(maxsize=PLANS_MAX)
def planned_view(name: str, sizes: Sizes) -> Plan:
    """The definition of a view over these cubes; without relations it is the definition itself."""
    return _plan(load_tables()[name].statement.copy(), sizes)


def _plan(tree: exp.Expr, sizes: Sizes) -> Plan:
    held = {base: (cubes_held, is_exact) for base, cubes_held, is_exact in sizes}
    root = exp.Paren(this=tree)
    relations: dict[str, Relation] = {}
    blocks = [*find_blocks(root.this, Resolver(resolver_columns()))] if sizes else []
    answers = [(block, _answered(block, held.get(block.rows.of))) for block in blocks]
    steps: list[exp.CTE] = []
    for group in alike([(block, *found) for block, found in answers if found is not None]):
        read = [*together(group)] if len(group) > 1 else [_grouped(group[0])]
        for block, select, relation in read:
            name = relation.where.name
            relations[name] = relation.joined(relations.get(name))
            own = block.select.args.get("with_")
            select.args["from_"].this.set("this", exp.to_identifier(name))
            if own is not None:
                select.set("with_", own.copy())
            block.select.replace(select)
        if len(read) > 1 and (step := computed_once([select for _, select, _ in read], name)):
            steps.append(step)
    if steps:
        _before(root.this, steps)
    knows_the_clock = bool(sizes) and without_clocks(root.this, Resolver(resolver_columns()))
    if relations or knows_the_clock:
        _without_unread_steps(root)
    if sizes:
        _choosing_where_read(root)
    parameters = {one.name for one in root.find_all(exp.Placeholder)}
    tables = frozenset(table.name for table in root.find_all(exp.Table)) - relations.keys()
    return Plan(to_duckdb(root.this), tuple(relations.values()), tables, frozenset(parameters), knows_the_clock)


def _before(query: exp.Expr, steps: list[exp.CTE]) -> None:
    """Put steps before a query's own."""
    own = query.args.get("with_")
    if own is None:
        query.set("with_", exp.With(expressions=steps))
    else:
        own.set("expressions", [*steps, *own.expressions])


def _without_unread_steps(root: exp.Expr) -> None:
    """Leave out the steps of WITHs that nothing reads any more."""
    while True:
        read = {table.name.lower() for table in root.find_all(exp.Table)}
        unread = [step for step in root.find_all(exp.CTE) if step.alias.lower() not in read]
        if not unread:
            return
        for step in unread:
            own = step.parent
            step.pop()
            if own is not None and not own.expressions:
                own.pop()


def _choosing_where_read(root: exp.Expr) -> None:
    """Let steps that only choose rows of a table be part of who reads them, however many.

    Worked out once for all, such a step reads every row and column in scope though each reader wants the last hour.
    """
    for step in root.find_all(exp.CTE):
        only = {name for name, given in step.this.args.items() if given}
        if (
            isinstance(step.this, exp.Select)
            and only <= {"kind", "expressions", "from_", "where"}
            and step.this.is_star
        ):
            step.set("materialized", False)


def _answered(block: Block, held: tuple[tuple[str, ...], bool] | None) -> tuple[exp.Select, Relation] | None:
    """A block over the smallest cube that can serve it, or over plain rows when these are copied.

    Which rows a view holds is known of copied rows only: rows that came since are not marked.
    """
    if held is None or (not held[1] and _told_by_views(block)):
        return None
    base, columns = block.rows.of, set(copied(block.rows.of))
    time = tuple(test_of(one, base) for one in block.time)
    of_rows = tuple(sorted(duckdb_text(test) for test in block.tests))
    tested = {c.name for test in (*block.tests, *block.time) for c in test.find_all(exp.Column)}
    for name in held[0]:
        cube = cubes()[name]
        answer = over_cells(block, cube)
        if answer is None or not answer.measures <= cube.measures or not tested <= columns:
            continue
        left = tuple(sorted(duckdb_text(test) for test in answer.left))
        relation = Relation(Where(base, name, time, left, of_rows), frozenset(answer.used), frozenset(answer.measures))
        return answer.select, relation
    select, used = over_rows(block)
    if not used | tested <= columns - only_present(base):
        return None
    return select, Relation(Where(base, "", time, (), of_rows), frozenset(used))


def _grouped(answered: Answered) -> Answered:
    """What one block reads of plain rows, in groups when it can be told from these."""
    block, _, relation = answered
    found = None if relation.where.cube else over_groups(block)
    if found is None:
        return answered
    keys = tuple((duckdb_text(_words_as_text(key, relation.where.base)), name) for key, name in found.keys)
    where = relation.where._replace(keys=keys)
    return block, found.select, Relation(where, frozenset(), frozenset(found.measures))


def _words_as_text(key: str, base: str) -> exp.Expr:
    """A key in which words are text, unless it is a word itself: that is grouped by its enumeration."""
    root = exp.Paren(this=expression(key))
    if not isinstance(root.this, exp.Column):
        for column in [one for one in root.find_all(exp.Column) if one.name in words(base)]:
            column.replace(exp.cast(column.copy(), exp.DataType.Type.TEXT))
    found: exp.Expr = root.this
    return found


def _told_by_views(block: Block) -> bool:
    told = {name for view, seen in SEEN.items() if seen.of == block.rows.of for name in (seen.mark(view), *seen.own)}
    trees = [*block.rows.conditions, *block.groups, *block.items.values(), *block.rows.joins]
    return any(column.name in told for tree in trees for column in tree.find_all(exp.Column))
