"""Plans: a question, or a view, rewritten to read cells, and the relations of cells it then asks for.

A plan depends on the text of the question and on which cubes there are, not on the data, so it is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlglot import exp

from payment_analysis.lakehouse.delta import fingerprint
from payment_analysis.lakehouse.dialect import parse, to_duckdb
from payment_analysis.lakehouse.partials.aggregates import Measure
from payment_analysis.lakehouse.partials.blocks import duckdb_text, find_blocks, over_cells, over_rows
from payment_analysis.lakehouse.partials.harvest import copied, cubes, only_present, resolver_columns
from payment_analysis.lakehouse.partials.sources import Resolver
from payment_analysis.lakehouse.table import load_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.lakehouse.partials.blocks import Block

PLANS_MAX: Final = 2048
_PARAMETER: Final = re.compile(r"\$([A-Za-z_]\w*)")
Sizes = tuple[tuple[str, tuple[str, ...]], ...]  # per base that is current its cubes, the smallest first


class Where(NamedTuple):
    """Which rows a relation holds: one and the same for every block that asks for them."""

    base: str
    cube: str  # none: plain rows
    time: tuple[exp.Expr, ...]
    of_cells: tuple[str, ...]  # tests left for the cells, DuckDB SQL
    of_rows: tuple[str, ...]  # all tests, DuckDB SQL


@dataclass(slots=True)
class Relation:
    """What blocks read instead of a kept table; the name says which rows it holds."""

    where: Where
    columns: set[str] = field(default_factory=set)
    measures: set[Measure] = field(default_factory=set)

    @property
    def name(self) -> str:
        return relation_name(self.where)

    @property
    def parameters(self) -> frozenset[str]:
        """The parameters its conditions may name."""
        named = {one.name for condition in self.where.time for one in condition.find_all(exp.Placeholder)}
        texts = (*self.where.of_cells, *self.where.of_rows)
        return frozenset(named.union(*(_PARAMETER.findall(text) for text in texts)))

    def joined(self, other: Relation) -> Relation:
        """One relation for the readers of both."""
        return Relation(self.where, self.columns | other.columns, self.measures | other.measures)


@dataclass(frozen=True, slots=True)
class Plan:
    """DuckDB SQL that reads relations of cells, and what else it reads."""

    sql: str
    relations: tuple[Relation, ...]
    tables: frozenset[str]
    parameters: frozenset[str]


def relation_name(where: Where) -> str:
    """A name for the rows a relation holds."""
    said = (where.base, where.cube, [one.sql() for one in where.time], where.of_cells, where.of_rows)
    return f"cells_{fingerprint(*said):x}"


@lru_cache(maxsize=PLANS_MAX)
def planned(sql: str, sizes: Sizes) -> Plan:
    """A question of our own, in Databricks SQL, over these cubes."""
    tree = parse(sql)
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
        table.set("db", None)
    return _plan(tree, dict(sizes))


@lru_cache(maxsize=PLANS_MAX)
def planned_view(name: str, sizes: Sizes) -> Plan:
    """The definition of a view over these cubes; without relations it is the definition itself."""
    return _plan(load_tables()[name].statement.copy(), dict(sizes))


def _plan(tree: exp.Expr, sizes: Mapping[str, tuple[str, ...]]) -> Plan:
    root = exp.Paren(this=tree)
    relations: dict[str, Relation] = {}
    for block in [*find_blocks(root.this, Resolver(resolver_columns()))] if sizes else []:
        found = _answered(block, sizes.get(block.rows.of))
        if found is None:
            continue
        select, relation = found
        known = relations.get(relation.name)
        relations[relation.name] = relation if known is None else known.joined(relation)
        own = block.select.args.get("with_")
        select.args["from_"].this.set("this", exp.to_identifier(relation.name))
        if own is not None:
            select.set("with_", own.copy())
        block.select.replace(select)
    if relations:
        _without_unread_steps(root)
    parameters = {one.name for one in root.find_all(exp.Placeholder)}
    tables = frozenset(table.name for table in root.find_all(exp.Table)) - relations.keys()
    return Plan(to_duckdb(root.this), tuple(relations.values()), tables, frozenset(parameters))


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


def _answered(block: Block, held: tuple[str, ...] | None) -> tuple[exp.Select, Relation] | None:
    """A block over the smallest cube that can serve it, or over plain rows when these are copied."""
    if held is None:
        return None
    base, columns = block.rows.of, set(copied(block.rows.of))
    of_rows = tuple(sorted(duckdb_text(test) for test in block.tests))
    tested = {c.name for test in (*block.tests, *block.time) for c in test.find_all(exp.Column)}
    for name in held:
        cube = cubes()[name]
        answer = over_cells(block, cube)
        if answer is None or not answer.measures <= cube.measures or not tested <= columns:
            continue
        left = tuple(sorted(duckdb_text(test) for test in answer.left))
        relation = Relation(Where(base, name, tuple(block.time), left, of_rows), answer.used, answer.measures)
        return answer.select, relation
    select, used = over_rows(block)
    if not block.time or not used | tested <= columns - only_present(base):
        return None
    return select, Relation(Where(base, "", tuple(block.time), (), of_rows), used)

