"""The words sources use for a decline's reason: the requirement documents', Stripe's, Adyen's, Mercado Pago's.

A word means the same in every vocabulary (a test holds it), so the vocabulary need not be known to read a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from payment_analysis.domain.decline_reasons import DeclineReason
from payment_analysis.domain.decline_rules import read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Word:
    """One word of one vocabulary."""

    vocabulary: str
    word: str
    reason: DeclineReason
    source: str


# Where each vocabulary is published.
SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "documents": "requirement documents, decline taxonomy",
        "stripe": "docs.stripe.com/declines/codes and outcome.reason, read 2026-11",
        "adyen": "docs.adyen.com/development-resources/refusal-reasons, read 2026-11",
        "mercado_pago": "Mercado Pago collection results, status_detail, read 2026-11",
        "reasons": "our own reason names",
    }
)


def normal_word(text: str) -> str:
    """Write a word as the table has it: lower case, underscores for spaces and hyphens."""
    return text.strip().replace(" ", "_").replace("-", "_").lower()


@cache
def words() -> tuple[Word, ...]:
    """Every word of every vocabulary, our own reason names included."""
    ours = (Word("reasons", str(reason), reason, SOURCES["reasons"]) for reason in DeclineReason)
    theirs = (
        Word(row["vocabulary"], row["word"], DeclineReason(row["reason"]), SOURCES[row["vocabulary"]])
        for row in read_rows("decline_words.csv")
    )
    return (*theirs, *ours)


@cache
def words_by_name() -> Mapping[str, Word]:
    """Each word once; the first vocabulary that has it is its source."""
    return MappingProxyType({word.word: word for word in reversed(words())})


def reason_of_word(text: str) -> DeclineReason:
    """Return the reason a word stands for; an unknown word is `unknown`."""
    word = words_by_name().get(normal_word(text))
    return word.reason if word else DeclineReason.UNKNOWN
