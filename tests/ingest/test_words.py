"""Words of closed sets: ours and other people's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from payment_analysis.domain.attempt import FIELDS, CardNetwork
from payment_analysis.ingest.words import words_of

if TYPE_CHECKING:
    from enum import StrEnum

CLOSED = sorted({field.values for field in FIELDS if field.values}, key=str)


@pytest.mark.parametrize("values", CLOSED)
def test_every_member_of_every_closed_set_is_a_word_for_itself(values: type[StrEnum]) -> None:
    words = words_of(values)

    assert all(words[member.value.lower()] == member for member in values)
    assert all(word == word.lower().strip() for word in words)


@pytest.mark.parametrize(
    ("word", "network"),
    [("mc", "mastercard"), ("master", "mastercard"), ("american express", "amex"), ("diners club", "diners"), ("cb", "cartes_bancaires")],
)  # fmt: skip
def test_networks_are_known_by_other_names(word: str, network: str) -> None:
    assert words_of(CardNetwork)[word] == network
