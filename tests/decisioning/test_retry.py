"""Retries as a payments person reviews them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.decisioning.contexts import NOW, PLAIN, SETTINGS

from payment_analysis.decisioning.option import Wish
from payment_analysis.decisioning.retry import decide_retry
from payment_analysis.decisioning.retry_case import CodeRow, RetryFacts, RetryScores
from payment_analysis.decisioning.scheme_limits import attempt_made
from payment_analysis.domain.attempt import CardNetwork

DAY = 86_400
LIKELY = RetryScores({1_800: 0.30, DAY: 0.40, 3 * DAY: 0.50})
# network, code, advice code, attempts made, further facts -> what is done, and a word of the reason
CASES = """
    visa        51   -   1  -          retry   same_route   259200   not enough money
    visa        91   -   1  -          retry   same_route   259200   could not be reached
    visa        05   -   1  -          retry   other_route  259200   refused and gave no reason
    visa        54   -   1  -          stop    -            -        expired
    visa        14   -   1  -          stop    -            -        no card with this number
    visa        41   -   1  -          stop    -            -        lost
    visa        51   -   3  -          stop    -            -        3 attempts are made
    visa        59   -   1  -          retry   step_up      0        suspects fraud
    visa        59   -   1  mit        stop    -            -        suspects fraud
    visa        1A   -   1  -          retry   step_up      0        authenticate
    visa        -    -   1  -          stop    -            -        nothing is said
    visa        51   -   1  timeout    stop    -            -        outcome
    visa        51   -   1  pending    stop    -            -        outcome
    mastercard  51   24  1  -          retry   same_route   259200   not enough money
    mastercard  51   03  1  -          stop    -            -        not enough money
    mastercard  51   21  1  -          stop    -            -        not enough money
    mastercard  05   99  1  -          stop    -            -        refused and gave no reason
    mastercard  79   -   1  -          stop    -            -        no longer works
    mastercard  82   -   1  -          stop    -            -        policy
"""


@pytest.mark.parametrize("case", CASES.strip().splitlines())
def test_decision_table(case: str) -> None:
    network, code, advice, made, fact, done, way, wait, words = case.strip().split(maxsplit=8)
    context = PLAIN._replace(
        network=network,
        previous_decline_code=None if code == "-" else code,
        previous_advice_code=None if advice == "-" else advice,
        attempt_number=int(made),
        initiator="mit" if fact == "mit" else None,
        previous_outcome=fact if fact in {"timeout", "pending"} else None,
    )

    decision = decide_retry(context, LIKELY, RetryFacts(), SETTINGS)

    assert ("retry" if decision.should_retry else "stop", str(decision.way or "-")) == (done, way), decision.reason
    assert str("-" if decision.wait_seconds is None else decision.wait_seconds) == wait
    assert words in decision.reason


DECLINED = PLAIN._replace(previous_decline_code="51", attempt_number=1)


def card(network: CardNetwork, times: int, *, hours: int = 1) -> RetryFacts:
    made = [
        attempt_made(network, "51", None, NOW - timedelta(minutes=times * 7 - 7 * n, hours=hours)) for n in range(times)
    ]
    return RetryFacts(tuple(made))


def test_a_scheme_limit_is_never_broken_and_the_fee_is_named() -> None:
    brazil = DECLINED._replace(network="mastercard", issuer_country="BR", merchant_country="BR")
    soon = RetryScores({1_800: 0.9})
    funds = brazil._replace(previous_decline_code="91")

    six = decide_retry(funds, soon, card(CardNetwork.MASTERCARD, 6), SETTINGS)
    seven = decide_retry(funds, soon, card(CardNetwork.MASTERCARD, 7), SETTINGS)

    assert six.should_retry
    assert not seven.should_retry
    assert "mastercard_excessive_day allows 7, a fee of 2.00 BRL avoided" in seven.reason


def test_a_limit_of_a_day_leaves_the_waits_beyond_it() -> None:
    brazil = DECLINED._replace(network="mastercard", issuer_country="BR", merchant_country="BR")

    decision = decide_retry(brazil, LIKELY, card(CardNetwork.MASTERCARD, 7), SETTINGS)

    assert (decision.should_retry, decision.wait_seconds) == (True, 3 * DAY)


def test_the_budget_of_the_house_holds_for_a_network_without_rules() -> None:
    decision = decide_retry(DECLINED._replace(network=None), LIKELY, card(CardNetwork.VISA, 12), SETTINGS)

    assert "use up the budget of 12" in decision.reason


def test_what_is_not_worth_it_is_left() -> None:
    decision = decide_retry(DECLINED, RetryScores({DAY: 0.01}), RetryFacts(), SETTINGS)

    assert decision.reason == "only 1.0% likely, 2.0% is the least"


def test_without_scores_the_table_of_codes_decides() -> None:
    facts = RetryFacts(codes={"51": CodeRow("51", 2 * DAY, 3, is_active=True)})

    assert decide_retry(DECLINED, None, facts, SETTINGS).wait_seconds == 2 * DAY
    assert decide_retry(DECLINED, None, RetryFacts(), SETTINGS).wait_seconds == DAY  # the decline's own wait


def test_a_code_that_is_switched_off_is_not_tried_again() -> None:
    facts = RetryFacts(codes={"51": CodeRow("51", 0, 3, is_active=False)})

    assert decide_retry(DECLINED, LIKELY, facts, SETTINGS).reason == "retries after 51 are switched off"


def test_a_rule_can_stop_and_delay_and_never_permit() -> None:
    stop = Wish("r", "not these", "1", "do not retry", stop=True)
    later = Wish("r", "later", "1", "retry after", wait_seconds_min=2 * DAY)
    lost = DECLINED._replace(previous_decline_code="41")

    assert decide_retry(DECLINED, LIKELY, RetryFacts(), SETTINGS, (stop,)).reason == "the rule not these says not to"
    assert decide_retry(DECLINED, LIKELY, RetryFacts(), SETTINGS, (later,)).wait_seconds == 3 * DAY
    assert not decide_retry(lost, LIKELY, RetryFacts(), SETTINGS, (later,)).should_retry
