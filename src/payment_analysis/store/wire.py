"""Statements for one writer, sent by libpq's own calls: together, prepared once, one journey for all of them.

    wire = await store.writer()
    (row,), _ = await wire.ask(("select $1::int + 1", [1]), ("insert into t values ($1)", ["word"]))

psycopg's cursors cost more than the server takes for a row, and a decision writes one or two; many rows are copied, and
there they are worth it. Answers come as PostgreSQL writes them. Errors are those of psycopg; nothing of a call that
raised is in the store, unless it ended a transaction itself.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from psycopg.pq.abc import PGresult

    Value = str | int | float | datetime | Sequence[Any] | None
    Row = tuple[bytes | None, ...]


class Wire:
    """A connection of somebody who waits for each answer before asking on; used in one event loop."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection  # held: it would close when it is forgotten
        self._pg = connection.pgconn
        self._names = dict[str, bytes]()

    @property
    def is_open(self) -> bool:
        return self._pg.status == ConnStatus.OK

    @property
    def is_in_transaction(self) -> bool:
        """One was begun and not ended, whether it may still be committed or not."""
        return self._pg.transaction_status in {TransactionStatus.INTRANS, TransactionStatus.INERROR}

    def close(self) -> None:
        """From wherever: the loop may have ended."""
        self._pg.finish()

    async def ask(self, *questions: tuple[str, Sequence[Value]]) -> list[list[Row]]:
        """The rows of each statement; all are one transaction unless they say where theirs begins or ends."""
        pg, preparing = self._pg, dict[str, bytes]()
        pg.enter_pipeline_mode()
        places = list[int]()  # of the questions among all that is sent
        sent = 0
        for statement, values in questions:
            name = self._names.get(statement) or preparing.get(statement)
            if name is None:
                name = preparing[statement] = f"s{len(self._names) + len(preparing)}".encode()
                pg.send_prepare(name, statement.encode())
                sent += 1
            pg.send_query_prepared(name, [written(value) for value in values])
            places.append(sent)
            sent += 1
        pg.pipeline_sync()
        found = await self._found()
        pg.exit_pipeline_mode()
        for result in found:
            if result.status == ExecStatus.FATAL_ERROR:
                raise error_from_result(result)
        self._names |= preparing  # not before all went well: after an error nothing more is prepared
        return [_rows(found[place]) for place in places]

    async def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        """Rows into a table; a journey more than `ask`, and less of both sides' time for each of many."""
        async with (
            self._connection.cursor() as cursor,
            cursor.copy(f"copy {table} ({', '.join(columns)}) from stdin") as copy,
        ):
            for row in rows:
                await copy.write_row(row)

    async def _found(self) -> list[PGresult]:
        """What comes back, while the rest is still going out."""
        pg, found = self._pg, list["PGresult"]()
        while pg.flush():
            await self._ready(writes=True)
            pg.consume_input()
        while True:
            while pg.is_busy():
                await self._ready()
                pg.consume_input()
            result = pg.get_result()
            if result is None:
                if pg.status == ConnStatus.BAD:
                    raise psycopg.OperationalError("the connection is lost")
            elif result.status == ExecStatus.PIPELINE_SYNC:
                return found
            else:
                found.append(result)

    async def _ready(self, *, writes: bool = False) -> None:
        """Wait for the server; the loop holds the socket no longer than that, so that others may close it."""
        loop, number = asyncio.get_running_loop(), self._pg.socket
        ready = loop.create_future()

        def tell() -> None:
            if not ready.done():
                ready.set_result(None)

        loop.add_reader(number, tell)
        if writes:
            loop.add_writer(number, tell)
        try:
            await ready
        finally:
            loop.remove_reader(number)
            if writes:
                loop.remove_writer(number)


def written(value: Value) -> bytes | None:
    """A value as PostgreSQL reads it."""
    if value is None:
        return None
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, datetime):
        return value.isoformat().encode()
    if isinstance(value, int | float):
        return str(value).encode()
    return ("{" + ",".join([_element(one) for one in value]) + "}").encode()


def _element(value: Any) -> str:
    """A value within an array; quoted, so that no word means anything but itself."""
    text = written(value)
    if text is None:
        return "NULL"
    escaped = text.decode().replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _rows(result: PGresult) -> list[Row]:
    return [tuple([result.get_value(row, column) for column in range(result.nfields)]) for row in range(result.ntuples)]
