"""Whether every number that is said stands in what the tools returned."""

from __future__ import annotations

import re
from math import isclose
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Not within a word: `3ds` and `issuer_br_03` are names.
_WRITTEN: Final = re.compile(r"(?<![\w.,])[-+\N{MINUS SIGN}]?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?![\w]|[.,]\d)")
_PLACE: Final = re.compile(r"^\s*(?:#+\s*)?\d{1,2}[.)]\s", re.MULTILINE)  # of a list: no figure
_SPELLED: Final = re.compile(
    r"\b(?:eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?"
    r"|billions?|dozens?|doubled?|tripled?|twice|half|halved|a third|a quarter|two thirds|three quarters)\b",
    re.IGNORECASE,
)


def invented(words: str, evidence: Iterable[float], known: str = "") -> tuple[str, ...]:
    """The numbers in words that no tool returned; `known` is text whose own words may be repeated.

    A number may be rounded as it is written, and a ratio may be said in percent. A spelled-out one is not checked but
    refused, unless the text that is known says it too.
    """
    held = sorted({abs(value) for value in (*evidence, *numbers_in(known))})
    made = [
        found[0].strip()
        for found in _WRITTEN.finditer(_PLACE.sub("", words))
        if not _stands(float(found[1].replace(",", "") + (found[2] or "")), len(found[2] or ".") - 1, held)
    ]
    plain = known.lower()
    return tuple(dict.fromkeys([*made, *(word for word in _SPELLED.findall(words) if word.lower() not in plain)]))


def numbers_in(text: str) -> list[float]:
    """The numbers of a text, also those within dates and times."""
    return [float(one.replace(",", "")) for one in re.findall(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", text)]


def numbers_of(rows: Iterable[Mapping[str, Any]]) -> list[float]:
    """Every number in rows, as a value or within a text."""
    found: list[float] = []
    for row in rows:
        for value in row.values():
            if isinstance(value, str):
                found += numbers_in(value)
            elif isinstance(value, int | float) and not isinstance(value, bool):
                found.append(float(value))
    return found


def _stands(said: float, decimals: int, held: list[float]) -> bool:
    """Whether a number held is the one that is said, at the precision in which it is said."""
    step = 10.0**-decimals
    return any(isclose(said, scaled, abs_tol=step / 2 * 1.0001) for value in held for scaled in (value, 100 * value))
