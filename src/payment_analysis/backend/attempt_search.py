"""Which attempts somebody looks for, and the SQL that finds them page by page.

A page begins after the last row of the one before (keyset), so the thousandth page costs as much as the first, and rows
that arrive meanwhile neither repeat nor hide others.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.domain.errors import BadInput
from payment_analysis.domain.scope import Dimension
from payment_analysis.lakehouse.scope import bound
from payment_analysis.lakehouse.scope_bases import value_of

if TYPE_CHECKING:
    from payment_analysis.domain.scope import Scope

ATTEMPTS: Final = "payments_enriched_silver"
COLUMNS: Final = (
    "transaction_id", "payment_id", "attempt_number", "event_timestamp", "merchant_id", "merchant_name",
    "merchant_segment", "amount", "amount_minor", "currency", "reporting_amount", "reporting_currency", "result",
    "declined_by_resolved", "decline_code_raw", "decline_reason", "decline_reason_detail", "decline_reason_standard",
    "decline_reason_group", "decline_fault", "is_retryable", "recommended_action", "card_network", "card_bin",
    "card_last4", "payment_method_type", "issuer", "issuer_country", "geo_country", "psp", "payment_solution",
    "entry_system", "flow_type", "is_retry", "is_recurring", "uses_3ds", "three_ds_authenticated", "fraud_score",
    "risk_tier", "processing_time_ms", "_origin",
)  # fmt: skip


class Sort(StrEnum):
    """What attempts can be sorted by."""

    TIME = "time"
    AMOUNT = "amount"
    FRAUD_SCORE = "fraud_score"
    PROCESSING_TIME = "processing_time"


# A missing value sorts below every other one.
SORT_KEYS: Final[dict[Sort, str]] = {
    Sort.TIME: "unix_micros(event_timestamp)",
    Sort.AMOUNT: "coalesce(cast(reporting_amount as double), -1)",
    Sort.FRAUD_SCORE: "coalesce(cast(fraud_score as double), -1)",
    Sort.PROCESSING_TIME: "coalesce(processing_time_ms, -1)",
}

# Facets of the explorer and the columns behind them.
FACETS: Final[dict[str, str]] = {
    "result": "result",
    "reason": "decline_reason_standard",
    **{one.value: value_of(one) for one in Dimension if one is not Dimension.MERCHANT},
}
FACET_VALUES: Final = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """A part of the attempts, besides the scope."""

    result: str | None = None
    reason: str | None = None
    text: str | None = None  # the beginning of an id
    is_retry: bool | None = None

    def conditions(self) -> tuple[list[str], dict[str, object]]:
        """As conditions with named values."""
        begins = " or ".join(f"startswith({name}, :wanted_text)" for name in ("transaction_id", "payment_id"))
        given: dict[str, tuple[str, object]] = {
            "wanted_result": ("result = :wanted_result", self.result),
            "wanted_reason": ("decline_reason_standard = :wanted_reason", self.reason),
            "wanted_retry": ("is_retry = :wanted_retry", self.is_retry),
            "wanted_text": (f"({begins} or merchant_id = :wanted_text)", self.text or None),
        }
        held = {name: pair for name, pair in given.items() if pair[1] is not None}
        return [condition for condition, _ in held.values()], {name: value for name, (_, value) in held.items()}


@dataclass(frozen=True, slots=True)
class Page:
    """The order of the rows, how many, and after which one."""

    sort: Sort = Sort.TIME
    descending: bool = True
    limit: int = 50
    after: str | None = None


def rows_question(wanted: Wanted, page: Page, scope: Scope) -> tuple[str, dict[str, object]]:
    """The rows of a page, each with the key it is sorted by."""
    conditions, values = wanted.conditions()
    key, way, beyond = SORT_KEYS[page.sort], "desc" if page.descending else "asc", "<" if page.descending else ">"
    if page.after is not None:
        last_key, last_id = read_cursor(page.after)
        conditions.append(f"({key} {beyond} :last_key or ({key} = :last_key and transaction_id {beyond} :last_id))")
        values |= {"last_key": last_key, "last_id": last_id}
    question = (
        f"select {', '.join(COLUMNS)}, {key} as sort_key from {ATTEMPTS}{_where(conditions)} "
        f"order by sort_key {way}, transaction_id {way} limit :at_most"
    )
    sql, parameters = bound(question, scope)
    return sql, {**parameters, **values, "at_most": page.limit}


def facets_question(wanted: Wanted, scope: Scope) -> tuple[str, dict[str, object]]:
    """How many of the attempts have which value, per facet."""
    conditions, values = wanted.conditions()
    columns = ", ".join(f"{column} as facet_{name}" for name, column in FACETS.items())
    counted = " union all ".join(
        f"select '{name}' as facet, facet_{name} as value, count(*) as attempts from found group by facet_{name}"
        for name in FACETS
    )
    question = f"with found as (select {columns} from {ATTEMPTS}{_where(conditions)}) {counted}"
    sql, parameters = bound(question, scope)
    return sql, {**parameters, **values}


def count_question(wanted: Wanted, scope: Scope) -> tuple[str, dict[str, object]]:
    """How many attempts there are in all."""
    conditions, values = wanted.conditions()
    sql, parameters = bound(f"select count(*) as attempts from {ATTEMPTS}{_where(conditions)}", scope)
    return sql, {**parameters, **values}


def write_cursor(row: dict[str, Any]) -> str:
    """The place of a row, for the page after it."""
    return base64.urlsafe_b64encode(json.dumps([row["sort_key"], row["transaction_id"]]).encode()).decode()


def read_cursor(text: str) -> tuple[float, str]:
    """The place that `write_cursor` wrote."""
    try:
        key, name = json.loads(base64.urlsafe_b64decode(text.encode()))
        place = (key if isinstance(key, int) and abs(key) < 2**62 else float(key)), str(name)
    except (binascii.Error, ValueError, TypeError, UnicodeError, OverflowError) as error:
        raise BadInput(
            f"{text[:40]!r} is not the place of a row", hint="give `next` of the page before, or leave `after` out"
        ) from error
    return place


def _where(conditions: list[str]) -> str:
    return f" where {' and '.join(conditions)}" if conditions else ""
