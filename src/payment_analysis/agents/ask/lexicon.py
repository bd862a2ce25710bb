"""The lexicon: which phrase means what. Made from the semantic files and the values that the data holds.

Phrases are compared by stems. Where a phrase means several things, all are kept, and the parser decides by what else
the question holds. A word nobody knows is corrected when exactly one known word is near, and the answer says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import yaml
from rapidfuzz import fuzz, process

from payment_analysis.agents.ask import calendar_words
from payment_analysis.agents.ask.semantics import FOLDER, semantics
from payment_analysis.agents.ask.text import Token, stem, stems
from payment_analysis.domain.attempt import CardNetwork
from payment_analysis.domain.countries import countries, country_code, country_spellings
from payment_analysis.domain.decline_reasons import DeclineReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CORRECTED_FROM: Final = 5  # letters; shorter words have too many neighbours
LIKE_ENOUGH: Final = 84.0  # of 100
CLEARLY: Final = 4.0  # points ahead of the next one
WORDS_MAX: Final = 8  # of a value that is known by its spelling
VALUES_MAX: Final = 5000  # of an open dimension that are known by their spelling


class Role(StrEnum):
    """What a phrase does in a question."""

    METRIC = "metric"
    DIMENSION = "dimension"
    VALUE = "value"
    FILLER = "filler"
    GROUP = "group"
    ORDER = "order"
    COMPARE = "compare"
    CHANGE = "change"
    TREND = "trend"
    SHARE = "share"
    AMONG = "among"
    PART_OF = "part_of"
    PLACE = "place"
    NEGATION = "negation"
    JOINING = "joining"
    WHY = "why"
    MORE_THAN = "more_than"
    AT_LEAST = "at_least"
    LESS_THAN = "less_than"
    THOUSAND = "thousand"
    AMBIGUOUS = "ambiguous"
    PERFORMANCE = "performance"
    NUMBER = "number"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing a phrase may mean: its role, the name in it, and for a value the value."""

    role: Role
    name: str = ""
    value: str = ""
    is_upper: bool = False  # only when it is written in capitals: US is a country, us is not


Values = Mapping[str, Mapping[str, str]]  # per dimension, spellings and the values they are
Phrases = dict[tuple[str, ...], list[Meaning]]
SIMPLE: Final = (
    "group", "compare", "trend", "share", "among", "part_of", "place", "negation", "joining", "why",
    "more_than", "at_least", "less_than", "performance", "thousand",
)  # fmt: skip


@cache
def grammar() -> dict[str, Any]:
    """The words that are neither figure nor dimension; every scalar is text, so that `no` is a word."""
    loader = yaml.BaseLoader((FOLDER / "words.yml").read_text(encoding="utf-8"))
    content: dict[str, Any] = loader.get_single_data()
    return content


@cache
def numbers() -> dict[str, int]:
    """Number words."""
    return {stem(word): int(number) for word, number in grammar()["numbers"].items()}


class Lexicon:
    """Phrases and what they mean, over the values of one state of the data."""

    def __init__(self, values: Values) -> None:
        self._phrases: Phrases = defaultdict(list)
        for words, meaning in [*_standing(), *_held(values)]:
            if words and meaning not in self._phrases[words]:
                self._phrases[words].append(meaning)
        self._longest = max(map(len, self._phrases))
        self._words = frozenset(word for phrase in self._phrases for word in phrase)
        self._correctable = sorted(word for word in self._words if len(word) >= CORRECTED_FROM and word.isalpha())

    def at(self, told: Sequence[Token], place: int) -> tuple[int, list[Meaning]]:
        """The longest phrase that begins at a place: its length and meanings; nothing is length 0."""
        for length in range(min(self._longest, len(told) - place), 0, -1):
            found = self._phrases.get(tuple(token.stem for token in told[place : place + length]), [])
            written = " ".join(token.written for token in told[place : place + length])
            meant = [meaning for meaning in found if not meaning.is_upper or written.isupper()]
            if meant:
                return length, meant
        return 0, []

    def knows(self, word: str) -> bool:
        """Whether a word occurs in any phrase."""
        return word in self._words

    def corrected(self, word: str) -> str | None:
        """The one known word that an unknown one is nearly, if there is exactly one."""
        if len(word) < CORRECTED_FROM or not word.isalpha():
            return None
        near = process.extract(word, self._correctable, scorer=fuzz.ratio, limit=2, score_cutoff=LIKE_ENOUGH)
        if not near or near[0][0][0] != word[0] or (len(near) > 1 and near[0][1] - near[1][1] < CLEARLY):
            return None
        found: str = near[0][0]
        return found


