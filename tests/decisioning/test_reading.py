"""Conditions as people write them: what reads, as what, and what a mistake is told."""

from __future__ import annotations

import pytest

from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.rules import compile_rule
from payment_analysis.domain.errors import BadRule

READS = """
    retry          | amount_cents >= 50000                                | amount_minor >= 50000
    retry          | decline_reason IN ('INSUFFICIENT_FUNDS','TEMPORARY_FAILURE') | decline_reason IN ('insufficient_funds', 'system_malfunction')
    routing        | merchant_country = 'BR'                              | merchant_country = 'BR'
    authentication | amount >= 500 brl                                    | amount >= 500.00 BRL
    authentication | amount between 1000 JPY and 2000 JPY                 | amount BETWEEN 1000 JPY AND 2000 JPY
    authentication | risk_score > 70%                                     | fraud_score > 0.7
    authentication | network = 'VISA' and issuer_country != 'br'          | card_network = 'visa' AND issuer_country <> 'BR'
    authentication | is_recurring = true or has_passkey <> true           | is_recurring OR NOT has_passkey
    authentication | not (is_recurring or is_network_token)               | NOT (is_recurring OR is_network_token)
    authentication | is_recurring or is_retry and has_passkey             | is_recurring OR is_retry AND has_passkey
    authentication | ((is_recurring or is_retry)) and has_passkey         | (is_recurring OR is_retry) AND has_passkey
    routing        | issuer_country <> merchant_country                   | issuer_country <> merchant_country
    routing        | retried_after_seconds < 90 min                       | retried_after_seconds < 90 min
    routing        | retried_after_seconds >= 1.5 days                    | retried_after_seconds >= 36 h
    routing        | issuer not in ('O''Neill', 'b') and wallet is null   | issuer NOT IN ('O''Neill', 'b') AND wallet IS NULL
    routing        | card_bin like '4111%' and mcc is not null            | card_bin LIKE '4111%' AND mcc IS NOT NULL
    retry          | True                                                 | TRUE
    retry          |                                                      | TRUE
"""


@pytest.mark.parametrize("case", READS.strip().splitlines())
def test_a_condition_reads_as_it_is_meant(case: str) -> None:
    decision, text, canonical = (part.strip() for part in case.split("|"))

    assert compile_rule(text, Decision(decision)).canonical == canonical


# The caret of each second line stands under the character the error names.
REFUSED = """
routing        card_network = visa
                              ^ a word is written in quotes
routing        card_network = 'visa
                              ^ never closed
routing        card_network = "visa"
                              ^ single quotes
routing        fraud_score > 70
                             ^ did you mean 70%?
routing        fraud_score > 'high'
                             ^ a number
routing        amount >= 500
                         ^ needs a currency
routing        amount >= 500 EURO
                             ^ not an ISO 4217 code
routing        amount >= 10.5 JPY
                              ^ more decimal digits
routing        card_network = 'vista'
                              ^ is one of visa
routing        (is_recurring and has_passkey
                                            ^ the parenthesis is closed here
routing        is_recurring has_passkey
                            ^ go on with AND or OR
routing        merchant_id
               ^ is compared with something
routing        attempt_number not 3
                                  ^ NOT is followed by IN, BETWEEN or LIKE
routing        attempt_number between 5 and 3
                                      ^ the lower value stands first
routing        attempt_number > 2.5
                                ^ a whole number
routing        decline_code_raw = '51'
               ^ not known when routing is decided
authentication uses_3ds
               ^ not known when authentication is decided
retry          cvv_result = 'N'
               ^ known only after the answer
retry          card_token_id = 'x'
               ^ names one card
retry          fraud_scor > 0.2
               ^ did you mean fraud_score?
retry          amount_minor > card_network
                              ^ cannot be compared
retry          card_network > 'visa'
                            ^ has no order
retry          decline_reason = 'because'
                                ^ no source and no table
retry          is_recurring in (true)
                               ^ write is_recurring or NOT is_recurring
retry          wallet in ()
                          ^ a word; write it in quotes
retry          wallet = 'a' and
                               ^ a field, NOT or a parenthesis
retry          wallet = 'a' ; drop table
                            ^ means nothing
"""


@pytest.mark.parametrize("place", range(0, len(REFUSED.strip("\n").splitlines()), 2))
def test_a_mistake_names_its_character_and_the_way_to_write_it(place: int) -> None:
    written, caret = REFUSED.strip("\n").splitlines()[place : place + 2]
    decision, text = Decision(written[:15].strip()), written[15:]

    with pytest.raises(BadRule) as caught:
        compile_rule(text, decision)

    assert caught.value.position == caret.index("^") - 15
    assert caret[caret.index("^") + 2 :] in f"{caught.value.message} {caught.value.hint}"


def test_a_condition_nested_without_end_is_refused() -> None:
    with pytest.raises(BadRule, match="inside each other"):
        compile_rule("(" * 2_000 + "is_recurring" + ")" * 2_000)
