"""Words of a question: without accents, case and plural, each with how it was written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DIGITS_MAX: Final = 4  # of a number that counts days or names a year
_TOKEN: Final = re.compile(r"\d{4}-\d{2}-\d{2}|\d+(?:[.,]\d+)*(?:st|nd|rd|th)?(?![a-z])|3ds\d?|[a-z0-9*=]+|%|,")
_DOTTED: Final = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_PLURAL_KEPT: Final = ("ss", "us", "is")
PLURAL_FROM: Final = 4  # letters from which an s at the end is a plural: "yes" and "gas" are not


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its stem, which words are compared by, and how it was written."""

    stem: str
    written: str


def tokens(text: str) -> list[Token]:
    """The words of a text in order."""
    plain = _plain(_DOTTED.sub(lambda found: found[0].replace(".", ""), text))
    lowered = _spaced(plain.lower())
    written = plain.replace("_", " ")
    return [Token(stem(found[0]), written[found.start() : found.end()]) for found in _TOKEN.finditer(lowered)]


def stems(text: str) -> tuple[str, ...]:
    """The stems of a phrase."""
    return tuple(token.stem for token in tokens(text))


def stem(word: str) -> str:
    """One form for singular and plural, as far as the three languages share it."""
    if word.isdigit() or len(word) < PLURAL_FROM or not word.endswith("s") or word.endswith(_PLURAL_KEPT):
        return re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", word)
    if word.endswith("ies") and len(word) > PLURAL_FROM + 1:
        return f"{word[:-3]}y"
    return word[:-1]


def _plain(text: str) -> str:
    """Without accents, letter for letter."""
    return "".join(unicodedata.normalize("NFKD", letter)[:1] or letter for letter in text)


def _spaced(plain: str) -> str:
    """Underscores and hyphens become spaces; within dates and numbers hyphens stay."""
    return re.sub(r"(?<!\d)-|-(?!\d)", " ", plain.replace("_", " "))


def stems_at(told: Sequence[Token], at: int, count: int) -> tuple[str, ...]:
    """The stems of so many words from a place on; fewer at the end."""
    return tuple(token.stem for token in told[at : at + count])


def number_at(told: Sequence[Token], at: int, named: Mapping[str, int]) -> int | None:
    """The small number at a place, in digits or words."""
    if at >= len(told):
        return None
    word = told[at].stem
    return int(word) if word.isdigit() and len(word) <= DIGITS_MAX else named.get(word)
