"""Where each base table carries what a scope filters by: the only home of that knowledge.

A base is a table of facts, at which every view ends. A filter is set on the bases and nowhere above them, and a base
that lacks a dimension says so: a filter is never ignored. References hold no facts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from payment_analysis.domain.errors import BadInput
from payment_analysis.domain.scope import MISSING, Dimension, Scope
from payment_analysis.lakehouse.dialect import SOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

Write = Callable[[str, "str | datetime"], str]  # how a value, which has a name, stands in the SQL


@dataclass(frozen=True, slots=True)
class Base:
    """A table of facts: its event time and, per dimension, the columns of which the first with a value counts.

    What is absent cannot be filtered, and `lacks` tells the reader why.
    """

    time: str | None
    columns: Mapping[Dimension, tuple[str, ...]]
    lacks: str = ""


_ATTEMPT: Final[Mapping[Dimension, tuple[str, ...]]] = MappingProxyType(
    {
        Dimension.NETWORK: ("card_network",),
        Dimension.COUNTRY: ("issuer_country", "geo_country"),  # as v_performance_by_geography tells countries apart
        Dimension.SEGMENT: ("merchant_segment",),
        Dimension.SOLUTION: ("payment_solution",),
        Dimension.ENTRY_SYSTEM: ("entry_system",),
        Dimension.MERCHANT: ("merchant_id",),
        Dimension.PSP: ("psp",),
        Dimension.CURRENCY: ("currency",),
    }
)

# An attempt that is counted towards a rule, beside what the rule looks at.
_COUNTED: Final[Mapping[Dimension, tuple[str, ...]]] = MappingProxyType(
    {
        **_ATTEMPT,
        Dimension.NETWORK: ("network",),
        Dimension.MERCHANT: ("merchant_account",),
        Dimension.CURRENCY: ("attempt_currency",),
    }
)

_NOTHING: Final[Mapping[Dimension, tuple[str, ...]]] = MappingProxyType({})

BASES: Final[Mapping[str, Base]] = MappingProxyType(
    {
        "payments_stream_input": Base("event_timestamp", _ATTEMPT),
        "payments_raw_bronze": Base("event_timestamp", _ATTEMPT),
        "payments_enriched_silver": Base("event_timestamp", _ATTEMPT),
        # A payment belongs to the period in which it began and to the PSP it was sent to first.
        "payments_silver": Base("first_attempt_at", MappingProxyType({**_ATTEMPT, Dimension.PSP: ("first_psp",)})),
        # Views that judge an attempt by other attempts: judged over everything, then filtered. A decline counts towards
        # a limit, and a transaction seen twice counts once, whether or not what it is judged by is in scope as well.
        "merchant_visible_attempts_silver": Base("event_timestamp", _ATTEMPT),
        "attempt_ends_silver": Base("event_timestamp", _ATTEMPT),
        "retry_rule_hits_silver": Base("event_timestamp", _COUNTED),
        "retry_limits_silver": Base("event_timestamp", _COUNTED),
        "payments_quarantine_bronze": Base(
            None, _NOTHING, "a record was put aside because what it says cannot be relied on"
        ),
        "insight_feedback_silver": Base("reviewed_at", _NOTHING, "a review is about an insight, not about attempts"),
        "data_quality_results": Base("event_time", _NOTHING, "a verdict is about a whole table"),
    }
)

CLOCK: Final = "data_clock"  # ends with the scope's range
CLOCK_TIME: Final = "as_of"

REFERENCES: Final = frozenset(
    {
        "advice_codes",
        "alert_thresholds",
        "countries",
        "currencies",
        "decline_knowledge",
        "decline_reasons",
        "decline_words",
        "irreversible_codes",
        "merchants_dim_bronze",
        "reporting_rates",
        "retry_rules",
        "visa_categories",
    }
)


# What looks further back than the range does: (reader, read) to how far. One compares with the four weeks before, one
# says what is known at the end of the range.
HISTORIES: Final[Mapping[tuple[str, str], timedelta]] = MappingProxyType(
    {
        ("v_scope_health_usual", "payments_enriched_silver"): timedelta(weeks=4),
        ("online_features", "payments_enriched_silver"): timedelta(days=1),
    }
)

# What says something by five minutes, minutes, seconds or transactions says it of the end of a range, however long that
# is: a month has 2,592,000 seconds, and 8,640 times five minutes for each of hundreds of scopes. Their windows stay.
OF_THE_END: Final = frozenset(
    {
        "online_features",
        "online_features_stream",
        "payments_realtime_metrics",
        "payments_stream_metrics_1min",
        "v_approval_trends_by_second",
        "v_dedup_collision_stats",
        "v_scope_health_5min",
        "v_scope_health_usual",
        "v_silver_processed_by_second",
        "v_streaming_volume_per_second",
    }
)


IN_SCOPE: Final = "in_scope"  # a function of what a row is filtered by: whether all filters of the scope hold
IN_SCOPE_OF: Final = tuple(dict.fromkeys(column for columns in _ATTEMPT.values() for column in columns))


def condition(name: str, scope: Scope, write: Write, *, by_function: bool = False) -> str:
    """The filter of a base as Databricks SQL; with the filters written out, or left to the function of the scope."""
    base = BASES[name]
    if scope.range is not None and base.time is None:
        raise _lacking(name, "time")
    tests = []
    if scope.range is not None:
        start, end = scope.range
        tests += [f"{base.time} >= {write('start', start)}", f"{base.time} < {write('end', end)}"]
    for dimension in scope.filters:
        if dimension not in base.columns:
            raise _lacking(name, dimension)
    if by_function and scope.filters:
        given = dict.fromkeys(column for columns in base.columns.values() for column in columns)
        tests.append(f"{IN_SCOPE}({', '.join(given)})")
    else:
        tests += _filters(base.columns, scope, write)
    return " and ".join(tests)


def in_scope(scope: Scope, write: Write) -> str:
    """What the function of a scope says of `IN_SCOPE_OF`."""
    return " and ".join(_filters(_ATTEMPT, scope, write))


def _filters(columns: Mapping[Dimension, tuple[str, ...]], scope: Scope, write: Write) -> list[str]:
    found = []
    for dimension, values in scope.filters.items():
        listed = [write(f"{dimension}_{n}", value) for n, value in enumerate(values) if value != MISSING]
        found.append(_membership(columns[dimension], listed, or_missing=MISSING in values))
    return found


def literal(_name: str, value: str | datetime) -> str:
    """A value written into the SQL, quoted by sqlglot."""
    if isinstance(value, str):
        written: str = exp.Literal.string(value).sql(SOURCE)
        return written
    return f"timestamp '{value:%Y-%m-%d %H:%M:%S.%f}Z'"


def value_of(dimension: Dimension) -> str:
    """What an attempt has of a dimension, as a scope filters it: Databricks SQL over its columns."""
    return _first(_ATTEMPT[dimension])


def _first(columns: tuple[str, ...]) -> str:
    return columns[0] if len(columns) == 1 else f"coalesce({', '.join(columns)})"


def _membership(columns: tuple[str, ...], named: list[str], *, or_missing: bool) -> str:
    value = _first(columns)
    tests = [f"{value} in ({', '.join(named)})"] if named else []
    tests += [f"{value} is null"] if or_missing else []
    return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"


def _lacking(name: str, filtered: str) -> BadInput:
    return BadInput(
        f"{name} cannot be filtered by {filtered}: {BASES[name].lacks}", hint=f"leave {filtered} out for this question"
    )
