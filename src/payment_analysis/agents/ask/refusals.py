"""What is never answered, and why: changes, card numbers, personal data, secrets, SQL, and other subjects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from payment_analysis.agents.ask.lexicon import grammar
from payment_analysis.agents.ask.text import stems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.agents.ask.text import Token


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a question is not answered, and what to do instead."""

    kind: str
    reason: str
    hint: str


def refusal(told: Sequence[Token]) -> Refusal | None:
    """The first reason not to answer, if there is one; a word counts wherever it stands."""
    words = tuple(token.stem for token in told)
    for phrase, found in _phrases():
        if any(words[at : at + len(phrase)] == phrase for at in range(len(words) - len(phrase) + 1)):
            return found
    return None


@cache
def _phrases() -> tuple[tuple[tuple[str, ...], Refusal], ...]:
    return tuple(
        (stems(word), Refusal(kind, " ".join(one["reason"].split()), one["hint"]))
        for kind, one in grammar()["refused"].items()
        for word in one["words"]
    )
