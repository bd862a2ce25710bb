"""Rows as the API shows them, made from the definitions of the lakehouse: a column's meaning is written there."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any, Final

from pydantic import BaseModel, Field, create_model

from payment_analysis.lakehouse.table import load_sources, load_tables

_TYPES: Final[dict[str, Any]] = {
    "string": str,
    "int": int,
    "bigint": int,
    "double": float,
    "boolean": bool,
    "timestamp": datetime,
    "date": date,
}  # every decimal becomes a float: the API speaks JSON


@cache
def row_model(table: str, name: str, columns: tuple[str, ...] = ()) -> type[BaseModel]:
    """One row of a table or view: all of its columns, or these. Every column may be null: exports leave out much."""
    tables, sources = load_tables(), load_sources()
    known = tables[table].columns if table in tables else sources[table].columns
    fields: dict[str, Any] = {
        column.lstrip("_"): (_TYPES.get(known[column].type, float) | None, Field(description=known[column].meaning))
        for column in columns or known
    }
    return create_model(name, __doc__=f"One row of {table}.", **fields)
