"""What the ends of a day tell of a condition on the instant is true of every row between them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from payment_analysis.lakehouse.dialect import parse
from payment_analysis.lakehouse.partials.cubes import AT
from payment_analysis.lakehouse.partials.instants import test_of as as_asked
from payment_analysis.lakehouse.partials.sources import ROW

if TYPE_CHECKING:
    from payment_analysis.lakehouse.partials.relations import Test as Asked

BASE = "payments_enriched_silver"
FIRST, LAST = "timestamptz '2026-03-01 00:00:00Z'", "timestamptz '2026-03-06 00:00:00Z'"
AS_OF = "timestamp '2026-03-04 10:20:30Z'"
TOLD = {  # told of a day by its ends
    "begins within a day": f"event_timestamp > {AS_OF} - interval 24 hours",
    "begins with an hour": f"date_trunc('hour', event_timestamp) > {AS_OF} - interval 24 hours",
    "ends": f"{AS_OF} >= event_timestamp",
    "between": f"event_timestamp between {AS_OF} - interval 2 days and {AS_OF}",
    "one day": "event_date = date '2026-03-03'",
    "other days": "event_date <> date '2026-03-03'",
    "some days": "event_date in (date '2026-03-02', date '2026-03-04')",
    "not since": f"not cast(event_timestamp as date) >= date({AS_OF})",
    "so long ago": f"(unix_seconds({AS_OF}) - unix_seconds(date_trunc('hour', event_timestamp))) div 3600 >= 20",
    "hours ago": f"unix_seconds({AS_OF}) div 3600 - unix_seconds(date_trunc('hour', event_timestamp)) div 3600 in (5, 6)",
    "full hours": f"""event_timestamp >= date_trunc('hour', {AS_OF}) - interval 9 hours
        and event_timestamp < date_trunc('hour', {AS_OF}) - interval 4 hours""",
    "beside half an hour": f"event_timestamp >= date_trunc('hour', {AS_OF}) - interval '1.5' hours",
    "shifted": f"timestampadd(hour, 5, event_timestamp) < {AS_OF}",
    "either": f"event_timestamp < {AS_OF} - interval 2 days or event_timestamp > {AS_OF} + interval 1 day",
}
UNTOLD = {  # says something of the rows between
    "hour of the day": "extract(hour from event_timestamp) % 5 > 3",
    "remainder": "unix_seconds(event_timestamp) % 86400 < 3600",
    "text": "cast(event_timestamp as string) like '%:3%'",
    "minutes": "extract(minute from event_timestamp) < 30",
}
NOW_AND_THEN = "extract(hour from event_timestamp) % 5 > 3 and event_timestamp > timestamp '2026-03-03 00:00:00Z'"
EVERY_CONDITION = TOLD | UNTOLD | {"both kinds": NOW_AND_THEN}
MARCH = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
instants = st.integers(0, 5 * 86_400).map(lambda seconds: MARCH + dt.timedelta(seconds=seconds))


def asked(condition: str) -> Asked:
    where = parse(f"select 1 from t where {condition}").args["where"].this
    for column in where.find_all(exp.Column):
        column.set("table", exp.to_identifier(ROW))
    return as_asked(where, BASE)


def said(rows: list[dt.datetime], test: Asked) -> list[tuple[bool, bool, bool, bool]]:
    """For each day: whether it is told that every row passes, and some may, and whether every and some row does."""
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    connection.execute("create table silver (event_timestamp timestamptz, event_date date)")
    connection.executemany("insert into silver values (?, ?)", [(one, one.date()) for one in rows])
    return connection.execute(
        f"""
        select coalesce({test.every}, false), coalesce({test.some}, false), every_row, some_row
        from (
            select event_date as day, min(event_timestamp) as first, max(event_timestamp) as last,
                bool_and({test.of_row}) as every_row, bool_or({test.of_row}) as some_row
            from silver group by event_date
        )
        """
    ).fetchall()


@given(rows=st.lists(instants, min_size=1, max_size=40), name=st.sampled_from([*EVERY_CONDITION]))
def test_no_day_is_told_wrongly(rows: list[dt.datetime], name: str) -> None:
    for every, some, every_row, some_row in said(rows, asked(EVERY_CONDITION[name])):
        assert every_row or not every
        assert some or not some_row


@pytest.mark.parametrize("name", TOLD)
def test_a_day_of_which_all_rows_pass_is_known_by_its_ends(name: str) -> None:
    hours = [MARCH + dt.timedelta(minutes=20 * n) for n in range(6 * 72)]
    told = said(hours, asked(TOLD[name]))

    assert {(every, some) for every, some, _, _ in told} == {(every, some) for _, _, every, some in told}
    assert all((every, some) == (every_row, some_row) for every, some, every_row, some_row in told)


@pytest.mark.parametrize("name", UNTOLD)
def test_of_what_the_ends_do_not_tell_rows_are_asked(name: str) -> None:
    test = asked(UNTOLD[name])

    assert (test.every, test.some) == ("(FALSE)", "(TRUE)")


@pytest.mark.parametrize(
    ("name", "is_of_hours"),
    [
        ("begins with an hour", True),
        ("hours ago", True),
        ("one day", True),
        ("full hours", True),
        ("beside half an hour", False),
        ("begins within a day", False),
    ],
)
def test_a_cell_of_an_hour_is_asked_where_no_row_of_it_is_told_apart(name: str, is_of_hours: bool) -> None:
    test = asked(TOLD[name])

    assert bool(test.of_hour) == is_of_hours
    assert not is_of_hours or (AT in test.of_hour and "event_" not in test.of_hour)


def test_a_cell_of_an_hour_passes_with_its_rows() -> None:
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for name, condition in TOLD.items():
        if test := asked(condition).of_hour:
            rows = connection.execute(
                f"""
                select distinct ({test}) = ({asked(condition).of_row})
                from (
                    select *, time_bucket(interval 1 hour, event_timestamp) as {AT}, event_timestamp::date as event_date
                    from (select unnest(range({FIRST}, {LAST}, interval 7 minute))
                        as event_timestamp)
                )
                """
            ).fetchall()
            assert rows == [(True,)], name
