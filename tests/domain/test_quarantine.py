"""Reasons have sentences; card numbers are found and hidden."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payment_analysis.domain.quarantine import MAYBE_CARD_NUMBER, SENTENCES, Reason, holds_card_number, mask

VISA = "4" + "1" * 15
MASTERCARD = "5" * 12 + "4" * 4
AMEX = "37828224631" + "0005"
FOURS = (VISA[:4], VISA[4:8], VISA[8:12], VISA[12:])


def luhn_complete(digits: str) -> str:
    doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits))]
    return digits + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)


CARD_NUMBERS = st.from_regex(r"[3-6][0-9]{11,17}", fullmatch=True).map(luhn_complete)


def test_every_reason_has_a_sentence_that_says_what_to_do() -> None:
    assert set(SENTENCES) == set(Reason)
    assert all(sentence.endswith(".") and ";" in sentence for sentence in SENTENCES.values())


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (VISA, True),
        (MASTERCARD, True),
        (AMEX, True),
        (f"paid with {VISA}.", True),
        (f"card{VISA}x", True),
        (" ".join(FOURS), True),
        ("-".join(FOURS), True),
        (".".join(FOURS), True),
        (" ".join((AMEX[:4], AMEX[4:10], AMEX[10:])), True),
        (f"2026-10-01 {VISA}", True),
        (f"order 2026 {' '.join(FOURS)}", True),
        (VISA[:-1] + "2", False),  # fails the check digit
        ("8515131751004933", False),  # an Adyen reference: no card number begins with 8
        ("1790000000000", False),  # milliseconds since 1970
        ("2026-10-01 12:00:00", False),
        ("192.168.100.100", False),
        ("5f4dcc3b5aa765d61d8327deb882cf99", False),
        (f"a{VISA}bcdef0123456789", False),  # inside a hash
        (f"{VISA[:8]}-{VISA[8:12]}-{VISA[12:]}-0000-00000000000a", False),  # inside a UUID
        (VISA * 2, False),  # longer than any card number
        ("", False),
    ],
)
def test_what_looks_like_a_card_number(text: str, holds: bool) -> None:
    assert holds_card_number(text) is holds


@given(CARD_NUMBERS, st.sampled_from(["", "x", " ", ", ", "id:"]))
def test_a_card_number_is_found_wherever_it_stands_and_never_shown(number: str, around: str) -> None:
    text = f"{around}{number}{around}"

    assert holds_card_number(text)
    assert re.search(MAYBE_CARD_NUMBER, text)
    assert number not in mask(text)
    assert mask(text).replace(around, "").endswith(number[-4:])


@given(st.text(alphabet="0123456789 .-ab", max_size=60))
def test_nothing_that_is_found_is_missed_by_the_quick_look(text: str) -> None:
    assert not holds_card_number(text) or re.search(MAYBE_CARD_NUMBER, text)


@given(st.text(alphabet="0123456789 .-ab", max_size=60))
def test_no_run_of_twelve_digits_survives_the_mask(text: str) -> None:
    assert not re.search("[0-9]{12}", mask(text))


@pytest.mark.parametrize("text", ["", "Visa", "2026-10-01 12:00:00", "12345678901", "51"])
def test_short_digits_are_left_alone(text: str) -> None:
    assert mask(text) == text
