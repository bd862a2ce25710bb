"""Metrics: what each rate counts, and how sure one may be of it.

Every rate is a ratio 0..1 with a named numerator and denominator, and exists by count and by value. By value the same
rows are weighted by `reporting_amount`; a payment weighs what its first attempt asked for. `RATES` is the only home of
the definitions, which follow spec/domain.md B9.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Z_95 = 1.96  # two-sided 95 %
TRIALS_MIN = 100  # below this many trials a rate is shown without colour or rank (spec/domain.md B9.9)


class Rate(StrEnum):
    """The rates of the house."""

    ATTEMPT_RATE = "attempt_rate"
    FIRST_ATTEMPT_RATE = "first_attempt_rate"
    PAYMENT_RATE = "payment_rate"
    ACCEPTANCE_RATE = "acceptance_rate"
    RETRY_SUCCESS_RATE = "retry_success_rate"
    RETRY_UPLIFT = "retry_uplift"


class Grain(StrEnum):
    """What one unit of the denominator is."""

    ATTEMPT = "attempt"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class RateDefinition:
    """What a rate divides by what."""

    grain: Grain
    numerator: str
    denominator: str
    meaning: str
    source: str


# "Authorisation" below: an attempt that was approved, or declined by the issuer or the network; verifications, tests,
# pending attempts, errors and everything blocked before the issuer are not.
_AUTHORISATIONS = "attempts that are authorisations"
_PAYMENTS = "payments with at least one authorisation"

RATES: Mapping[Rate, RateDefinition] = MappingProxyType(
    {
        Rate.ATTEMPT_RATE: RateDefinition(
            Grain.ATTEMPT,
            "approved attempts",
            _AUTHORISATIONS,
            "Of the messages that issuers answered, the share they approved; every retry of a lost payment lowers it.",
            "spec/domain.md B9.2, B9.3, B9.6",
        ),
        Rate.FIRST_ATTEMPT_RATE: RateDefinition(
            Grain.PAYMENT,
            "payments whose first attempt was approved",
            _PAYMENTS,
            "The share of payments that succeed without any retry; the fair base for comparing PSPs.",
            "spec/domain.md B9.2, B9.6",
        ),
        Rate.PAYMENT_RATE: RateDefinition(
            Grain.PAYMENT,
            "payments with an approved attempt",
            _PAYMENTS,
            "The share of payments that succeed in the end; it is what the customer and the merchant live by.",
            "spec/domain.md B9.2",
        ),
        Rate.ACCEPTANCE_RATE: RateDefinition(
            Grain.ATTEMPT,
            "approved attempts",
            "attempts approved or declined by anybody, blocks before the issuer included",
            "The share of attempts that get through risk control, authentication, gateway and issuer together.",
            "spec/domain.md B9.2",
        ),
        Rate.RETRY_SUCCESS_RATE: RateDefinition(
            Grain.ATTEMPT,
            "approved retries",
            "retries that are authorisations",
            "The share of retries that were approved, measured on the retry itself and not on what it repeats.",
            "spec/domain.md B9.2",
        ),
        Rate.RETRY_UPLIFT: RateDefinition(
            Grain.PAYMENT,
            "payments approved on a later attempt than the first",
            _PAYMENTS,
            "What retries add: payment rate minus first-attempt rate.",
            "spec/domain.md B9.2",
        ),
    }
)


def wilson(successes: int, trials: int, z: float = Z_95) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion; with no trials nothing is known, so it is 0 to 1."""
    assert 0 <= successes <= trials, f"{successes} successes in {trials} trials"
    assert z > 0
    if trials == 0:
        return 0.0, 1.0
    share, z2 = successes / trials, z * z
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = z * sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials)) / (1 + z2 / trials)
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == trials else min(1.0, centre + half)
    return min(low, share), max(high, share)  # rounding may put a bound a hair inside of the share


def newcombe(
    successes: int, trials: int, other_successes: int, other_trials: int, z: float = Z_95
) -> tuple[float, float]:
    """Return the interval of the first proportion minus the other (Newcombe 1998, method 10, from two Wilson ones)."""
    if trials == 0 or other_trials == 0:
        return -1.0, 1.0
    share, (low, high) = successes / trials, wilson(successes, trials, z)
    other_share, (other_low, other_high) = other_successes / other_trials, wilson(other_successes, other_trials, z)
    difference = share - other_share
    below = sqrt((share - low) ** 2 + (other_high - other_share) ** 2)
    above = sqrt((high - share) ** 2 + (other_share - other_low) ** 2)
    return max(-1.0, difference - below), min(1.0, difference + above)
