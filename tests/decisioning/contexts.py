"""Payments for tests: one that nothing is special about, and any that could be asked about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from payment_analysis.decisioning.authentication import PathScores
from payment_analysis.decisioning.context import TREATMENT, Context, PreviousOutcome
from payment_analysis.decisioning.mandates import Path
from payment_analysis.decisioning.option import Wish
from payment_analysis.decisioning.retry_case import CodeRow, RetryFacts, RetryScores, Way
from payment_analysis.decisioning.routing import RouteFacts
from payment_analysis.decisioning.scheme_limits import attempt_made
from payment_analysis.decisioning.settings import PolicySettings
from payment_analysis.domain.attempt import CardNetwork

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SETTINGS = PolicySettings.of({})
PLAIN = Context(
    merchant_id="m1",
    amount_minor=10_000,
    currency="EUR",
    at=NOW,
    amount_value=100.0,
    network="visa",
    issuer="bank",
    issuer_country="US",
    merchant_country="US",
    payment_method_type="credit",
    risk_score=0.1,
)
SHARES = st.floats(0, 1)
MAYBE = st.none() | SHARES
DECLINE_CODES = (
    *("00", "03", "04", "05", "12", "14", "19", "41", "43", "46", "51", "54", "57", "59", "61", "62", "63", "65", "70"),
    *("78", "79", "82", "83", "91", "93", "94", "96", "1A", "5C", "R0", "N7", "100", "116", "TIMEOUT", "unheard"),
)
ADVICE_CODES = ("01", "02", "03", "04", "21", "24", "25", "30", "40", "43", "99", "AB")
CODES = st.none() | st.sampled_from(DECLINE_CODES)
ADVICE = st.none() | st.sampled_from(ADVICE_CODES)
COUNTRIES = st.none() | st.sampled_from(["BR", "US", "DE", "FR", "GB", "MX"])
NETWORKS = st.none() | st.sampled_from([*CardNetwork, "unheard of"])


def contexts() -> st.SearchStrategy[Context]:
    """Any payment at all."""
    return st.builds(
        Context,
        merchant_id=st.sampled_from(["m1", "m2"]),
        amount_minor=st.integers(0, 10**9),
        currency=st.just("EUR"),
        at=st.just(NOW),
        amount_value=st.none() | st.floats(0, 1e7),
        network=NETWORKS,
        issuer_country=COUNTRIES,
        merchant_country=COUNTRIES,
        payment_method_type=st.none() | st.sampled_from(["credit", "debit", "prepaid"]),
        initiator=st.none() | st.sampled_from(["cit", "mit"]),
        wallet=st.none() | st.sampled_from(["apple_pay"]),
        is_recurring=st.booleans(),
        attempt_number=st.integers(0, 40),
        risk_score=MAYBE,
        device_trust_score=MAYBE,
        supports_passkey=st.booleans(),
        supports_3ds=st.booleans(),
        has_network_token=st.booleans(),
        is_network_token=st.booleans(),
        is_trusted_beneficiary=st.booleans(),
        is_corporate_card=st.booleans(),
        authenticated_path=st.none() | st.sampled_from([*Path]),
        previous_outcome=st.none() | st.sampled_from([*PreviousOutcome]),
        previous_decline_code=CODES,
        previous_decline_reason=st.none() | st.sampled_from(["INSUFFICIENT_FUNDS", "DO_NOT_HONOR", "whatever"]),
        previous_advice_code=ADVICE,
        variant=st.sampled_from(["control", TREATMENT]),
    )


def path_scores() -> st.SearchStrategy[PathScores]:
    return st.builds(PathScores, fraud=SHARES, approval=st.fixed_dictionaries({str(path): SHARES for path in Path}))


def retry_scores() -> st.SearchStrategy[RetryScores]:
    waits = (1_800, 86_400, 604_800)
    return st.builds(
        RetryScores,
        chances=st.fixed_dictionaries(dict.fromkeys(waits, SHARES)),
        shifts=st.dictionaries(st.sampled_from([str(way) for way in Way]), st.floats(-5, 5)),
        fraud=SHARES,
        fee_declined=st.floats(0, 1),
    )


@st.composite
def histories(draw: st.DrawFn, network: str | None) -> tuple[Any, ...]:
    """Attempts of the card in the last weeks."""
    known = network if network in {one.value for one in CardNetwork} else None
    made = [
        attempt_made(
            None if known is None else CardNetwork(known), draw(CODES), draw(ADVICE), NOW - timedelta(hours=hours)
        )
        for hours in draw(st.lists(st.integers(0, 720), max_size=25))
    ]
    return tuple(sorted(made, key=lambda one: one.at))


def retry_facts(context: Context) -> st.SearchStrategy[RetryFacts]:
    row = st.builds(CodeRow, st.just("51"), st.integers(0, 900), st.integers(0, 5), st.booleans())
    codes: st.SearchStrategy[dict[str, CodeRow]] = st.just({}) | row.map(lambda one: {"51": one})
    return st.builds(RetryFacts, histories(context.network), codes)


def route_facts() -> st.SearchStrategy[list[RouteFacts]]:
    one = st.builds(
        RouteFacts,
        route=st.sampled_from(["north", "south", "east", "west"]),
        approval=st.tuples(SHARES, SHARES),
        fee_fixed=st.floats(0, 1),
        fee_share=st.floats(0, 0.05),
        fee_declined=st.floats(0, 1),
        outcomes=st.integers(0, 1_000),
        is_active=st.booleans(),
        is_down=st.booleans(),
    )
    return st.lists(one, min_size=1, max_size=4, unique_by=lambda facts: facts.route)


def wishes(actions: list[str]) -> st.SearchStrategy[tuple[Wish, ...]]:
    some = st.frozensets(st.sampled_from(actions), max_size=2)
    one = st.builds(
        Wish,
        rule_id=st.just("r"),
        name=st.just("a rule"),
        version=st.just("1"),
        effect=st.just("does something"),
        require=some,
        forbid=some,
        stop=st.booleans(),
        wait_seconds_min=st.none() | st.integers(0, 100_000),
        attempts_max=st.none() | st.integers(0, 10),
    )
    return st.lists(one, max_size=3).map(tuple)
