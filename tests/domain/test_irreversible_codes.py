"""The seed of irreversible codes says what the decline rules say, on every day on which they change."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from payment_analysis.domain.declines import is_irreversible
from payment_analysis.domain.irreversible_codes import IRREVERSIBLE, irreversible_rows
from payment_analysis.domain.retry_rules import Counts, retry_rules

if TYPE_CHECKING:
    from payment_analysis.domain.attempt import CardNetwork

ROWS = list(irreversible_rows())
DAY = timedelta(days=1)


def _listed(network: CardNetwork, code: str, on: date) -> bool:
    def covers(row: dict[str, object]) -> bool:
        return bool(row["effective_from"] <= on < row["effective_to"])  # type: ignore[operator]  # - dates by contract

    return any(row["network"] == network and row["code"] == code and covers(row) for row in ROWS)


def test_the_seed_agrees_with_the_rules_around_every_change() -> None:
    networks = {rule.network for rule in retry_rules() if IRREVERSIBLE in rule.matches}
    codes = {str(row["code"]) for row in ROWS} | {"51", "05", "unheard"}
    days = {day for row in ROWS for day in (row["effective_from"], row["effective_to"]) if isinstance(day, date)}
    around = {near for day in days if 1900 < day.year < 9999 for near in (day - DAY, day)} | {date(2026, 1, 1)}

    different = [
        (network, code, on)
        for network in networks
        for code in codes
        for on in around
        if _listed(network, code, on) != is_irreversible(network, code, on)
    ]

    assert networks
    assert different == []


def test_a_code_has_one_row_per_day_at_most() -> None:
    keys = [(row["network"], row["code"], row["effective_from"]) for row in ROWS]

    assert len(set(keys)) == len(keys)


def test_a_rule_that_counts_attempts_after_a_decline_allows_none() -> None:
    """`retry_limits_silver` asks whether any such decline lies within the window, which is right for zero only."""
    assert {rule.attempts_max for rule in retry_rules() if rule.counts is Counts.AFTER} == {0}
