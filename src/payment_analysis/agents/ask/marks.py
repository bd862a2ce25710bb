"""Marks: a question as a row of phrases with their meanings; every word belongs to one, or is unknown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from payment_analysis.agents.ask.lexicon import Role, numbers
from payment_analysis.agents.ask.text import Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.agents.ask.lexicon import Lexicon, Meaning
    from payment_analysis.agents.ask.periods import Clock, Mention


@dataclass(slots=True)
class Mark:
    """A phrase at a place of the question, and what it may mean."""

    place: int
    after: int
    text: str
    meanings: list[Meaning]
    number: float | None = None
    mention: Mention | None = None

    def has(self, role: Role) -> bool:
        return any(meaning.role is role for meaning in self.meanings)

    def names(self, role: Role) -> list[str]:
        """The names this phrase may have in a role."""
        return [meaning.name for meaning in self.meanings if meaning.role is role]


@dataclass(slots=True)
class Marked:
    """A question as marks, with the words that were corrected and those that nobody knows."""

    marks: list[Mark]
    corrected: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def of(self, role: Role) -> list[Mark]:
        return [mark for mark in self.marks if mark.has(role)]


def marked(told: Sequence[Token], lexicon: Lexicon, clock: Clock) -> Marked:
    """Read a question: corrected words first, then times, then the longest phrases."""
    result = Marked([])
    mended = [_mended(token, lexicon, result) for token in told]
    times = {mention.first: mention for mention in clock.mentions(mended)}
    at = 0
    while at < len(mended):
        length, meanings = lexicon.at(mended, at)
        mention = times.get(at)
        if mention is not None and mention.after - at >= length:
            result.marks.append(Mark(at, mention.after, _text(mended, at, mention.after), [], mention=mention))
            at = mention.after
            continue
        number = _number(mended[at])
        if number is not None and length <= 1:
            result.marks.append(Mark(at, at + 1, mended[at].written, meanings, number=number))
            at += 1
        elif length:
            result.marks.append(Mark(at, at + length, _text(mended, at, at + length), meanings))
            at += length
        else:
            result.unknown.append(told[at].written)
            result.marks.append(Mark(at, at + 1, told[at].written, []))
            at += 1
    return result


def _mended(token: Token, lexicon: Lexicon, result: Marked) -> Token:
    if lexicon.knows(token.stem) or any(letter.isdigit() for letter in token.stem):
        return token
    corrected = lexicon.corrected(token.stem)
    if corrected is None:
        return token
    result.corrected[token.written] = corrected
    return Token(corrected, corrected)


def _number(token: Token) -> float | None:
    """A number in digits or words; 1,000 and 1.000 are a thousand, 0.7 and 0,7 are not."""
    text = token.stem
    if text in numbers():
        return float(numbers()[text])
    if not text[:1].isdigit() or not text.replace(".", "").replace(",", "").isdigit():
        return None
    groups = text.replace(",", ".").split(".")
    if len(groups) > 1 and all(len(group) == len("000") for group in groups[1:]) and groups[0] != "0":
        return float("".join(groups))
    return float(".".join(groups)) if len(groups) <= len(("0", "7")) else None


def _text(told: Sequence[Token], at: int, after: int) -> str:
    return " ".join(token.written for token in told[at:after])
