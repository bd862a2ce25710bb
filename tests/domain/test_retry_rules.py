"""Excessive-retry limits: which rule holds when, and what a chain of attempts costs."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payment_analysis.domain.attempt import CardNetwork
from payment_analysis.domain.countries import Region
from payment_analysis.domain.retry_rules import (
    AttemptMade,
    IssuerPlace,
    RetryRule,
    attempts_over,
    exposures,
    retry_rules,
    rule_rows,
    rules_on,
)

# network  rule  region  on  →  attempts allowed, window, fee
LIMITS = """
    visa        visa_reattempts             brazil  2025-05-24   15  720h  10 USD
    visa        visa_reattempts             brazil  2025-05-25   20  720h  10 USD
    visa        visa_reattempts             other   2025-05-24   15  720h  -
    visa        visa_reattempts             other   2025-05-25   20  720h  -
    visa        visa_category_1_never       brazil  2026-01-01    0  -     10 USD
    visa        visa_data_quality           brazil  2023-03-31   10000  720h  10 USD
    visa        visa_data_quality           brazil  2023-04-01   25000  720h  10 USD
    mastercard  mastercard_excessive_day    brazil  2023-01-31   10  24h   200 BRL
    mastercard  mastercard_excessive_day    brazil  2023-02-01    7  24h   200 BRL
    mastercard  mastercard_excessive_day    other   2023-02-01   10  24h   -
    mastercard  mastercard_excessive_month  brazil  2023-02-01   35  720h  200 BRL
    maestro     mastercard_never_again      brazil  2022-12-31    0  720h  125 BRL
    maestro     mastercard_never_again      brazil  2023-01-01    0  720h  250 BRL
    elo         elo_excessive               brazil  2026-01-01   15  720h  80 BRL
    amex        irreversible_never          other   2026-01-01    0  -     -
"""


@pytest.mark.parametrize("case", LIMITS.strip().splitlines())
def test_a_limit_holds_from_its_day(case: str) -> None:
    network, name, region, on, *expected = case.split()

    found = [
        rule for rule in rules_on(CardNetwork(network), Region(region), date.fromisoformat(on)) if rule.rule == name
    ]

    domestic = next(rule for rule in found if rule.issuer in {"*", "domestic"})
    assert [str(domestic.attempts_max), window_named(domestic), *fee_named(domestic)] == expected


def window_named(rule: RetryRule) -> str:
    return "-" if rule.window is None else f"{rule.window // timedelta(hours=1)}h"


def fee_named(rule: RetryRule) -> list[str]:
    return ["-"] if rule.fee_minor is None else [str(rule.fee_minor), str(rule.fee_currency)]


# A chain: attempts one hour apart; c1..c4 a decline in that Visa category, mNN a decline with that advice code,
# d a plain decline, x an irreversible decline, ok an approval; NxT repeats T.
CHAINS = """
    visa        brazil  domestic  20xc2            -
    visa        brazil  domestic  21xc2            visa_reattempts 1 10 USD
    visa        brazil  foreign   23xc4            visa_reattempts 3 75 USD
    visa        other   foreign   23xc4            visa_reattempts 3 - -
    visa        brazil  domestic  20xc2,ok,5xc2    -
    visa        brazil  domestic  c1               -
    visa        brazil  domestic  c1,c1,c1         visa_category_1_never 2 20 USD
    visa        brazil  domestic  c1,c4            visa_category_1_never 1 10 USD
    visa        brazil  domestic  c1,ok,c4         visa_category_1_never 1 10 USD
    mastercard  brazil  domestic  7xd              -
    mastercard  brazil  domestic  8xd              mastercard_excessive_day 1 200 BRL
    mastercard  other   domestic  10xd             -
    mastercard  other   domestic  11xd             mastercard_excessive_day 1 - -
    mastercard  brazil  domestic  m03,d            mastercard_never_again 1 250 BRL
    mastercard  brazil  domestic  d,m21,d,d        mastercard_never_again 2 500 BRL
    mastercard  brazil  domestic  m02,d            -
    maestro     brazil  domestic  m03,d            mastercard_never_again 1 250 BRL
    elo         brazil  domestic  15xd             -
    elo         brazil  domestic  16xd             elo_excessive 1 80 BRL
    amex        other   foreign   x,d              irreversible_never 1 - -
    jcb         other   foreign   40xd             -
