"""The definitions of every table and view, read from the `.sql` and `.yml` files beside this module.

A table of `bronze`, `silver` or `gold` has both files; a source (landing, seed, dimension) is written by somebody else
and has only the `.yml` in `seeds`, which is its contract. A broken definition is a bug of ours, so it is an assertion.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Literal, cast

import yaml
from sqlglot import exp

from payment_analysis.domain.attempt import FIELDS
from payment_analysis.lakehouse.dialect import parse

FOLDER = Path(__file__).parent
LAYERS = ("bronze", "silver", "gold")
LEVELS = ("drop", "fail", "warn")

Layer = Literal["bronze", "silver", "gold"]
Kind = Literal["table", "view"]
Level = Literal["drop", "fail", "warn"]
Row = dict[str, object]

_HEADER = re.compile(
    r"^create\s+or\s+replace\s+(?P<kind>table|view)\s+(?P<name>\w+)\s+as\s+", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its type in Databricks words and its meaning with the unit."""

    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Check:
    """A predicate every row must satisfy: a row that fails is dropped to quarantine, fails the build or warns."""

    level: Level
    predicate: str
    reason: str = ""  # code for quarantine; drop checks only
    field: str = ""  # the column to show, masked, in quarantine; drop checks only


@dataclass(frozen=True, slots=True)
class Example:
    """Given rows per table and the rows the definition must make of them; unnamed columns are null or not compared."""

    given: dict[str, list[Row]] = field(default_factory=dict)
    expect: list[Row] = field(default_factory=list)
    order_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """The contract of a table that no SQL file makes: landing, a seed, a dimension."""

    name: str
    description: str
    grain: tuple[str, ...]
    columns: dict[str, Column]
    path: Path


@dataclass(frozen=True, slots=True)
class Table:
    """One table or view of the lakehouse, as its two files define it."""

    name: str
    layer: Layer
    kind: Kind
    statement: exp.Expression  # the SELECT
    sql: str  # the SELECT as written, Databricks SQL
    reads: frozenset[str]
    description: str
    grain: tuple[str, ...]
    columns: dict[str, Column]
    checks: tuple[Check, ...]
    example: Example
    path: Path  # of the .sql
    # Sets of columns whose equal values tie rows together: a row's result depends only on rows reachable through them,
    # so a build may recompute just the groups a batch touches. A null ties nothing. Empty: recompute the whole table.
    closure: tuple[tuple[str, ...], ...] = ()
    cluster_by: tuple[
        str, ...
    ] = ()  # the columns in whose order rows lie, so that a part of the time reads few of them
    carried: frozenset[str] = frozenset()  # columns inherited and not redefined: the input's own values, row by row

    @property
    def types(self) -> dict[str, str]:
        """The output contract: column name to type, in order."""
        return {name: column.type for name, column in self.columns.items()}

    @property
    def drops(self) -> tuple[Check, ...]:
        """The checks that send a row to quarantine."""
        return tuple(check for check in self.checks if check.level == "drop")


@cache
def load_sources() -> dict[str, Source]:
    """Every table that others write, by name."""
    sources: dict[str, Source] = {}
    for path in sorted((FOLDER / "seeds").glob("*.yml")):
        text = _yaml(path)
        sources[path.stem] = Source(
            name=path.stem,
            description=str(text["description"]),
            grain=tuple(text["grain"]),
            columns=_columns(text, sources | {}),
            path=path,
        )
    return sources


@cache
def load_tables() -> dict[str, Table]:
    """Every table and view of ours, by name, in an order in which each comes after what it reads."""
    paths = {path.stem: path for layer in LAYERS for path in (FOLDER / layer).glob("*.sql")}
    statements = {name: _statement(path) for name, path in paths.items()}
    graph = {name: reads & paths.keys() for name, (_, _, _, reads) in statements.items()}
    order = list(TopologicalSorter({name: sorted(graph[name]) for name in sorted(graph)}).static_order())
    known: dict[str, Source | Table] = dict(load_sources())
    tables: dict[str, Table] = {}
    for name in order:
        unknown = statements[name][3] - known.keys()
        assert not unknown, f"{paths[name].name} reads {sorted(unknown)}, which nothing defines"
        tables[name] = known[name] = _table(paths[name], statements[name], known)
    return tables


def _yaml(path: Path) -> dict[str, Any]:
    text = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    assert isinstance(text, dict), f"{path.name} is not a mapping"
    return text


def _statement(path: Path) -> tuple[Kind, exp.Expression, str, frozenset[str]]:
    text = path.read_text(encoding="utf-8")
    header = _HEADER.search(text)
    assert header is not None, f"{path.name} needs `create or replace table|view {path.stem} as`"
    assert header["name"] == path.stem, f"{path.name} defines {header['name']}"
    sql = text[header.end() :].strip().removesuffix(";")
    statement = parse(sql)
    steps = {cte.alias for cte in statement.find_all(exp.CTE)}
    reads = frozenset(table.name for table in statement.find_all(exp.Table)) - steps
    return cast("Kind", header["kind"].lower()), statement, sql, reads


def _table(
    path: Path, made: tuple[Kind, exp.Expression, str, frozenset[str]], known: dict[str, Source | Table]
) -> Table:
    kind, statement, sql, reads = made
    text = _yaml(path.with_suffix(".yml"))
    example = text.get("example", {})
    return Table(
        name=path.stem,
        layer=cast("Layer", path.parent.name),
        kind=kind,
        statement=statement,
        sql=sql,
        reads=reads,
        description=str(text["description"]),
        grain=tuple(text["grain"]),
        columns=_columns(text, known),
        carried=frozenset(_inherited(text, known).keys() - text.get("columns", {}).keys()),
        checks=tuple(_check(check, path) for check in text.get("checks", [])),
        example=Example(example.get("given", {}), example.get("expect", []), tuple(example.get("order_by", []))),
        path=path,
        cluster_by=tuple(text.get("cluster_by", [])),
        closure=tuple(tuple(group) for group in text.get("closure", [])),
    )


def _check(text: dict[str, Any], path: Path) -> Check:
    (level,) = (key for key in text if key in LEVELS)
    assert level != "drop" or {"reason", "field"} <= text.keys(), f"{path.name}: a drop check names reason and field"
    return Check(cast("Level", level), str(text[level]), str(text.get("reason", "")), str(text.get("field", "")))


def _columns(text: dict[str, Any], known: dict[str, Any]) -> dict[str, Column]:
    """The columns of a table: those it inherits, then its own; an own one may redefine."""
    own = text.get("columns", {})
    return _inherited(text, known) | {
        name: Column(str(column["type"]), str(column["meaning"])) for name, column in own.items()
    }


def _inherited(text: dict[str, Any], known: dict[str, Any]) -> dict[str, Column]:
    """The columns a table takes over from others: `only` some of them, or all `except` some."""
    columns: dict[str, Column] = {}
    for origin, options in text.get("inherits", {}).items():
        available = _attempt_columns() if origin == "attempt" else known[origin].columns
        named = {name for choice in (options or {}).values() for name in choice}
        assert named <= available.keys(), f"{origin} has no {named - available.keys()}"
        only, excepted = (options or {}).get("only", available), (options or {}).get("except", [])
        columns |= {name: available[name] for name in only if name not in excepted}
    return columns


def _attempt_columns() -> dict[str, Column]:
    return {field.name: Column(field.type.value, field.meaning) for field in FIELDS}
