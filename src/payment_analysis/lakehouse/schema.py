"""Column contracts: name to type word (Databricks: `bigint`, `decimal(6,4)`), in order, and what engines call them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deltalake import Field, Schema
from deltalake.schema import PrimitiveType

from payment_analysis.lakehouse import dialect

if TYPE_CHECKING:
    from payment_analysis.lakehouse.table import Source, Table

Columns = Mapping[str, str]
NO_WORDS: Final[Mapping[str, str]] = MappingProxyType({})

_DELTA: Final[dict[str, str]] = {"bigint": "long", "int": "integer"}  # Delta's own words where they differ
_REPORTED: Final[dict[str, str]] = {  # what DuckDB reports, in our words
    "varchar": "string",
    "integer": "int",
    "hugeint": "bigint",  # a sum of whole numbers
    "timestamp with time zone": "timestamp",
    "timestamp": "timestamp_ntz",
}


duckdb_type = cache(dialect.duckdb_type)  # twenty words name the types of a thousand columns


def columns_of(defined: Source | Table) -> Columns:
    """The columns of a definition: name to type word."""
    return {name: column.type for name, column in defined.columns.items()}


def delta_schema(columns: Columns) -> Schema:
    """The Delta schema of the columns."""
    return Schema([Field(name, PrimitiveType(_DELTA.get(word, word))) for name, word in columns.items()])


def delta_columns(schema: Schema) -> Columns:
    """The columns of a Delta schema."""
    words = {delta: word for word, delta in _DELTA.items()}
    types = {field.name: str(field.type.to_json()).strip('"') for field in schema.fields}
    return {name: words.get(kind, kind) for name, kind in types.items()}


def type_word(reported: str) -> str:
    """The word for a type that DuckDB reports; a type without a word of ours keeps its own name."""
    return _REPORTED.get(reported.lower(), reported.lower().replace(", ", ","))


def contract(columns: Columns, source: str, *, words: Mapping[str, str] = NO_WORDS) -> str:
    """A SELECT of exactly these columns, cast to exactly these types; a cast to the type it has costs nothing.

    A column of few `words` is cast to their ENUM.
    """
    listed = ", ".join(
        f'try_cast("{name}" as {words[name]}) as "{name}"'
        if name in words
        else f'cast("{name}" as {duckdb_type(word)}) as "{name}"'
        for name, word in columns.items()
    )
    return f"select {listed} from {source}"


def empty(columns: Columns) -> str:
    """A SELECT of these columns and no row."""
    listed = ", ".join(f'cast(null as {duckdb_type(word)}) as "{name}"' for name, word in columns.items())
    return f"select {listed} where false"


def literal(text: str) -> str:
    """Text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