"""
START = datetime(2026, 3, 1, tzinfo=UTC)


def chain(text: str, step: timedelta = timedelta(hours=1)) -> list[AttemptMade]:
    tokens: list[str] = []
    for part in text.split(","):
        times, token = part.split("x", 1) if part[0].isdigit() else ("1", part)
        tokens += [token] * int(times)
    return [attempt_named(token, START + position * step) for position, token in enumerate(tokens)]


def attempt_named(token: str, at: datetime) -> AttemptMade:
    return AttemptMade(
        at=at,
        declined=token != "ok",
        visa_category=int(token[1:]) if token.startswith("c") else None,
        advice_code=token[1:] if token.startswith("m") else None,
        irreversible=token == "x",
    )


@pytest.mark.parametrize("case", CHAINS.strip().splitlines())
def test_a_chain_costs_what_the_table_says(case: str) -> None:
    network, region, issuer, attempts, *expected = case.split()

    found = exposures(chain(attempts), CardNetwork(network), Region(region), IssuerPlace(issuer))

    named = [
        part
        for exposure in found
        for part in (
            exposure.rule,
            str(exposure.attempts_over),
            "-" if exposure.fee_minor is None else str(exposure.fee_minor),
            exposure.fee_currency or "-",
        )
    ]
    assert named == ([] if expected == ["-"] else expected)


def test_the_month_limit_counts_what_the_day_limit_lets_through() -> None:
    seven_hours_apart = chain("40xd", timedelta(hours=7))

    found = exposures(seven_hours_apart, CardNetwork.MASTERCARD, Region.BRAZIL, IssuerPlace.DOMESTIC)

    assert [(exposure.rule, exposure.attempts_over) for exposure in found] == [("mastercard_excessive_month", 5)]


@pytest.mark.parametrize(("hours", "over"), [(23, 1), (24, 0)])
def test_a_resend_before_the_advised_wait_is_charged_since_october_2026(hours: int, over: int) -> None:
    first = AttemptMade(datetime(2026, 10, 5, tzinfo=UTC), declined=True, advice_code="25")
    resend = AttemptMade(first.at + timedelta(hours=hours), declined=True)

    found = exposures([resend, first], CardNetwork.MASTERCARD, Region.BRAZIL, IssuerPlace.DOMESTIC)

    assert [exposure.attempts_over for exposure in found if exposure.rule == "mastercard_wait_ignored"] == [over] * over


def test_declines_outside_the_window_are_forgotten() -> None:
    a_day_apart = chain("60xd", timedelta(days=2))

    assert exposures(a_day_apart, CardNetwork.ELO, Region.BRAZIL, IssuerPlace.DOMESTIC) == []


def test_an_attempt_is_judged_by_the_rule_of_its_own_day() -> None:
    old, new = (
        next(rule for rule in rules_on(CardNetwork.VISA, Region.BRAZIL, on) if rule.rule == "visa_reattempts")
        for on in (date(2025, 5, 24), date(2025, 5, 25))
    )
    before = [
        AttemptMade(datetime(2025, 5, 24, 6, tzinfo=UTC) + timedelta(hours=hour), declined=True, visa_category=2)
        for hour in range(18)
    ]

    assert attempts_over(old, before) == 3
    assert attempts_over(new, before) == 0


@given(st.integers(0, 60), st.sampled_from(retry_rules()))
def test_one_more_decline_never_costs_less(count: int, rule: RetryRule) -> None:
    attempts = chain("60xc2")

    assert attempts_over(rule, attempts[:count]) <= attempts_over(rule, attempts[: count + 1])


def test_rules_of_one_key_do_not_overlap_and_every_rule_has_a_source() -> None:
    seen: dict[tuple[object, ...], list[tuple[date, date]]] = {}
    for row in rule_rows():
        start, end = row["effective_from"], row["effective_to"]
        assert isinstance(start, date)
        assert isinstance(end, date)
        assert row["source"]
        seen.setdefault((row["network"], row["rule"], row["region"], row["issuer"], row["matches"]), []).append(
            (start, end)
        )
    for key, periods in seen.items():
        ordered = sorted(periods)
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(ordered)), key


def test_a_fee_has_a_currency_and_only_then() -> None:
    assert all((rule.fee_minor is None) == (rule.fee_currency is None) for rule in retry_rules())
