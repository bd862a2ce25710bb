"""Life cycles: every move of an attempt and of a payment, as tables a payments person can read."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payment_analysis.domain.attempt import AttemptResult
from payment_analysis.domain.errors import BadInput
from payment_analysis.domain.life_cycle import (
    ATTEMPT_MOVES,
    PAYMENT_MOVES,
    RESULT_OF_STATE,
    AttemptEvent,
    AttemptState,
    PaymentState,
    advance,
    advance_payment,
    payment_state,
)

RESULTS = st.sampled_from(AttemptResult)

# the events of one attempt, and where it ends
LIVES = """
    send approve capture                                  captured
    send approve void                                     voided
    send approve expire                                   expired
    send decline                                          declined
    send fail                                             error
    decline                                               declined
    send approve capture refund_part refund_all           refunded
    send approve capture refund_all refund_fails          captured
    send approve capture charge_back                      charged_back
    send approve capture charge_back win_dispute          captured
    send approve capture refund_all charge_back           charged_back
"""

IMPOSSIBLE = """
    created      capture       possible from here: decline, fail, send
    declined     approve       declined is final
    declined     capture       declined is final
    error        send          error is final
    voided       capture       voided is final
    expired      capture       expired is final
    approved     refund_all    possible from here: capture, expire, void
    approved     decline       possible from here: capture, expire, void
    captured     void          possible from here: charge_back, refund_all, refund_part
    charged_back refund_all    possible from here: win_dispute
"""

# the results of a payment's attempts in order, and its state
PAYMENTS = """
                                        open
    approved                            authorised
    declined                            failed
    error                               failed
    pending                             unresolved
    declined approved                   recovered
    error approved                      recovered
    pending approved                    recovered
    declined declined declined          failed
    declined pending                    unresolved
    pending declined                    unresolved
    declined declined approved          recovered
    approved approved                   authorised
    approved declined                   authorised
    declined approved declined          recovered
"""


def rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip("\n").splitlines() if line.strip()]


@pytest.mark.parametrize("life", rows(LIVES), ids=" ".join)
def test_the_life_of_an_attempt(life: list[str]) -> None:
    *events, end = life

    state = AttemptState.CREATED
    for event in events:
        state = advance(state, AttemptEvent(event))

    assert state == AttemptState(end)


@pytest.mark.parametrize("line", [line.strip() for line in IMPOSSIBLE.strip().splitlines()])
def test_an_impossible_move_is_an_error_that_says_what_is_possible(line: str) -> None:
    state, event, hint = line.split(maxsplit=2)

    with pytest.raises(BadInput, match=f"an attempt that is {state} cannot {event}") as raised:
        advance(AttemptState(state), AttemptEvent(event))

    assert raised.value.hint == hint


@pytest.mark.parametrize(("state", "event"), list(product(AttemptState, AttemptEvent)))
def test_every_move_is_either_in_the_table_or_refused(state: AttemptState, event: AttemptEvent) -> None:
    if (state, event) in ATTEMPT_MOVES:
        assert advance(state, event) is ATTEMPT_MOVES[state, event]
    else:
        with pytest.raises(BadInput):
            advance(state, event)


def test_every_state_can_be_reached_and_every_event_moves_something() -> None:
    reached = {AttemptState.CREATED}
    for _ in AttemptState:
        reached |= {to for (origin, _), to in ATTEMPT_MOVES.items() if origin in reached}

    assert reached == set(AttemptState)
    assert {event for _, event in ATTEMPT_MOVES} == set(AttemptEvent)


def test_the_final_states_are_those_in_which_no_money_can_move_any_more() -> None:
    final = set(AttemptState) - {origin for origin, _ in ATTEMPT_MOVES}

    assert final == {AttemptState.DECLINED, AttemptState.ERROR, AttemptState.VOIDED, AttemptState.EXPIRED}


def test_every_state_has_a_result() -> None:
    assert set(RESULT_OF_STATE) == set(AttemptState)
    assert set(RESULT_OF_STATE.values()) == set(AttemptResult)


@pytest.mark.parametrize(("move", "to"), ATTEMPT_MOVES.items(), ids=str)
def test_a_result_changes_only_while_it_is_pending(move: tuple[AttemptState, AttemptEvent], to: AttemptState) -> None:
    before, after = RESULT_OF_STATE[move[0]], RESULT_OF_STATE[to]

    assert before in {AttemptResult.PENDING, after}


@pytest.mark.parametrize("line", rows(PAYMENTS), ids=" ".join)
def test_the_state_of_a_payment(line: list[str]) -> None:
    *results, state = line

    assert payment_state(map(AttemptResult, results)) is PaymentState(state)


def test_every_payment_state_knows_every_result() -> None:
    assert set(PAYMENT_MOVES) == set(product(PaymentState, AttemptResult))
    assert set(PAYMENT_MOVES.values()) | {PaymentState.OPEN} == set(PaymentState)


@given(st.lists(RESULTS))
def test_a_payment_has_an_approval_exactly_when_it_is_authorised_or_recovered(results: list[AttemptResult]) -> None:
    state = payment_state(results)

    assert (state in {PaymentState.AUTHORISED, PaymentState.RECOVERED}) == (AttemptResult.APPROVED in results)
    assert (state is PaymentState.AUTHORISED) == (results[:1] == [AttemptResult.APPROVED])


@given(st.lists(RESULTS, min_size=1))
def test_a_payment_is_failed_exactly_when_every_attempt_is(results: list[AttemptResult]) -> None:
    failed = set(results) <= {AttemptResult.DECLINED, AttemptResult.ERROR}

    assert (payment_state(results) is PaymentState.FAILED) == failed


@given(st.lists(RESULTS), RESULTS)
def test_one_more_attempt_moves_the_payment_as_the_table_says(
    results: list[AttemptResult], more: AttemptResult
) -> None:
    assert payment_state([*results, more]) is advance_payment(payment_state(results), more)
