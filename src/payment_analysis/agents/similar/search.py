"""Search: what is like an attempt, or like words about one; exact, by the cosine of points."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow.compute as pc

from payment_analysis.agents.similar.segment import CHUNK_ROWS, VOCABULARY, Segment, code_of, shown
from payment_analysis.agents.similar.source import attempt_question
from payment_analysis.agents.similar.vector import point
from payment_analysis.domain.errors import BadInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from payment_analysis.agents.similar.index import FileWarehouse, SimilarIndex
    from payment_analysis.ml.arrays import Array

LIMIT_MAX: Final = 50
CHUNKS_AT_ONCE: Final = 16
OF_ONE_PAYMENT: Final = 20  # attempts that a payment may have, and that are left out beside one of them
SHORT: Final = 3  # letters; so short a word is meant only when it is written as the data writes it
HALF_ERROR: Final = 2e-3  # what half precision may add to a cosine
OUTCOMES: Final = ("approved", "declined", "pending", "error")
_AMOUNT: Final = re.compile(r"(?<![\w.])(\d{1,9}(?:\.\d{1,4})?)(?![\w.])(?: ([A-Z]{3})\b)?")
TEXT_CHARACTERS_MAX: Final = 2_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: attributes, and what the answer has to be, when that is said."""

    attributes: Mapping[str, object]
    outcome: str = ""
    decline_reason: str = ""
    not_payment: str = ""  # of which nothing is shown: an attempt is like the others of its payment


@dataclass(frozen=True, slots=True)
class Similar:
    """What was found, the nearest first, and how old the knowledge is."""

    rows: list[dict[str, Any]]
    understood: dict[str, object] = field(default_factory=dict)
    as_of: datetime | None = None
    searched: int = 0


class SimilarSearch:
    """Asks one index."""

    def __init__(self, warehouse: FileWarehouse, index: SimilarIndex) -> None:
        self._warehouse = warehouse
        self.index = index

    def like_attempt(self, transaction_id: str, limit: int) -> Similar:
        """The attempts most like one; those of the same payment are left out."""
        segments = self.index.current()
        found = next((one for one in (_row(segment, transaction_id) for segment in segments) if one), None)
        if found is None:
            rows = self._warehouse.rows(attempt_question(), {"transaction_id": transaction_id})
            if not rows:
                raise NotFound(f"there is no attempt {transaction_id[:100]}", hint="give the id of an attempt")
            return self._search(segments, Wanted(rows[0], not_payment=rows[0]["payment_id"] or ""), None, limit)
        segment, place = found
        payment = segment.rows["payment_id"][place].as_py() or ""
        wanted = Wanted({"transaction_id": transaction_id}, not_payment=payment)
        return self._search(segments, wanted, segment.points[place].astype(np.float32), limit)

    def like_text(self, text: str, limit: int) -> Similar:
        """The attempts most like words about one: a summary, or any values that attempts have."""
        if len(text) > TEXT_CHARACTERS_MAX:
            raise BadInput(f"the text has {len(text):,} characters", hint=f"at most {TEXT_CHARACTERS_MAX:,}")
        segments = self.index.current()
        wanted = read_words(text, segments)
        if not (wanted.attributes or wanted.outcome or wanted.decline_reason):
            raise BadInput(
                "nothing in the text is a value that attempts have",
                hint="name a network, issuer, country, segment, solution, provider, amount, result or decline reason",
            )
        return self._search(segments, wanted, None, limit)

    def _search(self, segments: Sequence[Segment], wanted: Wanted, at: Array | None, limit: int) -> Similar:
        aim = point(wanted.attributes) if at is None else at
        more = OF_ONE_PAYMENT if wanted.not_payment else 0
        found = nearest(segments, aim, wanted, since_us=self.index.since_us, limit=limit + more)
        rows = [{"similarity": cosine, **shown(segments[number], place)} for cosine, number, place in found]
        rows = [row for row in rows if not wanted.not_payment or row["payment_id"] != wanted.not_payment][:limit]
        understood = {name: value for name, value in wanted.attributes.items() if value is not None}
        understood |= {"outcome": wanted.outcome} if wanted.outcome else {}
        understood |= {"decline_reason": wanted.decline_reason} if wanted.decline_reason else {}
        return Similar(rows, understood, self.index.as_of, sum(len(one) for one in segments))


