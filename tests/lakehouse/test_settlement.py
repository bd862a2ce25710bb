"""Rows as they should be are set against rows that are stored: only what differs comes and goes."""

from __future__ import annotations

import duckdb

from payment_analysis.lakehouse.schema import columns_of, contract, empty
from payment_analysis.lakehouse.stream import settlement
from payment_analysis.lakehouse.table import load_tables

PAYMENTS = load_tables()["payments_silver"]


def rows(**attempts: int) -> str:
    """Payments by name, each with so many attempts."""
    listed = " union all by name ".join(
        [f"({empty(columns_of(PAYMENTS))})"]
        + [f"select '{name}' as payment_id, {count} as attempts" for name, count in attempts.items()]
    )
    return contract(columns_of(PAYMENTS), f"({listed})")


def test_what_differs_comes_and_goes() -> None:
    connection = duckdb.connect()
    connection.execute(f"create table fresh as {rows(new=1, same=2, longer=3)}")
    connection.execute(f"create table stored as {rows(same=2, longer=2, ended=1)}")

    settlement.compare(connection, PAYMENTS, "fresh", stored="stored")

    came, gone = (
        connection.execute(f"select payment_id, attempts from {name} order by all").fetchall()
        for name in ("came", "gone")
    )
    assert came == [("longer", 3), ("new", 1)]
    assert gone == [("ended", 1), ("longer", 2)]
