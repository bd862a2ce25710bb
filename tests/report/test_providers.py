"""Providers are judged on first attempts and on a common mix, and the naive comparison is shown to mislead."""

from __future__ import annotations

from tests.report.silver import SCOPE, Row, Silver, attempt, many

from payment_analysis.report.providers import read_providers


def retries(name: str, number: int, psp: str) -> list[Row]:
    """Payments that were declined at `west` and declined again at the given provider."""
    rows = []
    for index in range(number):
        rows.append(attempt(f"{name}{index}", 1, "declined", psp="west"))
        rows.append(attempt(f"{name}{index}", 2, "declined", psp=psp, psp_switched=True))
    return rows


def test_a_provider_that_gets_the_leftovers_looks_worse_than_it_is() -> None:
    attempts = [
        *many("n", 60, 40, psp="north"),
        *many("s", 50, 50, psp="south"),
        *retries("r", 100, "north"),
    ]

    found = {provider.psp: provider for provider in read_providers(Silver(attempts), SCOPE).providers}

    assert found["north"].first_attempts.rate == 0.6
    assert found["south"].first_attempts.rate == 0.5
    assert found["north"].all_attempts.rate == 0.3
    assert found["north"].retry_share == 0.5


def test_a_changed_order_is_said() -> None:
    attempts = [*many("n", 60, 40, psp="north"), *many("s", 50, 50, psp="south"), *retries("r", 100, "north")]

    assert read_providers(Silver(attempts), SCOPE).order_changes


def test_the_adjusted_rate_undoes_the_mix_a_provider_was_given() -> None:
    attempts = [
        *many("a", 180, 20, psp="north", card_network="visa"),
        *many("b", 10, 40, psp="north", card_network="mastercard"),
        *many("c", 48, 2, psp="south", card_network="visa"),
        *many("d", 60, 140, psp="south", card_network="mastercard"),
    ]

    providers = read_providers(Silver(attempts), SCOPE)

    north, south = sorted(providers.providers, key=lambda provider: provider.psp)
    assert (north.first_attempts.rate or 0) > (south.first_attempts.rate or 0)
    assert north.adjusted is not None
    assert south.adjusted is not None
    assert south.adjusted.rate > north.adjusted.rate
    assert providers.providers[0].psp == "south"


def test_a_stratum_that_one_provider_does_not_serve_is_named_and_left_out() -> None:
    attempts = [
        *many("a", 60, 60, psp="north"),
        *many("b", 60, 60, psp="south"),
        *many("c", 30, 0, psp="north", card_network="amex"),
    ]

    providers = read_providers(Silver(attempts), SCOPE)

    (gap,) = providers.gaps
    assert (gap.network, gap.first_attempts, gap.psps_missing) == ("amex", 30, ("south",))
    assert providers.overlap_share == 240 / 270


def test_a_small_provider_is_shown_and_never_ranked_first() -> None:
    attempts = [*many("a", 50, 100, psp="north"), *many("b", 9, 0, psp="tiny")]

    providers = read_providers(Silver(attempts), SCOPE).providers

    assert [(provider.psp, provider.is_small) for provider in providers] == [("north", False), ("tiny", True)]


def test_attempts_without_a_provider_are_counted_and_not_compared() -> None:
    providers = read_providers(Silver(many("a", 3, 2, psp=None)), SCOPE)

    assert (providers.providers, providers.unnamed) == ((), 5)
