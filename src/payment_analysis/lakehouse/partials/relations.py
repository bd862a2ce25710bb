"""Relations: what blocks read instead of a kept table, cells or plain rows, and which blocks read the same one."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlglot import exp

from payment_analysis.lakehouse.delta import fingerprint
from payment_analysis.lakehouse.partials.blocks import duckdb_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payment_analysis.lakehouse.partials.aggregates import Measure
    from payment_analysis.lakehouse.partials.blocks import Block

    Answered = tuple[Block, exp.Select, "Relation"]

PARAMETER: Final = re.compile(r"\$([A-Za-z_]\w*)")


class Test(NamedTuple):
    """A condition on the instant, DuckDB SQL, and what it says of a day by its first and last row."""

    of_row: str
    every: str  # whether it holds for every row
    some: str  # whether it may hold for some
    of_hour: str  # of the cell of an hour; empty when it tells rows of one hour apart


class Where(NamedTuple):
    """Which rows a relation holds: one and the same for every block that asks for them."""

    base: str
    cube: str  # none: plain rows
    time: tuple[Test, ...]
    of_cells: tuple[str, ...]  # tests left for the cells, DuckDB SQL
    of_rows: tuple[str, ...]  # all tests, DuckDB SQL
    keys: tuple[
        tuple[str, str], ...
    ] = ()  # of groups of rows: what each is, DuckDB SQL over words as text, and its name

    @property
    def name(self) -> str:
        """A name for the rows."""
        return f"cells_{fingerprint(*self):x}"


class Relation(NamedTuple):
    """What blocks read instead of a kept table."""

    where: Where
    columns: frozenset[str]
    measures: frozenset[Measure] = frozenset()

    def joined(self, other: Relation | None) -> Relation:
        """One relation for the readers of both."""
        return (
            self
            if other is None
            else Relation(self.where, self.columns | other.columns, self.measures | other.measures)
        )

    @property
    def parameters(self) -> frozenset[str]:
        """The parameters its conditions may name."""
        texts = (*(one.of_row for one in self.where.time), *self.where.of_cells, *self.where.of_rows)
        return frozenset(name for text in texts for name in PARAMETER.findall(text))


def alike(answered: list[Answered]) -> list[list[Answered]]:
    """Blocks over the same plain rows, but that each leaves out where one column has no value; others by themselves."""
    found: dict[tuple[object, ...], list[Answered]] = defaultdict(list)
    for block, select, relation in answered:
        where = relation.where
        told_apart = (len(found),) if where.cube else (where.base, where.time, *_others(block))
        found[told_apart].append((block, select, relation))
    return [*found.values()]


def together(group: list[Answered]) -> Iterator[Answered]:
    """Blocks that are alike over the same rows: these are brought up once, and each tests what it leaves out."""
    for block, select, relation in group:
        tests = [test for test in block.tests if _is_presence(test)]
        columns = relation.columns | {column.name for test in tests for column in test.find_all(exp.Column)}
        where = relation.where._replace(of_rows=_others(block))
        chosen = select.where(*(test.copy() for test in tests), copy=False) if tests else select
        yield block, chosen, Relation(where, columns, relation.measures)


def _others(block: Block) -> tuple[str, ...]:
    return tuple(sorted(duckdb_text(test) for test in block.tests if not _is_presence(test)))


def _is_presence(test: exp.Expr) -> bool:
    bare = test.this.unnest() if isinstance(test, exp.Not) else None
    return isinstance(bare, exp.Is) and isinstance(bare.expression, exp.Null) and isinstance(bare.this, exp.Column)
