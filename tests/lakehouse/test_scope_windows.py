"""Windows: every view says "the last N days" in a known form, and a range takes exactly that form out."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlglot
from tests.lakehouse.scope_attempts import NOW
from tests.lakehouse.scope_world import SOURCES, TABLES, asked
from tests.lakehouse.small import table

from payment_analysis.domain.scope import TICK, Scope
from payment_analysis.lakehouse.scope import Scoping, scoped
from payment_analysis.lakehouse.scope_bases import CLOCK, CLOCK_TIME, OF_THE_END
from payment_analysis.lakehouse.scope_windows import unrecognised_windows

DAY = timedelta(days=1)


@pytest.mark.parametrize("view", [name for name, one in TABLES.items() if one.kind == "view"])
def test_a_view_says_its_window_in_a_known_form(view: str) -> None:
    assert unrecognised_windows(TABLES[view].statement) == [] or view in OF_THE_END


def test_the_time_of_the_clock_has_a_name_of_its_own() -> None:
    assert [name for name, one in (SOURCES | TABLES).items() if CLOCK_TIME in one.columns] == [CLOCK]


ONE_FORM = """
    a.event_timestamp > clock.as_of - interval 7 days
    a.event_timestamp >= (select as_of from data_clock) - interval '7' day
    clock.as_of - interval 1 hour < a.event_time
    a.event_date > cast(clock.as_of as date) - interval 90 days
    date_trunc('hour', a.event_timestamp) >= date_trunc('hour', clock.as_of) - interval 6 hours
    cast(a.event_timestamp as date) > date(clock.as_of - interval 2 days)
    (a.is_sale and (a.event_timestamp > clock.as_of - interval 7 days))
    a._ingested_at > timestampadd(day, -7, latest.arrived_last)
    a.event_timestamp <= clock.as_of
"""
OTHER_FORMS = """
    a.event_timestamp between clock.as_of - interval 7 days and clock.as_of
    a.event_timestamp > latest.arrived_last - interval 7 days
    a.event_timestamp < clock.as_of - interval 7 days
    a._ingested_at > clock.as_of - interval 7 days
    a.event_date > date_sub(cast(clock.as_of as date), 7)
    a.event_timestamp + interval 7 days > clock.as_of
    datediff(clock.as_of, a.event_date) < 7
    a.is_sale or a.event_timestamp > clock.as_of - interval 7 days
"""


@pytest.mark.parametrize("condition", [line.strip() for line in ONE_FORM.strip().splitlines()])
def test_a_window_in_a_known_form_is_recognised(condition: str) -> None:
    assert unrecognised_windows(_windowed(condition)) == []


@pytest.mark.parametrize("condition", [line.strip() for line in OTHER_FORMS.strip().splitlines()])
def test_any_other_reckoning_with_the_clock_is_found(condition: str) -> None:
    assert len(unrecognised_windows(_windowed(condition))) >= 1


def test_a_range_takes_only_the_windows_out() -> None:
    hourly = table(
        "v_sample",
        "gold",
        """
        select count(*) as n, count(*) filter (where event_timestamp > clock.as_of - interval 1 day) as n_last_day
        from payments_enriched_silver cross join data_clock as clock
        where (is_sale or psp is null) and (event_timestamp > clock.as_of - interval 2 days and result <> 'error')
        """,
        {"n": "bigint", "n_last_day": "bigint"},
        grain=(),
        kind="view",
    )
    scoping = Scoping(TABLES | {"v_sample": hourly}, SOURCES)
    scope = Scope(start=NOW - 40 * DAY, end=NOW - 10 * DAY)

    (row,) = asked(scoping.sql("v_sample", scope))

    last_day = Scope(start=NOW - 11 * DAY + TICK, end=NOW - 10 * DAY)
    count = "select count(*) as n from payments_enriched_silver where (is_sale or psp is null) and result <> 'error'"
    assert row["n"] == asked(scoped(count, scope))[0]["n"]
    assert row["n_last_day"] == asked(scoped(count, last_day))[0]["n"]


def test_windows_of_several_lengths_stay_and_count_from_the_end_of_the_range() -> None:
    question = """
        select '{0}' as minutes, count(*) as n from payments_enriched_silver as silver cross join data_clock as clock
        where silver.event_timestamp > clock.as_of - interval {0} minutes
    """
    both = f"{question.format(9000)} union all {question.format(90000)} order by 1"
    end = NOW - 10 * DAY

    rows = asked(scoped(both, Scope(start=NOW - 110 * DAY, end=end)))

    counts = [Scope(start=end - timedelta(minutes=minutes) + TICK, end=end) for minutes in (9000, 90000)]
    assert rows == [
        {"minutes": minutes, **asked(scoped("select count(*) as n from payments_enriched_silver", scope))[0]}
        for minutes, scope in zip(("9000", "90000"), counts, strict=True)
    ]


def _windowed(condition: str) -> sqlglot.exp.Expr:
    sql = f"select a.psp from payments_enriched_silver as a cross join data_clock as clock cross join latest where {condition}"
    return sqlglot.parse_one(sql, dialect="databricks")
