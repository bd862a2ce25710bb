"""Rows into a table of the store: a few by one prepared statement, many by COPY, which costs a round more."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

FEW: Final = 8
JSON: Final = frozenset({"request", "response", "extra"})  # columns whose text is JSON


async def write(connection: psycopg.AsyncConnection[Any], table: str, rows: Sequence[Any]) -> None:
    """Insert named tuples whose fields are the table's columns; nothing for no rows."""
    if not rows:
        return
    fields = rows[0]._fields
    if len(rows) <= FEW:
        await connection.execute(_insertion(table, fields, len(rows)), [value for row in rows for value in row])
        return
    async with (
        connection.cursor() as cursor,
        cursor.copy(f"copy payment_analysis.{table} ({', '.join(fields)}) from stdin") as copy,
    ):
        for row in rows:
            await copy.write_row(row)


@cache
def _insertion(table: str, fields: Sequence[str], count: int) -> str:
    values = ", ".join("%s::jsonb" if name in JSON else "%s" for name in fields)
    listed = ", ".join([f"({values})"] * count)
    return f"insert into payment_analysis.{table} ({', '.join(fields)}) values {listed}"
