"""The metric bridge, the trend and the retry chains, on attempts one can count by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.report.silver import SCOPE, Silver, attempt, chain, many, report_of

from payment_analysis.domain.errors import BadInput, NotFound
from payment_analysis.domain.metrics import Rate
from payment_analysis.domain.money import Money
from payment_analysis.report.bridge import read_bridge
from payment_analysis.report.trend import grain_of

# Three payments: approved at once; won by the second try; lost after three.
THREE = [
    *chain("a", "approved"),
    *chain("b", "do_not_honor", "approved", psp="south"),
    *chain("c", "do_not_honor", "do_not_honor", "do_not_honor"),
]


@pytest.mark.parametrize(
    ("key", "successes", "trials"),
    [(Rate.ATTEMPT_RATE, 2, 6), (Rate.FIRST_ATTEMPT_RATE, 1, 3), (Rate.PAYMENT_RATE, 2, 3)],
)
def test_one_traffic_has_three_rates(key: Rate, successes: int, trials: int) -> None:
    rate = read_bridge(Silver(THREE), SCOPE).measure(key).rate

    assert (rate.successes, rate.trials) == (successes, trials)


def test_the_uplift_is_the_payment_rate_minus_the_first_attempt_rate() -> None:
    assert read_bridge(Silver(THREE), SCOPE).uplift == pytest.approx(1 / 3)


def test_lost_is_what_no_attempt_won_and_counts_each_payment_once() -> None:
    bridge = read_bridge(Silver(THREE), SCOPE)

    assert (bridge.lost_payments, bridge.lost_value) == (1, Money(10_000, "EUR"))


def test_blocks_errors_tests_and_pending_messages_are_no_authorisations() -> None:
    attempts = [
        *chain("a", "approved"),
        attempt("b", result="declined", reason="blocked_by_fraud_control", is_authorization=False),
        *chain("c", "error"),
        *chain("d", "pending"),
        attempt("e", is_test=True),
        attempt("f", is_verification=True),
    ]

    bridge = read_bridge(Silver(attempts), SCOPE)

    assert {step.key: step.attempts for step in bridge.left_out} == {
        "test": 1,
        "verification": 1,
        "unknown_outcome": 1,
        "error": 1,
        "blocked": 1,
    }
    assert bridge.measure(Rate.ATTEMPT_RATE).rate.trials == 1
    assert bridge.measure(Rate.ACCEPTANCE_RATE).rate.trials == 2
    assert bridge.open_payments == 1


def test_an_attempt_without_exchange_rate_counts_in_rates_and_in_no_amount() -> None:
    bridge = read_bridge(Silver([*chain("a", "approved"), *chain("b", "unknown", reporting_amount=None)]), SCOPE)

    payment = bridge.measure(Rate.PAYMENT_RATE)
    assert (payment.rate.trials, payment.value) == (2, Money(10_000, "EUR"))
    assert bridge.lost_value is None


@pytest.mark.parametrize(("days", "grain"), [(0.5, "hour"), (4, "hour"), (31, "day"), (400, "week")])
def test_the_grain_follows_the_span(days: float, grain: str) -> None:
    assert grain_of(days) == grain


def test_days_are_days_of_the_time_zone() -> None:
    late = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
    attempts = [*chain("a", "approved"), attempt("b", at=late)]

    trend = report_of(attempts, zone="America/Sao_Paulo").trend

    assert trend.points[-1].start.isoformat() == "2026-03-09T00:00:00-03:00"


def test_an_unknown_time_zone_is_named() -> None:
    with pytest.raises(BadInput, match="Mars/Olympus"):
        report_of(THREE, zone="Mars/Olympus")


def test_a_report_of_nothing_says_what_to_do() -> None:
    with pytest.raises(NotFound, match="no attempt") as nothing:
        report_of([])

    assert "ingest" in nothing.value.hint


def test_a_period_takes_its_attempts_and_leaves_the_others() -> None:
    early, late = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 20, tzinfo=UTC)
    attempts = [attempt("a", at=early), attempt("b", at=late)]

    report = report_of(attempts, since=datetime(2026, 3, 20, tzinfo=UTC), until=datetime(2026, 3, 21, tzinfo=UTC))

    assert report.overview.attempts == 1


def test_retries_are_counted_by_place_and_by_change_of_provider() -> None:
    first = attempt("p", 1, "declined", "do_not_honor")
    same = attempt("p", 2, "declined", "do_not_honor", psp_switched=False)
    other = attempt("p", 3, "approved", psp="south", psp_switched=True)

    chains = report_of([first, same, other]).chains

    assert [(place.position, place.all.trials) for place in chains.positions] == [(1, 1), (2, 1), (3, 1)]
    assert (chains.same_psp.successes, chains.same_psp.trials) == (0, 1)
    assert (chains.other_psp.successes, chains.other_psp.trials) == (1, 1)
    assert (chains.recovered_payments, chains.recovered_value) == (1, Money(10_000, "EUR"))


def test_long_chains_are_shown_together() -> None:
    chains = report_of([*chain("a", *["do_not_honor"] * 9), *chain("b", "approved")]).chains

    assert [(length.attempts, length.is_open) for length in chains.lengths] == [(1, False), (6, True)]


def test_declines_without_a_code_are_called_unexplained() -> None:
    declines = report_of([*many("x", 1, 3), *chain("y", "expired_card")]).declines

    assert (declines.unexplained, declines.declines) == (3, 4)
    assert [reason.reason for reason in declines.reasons] == ["unknown", "expired_card"]
