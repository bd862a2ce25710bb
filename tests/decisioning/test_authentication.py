"""Authentication as a payments person reviews it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.decisioning.contexts import PLAIN, SETTINGS

from payment_analysis.decisioning.authentication import PathScores, decide_authentication
from payment_analysis.decisioning.mandates import EXEMPTIONS, Path
from payment_analysis.decisioning.option import Wish

FACTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "medium": {"risk_score": 0.5},
    "high": {"risk_score": 0.9},
    "high+passkey": {"risk_score": 0.9, "supports_passkey": True},
    "passkey": {"supports_passkey": True},
    "trusted device": {"risk_score": None, "device_trust_score": 0.95},
    "unknown device": {"risk_score": None, "device_trust_score": None},
    "recurring": {"is_recurring": True, "risk_score": 0.9},
    "wallet": {"wallet": "apple_pay", "risk_score": 0.9},
    "br debit": {"issuer_country": "BR", "merchant_country": "BR", "payment_method_type": "debit"},
    "br credit": {"issuer_country": "BR", "merchant_country": "BR"},
    "europe": {"issuer_country": "DE", "merchant_country": "FR"},
    "europe small": {"issuer_country": "DE", "merchant_country": "FR", "amount_value": 20.0},
    "one leg out": {"issuer_country": "US", "merchant_country": "FR"},
    "soft decline": {"issuer_country": "DE", "merchant_country": "FR", "previous_decline_code": "65"},
    "soft 1A abroad": {"previous_decline_code": "1A"},
    "65 abroad": {"previous_decline_code": "65"},
    "treated": {"variant": "treatment", "risk_score": 0.5},
}
WITHOUT_SCORES = """
    plain            none               merchant
    medium           3ds_frictionless   issuer
    high             3ds_challenge      issuer
    high+passkey     3ds_challenge      issuer
    passkey          passkey            issuer
    trusted device   none               merchant
    unknown device   3ds_frictionless   issuer
    recurring        none               merchant
    wallet           none               merchant
    br debit         3ds_frictionless   issuer
    br credit        none               merchant
    europe           3ds_frictionless   issuer
    one leg out      none               merchant
    soft decline     3ds_challenge      issuer
    soft 1A abroad   3ds_challenge      issuer
    65 abroad        none               merchant
    treated          3ds_challenge      issuer
"""


@pytest.mark.parametrize("case", WITHOUT_SCORES.strip().splitlines())
def test_without_scores_the_risk_tier_decides_among_what_is_allowed(case: str) -> None:
    name, path, liability = case.strip().rsplit(maxsplit=2)

    decision = decide_authentication(PLAIN._replace(**FACTS[name.strip()]), None, SETTINGS)

    assert (decision.path, decision.liability, decision.policy) == (path, liability, "risk_tiers")


def scores(fraud: float, **approval: float) -> PathScores:
    usual = {str(path): 0.80 for path in Path} | {"3ds_challenge": 0.75}
    return PathScores(fraud, usual | {name.replace("three", "3"): value for name, value in approval.items()})


# Earned at 100.00 and a margin of 20 %, less what fraud takes where the merchant bears it, less the path's cost.
WITH_SCORES = [
    ("plain", scores(0.0002), "none", "so little fraud is not worth a fee"),
    ("plain", scores(0.05), "3ds_frictionless", "fraud of 5 % costs more than 3DS"),
    ("plain", scores(0.05, threeds_frictionless=0.10, threeds_challenge=0.10), "none", "unless 3DS loses the payment"),
    ("high", scores(0.001), "3ds_frictionless", "a high risk is authenticated whatever a model says"),
    ("br debit", scores(0.0, none=1.0), "3ds_frictionless", "a mandate is no preference"),
    ("europe", scores(0.0001, threeds_frictionless=0.70, threeds_challenge=0.60), "exemption_tra", "TRA up to EUR 100"),
    ("europe small", scores(0.0001, threeds_frictionless=0.70), "exemption_low_value", "below EUR 30"),
    ("europe", scores(0.02, threeds_frictionless=0.79), "3ds_frictionless", "an exemption leaves the liability here"),
    ("recurring", scores(0.2, threeds_frictionless=1.0), "none", "nobody is there"),
    ("passkey", scores(0.01, passkey=0.82), "passkey", "liability shifts and nobody gives up"),
]


@pytest.mark.parametrize(("name", "given", "path", "why"), WITH_SCORES, ids=lambda value: str(value)[:30])
def test_with_scores_the_highest_expected_value_is_taken(name: str, given: PathScores, path: str, why: str) -> None:
    decision = decide_authentication(PLAIN._replace(**FACTS[name]), given, SETTINGS)

    assert decision.path == path, why
    assert {option.action for option in decision.options} == set(Path)


def test_an_exemption_never_shifts_liability_and_says_that_it_may_be_refused() -> None:
    europe = PLAIN._replace(**FACTS["europe small"])

    decision = decide_authentication(europe, scores(0.0, threeds_frictionless=0.5), SETTINGS)

    assert decision.path in EXEMPTIONS
    assert decision.liability == "merchant"
    assert "may refuse" in decision.reason


def test_a_rule_chooses_among_what_is_allowed_and_never_adds_to_it() -> None:
    force = Wish("r1", "always nothing", "1", "force none", require=frozenset({"none"}))

    free = decide_authentication(PLAIN, scores(0.5), SETTINGS, (force,))
    mandated = decide_authentication(PLAIN._replace(**FACTS["br debit"]), scores(0.0), SETTINGS, (force,))

    assert (free.path, free.hits[0].followed) == ("none", True)
    assert (mandated.path, mandated.hits[0].followed) == ("3ds_frictionless", False)
