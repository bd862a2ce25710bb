"""Did you mean: trusted questions like the one that was not understood. Only ever suggestions, never an answer."""

from __future__ import annotations

from functools import cache
from typing import Final

from rapidfuzz import fuzz, process

from payment_analysis.agents.ask.trusted import spaces, trusted_queries

NEAREST: Final = 3  # of 108 distant paraphrases the right one was among three in 81 % (spec/ml.md 6.2)


def suggestions(question: str, count: int = NEAREST) -> list[str]:
    """The questions we vouch for that share most words with this one."""
    found = process.extract(question, _known(), scorer=fuzz.token_set_ratio, processor=str.casefold, limit=count)
    return [text for text, _, _ in found]


@cache
def _known() -> tuple[str, ...]:
    samples = (text for space in spaces().values() for sample in space.samples for text in sample.values())
    trusted = (text for query in trusted_queries().values() for text in query.question.values())
    return tuple(dict.fromkeys((*samples, *trusted)))


def samples(language: str) -> list[str]:
    """Questions to begin with."""
    return list(dict.fromkeys(sample[language] for space in spaces().values() for sample in space.samples))
