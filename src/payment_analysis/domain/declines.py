"""The door to the decline knowledge: one function that classifies, and the seed tables that hold its answers for SQL.

`decline_reasons` says what the reasons are, `decline_rules` looks up dated facts, `decline_words` reads the sources'
words, `decline_precedence` decides which rule wins, `decline_tables` writes the answers out.
"""

from __future__ import annotations

from payment_analysis.domain.decline_precedence import Decline, classify, decline_for, is_irreversible
from payment_analysis.domain.decline_reasons import (
    RESENDS,
    DeclineReason,
    Fault,
    ReasonGroup,
    Remedy,
    StandardReason,
)
from payment_analysis.domain.decline_rules import visa_category
from payment_analysis.domain.decline_tables import (
    UNKNOWN_ADVICE,
    advice_code_rows,
    category_rows,
    knowledge_rows,
    reason_rows,
    word_rows,
)
from payment_analysis.domain.decline_words import normal_word, reason_of_word

__all__ = [
    "RESENDS",
    "UNKNOWN_ADVICE",
    "Decline",
    "DeclineReason",
    "Fault",
    "ReasonGroup",
    "Remedy",
    "StandardReason",
    "advice_code_rows",
    "category_rows",
    "classify",
    "decline_for",
    "is_irreversible",
    "knowledge_rows",
    "normal_word",
    "reason_of_word",
    "reason_rows",
    "visa_category",
    "word_rows",
]