@cache
def _standing() -> tuple[tuple[tuple[str, ...], Meaning], ...]:
    """What the semantic files say, whatever the data holds."""
    return (*_figures(), *_grammar(), *_countries())


def _figures() -> Iterator[tuple[tuple[str, ...], Meaning]]:
    known = semantics()
    for metric in known.metrics.values():
        for word in (word for listed in metric.words.values() for word in listed):
            yield stems(word), Meaning(Role.METRIC, metric.name)
    for dimension in known.dimensions.values():
        for word in (word for listed in dimension.words.values() for word in listed):
            yield stems(word), Meaning(Role.DIMENSION, dimension.name)
        if dimension.name in {"sale_country", "merchant_country", "retried_reason"}:
            continue  # their values are those of another dimension, and a value alone means that one
        for value, words in dimension.values.items():
            capitals = dimension.name == "country"
            for word in [*words, *([value] if "_" in value else [])]:
                short = capitals and len(word) <= len("US")
                yield stems(word), Meaning(Role.VALUE, dimension.name, value, is_upper=short)


def _grammar() -> Iterator[tuple[tuple[str, ...], Meaning]]:
    content = grammar()
    for role in SIMPLE:
        for word in content[role]:
            yield stems(word), Meaning(Role(role))
    for role in (Role.ORDER, Role.CHANGE):
        for name, words in content[role].items():
            for word in words:
                yield stems(word), Meaning(role, name)
    for word, direction in content["speed"].items():
        yield stems(word), Meaning(Role.ORDER, direction)
    for name, one in content["ambiguous"].items():
        for word in one["words"]:
            yield stems(word), Meaning(Role.AMBIGUOUS, name)
    for word in content["fillers"].split():
        yield stems(word), Meaning(Role.FILLER)
    for word in {*calendar_words.UNITS, *calendar_words.MONTHS, *calendar_words.LAST, *calendar_words.TODAY}:
        yield (word,), Meaning(Role.TIME)


def _countries() -> Iterator[tuple[tuple[str, ...], Meaning]]:
    for country in countries().values():
        yield stems(country.name), Meaning(Role.VALUE, "country", country.code)
        yield stems(country.code), Meaning(Role.VALUE, "country", country.code, is_upper=True)
    for spelling in country_spellings():
        code = country_code(spelling)
        if code and len(spelling) > len("U.S."):
            yield stems(spelling), Meaning(Role.VALUE, "country", code)
    for network in CardNetwork:
        yield stems(network), Meaning(Role.VALUE, "network", network)
    for reason in DeclineReason:
        if "_" in reason:
            yield stems(reason), Meaning(Role.VALUE, "reason", reason)


def _held(values: Values) -> Iterator[tuple[tuple[str, ...], Meaning]]:
    """The values that the data holds, by their own spelling. Numbers alone are no names."""
    for name, held in values.items():
        for spelling, value in list(held.items())[:VALUES_MAX]:
            words = stems(spelling)
            if not words or all(word.isdigit() for word in words) or len(words) > WORDS_MAX:
                continue
            yield words, Meaning(Role.VALUE, name, value, is_upper=len(spelling) <= len("US"))
