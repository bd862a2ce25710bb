"""The networks' excessive-retry programmes: how often a declined payment may be sent again, and the fee above that.

Two ways of counting. `declines`: more than `attempts_max` matching declines within the rolling window. `after`: more
than `attempts_max` attempts after a matching decline, within the window or, without one, ever. An attempt is judged by
the rule of its own day. Elo counts by calendar month and charges from the second month in a row; we count 30 rolling
days, so its exposure is an upper bound. Visa's fee for attempts after day 30 is left out: by card and amount alone such
an attempt cannot be told from next month's bill. A fee nobody published to us is None, never zero.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from payment_analysis.domain.attempt import CardNetwork
from payment_analysis.domain.countries import Region
from payment_analysis.domain.decline_rules import ANY, Period, period_of, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime


class Counts(StrEnum):
    """What a rule counts."""

    DECLINES = "declines"
    AFTER = "after"


class IssuerPlace(StrEnum):
    """Whether the card was issued in the merchant's country."""

    DOMESTIC = "domestic"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class RetryRule:
    """One limit of one network in a region and a period; `region` is that of the merchant's acquirer."""

    network: CardNetwork
    rule: str
    region: str
    counts: Counts
    matches: frozenset[str]
    key: str
    attempts_max: int
    window: timedelta | None
    reset_by_approval: bool
    issuer: str
    fee_minor: int | None
    fee_currency: str | None
    period: Period
    source: str


@dataclass(frozen=True, slots=True)
class AttemptMade:
    """What the programmes look at in one attempt of a card at a merchant (and of one amount, where the key has it)."""

    at: datetime
    declined: bool
    visa_category: int | None = None
    advice_code: str | None = None
    irreversible: bool = False

    @property
    def traits(self) -> frozenset[str]:
        """Name what a rule can match."""
        found = {"any"}
        if self.visa_category is not None:
            found.add(f"visa:{self.visa_category}")
        if self.advice_code:
            found.add(f"advice:{self.advice_code}")
        if self.irreversible:
            found.add("irreversible")
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Exposure:
    """Attempts over one limit, and their fees when the fee is known."""

    rule: str
    attempts_over: int
    fee_minor: int | None
    fee_currency: str | None


@cache
def retry_rules() -> tuple[RetryRule, ...]:
    """Every rule we know, of every date."""
    return tuple(
        RetryRule(
            network=CardNetwork(row["network"]),
            rule=row["rule"],
            region=row["region"],
            counts=Counts(row["counts"]),
            matches=frozenset(row["matches"].split("|")),
            key=row["key"],
            attempts_max=int(row["attempts_max"]),
            window=timedelta(hours=int(row["window_hours"])) if row["window_hours"] else None,
            reset_by_approval=row["reset_by_approval"] == "yes",
            issuer=row["issuer"],
            fee_minor=int(row["fee_minor"]) if row["fee_minor"] else None,
            fee_currency=row["fee_currency"] or None,
            period=period_of(row),
            source=row["source"],
        )
        for row in read_rows("retry_rules.csv")
    )


def rules_on(network: CardNetwork, region: Region, on: date) -> tuple[RetryRule, ...]:
    """Return the rules in force on a day; Maestro falls under Mastercard's."""
    return tuple(rule for rule in _rules_of(network, region) if rule.period.covers(on))


def rule_rows() -> Iterator[dict[str, object]]:
    """Rows of the seed `retry_rules`: rules of all regions are written once for each."""
    for rule in retry_rules():
        for region in Region if rule.region == ANY else (Region(rule.region),):
            for network in _networks_under(rule.network):
                yield {
                    "network": network.value,
                    "rule": rule.rule,
                    "region": region.value,
                    "counts": rule.counts.value,
                    "matches": "|".join(sorted(rule.matches)),
                    "key": rule.key,
                    "attempts_max": rule.attempts_max,
                    "window_seconds": None if rule.window is None else int(rule.window.total_seconds()),
                    "reset_by_approval": rule.reset_by_approval,
                    "issuer": rule.issuer,
                    "fee_minor": rule.fee_minor,
                    "fee_currency": rule.fee_currency,
                    "effective_from": rule.period.effective_from,
                    "effective_to": rule.period.effective_to,
                    "source": rule.source,
                }


def exposures(
    attempts: Iterable[AttemptMade], network: CardNetwork, region: Region, issuer: IssuerPlace
) -> list[Exposure]:
    """Count the attempts over each limit among those of one card, merchant and amount."""
    in_order = sorted(attempts, key=lambda attempt: attempt.at)
    over: Counter[tuple[str, int | None, str | None]] = Counter()
    for rule in _rules_of(network, region):
        if rule.key != "merchant" and rule.issuer in (ANY, issuer):
            over[rule.rule, rule.fee_minor, rule.fee_currency] += attempts_over(rule, in_order)
    return [
        Exposure(rule, count, None if fee_minor is None else count * fee_minor, currency)
        for (rule, fee_minor, currency), count in over.items()
        if count
    ]


def attempts_over(rule: RetryRule, in_order: Iterable[AttemptMade]) -> int:
    """Count the attempts, oldest first, that a rule charges."""
    over = 0
    matching: deque[tuple[int, datetime]] = deque()  # declines in the window, each with its position
    for position, attempt in enumerate(in_order):
        while matching and rule.window is not None and attempt.at - matching[0][1] >= rule.window:
            matching.popleft()
        since_first = position - matching[0][0] if matching else 0
        matches = attempt.declined and not rule.matches.isdisjoint(attempt.traits)
        if matches:
            matching.append((position, attempt.at))
        declines = len(matching) if matches else 0
        count = declines if rule.counts is Counts.DECLINES else since_first
        over += count > rule.attempts_max and rule.period.covers(attempt.at.date())
        if rule.reset_by_approval and not attempt.declined:
            matching.clear()
    return over


def _rules_of(network: CardNetwork, region: Region) -> list[RetryRule]:
    return [rule for rule in retry_rules() if network in _networks_under(rule.network) and rule.region in (ANY, region)]


def _networks_under(network: CardNetwork) -> tuple[CardNetwork, ...]:
    return (network, CardNetwork.MAESTRO) if network is CardNetwork.MASTERCARD else (network,)
