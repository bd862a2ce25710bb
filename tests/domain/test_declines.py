"""Which rule wins, as tables a payments person can read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from payment_analysis.domain.attempt import CardNetwork
from payment_analysis.domain.countries import Region
from payment_analysis.domain.declines import Decline, classify, is_irreversible, visa_category

# network  code  advice  region  on  →  reason, standard, fault, retryable, wait, action
CASES = """
    visa        51   -   other   2026-11-20   insufficient_funds           FUNDS_OR_LIMIT       cardholder      yes  24h   retry_later
    visa        05   -   other   2026-11-20   do_not_honor                 ISSUER_DO_NOT_HONOR  issuer          yes  0h    change_route
    visa        91   -   other   2026-11-20   issuer_unavailable           ISSUER_TECHNICAL     issuer          yes  5m    retry_later
    visa        54   -   other   2026-11-20   expired_card                 CARD_EXPIRED         cardholder      no   -     update_card
    visa        N7   -   other   2026-11-20   cvv_mismatch                 SECURITY_CVV         cardholder      no   -     fix_data
    visa        59   -   other   2026-11-20   suspected_fraud              FRAUD_SUSPECTED      issuer          no   -     authenticate
    visa        94   -   other   2026-11-20   duplicate                    OTHER                merchant        no   -     check_status_first
    visa        R0   -   other   2026-11-20   stop_recurring               OTHER                cardholder      no   -     stop

    # Visa category 1 is never sent again with this card
    visa        41   -   other   2026-11-20   lost_card                    FRAUD_SUSPECTED      cardholder      no   -     stop
    visa        14   -   other   2026-11-20   invalid_card_number          OTHER                cardholder      no   -     update_card
    visa        12   -   other   2026-11-20   invalid_transaction          OTHER                merchant        no   -     stop
    visa        57   -   other   2026-11-20   not_permitted_to_cardholder  OTHER                issuer          no   -     stop

    # code 03 left category 1 in April 2021
    visa        03   -   other   2021-03-31   invalid_merchant             OTHER                merchant        no   -     stop
    visa        03   -   other   2021-04-01   invalid_merchant             OTHER                merchant        no   -     fix_data

    # sources that contradict each other: the stricter one holds
    visa        19   -   other   2026-11-20   reenter_transaction          ISSUER_TECHNICAL     issuer          no   -     fix_data
    visa        93   -   other   2026-11-20   violation_of_law             OTHER                issuer          no   -     stop

    # one number, other brand, other meaning
    visa        04   -   brazil  2026-11-20   pick_up_card                 OTHER                issuer          no   -     stop
    mastercard  04   -   brazil  2026-11-20   pick_up_card                 OTHER                issuer          no   -     stop
    elo         04   -   brazil  2026-11-20   reenter_transaction          ISSUER_TECHNICAL     issuer          yes  0h    retry_now
    visa        06   -   brazil  2026-11-20   card_error                   OTHER                cardholder      no   -     fix_data
    elo         06   -   brazil  2026-11-20   acquirer_error               ISSUER_TECHNICAL     gateway         yes  0h    change_route
    elo         12   -   brazil  2026-11-20   card_error                   OTHER                cardholder      no   -     fix_data
    mastercard  12   -   brazil  2026-11-20   invalid_installments         OTHER                merchant        no   -     fix_data
    mastercard  12   -   other   2026-11-20   invalid_transaction          OTHER                merchant        no   -     fix_data
    elo         63   -   brazil  2026-11-20   cvv_mismatch                 SECURITY_CVV         cardholder      no   -     fix_data
    mastercard  63   -   brazil  2026-11-20   suspected_fraud              FRAUD_SUSPECTED      issuer          no   -     authenticate
    visa        62   -   brazil  2026-11-20   temporary_refusal            ISSUER_DO_NOT_HONOR  issuer          yes  24h   retry_later
    mastercard  62   -   brazil  2026-11-20   restricted_card              OTHER                issuer          no   -     ask_cardholder
    hipercard   62   -   brazil  2024-11-20   restricted_card              OTHER                issuer          no   -     ask_cardholder
    mastercard  57   -   brazil  2026-11-20   not_permitted_to_cardholder  OTHER                issuer          no   -     ask_cardholder
    amex        116  -   other   2026-11-20   insufficient_funds           FUNDS_OR_LIMIT       cardholder      yes  24h   retry_later
    amex        200  -   other   2026-11-20   pick_up_card                 OTHER                issuer          no   -     stop

    # Elo's dated changes
    elo         62   -   brazil  2026-09-30   restricted_card              OTHER                issuer          no   -     ask_cardholder
    elo         62   -   brazil  2026-10-01   temporary_refusal            ISSUER_DO_NOT_HONOR  issuer          yes  24h   retry_later
    elo         5C   -   brazil  2026-10-22   unknown                      OTHER                unknown         no   -     manual_review
    elo         5C   -   brazil  2026-10-23   blocked_by_issuer            ISSUER_DO_NOT_HONOR  issuer          no   -     ask_cardholder
    elo         66   -   brazil  2026-11-20   unknown                      OTHER                unknown         no   -     manual_review

    # the soft decline of strong customer authentication is Europe's
    mastercard  65   -   europe  2026-11-20   authentication_required      SECURITY_3DS_FAILED  authentication  no   -     authenticate
    mastercard  65   -   other   2026-11-20   frequency_exceeded           FUNDS_OR_LIMIT       cardholder      yes  24h   retry_later
    visa        65   -   europe  2026-11-20   frequency_exceeded           FUNDS_OR_LIMIT       cardholder      yes  24h   retry_later
    visa        1A   -   europe  2026-11-20   authentication_required      SECURITY_3DS_FAILED  authentication  no   -     authenticate
    visa        70   -   europe  2026-11-20   authentication_required      SECURITY_3DS_FAILED  authentication  no   -     authenticate
    visa        70   -   other   2026-11-20   unknown                      OTHER                unknown         no   -     manual_review

    # Mastercard advice: the wait it names
    mastercard  05   02  other   2026-11-20   do_not_honor                 ISSUER_DO_NOT_HONOR  issuer          yes  72h   retry_later
    mastercard  91   02  other   2026-11-20   issuer_unavailable           ISSUER_TECHNICAL     issuer          yes  72h   retry_later
    mastercard  51   24  other   2026-11-20   insufficient_funds           FUNDS_OR_LIMIT       cardholder      yes  1h    retry_later
    maestro     51   30  other   2026-11-20   insufficient_funds           FUNDS_OR_LIMIT       cardholder      yes  240h  retry_later
    mastercard  05   24  other   2026-11-20   do_not_honor                 ISSUER_DO_NOT_HONOR  issuer          no   -     manual_review
    mastercard  51   24  other   2022-10-13   insufficient_funds           FUNDS_OR_LIMIT       cardholder      no   -     manual_review
    mastercard  05   43  other   2026-11-20   do_not_honor                 ISSUER_DO_NOT_HONOR  issuer          yes  0h    change_route

    # codes that mean nothing without advice
    mastercard  79   -   other   2026-11-20   lifecycle_decline            CARD_EXPIRED         cardholder      no   -     manual_review
    mastercard  79   01  other   2026-11-20   new_account_information      CARD_EXPIRED         merchant        no   -     update_card
    mastercard  79   03  other   2026-11-20   lifecycle_decline            CARD_EXPIRED         cardholder      no   -     stop
    mastercard  82   -   other   2026-11-20   policy_decline               ISSUER_DO_NOT_HONOR  issuer          no   -     manual_review
    mastercard  82   02  other   2026-11-20   policy_decline               ISSUER_DO_NOT_HONOR  issuer          yes  72h   retry_later
    mastercard  83   -   other   2026-11-20   security_decline             FRAUD_SUSPECTED      issuer          no   -     manual_review
    mastercard  83   03  other   2026-11-20   security_decline             FRAUD_SUSPECTED      issuer          no   -     stop
    mastercard  57   02  brazil  2026-11-20   not_permitted_to_cardholder  OTHER                issuer          yes  72h   retry_later

    # advice that says never beats everything; advice never opens what needs a person
    mastercard  51   03  other   2026-11-20   insufficient_funds           FUNDS_OR_LIMIT       cardholder      no   -     stop
    mastercard  05   21  other   2026-11-20   stop_recurring               OTHER                cardholder      no   -     stop
    mastercard  51   40  other   2026-11-20   insufficient_funds           FUNDS_OR_LIMIT       cardholder      no   -     stop
    mastercard  05   41  other   2026-11-20   prepaid_or_virtual_card      OTHER                cardholder      no   -     stop
    mastercard  05   42  other   2026-11-20   aml_block                    OTHER                issuer          no   -     stop
    mastercard  63   40  other   2026-11-20   suspected_fraud              FRAUD_SUSPECTED      issuer          no   -     stop
    mastercard  41   02  other   2026-11-20   lost_card                    FRAUD_SUSPECTED      cardholder      no   -     stop
    mastercard  54   02  other   2026-11-20   expired_card                 CARD_EXPIRED         cardholder      no   -     update_card
    mastercard  54   03  other   2026-11-20   expired_card                 CARD_EXPIRED         cardholder      no   -     stop
    mastercard  65   02  europe  2026-11-20   authentication_required      SECURITY_3DS_FAILED  authentication  no   -     authenticate
    mastercard  51   01  other   2026-11-20   insufficient_funds           FUNDS_OR_LIMIT       cardholder      no   -     update_card
    mastercard  05   04  other   2026-11-20   token_not_supported          OTHER                merchant        no   -     fix_data
    maestro     05   45  other   2026-10-22   do_not_honor                 ISSUER_DO_NOT_HONOR  issuer          no   -     manual_review
    maestro     05   45  other   2026-10-23   pin_or_chip_required         SECURITY_CVV         cardholder      no   -     ask_cardholder

    # advice whose meaning nobody told us
    mastercard  51   06  other   2026-11-20   insufficient_funds           FUNDS_OR_LIMIT       cardholder      no   -     manual_review
    mastercard  05   99  other   2026-11-20   do_not_honor                 ISSUER_DO_NOT_HONOR  issuer          no   -     manual_review
    mastercard  05   77  other   2026-11-20   do_not_honor                 ISSUER_DO_NOT_HONOR  issuer          no   -     manual_review
    mastercard  54   77  other   2026-11-20   expired_card                 CARD_EXPIRED         cardholder      no   -     update_card

    # other networks send no advice that we read
    visa        51   03  other   2026-11-20   insufficient_funds           FUNDS_OR_LIMIT       cardholder      yes  24h   retry_later

    # a network we were not told, and one without a table, are treated as strictly as the strictest
    -           51   -   other   2026-11-20   insufficient_funds           FUNDS_OR_LIMIT       cardholder      yes  24h   retry_later
    -           19   -   other   2026-11-20   reenter_transaction          ISSUER_TECHNICAL     issuer          no   -     fix_data
    jcb         92   -   other   2026-11-20   unroutable                   ISSUER_TECHNICAL     gateway         no   -     fix_data
    jcb         57   -   other   2026-11-20   not_permitted_to_cardholder  OTHER                issuer          no   -     stop
    -           ZZ   -   other   2026-11-20   unknown                      OTHER                unknown         no   -     manual_review
    -           98   -   brazil  2026-11-20   timeout                      ISSUER_TECHNICAL     gateway         no   -     check_status_first
