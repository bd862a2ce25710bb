"""Cubes: which columns a day's rows are grouped by, and the measures their cells carry.

The measures are what the gold views add up, taken from the views' own SQL (`harvest`); only what pages add up of
attempts and payments themselves, and no view does, is listed. What is decided here is the grouping. A wide cube has
every dimension of a scope, so that any filter is answered from it; a narrow one has just what one view needs and
answers it when nothing is filtered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from payment_analysis.lakehouse.partials.aggregates import Measure
from payment_analysis.lakehouse.scope_bases import BASES

if TYPE_CHECKING:
    from collections.abc import Mapping

ATTEMPTS: Final = "payments_enriched_silver"
PAYMENTS: Final = "payments_silver"
AT: Final = "cell_at"  # the hour or day a cell begins
ROW_KEY: Final = "row_key"  # a hash of the key of each copied row, by which it is left out when it is gone


@dataclass(frozen=True, slots=True)
class Cube:
    """Cells of one kept table: per day, or per hour, one for each combination of the keys."""

    name: str
    base: str
    keys: tuple[str, ...]
    where: tuple[str, ...] = ()  # conditions, Databricks SQL, that all must hold
    grain: str = "day"
    measures: frozenset[Measure] = field(default=frozenset(), compare=False)
    is_wide: bool = False


def _dimensions(base: str) -> tuple[str, ...]:
    found = dict.fromkeys(column for columns in BASES[base].columns.values() for column in columns)
    return tuple(found)


def _wide(
    name: str, base: str, keys: tuple[str, ...], where: tuple[str, ...] = (), measures: tuple[Measure, ...] = ()
) -> Cube:
    every = tuple(dict.fromkeys((*_dimensions(base), *keys)))
    return Cube(name, base, every, where, measures=frozenset(measures), is_wide=True)


DECLINED: Final = ("is_sale", "result = 'declined'")
LINKS: Final = ("is_sale", "geo_country = 'BR'", "flow_type IN ('payment_link', 'payment_link_sep')")
SEEN_IN_BRAZIL: Final = ("geo_country = 'BR'", "in_merchant_visible_attempts_silver", "is_sale")
REASON: Final = ("decline_reason_detail", "decline_reason_standard", "decline_reason_group")

ANSWERED: Final = Measure("count", "CASE WHEN is_authorization THEN 1 END")
APPROVED: Final = Measure("count", "CASE WHEN is_approved AND is_authorization THEN 1 END")
BLOCKED: Final = Measure("count", "CASE WHEN is_blocked THEN 1 END")
AMOUNT: Final = Measure("sum", "reporting_amount")
APPROVED_AMOUNT: Final = Measure("sum", "approved_reporting_amount")

WIDE: Final = (
    _wide("attempts", ATTEMPTS, ("is_sale",)),
    _wide("risks", ATTEMPTS, ("risk_tier",), ("is_sale",)),
    _wide(
        "declines", ATTEMPTS, (*REASON, "decline_fault", "recommended_action", "flow_type", "is_last_attempt"), DECLINED
    ),
    _wide(
        "retries",
        ATTEMPTS,
        ("retried_reason", "attempt_number", "psp_switched", "retry_scenario", "position_in_payment"),
        ("is_sale", "is_retry"),
    ),
    _wide(
        "links",
        ATTEMPTS,
        ("service_path", "has_passkey", "is_network_token", "three_ds_friction", "three_ds_routed", "uses_3ds"),
        LINKS,
    ),
    _wide("tokens", ATTEMPTS, ("issuer", "is_network_token"), ("is_authorization", "is_first_attempt")),
    _wide(
        "merchants",
        ATTEMPTS,
        ("is_sale", "merchant_name", "merchant_country", "merchant_risk_tier"),
        measures=(ANSWERED, APPROVED, BLOCKED, AMOUNT),
    ),
    _wide("secured", ATTEMPTS, ("is_sale", "uses_3ds", "is_network_token"), measures=(ANSWERED, APPROVED)),
    _wide("bins", ATTEMPTS, ("card_bin", "issuer", "is_sale")),
    _wide("seen", ATTEMPTS, (), SEEN_IN_BRAZIL),
    _wide(
        "seen_declines",
        ATTEMPTS,
        ("decline_reason_standard", "decline_reason_group", "recommended_action", "flow_type"),
        (*SEEN_IN_BRAZIL, "result = 'declined'"),
    ),
    _wide(
        "outcomes",
        ATTEMPTS,
        (
            *("is_test", "is_sale", "result", "is_approved", "is_authorization", "is_blocked", "is_retry"),
            *("is_first_attempt", "position_in_payment", "psp_switched", "decline_reason_detail"),
        ),
    ),
    _wide(
        "payments",
        PAYMENTS,
        (
            *("final_result", "is_approved", "has_authorization", "is_first_attempt_approved", "is_recovered"),
            "is_decided",
        ),
        measures=(AMOUNT, APPROVED_AMOUNT),
    ),
)
HOURLY: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "hours": ("is_sale", "merchant_segment"),
        "hours_by_solution": ("is_sale", "payment_solution"),
        "hours_by_network": ("is_sale", "card_network"),
        "hours_by_psp": ("is_sale", "psp"),
        "hours_by_issuer": ("is_sale", "issuer"),
        "hours_by_merchant": ("is_sale", "merchant_id"),
    }
)
NARROW_MAX: Final = 6  # keys; a view that groups by more is answered from the wide cube


# Nearly as many values as rows: a copy of them would be as large as the copy of all the rest.
NOT_COPIED: Final = frozenset({"canonical_transaction_key"})


# So few that groups of rows may be told apart by one of them beside what they are grouped by.
FEW_VALUES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        ATTEMPTS: frozenset({*_dimensions(ATTEMPTS), "issuer", "card_bin"}),
        PAYMENTS: frozenset(_dimensions(PAYMENTS)),
    }
)


def declared() -> tuple[Cube, ...]:
    """The cubes that are grouped by decision; their measures are still to be found."""
    hourly = (Cube(name, ATTEMPTS, keys, grain="hour") for name, keys in HOURLY.items())
    return (*WIDE, *hourly)