def nearest(
    segments: Sequence[Segment], aim: Array, wanted: Wanted, *, since_us: int, limit: int
) -> list[tuple[float, int, int]]:
    """Cosine, segment and row of the nearest, the nearest first and of equals the newest.

    Chunks are looked at in order of the most they can hold, until the next cannot hold anything nearer.
    """
    bounds = [np.maximum(one.least * aim, one.greatest * aim).sum(axis=1) for one in segments if len(one)]
    if not bounds:
        return []
    numbers = [number for number, one in enumerate(segments) if len(one)]
    owner = np.repeat(numbers, [len(one) for one in bounds])
    chunk = np.concatenate([np.arange(len(one)) for one in bounds])
    most = np.concatenate(bounds) + HALF_ERROR
    order = np.argsort(-most, kind="stable")
    best: list[tuple[float, int, int, int]] = []
    for start in range(0, len(order), CHUNKS_AT_ONCE):
        if len(best) == limit and best[-1][0] >= most[order[start]]:
            break
        looked_at = order[start : start + CHUNKS_AT_ONCE]
        for number in np.unique(owner[looked_at]):
            chunks = chunk[looked_at[owner[looked_at] == number]]
            found = _of_chunks(segments[number], chunks, aim, wanted, since_us=since_us, limit=limit)
            best += [(cosine, at, int(number), place) for cosine, at, place in found]
        best = sorted(best, reverse=True)[:limit]
    return [(cosine, number, place) for cosine, _, number, place in best]


def _of_chunks(
    segment: Segment, chunks: Array, aim: Array, wanted: Wanted, *, since_us: int, limit: int
) -> list[tuple[float, int, int]]:
    """Cosine, time and row of the nearest in some chunks."""
    places = (chunks[:, None] * CHUNK_ROWS + np.arange(CHUNK_ROWS)).ravel()
    places = places[places < len(segment)]
    meant = segment.at_us[places] > since_us
    for column, value in (("outcome", wanted.outcome), ("decline_reason", wanted.decline_reason)):
        if value:
            meant &= segment.codes[column][places] == code_of(segment, column, value)
    places = places[meant]
    cosines = segment.points[places].astype(np.float32) @ aim
    if len(places) > limit:
        kept = np.argpartition(-cosines, limit - 1)[:limit]
        places, cosines = places[kept], cosines[kept]
    at_us = segment.at_us[places]
    return [
        (round(cosine, 4), at, place)
        for cosine, at, place in zip(cosines.tolist(), at_us.tolist(), places.tolist(), strict=True)
    ]


def _row(segment: Segment, transaction_id: str) -> tuple[Segment, int] | None:
    place = pc.index(segment.rows["transaction_id"], transaction_id).as_py()
    return (segment, place) if place >= 0 else None


def read_words(text: str, segments: Sequence[Segment]) -> Wanted:
    """The values of attempts that stand in a text; the longest of each attribute counts, and a number is the amount."""
    plain = f" {text.replace('_', ' ')} "
    found: dict[str, str] = {}
    for name in VOCABULARY:
        words = {word for one in segments for word in one.words.get(name, ())}
        for word in sorted(words, key=lambda one: (-len(one), one)):
            if _stands(word, plain):
                found[name] = word
                break
    outcome = next((word for word in OUTCOMES if _stands(word, plain)), "")
    reason = found.pop("decline_reason", "")
    attributes: dict[str, object] = dict(found)
    amount = _AMOUNT.search(text)
    if amount:
        rates = {currency: rate for one in segments for currency, rate in one.rates.items()}
        attributes["reporting_amount"] = float(amount[1]) * rates.get(amount[2] or "", 1.0)
    return Wanted(attributes, outcome or ("declined" if reason else ""), reason)


def _stands(word: str, text: str) -> bool:
    sought = re.escape(word.replace("_", " "))
    flags = re.NOFLAG if len(word) <= SHORT else re.IGNORECASE
    return re.search(rf"(?<!\w){sought}(?!\w)", text, flags) is not None