"""

# network  code  advice  word  →  reason, retryable, action
WORD_CASES = """
    visa        -    -   Insufficient Funds    insufficient_funds        yes  retry_later
    visa        51   -   EXPIRED_CARD          insufficient_funds        yes  retry_later
    visa        ZZ   -   EXPIRED_CARD          expired_card              no   update_card
    -           -    -   FRAUD_SUSPECTED       suspected_fraud           no   authenticate
    -           -    -   3DS_AUTH_FAILED       authentication_failed     no   ask_cardholder
    -           -    -   highest_risk_level    blocked_by_fraud_control  no   manual_review
    -           -    -   FRAUD-CANCELLED       blocked_by_fraud_control  no   manual_review
    -           -    -   no such word          unknown                   no   manual_review
    elo         66   -   LIMIT_EXCEEDED        limit_exceeded            yes  retry_later
    mastercard  -    03  DO_NOT_HONOR          do_not_honor              no   stop
    mastercard  -    02  DO_NOT_HONOR          do_not_honor              yes  retry_later
    mastercard  -    77  DO_NOT_HONOR          do_not_honor              no   manual_review
"""


def cases(table: str) -> list[str]:
    lines = (line.strip() for line in table.strip().splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def given(value: str) -> str | None:
    return None if value == "-" else value


def network_named(value: str) -> CardNetwork | None:
    return None if value == "-" else CardNetwork(value)


def wait_named(decline: Decline) -> str:
    if decline.earliest_retry is None:
        return "-"
    minutes = decline.earliest_retry // timedelta(minutes=1)
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"


@pytest.mark.parametrize("case", cases(CASES))
def test_a_decline_means_what_the_table_says(case: str) -> None:
    network, code, advice, region, on, *expected = case.split()

    decline = classify(network_named(network), code, given(advice), Region(region), date.fromisoformat(on))

    retryable = "yes" if decline.retryable else "no"
    answer = [decline.reason, decline.standard, decline.fault, retryable, wait_named(decline), decline.action]
    assert answer == expected
    assert decline.source


@pytest.mark.parametrize("case", cases(WORD_CASES))
def test_the_word_is_asked_when_the_code_is_missing_or_unknown(case: str) -> None:
    network, code, advice, *word, reason, retryable, action = case.split()

    decline = classify(
        network_named(network), given(code), given(advice), Region.OTHER, date(2026, 11, 20), " ".join(word)
    )

    assert (decline.reason, decline.retryable, decline.action) == (reason, retryable == "yes", action)


def test_codes_are_read_in_any_case_and_with_spaces() -> None:
    decline = classify(CardNetwork.VISA, " n7 ", None, Region.OTHER, date(2026, 1, 1))

    assert decline.reason == "cvv_mismatch"


def test_the_source_names_every_rule_that_was_applied() -> None:
    decline = classify(CardNetwork.MASTERCARD, "05", "02", Region.OTHER, date(2026, 1, 1))

    assert "ISO 8583" in decline.source
    assert "advice code 02" in decline.source


def test_a_decline_with_unknown_advice_is_marked_as_not_known() -> None:
    decline = classify(CardNetwork.MASTERCARD, "51", "90", Region.OTHER, date(2026, 11, 20))

    assert not decline.known


@pytest.mark.parametrize(
    ("code", "on", "category"),
    [
        ("03", date(2021, 3, 31), 1),
        ("03", date(2021, 4, 1), 2),
        ("14", date(2025, 6, 30), 1),
        ("14", date(2025, 7, 1), 3),
        ("05", date(2026, 1, 1), 4),
    ],
)
def test_visa_moves_codes_between_categories(code: str, on: date, category: int) -> None:
    assert visa_category(code, on) == category


def test_irreversible_is_asked_of_the_network() -> None:
    on = date(2026, 11, 20)

    assert is_irreversible(CardNetwork.VISA, "04", on)
    assert not is_irreversible(CardNetwork.ELO, "04", on)
