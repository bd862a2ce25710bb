"""Tools that can be called: the definitions with the lakehouse and the store they read."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import orjson
from sqlglot import exp

from payment_analysis.agents.analyses import ANALYSES, Analysis
from payment_analysis.agents.computed import Computed, diagnose_tool
from payment_analysis.agents.diagnosis.question import ArrowWarehouse
from payment_analysis.agents.tool import Tool, load_tools, schema_of, tool_named
from payment_analysis.lakehouse.dialect import parse
from payment_analysis.lakehouse.scope import bound, scoped
from payment_analysis.store.tables import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from payment_analysis.domain.scope import Scope
    from payment_analysis.store.database import Database


class Warehouse(Protocol):
    """A lakehouse that answers SQL of ours, in the Databricks dialect, with `:name` parameters."""

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool said: rows, and everything needed to ask again."""

    tool: str
    arguments: Mapping[str, Any]
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    truncated: bool
    sql: str  # as a person may run it, arguments and scope written in
    seconds: float

    @property
    def rows_hash(self) -> str:
        """A fingerprint of the rows: equal when the tool says the same again."""
        return hashlib.sha256(as_json(list(self.rows))).hexdigest()[:16]


class Toolbox:
    """Every tool, over one lakehouse and one store."""

    def __init__(
        self, warehouse: Warehouse, store: Database | None = None, computed: Iterable[Computed] | None = None
    ) -> None:
        self._warehouse = warehouse
        self._store = store
        own = [diagnose_tool(warehouse)] if isinstance(warehouse, ArrowWarehouse) else []
        self._computed = {tool.name: tool for tool in (*own, *(computed or ()))}

    @property
    def names(self) -> tuple[str, ...]:
        """The tools that can answer here: without a store, those that need none."""
        sql = tuple(name for name, tool in load_tools().items() if tool.room == "lakehouse" or self._store is not None)
        return (*sql, *ANALYSES, *self._computed)

    def call(self, name: str, given: Mapping[str, Any] | None = None, scope: Scope | None = None) -> Answer:
        """Ask a tool, about the part of the data in scope; raises what is wrong with the arguments."""
        if name in ANALYSES:
            analysis: Analysis = ANALYSES[name]
            wanted = analysis.mode.read((given or {}).get("mode"))
            return self.call(analysis.modes[wanted], {}, scope)
        if name in self._computed:
            return self._of_computed(self._computed[name], given or {}, scope)
        tool = tool_named(name)
        arguments = tool.read(given or {})
        started = time.perf_counter()
        rows = self._of_store(tool, arguments) if tool.room == "store" else self._of_lakehouse(tool, arguments, scope)
        return Answer(
            tool=tool.name,
            arguments=arguments,
            columns=tuple(tool.columns),
            rows=tuple(plain(row) for row in rows[: tool.rows_max]),
            truncated=len(rows) > tool.rows_max,
            sql=_written(tool, arguments, scope),
            seconds=time.perf_counter() - started,
        )

    def described(self, name: str) -> tuple[str, dict[str, Any]]:
        """What a tool is for, and its arguments in JSON Schema."""
        if name in ANALYSES:
            return ANALYSES[name].description, schema_of((ANALYSES[name].mode,))
        tool = self._computed[name] if name in self._computed else tool_named(name)
        return tool.description, tool.schema

    @staticmethod
    def _of_computed(tool: Computed, given: Mapping[str, Any], scope: Scope | None) -> Answer:
        arguments = tool.read(given)
        started = time.perf_counter()
        rows, sql = tool.compute(arguments, scope)
        return Answer(
            tool=tool.name,
            arguments=arguments,
            columns=tuple(tool.columns),
            rows=tuple(plain(row) for row in rows[: tool.rows_max]),
            truncated=len(rows) > tool.rows_max,
            sql=sql,
            seconds=time.perf_counter() - started,
        )

    def _of_lakehouse(self, tool: Tool, arguments: Mapping[str, Any], scope: Scope | None) -> list[dict[str, Any]]:
        question = _limited(tool)
        if scope is None or scope.is_everything:
            return self._warehouse.rows(question, arguments)
        narrowed = bound(question, scope)
        return self._warehouse.rows(narrowed.sql, {**arguments, **narrowed.parameters})

    def _of_store(self, tool: Tool, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        assert self._store is not None, f"{tool.name} needs the store, so it is not offered without one"
        with self._store.read() as session:
            asked = session.connection().exec_driver_sql(_for_postgres(tool), dict(arguments))
            return [dict(row) for row in asked.mappings()]


@lru_cache(maxsize=256)
def _limited_sql(sql: str, rows_max: int) -> str:
    tree = parse(sql)
    assert isinstance(tree, exp.Query)
    written: str = tree.limit(rows_max + 1).sql("databricks", pretty=True)
    return written


def _limited(tool: Tool) -> str:
    return _limited_sql(tool.sql, tool.rows_max)


def _for_postgres(tool: Tool) -> str:
    """The SELECT for the store, as psycopg reads it; arguments are cast, or a null would have no type."""
    tree = parse(_limited(tool))
    kinds = {argument.name: argument.type for argument in tool.arguments}
    for table in tree.find_all(exp.Table):
        table.set("db", exp.to_identifier(SCHEMA))
    for placeholder in list(tree.find_all(exp.Placeholder)):
        placeholder.replace(
            exp.cast(exp.Placeholder(this=placeholder.name), kinds[placeholder.name], dialect="databricks")
        )
    written: str = tree.sql("postgres")
    return written


def _written(tool: Tool, arguments: Mapping[str, Any], scope: Scope | None) -> str:
    tree = parse(_limited(tool))
    for placeholder in list(tree.find_all(exp.Placeholder)):
        placeholder.replace(exp.convert(arguments[placeholder.name]))
    sql: str = tree.sql("databricks", pretty=True)
    narrowed = scope is not None and not scope.is_everything and tool.room == "lakehouse"
    return scoped(sql, scope) if narrowed and scope is not None else sql


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON can carry it: decimals as numbers, instants and days as text."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def as_json(value: Any) -> bytes:
    """Compact JSON with sorted keys."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str)
