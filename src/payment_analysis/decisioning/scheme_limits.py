"""How far a card is from the limits of its network's retry programmes, and whether one more attempt may be made."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from payment_analysis.domain.attempt import CardNetwork
from payment_analysis.domain.countries import region_of
from payment_analysis.domain.decline_rules import ANY
from payment_analysis.domain.declines import is_irreversible, visa_category
from payment_analysis.domain.retry_rules import AttemptMade, Counts, IssuerPlace, attempts_over, rules_on

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from payment_analysis.decisioning.context import Context
    from payment_analysis.domain.countries import Region
    from payment_analysis.domain.retry_rules import RetryRule


class Limit(NamedTuple):
    """A limit that one more attempt would break; the fee is None where nobody published it."""

    rule: str
    attempts_max: int
    fee_minor: int | None
    fee_currency: str | None

    @property
    def words(self) -> str:
        fee = "" if self.fee_minor is None else f", a fee of {self.fee_minor / 100:.2f} {self.fee_currency} avoided"
        return f"{self.rule} allows {self.attempts_max}{fee}"


def attempt_made(
    network: CardNetwork | None, code: str | None, advice_code: str | None, at: datetime, *, declined: bool = True
) -> AttemptMade:
    """One attempt as the programmes see it."""
    category, advice, irreversible = _traits(network, code or "", advice_code or "", at.date())
    return AttemptMade(at, declined, category, advice, irreversible)


@lru_cache(4_096)  # a day meets few different declines
def _traits(network: CardNetwork | None, code: str, advice: str, on: date) -> tuple[int | None, str | None, bool]:
    """Visa's category, the advice code, and whether the decline is for ever."""
    code = code.strip().upper()
    category = visa_category(code, on) if network is CardNetwork.VISA and code else None
    return category, advice.strip().upper() or None, bool(code) and is_irreversible(network, code, on)


def limits_at(
    made: Sequence[AttemptMade],
    instants: Sequence[datetime],
    *,
    network: CardNetwork | None,
    merchant_country: str | None,
    issuer_country: str | None,
) -> list[Limit | None]:
    """For each instant the limit that an attempt then would break if it were declined like the last one.

    Attempts are those of one card at one merchant whatever their amount, so a rule by amount is kept more strictly. A
    network we do not know has no rules here; the budget of the house still holds.
    """
    if network is None or not made:
        return [None] * len(instants)
    place = IssuerPlace.DOMESTIC if issuer_country == merchant_country else IssuerPlace.FOREIGN
    region = region_of(merchant_country)
    by_day: dict[date, tuple[RetryRule, ...]] = {}
    traits = frozenset[str]().union(*(attempt.traits for attempt in made if attempt.declined))
    for on in {at.date() for at in instants}:
        rules = _rules(network, region, on, place)
        by_day[on] = rules if any(_may_break(rule, len(made), traits) for rule in rules) else ()
    return [_limit(made, at, by_day[at.date()]) for at in instants]


def _limit(made: Sequence[AttemptMade], at: datetime, rules: Sequence[RetryRule]) -> Limit | None:
    if not rules:
        return None
    in_order = sorted(made, key=_at)
    last = in_order[-1]
    after = [*in_order, AttemptMade(at, declined=True, visa_category=last.visa_category, advice_code=last.advice_code)]
    after.sort(key=_at)
    for rule in rules:
        if attempts_over(rule, after) > attempts_over(rule, in_order):
            return Limit(rule.rule, rule.attempts_max, rule.fee_minor, rule.fee_currency)
    return None


@lru_cache(1_024)
def _rules(network: CardNetwork, region: Region, on: date, place: IssuerPlace) -> tuple[RetryRule, ...]:
    """The rules of a card; a merchant's total over all cards cannot be seen from one card."""
    return tuple(
        rule for rule in rules_on(network, region, on) if rule.key != "merchant" and rule.issuer in {ANY, place}
    )


def _may_break(rule: RetryRule, attempts: int, traits: frozenset[str]) -> bool:
    """Whether it is worth counting at all: too few attempts break nothing; `traits` are those of all declines."""
    if rule.counts is Counts.DECLINES:
        return attempts >= rule.attempts_max
    return not rule.matches.isdisjoint(traits)


def known_attempts(context: Context, stored: Sequence[AttemptMade], of_payment: int) -> tuple[AttemptMade, ...]:
    """The attempts of the card: those in the store, and those of this payment that only the caller knows of."""
    told = max(0, context.attempts_made - of_payment)
    last = attempt_made(
        network_of(context.network),
        context.previous_decline_code,
        context.previous_advice_code,
        context.at,
    )
    return (*stored, *[last] * told)


def network_of(word: str | None) -> CardNetwork | None:
    """The network, when it is one we know."""
    return _NETWORKS.get((word or "").strip().lower())


_NETWORKS = {network.value: network for network in CardNetwork}


def _at(attempt: AttemptMade) -> datetime:
    return attempt.at
