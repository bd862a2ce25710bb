"""Excessive retries: counted by the rules of their day, or honestly not at all."""

from __future__ import annotations

from datetime import timedelta

from tests.report.silver import START, Row, attempt, chain, report_of

from payment_analysis.domain.money import Money
from payment_analysis.report.actions import ActionKind

BRAZIL = {"card_network": "mastercard", "merchant_id": "m1", "merchant_country": "BR", "issuer_country": "BR"}


def tries(card: str, number: int, hours_apart: float = 1) -> list[Row]:
    """One card tried again and again, refused for funds each time."""
    return [
        attempt(
            card,
            position,
            "declined",
            "insufficient_funds",
            at=START + timedelta(hours=hours_apart * position),
            card_token_id=card,
            decline_code_raw="51",
            **BRAZIL,
        )
        for position in range(1, number + 1)
    ]


def test_without_card_identity_nothing_is_computed_and_the_column_is_named() -> None:
    exposure = report_of([*chain("a", "insufficient_funds"), *chain("b", "approved")]).exposure

    assert not exposure.computable
    assert exposure.fees is None
    assert "card_token_id" in exposure.why_not


def test_mastercard_in_brazil_charges_from_the_eighth_decline_of_a_day() -> None:
    exposure = report_of(tries("c1", 9)).exposure

    (line,) = exposure.over_limits
    assert (line.rule, line.attempts_over, line.fee) == ("mastercard_excessive_day", 2, Money(400, "BRL"))


def test_declines_spread_over_days_are_within_the_limit() -> None:
    exposure = report_of(tries("c1", 9, hours_apart=12)).exposure

    assert exposure.over_limits == ()


def test_each_card_has_its_own_limit() -> None:
    exposure = report_of([*tries("c1", 7), *tries("c2", 7)]).exposure

    assert exposure.over_limits == ()


def test_attempts_above_a_limit_are_an_action_with_their_fee() -> None:
    report = report_of(tries("c1", 9))

    (stop,) = [one for one in report.actions.ranked if one.kind is ActionKind.STOP_RETRIES]
    assert stop.payments == 2
    assert stop.gain is not None
    assert stop.gain.low == stop.gain.high == report.exposure.fees


def test_fees_avoided_are_no_recovered_payments() -> None:
    actions = report_of(tries("c1", 9)).actions

    (retry,) = [one for one in actions.ranked if one.kind is ActionKind.RETRY]
    assert actions.recoverable == retry.gain


def test_a_retry_after_a_final_refusal_is_counted_within_its_payment() -> None:
    report = report_of(chain("a", "stolen_card", "stolen_card"))

    assert report.exposure.after_stop.trials == 1
    assert report.exposure.forbidden_attempts == 1
