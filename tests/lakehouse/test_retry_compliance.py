"""Retry limits in SQL against the rules as `domain` counts them, over chains made up to come near every limit."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.lakehouse.gold_world import attempt, gold

from payment_analysis.domain.attempt import CardNetwork
from payment_analysis.domain.countries import region_of
from payment_analysis.domain.declines import is_irreversible, visa_category
from payment_analysis.domain.retry_rules import AttemptMade, IssuerPlace, attempts_over, retry_rules

KEYS = {
    "card+amount+merchant": ("card_network", "card_token_id", "merchant_id", "amount_minor"),
    "card+merchant": ("card_network", "card_token_id", "merchant_id"),
}
STARTS = [  # before and after the days on which limits changed
    datetime(2022, 12, 20, tzinfo=UTC),
    datetime(2023, 1, 25, tzinfo=UTC),
    datetime(2025, 5, 20, tzinfo=UTC),
    datetime(2026, 9, 25, tzinfo=UTC),
]
CODES = ["51", "05", "14", "41", "54", "57", "59", "82", "91", "116", None]


def _chain(chance: random.Random, number: int) -> list[dict[str, Any]]:
    at = chance.choice(STARTS) + timedelta(hours=chance.randrange(240))
    card = {
        "card_network": chance.choice(["visa", "mastercard", "maestro", "elo", "amex", "hipercard", "jcb"]),
        "card_token_id": f"card{number}",
        "merchant_id": f"m{number % 3}",
        "merchant_country": chance.choice(["BR", "BR", "DE", "US"]),
        "issuer_country": chance.choice(["BR", "US", "DE"]),
    }
    step, favourite = chance.choice([1, 9, 30]), chance.choice(CODES)
    rows = []
    for nth in range(chance.choice([2, 9, 18, 40])):
        at += timedelta(hours=chance.randrange(1, step + 1), seconds=chance.randrange(3600))
        declined = chance.random() < 0.93
        rows.append(
            attempt(
                f"a{number}-{nth}",
                event_timestamp=at,
                result="declined" if declined else "approved",
                amount_minor=chance.choice([1000, 1000, 1000, 2000]),
                decline_code_raw=(favourite if chance.random() < 0.8 else chance.choice(CODES)) if declined else None,
                merchant_advice_code=chance.choice([None, None, None, "03", "24", "25", "01"]) if declined else None,
                **card,
            )
        )
    return rows


def _made(row: dict[str, Any]) -> AttemptMade:
    network, code, on = CardNetwork(row["card_network"]), row["decline_code_raw"], row["event_date"]
    return AttemptMade(
        at=row["event_timestamp"],
        declined=row["result"] == "declined",
        visa_category=visa_category(code, on) if code and network is CardNetwork.VISA else None,
        advice_code=row["merchant_advice_code"],
        irreversible=bool(code) and is_irreversible(network, code, on),
    )


def _expected(rows: list[dict[str, Any]]) -> Counter[tuple[str, str, str, str, str]]:
    over: Counter[tuple[str, str, str, str, str]] = Counter()
    for rule in retry_rules():
        groups = defaultdict(list)
        for row in rows if rule.key in KEYS else []:
            groups[tuple(row[name] for name in KEYS[rule.key])].append(row)
        for group in groups.values():
            network, merchant = CardNetwork(group[0]["card_network"]), group[0]["merchant_country"]
            family = {network, CardNetwork.MASTERCARD if network is CardNetwork.MAESTRO else network}
            place = IssuerPlace.DOMESTIC if group[0]["issuer_country"] == merchant else IssuerPlace.FOREIGN
            applies = rule.network in family and rule.region in {"*", region_of(merchant)}
            if applies and rule.issuer in {"*", place}:
                in_order = sorted(map(_made, group), key=lambda made: made.at)
                name = (network.value, rule.rule, region_of(merchant).value, rule.issuer)
                over[*name, "|".join(sorted(rule.matches)) + f"|{rule.period.effective_from}"] += attempts_over(
                    rule, in_order
                )
    return +over


@pytest.mark.parametrize("seed", range(3))
def test_attempts_over_a_limit_are_those_that_the_rules_count(seed: int) -> None:
    chance = random.Random(seed)
    rows = [row for number in range(150) for row in _chain(chance, number)]

    with gold(rows) as ask:
        found = ask(
            "select network, rule, region, issuer, matches, effective_from, attempts_over from v_retry_compliance"
        )

    counted = {
        (row["network"], row["rule"], row["region"], row["issuer"], f"{row['matches']}|{row['effective_from']}"): row[
            "attempts_over"
        ]
        for row in found
        if row["attempts_over"]
    }
    assert counted == dict(_expected(rows))
    assert len(counted) >= 10, "the chains come near many limits"


def test_a_block_of_our_own_never_reached_the_network() -> None:
    card = {"card_network": "mastercard", "card_token_id": "c", "merchant_id": "m", "merchant_country": "BR"}
    start = STARTS[2]
    rows = [
        attempt(f"b{n}", result="declined", declined_by_resolved="fraud_control", event_timestamp=start, **card)
        for n in range(20)
    ]

    with gold(rows) as ask:
        found = ask("select * from v_retry_compliance")

    assert found == []


def test_stopping_at_a_final_refusal_avoids_one_fee() -> None:
    card = {"card_network": "mastercard", "card_token_id": "c", "merchant_id": "m", "merchant_country": "BR"}
    declined = attempt(
        "a", result="declined", merchant_advice_code="03", decline_code_raw="82", event_timestamp=STARTS[2], **card
    )

    with gold([declined]) as ask:
        (rule,) = ask(
            "select attempts_over, fees_incurred_minor, attempts_avoided, fee_minor from v_retry_compliance "
            "where rule = 'mastercard_never_again'"
        )

    assert rule == {"attempts_over": 0, "fees_incurred_minor": 0, "attempts_avoided": 1, "fee_minor": 250}
