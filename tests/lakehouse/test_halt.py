"""A halt ends what works under it, in the middle of a statement, and what begins after it."""

from __future__ import annotations

import threading

import duckdb
import pytest

from payment_analysis.lakehouse.halt import Halt, Halted

FOR_EVER = "select count(*) from range(1000000000) as a, range(1000000000) as b"


def test_a_statement_that_would_take_for_ever_is_interrupted() -> None:
    halt, began, found = Halt(), threading.Event(), list[BaseException]()

    def work() -> None:
        try:
            with duckdb.connect() as connection, halt.over(connection):
                began.set()
                connection.execute(FOR_EVER)
        except Halted as error:
            found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    began.wait()
    while thread.is_alive():
        halt.set()
        thread.join(0.01)

    assert [type(one.__cause__) for one in found] == [duckdb.InterruptException]


def test_nothing_begins_after_it() -> None:
    halt = Halt()
    halt.set()

    with duckdb.connect() as connection, pytest.raises(Halted), halt.over(connection):
        pytest.fail("this is not reached")


def test_an_error_of_the_work_itself_stays_what_it_is() -> None:
    with duckdb.connect() as connection, pytest.raises(duckdb.ParserException), Halt().over(connection):
        connection.execute("not sql")
