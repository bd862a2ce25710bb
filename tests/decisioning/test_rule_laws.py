"""Laws of the language: what is printed reads the same, SQL says what Python says, regions are where it is true."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decisioning.conditions import COLUMN_TYPES, VALUES, column, conditions, facts

from payment_analysis.decisioning.actions import MEANINGS, ActionKind, RuleAction, ValueKind, directives
from payment_analysis.decisioning.condition_sql import condition_sql
from payment_analysis.decisioning.conditions import printed
from payment_analysis.decisioning.evaluation import compiled
from payment_analysis.decisioning.reading import read_condition
from payment_analysis.decisioning.regions import boxes_of
from payment_analysis.lakehouse.dialect import parse, to_duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payment_analysis.decisioning.conditions import Condition

ROWS = 200


@settings(deadline=None)
@given(conditions())
def test_what_is_printed_reads_as_the_same_condition(condition: Condition) -> None:
    assert read_condition(printed(condition)) == condition


@dataclass(frozen=True, repr=False)
class Silver:
    """Random rows, and the same in a table."""

    rows: list[dict[str, Any]]
    table: duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def silver() -> Iterator[Silver]:
    draw = random.Random(5)
    named = {**VALUES, "merchant_country": ("BR", "DE")}
    rows = [{name: draw.choice((None, *values)) for name, values in named.items()} for _ in range(ROWS)]
    with duckdb.connect() as connection:
        columns = ", ".join(f"{column(name)} {kind}" for name, kind in COLUMN_TYPES.items())
        connection.execute(f"create table silver (place integer, {columns})")
        holes = ", ".join("?" * (len(COLUMN_TYPES) + 1))
        written = [[place, *(row[name] for name in COLUMN_TYPES)] for place, row in enumerate(rows)]
        connection.executemany(f"insert into silver values ({holes})", written)
        yield Silver(rows, connection)


@settings(max_examples=150, deadline=None)  # a busy machine is no failure
@given(condition=conditions())
def test_sql_says_what_the_decision_says(silver: Silver, condition: Condition) -> None:
    asked, holds = condition_sql(condition), compiled(condition)

    sql = to_duckdb(parse(f"select ({asked.text}) as told from silver order by place"))
    told = [row[0] for row in silver.table.execute(sql, asked.parameters or None).fetchall()]

    assert told == [holds(row) for row in silver.rows]


@settings(deadline=None)
@given(conditions(opaque=False), facts())
def test_a_condition_is_true_exactly_in_its_region(condition: Condition, fact: dict[str, Any]) -> None:
    boxes = boxes_of(condition)

    if boxes is not None:
        is_inside = any(
            all(span.is_null if fact[name] is None else span.allows(fact[name]) for name, span in box.items())
            for box in boxes
        )
        assert is_inside == (compiled(condition)(fact) is True)


def actions() -> st.SearchStrategy[RuleAction]:
    def of(kind: ActionKind) -> st.SearchStrategy[RuleAction]:
        takes = MEANINGS[kind].takes
        if takes in {ValueKind.SECONDS, ValueKind.ATTEMPTS}:
            return st.builds(RuleAction, st.just(kind), st.integers(1, 20))
        values = st.none() if takes is ValueKind.NOTHING else st.sampled_from(("a", "b", "c"))
        return st.builds(RuleAction, st.just(kind), values)

    return st.sampled_from(ActionKind).flatmap(of)


@settings(deadline=None)
@given(st.lists(actions(), max_size=5), actions())
def test_one_more_rule_never_allows_what_was_forbidden(said: list[RuleAction], more: RuleAction) -> None:
    before, after = directives(said), directives([*said, more])

    assert after.may_retry <= before.may_retry
    assert after.may_explore <= before.may_explore
    assert after.may_cascade <= before.may_cascade
    assert after.retry_after_seconds >= before.retry_after_seconds
    assert before.routes_forbidden <= after.routes_forbidden
    assert before.attempts_max is None or (after.attempts_max or 0) <= before.attempts_max


@settings(deadline=None)
@given(st.lists(actions(), max_size=6))
def test_nothing_forbidden_is_ordered_and_every_order_is_followed_or_overruled(said: list[RuleAction]) -> None:
    told = directives(said)

    assert told.route not in told.routes_forbidden
    assert told.path not in told.paths_forbidden
    assert not (told.exemptions_forbidden and told.exemption)
    ordered = {action for action in said if action.kind in {ActionKind.FORCE_ROUTE, ActionKind.FORCE_PATH}}
    followed = {RuleAction(ActionKind.FORCE_ROUTE, told.route), RuleAction(ActionKind.FORCE_PATH, told.path)}
    assert ordered <= followed | set(told.overruled)
