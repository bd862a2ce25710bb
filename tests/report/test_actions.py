"""Which action claims a lost payment, what it is worth, and that no payment is counted twice."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.report.silver import SCOPE, Row, Silver, attempt, chain, many, report_of

from payment_analysis.domain.decline_reasons import DeclineReason, Remedy
from payment_analysis.domain.money import Money
from payment_analysis.report.actions import CLAIMS, EFFORT, ActionKind, Actions, decide_actions, kind_of
from payment_analysis.report.bridge import read_bridge
from payment_analysis.report.exposure import Exposure
from payment_analysis.report.lost import LostGroup, read_lost
from payment_analysis.report.plays import PLAYS
from payment_analysis.report.proportion import Proportion
from payment_analysis.report.routing import read_routing

CASES = """
    declined  insufficient_funds       retry_later         retry
    declined  reenter_transaction      retry_now           retry
    declined  do_not_honor             change_route        retry
    declined  authentication_required  authenticate        authenticate
    declined  expired_card             update_card         fix_data
    declined  cvv_mismatch             fix_data            fix_data
    declined  refer_to_issuer          ask_cardholder      ask_cardholder
    declined  timeout                  check_status_first  resolve_errors
    declined  gateway_rejected         manual_review       review
    declined  unknown                  manual_review       learn_reasons
    declined  stolen_card              stop                nobody
    error     unknown                  manual_review       resolve_errors
"""


@pytest.mark.parametrize("case", CASES.strip().splitlines())
def test_claim_table(case: str) -> None:
    result, reason, remedy, kind = case.split()

    assert (kind_of(LostGroup(result, reason, remedy, 2, 1, None)) or "nobody") == kind


def test_every_remedy_has_a_claim_and_every_action_a_play_and_an_effort() -> None:
    assert set(CLAIMS) == set(Remedy)
    assert set(PLAYS) == set(EFFORT) == set(ActionKind)


NO_EXPOSURE = Exposure(False, "not asked", 0, (), Proportion.of(0, 0), None, ())


def action(actions: Actions, kind: ActionKind) -> tuple[int, Money | None, Money | None]:
    (found,) = [one for one in actions.ranked if one.kind is kind]
    return found.payments, found.gain.low if found.gain else None, found.gain.expected if found.gain else None


def seen(reason: str, won: int, lost: int) -> list[Row]:
    """Payments that were retried once after the reason; the retries that fail end with a stolen card."""
    ends = [(reason, "approved")] * won + [(reason, "stolen_card")] * lost
    return [row for index, pair in enumerate(ends) for row in chain(f"seen-{reason}-{index}", *pair)]


def test_a_retry_is_worth_what_comparable_retries_achieved() -> None:
    actions = report_of([*seen("insufficient_funds", 50, 50), *many("x", 0, 10, "insufficient_funds")]).actions

    payments, low, expected = action(actions, ActionKind.RETRY)

    assert (payments, expected) == (10, Money(50_000, "EUR"))
    assert low == Money(40_383, "EUR")  # Wilson of 50 in 100: 0.40383


def test_without_comparable_retries_there_is_no_number() -> None:
    actions = report_of(many("x", 0, 10, "insufficient_funds")).actions

    assert action(actions, ActionKind.RETRY) == (10, None, None)


def test_an_unknown_reason_promises_nothing() -> None:
    actions = report_of([*seen("unknown", 50, 50), *many("x", 0, 10, "unknown")]).actions

    assert action(actions, ActionKind.LEARN_REASONS) == (10, Money(0, "EUR"), None)


def test_a_step_up_is_compared_with_retries_that_used_3ds_only() -> None:
    first = "authentication_required"
    plain = [row for i in range(20) for row in chain(f"plain{i}", first, "stolen_card")]
    step_up = [
        row
        for i in range(10)
        for row in (attempt(f"step{i}", 1, "declined", first), attempt(f"step{i}", 2, uses_3ds=True))
    ]

    actions = report_of([*plain, *step_up, *many("x", 0, 10, first)]).actions

    assert action(actions, ActionKind.AUTHENTICATE)[2] == Money(100_000, "EUR")


def test_a_final_refusal_is_nobodys_action() -> None:
    actions = report_of(many("x", 1, 4, "stolen_card")).actions

    assert actions.ranked == ()
    assert (actions.standing_payments, actions.standing_value) == (4, Money(40_000, "EUR"))


def better_south(lost: list[Row]) -> list[Row]:
    return [*many("n", 100, 300, psp="north"), *many("s", 300, 100, psp="south"), *lost]


def test_a_proven_better_provider_claims_the_payments_that_never_met_it() -> None:
    report = report_of(better_south([]))

    (reroute,) = report.routing.reroutes
    assert (reroute.from_psp, reroute.to_psp, reroute.payments) == ("north", "south", 300)
    assert reroute.shares[1] == pytest.approx(2 / 3)  # (0.75 - 0.25) / 0.75
    assert action(report.actions, ActionKind.ROUTE)[2] == Money(2_000_000, "EUR")
    assert action(report.actions, ActionKind.LEARN_REASONS)[0] == 100


def test_a_payment_that_met_the_better_provider_is_not_routed_again() -> None:
    met = [
        row
        for index in range(5)
        for row in (
            attempt(f"met{index}", 1, "declined", psp="north"),
            attempt(f"met{index}", 2, "declined", psp="south", psp_switched=True),
        )
    ]

    assert report_of(better_south(met)).routing.reroutes[0].payments == 300


def test_a_reason_no_other_provider_can_turn_is_not_routed() -> None:
    attempts = [*many("n", 100, 300, "insufficient_funds", psp="north"), *many("s", 300, 100, psp="south")]

    assert report_of(attempts).routing.reroutes == ()


def test_a_difference_chance_may_explain_routes_nothing() -> None:
    attempts = [*many("n", 50, 60, psp="north"), *many("s", 60, 50, psp="south")]

    assert report_of(attempts).routing.reroutes == ()


def test_a_provider_with_few_first_attempts_is_not_followed() -> None:
    attempts = [*many("n", 100, 300, psp="north"), *many("s", 60, 2, psp="south")]

    assert report_of(attempts).routing.reroutes == ()


def test_actions_are_ranked_by_expected_value_and_those_without_one_follow() -> None:
    attempts = [
        *seen("insufficient_funds", 50, 50),
        *many("x", 0, 40, "insufficient_funds"),
        *seen("expired_card", 50, 50),
        *many("y", 0, 10, "expired_card"),
        *many("z", 0, 900, "cvv_mismatch"),
        *many("w", 0, 900, "unknown", psp=None),
    ]

    ranked = [one.kind for one in report_of(attempts).actions.ranked]

    assert ranked[:2] == [ActionKind.RETRY, ActionKind.FIX_DATA]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from([*DeclineReason, "approved", "error"]), min_size=1, max_size=3),
            st.sampled_from(["north", "south"]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_every_lost_payment_belongs_to_exactly_one_action_or_stands(payments: list[tuple[list[str], str]]) -> None:
    lost = [row for i, (ends, psp) in enumerate(payments) for row in chain(f"p{i}", *ends, psp=psp)]
    warehouse = Silver([*many("n", 10, 110, psp="north"), *many("s", 110, 10, psp="south"), *lost])

    routing = read_routing(warehouse, SCOPE)
    actions = decide_actions(read_lost(warehouse, SCOPE), routing, NO_EXPOSURE, days=30)

    claimed = sum(one.payments for one in actions.ranked)
    assert claimed + actions.standing_payments == read_bridge(warehouse, SCOPE).lost_payments
