"""Statements that are sent together: one transaction, values that stay themselves, errors that leave nothing behind."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.store.databases import Databases

    from payment_analysis.store.wire import Wire

TABLE = "create table if not exists noted (word text primary key)"
NOTE = "insert into noted values ($1)"
ALL = "select word from noted order by word"


def run(databases: Databases, use: Callable[[Wire], Awaitable[Any]]) -> Any:
    store = databases.fresh()

    async def main() -> Any:
        wire = await store.writer()
        try:
            await wire.ask((TABLE, ()))
            return await use(wire)
        finally:
            wire.close()

    try:
        return asyncio.run(main())
    finally:
        store.close()


def test_values_come_back_as_they_were_given(databases: Databases) -> None:
    words = ["plain", "", 'quo"ted', "back\\slash", "{a,b}", "NULL", "ünï", None]
    at = datetime(2026, 11, 28, 3, 0, 0, 120, tzinfo=UTC)
    asked = "select unnest($1::text[]), $2::timestamptz, $3::float8, $4::int, $5::text"

    (rows,) = run(databases, lambda wire: wire.ask((asked, [words, at, 0.1, 7, None])))

    assert [word if word is None else word.decode() for word, *_ in rows] == words
    assert (datetime.fromisoformat(rows[0][1].decode()), *rows[0][2:]) == (at, b"0.1", b"7", None)


def test_an_error_undoes_all_that_was_sent_with_it_and_the_next_call_is_sound(databases: Databases) -> None:
    async def use(wire: Wire) -> list[list[Any]]:
        await wire.ask((NOTE, ["first"]))
        with pytest.raises(psycopg.IntegrityError):
            await wire.ask((NOTE, ["second"]), (NOTE, ["first"]), (NOTE, ["third"]))
        assert not wire.is_in_transaction
        return await wire.ask((NOTE, ["fourth"]), (ALL, ()))

    assert run(databases, use) == [[], [(b"first",), (b"fourth",)]]


def test_a_transaction_of_the_callers_own_spans_calls_until_it_ends(databases: Databases) -> None:
    async def use(wire: Wire) -> list[bool]:
        await wire.ask(("begin", ()), (NOTE, ["first"]))
        seen = [wire.is_in_transaction]
        await wire.ask(("rollback", ()))
        (rows,) = await wire.ask((ALL, ()))
        return [*seen, wire.is_in_transaction, bool(rows)]

    assert run(databases, use) == [True, False, False]


def test_more_than_a_socket_holds_goes_out_while_answers_come_in(databases: Databases) -> None:
    long = "x" * 100_000

    answers = run(databases, lambda wire: wire.ask(*[("select $1::text", [f"{n}{long}"]) for n in range(100)]))

    assert [row[0][0] for row in answers] == [f"{n}{long}".encode() for n in range(100)]


def test_a_connection_that_is_lost_is_an_error_and_never_a_wait(databases: Databases) -> None:
    async def use(wire: Wire) -> bool:
        with pytest.raises(psycopg.OperationalError):
            await wire.ask(("select pg_terminate_backend(pg_backend_pid())", ()))
        return wire.is_open

    assert run(databases, use) is False
