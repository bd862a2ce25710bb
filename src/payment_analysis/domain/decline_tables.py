"""The decline knowledge as seed tables: what `classify` answers for every key, so that SQL joins by equality.

Nothing is decided here. Rows differ from one another in their period only where the answer changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from payment_analysis.domain.attempt import CardNetwork
from payment_analysis.domain.countries import Region
from payment_analysis.domain.decline_precedence import Decline, classify, decline_for
from payment_analysis.domain.decline_reasons import STANDARDS, DeclineReason
from payment_analysis.domain.decline_rules import (
    ADVISED,
    ANY,
    FAMILY,
    OPEN_FROM,
    OPEN_TO,
    Meaning,
    Period,
    advice_codes,
    meanings,
    verdicts,
    visa_categories,
)
from payment_analysis.domain.decline_words import words_by_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

UNKNOWN_ADVICE = "?"  # how SQL asks for an advice code that `advice_code_rows` does not list
NO_ADVICE = ""


@dataclass(frozen=True, slots=True)
class Key:
    """What SQL joins by, besides the day."""

    network: CardNetwork | None
    code: str
    advice_code: str
    region: Region


def knowledge_rows() -> Iterator[dict[str, object]]:
    """Rows of the seed `decline_knowledge`: one per network, code, advice code, region and period."""
    of_other_regions: dict[tuple[CardNetwork | None, str, str], list[tuple[Period, Decline]]] = {}
    for key in knowledge_keys():
        if key.region.value in _regions_of(key.code):
            history = _history(key)
        else:  # no rule about the code names the region, so all such regions share an answer
            shared = (key.network, key.code, key.advice_code)
            history = of_other_regions[shared] = of_other_regions.get(shared) or _history(key)
        for period, decline in history:
            if decline.reason is not DeclineReason.UNKNOWN:  # there the source's word is asked, see `word_rows`
                yield {
                    "network": key.network.value if key.network else "",
                    "code": key.code,
                    "advice_code": key.advice_code,
                    "region": key.region.value,
                    "effective_from": period.effective_from,
                    "effective_to": period.effective_to,
                    **_answer(decline),
                }


def word_rows() -> Iterator[dict[str, object]]:
    """Rows of the seed `decline_words`: one per word."""
    for word in words_by_name().values():
        yield {"word": word.word, **_answer(decline_for(word.reason, word.source))}


def reason_rows() -> Iterator[dict[str, object]]:
    """Rows of the seed `decline_reasons`: the coarse taxonomy, one per standard reason."""
    for name, standard in STANDARDS.items():
        yield {
            "decline_reason_standard": name.value,
            "decline_reason_group": standard.group.value,
            "actionability": standard.actionability,
            "default_action": standard.default_action,
            "recoverable_share": standard.recoverable_share,
        }


def advice_code_rows() -> Iterator[dict[str, object]]:
    """Rows of the seed `advice_codes`: one per network that sends advice and code we have heard of."""
    for network in sorted(ADVISED):
        for code in advice_codes():
            yield {"network": network.value, "advice_code": code}


def category_rows() -> Iterator[dict[str, object]]:
    """Visa's categories, one row per code and period; a Visa decline without a row is in category 4."""
    for rows in visa_categories().values():
        for row in rows:
            yield {
                "code": row.code,
                "category": row.category,
                "effective_from": row.period.effective_from,
                "effective_to": row.period.effective_to,
                "source": row.source,
            }


def knowledge_keys() -> Iterator[Key]:
    """Every key we have an answer for."""
    for network in (*CardNetwork, None):
        own = FAMILY.get(network, network) if network else ""
        codes = sorted({code for owner, code in meanings() if owner in (own, ANY)})
        advices = (NO_ADVICE, *advice_codes(), UNKNOWN_ADVICE) if network in ADVISED else (NO_ADVICE,)
        yield from (Key(network, code, advice, region) for code in codes for advice in advices for region in Region)


def _history(key: Key) -> list[tuple[Period, Decline]]:
    """Return the answers over time, each with the longest period in which it does not change."""
    starts = [OPEN_FROM, *sorted(_changes(key))]
    history: list[tuple[Period, Decline]] = []
    for start, end in zip(starts, [*starts[1:], OPEN_TO], strict=True):
        decline = classify(key.network, key.code, key.advice_code, key.region, start)
        if history and history[-1][1] == decline:
            start = history.pop()[0].effective_from  # noqa: PLW2901 - the period grows backwards
        history.append((Period(start, end), decline))
    return history


def _changes(key: Key) -> frozenset[date]:
    """Return the days on which a rule about this key begins or ends."""
    advice = advice_codes().get(key.advice_code)
    of_advice = {advice.period.effective_from, advice.period.effective_to} if advice else frozenset()
    return (_days_of(key.code) | of_advice) - {OPEN_FROM, OPEN_TO}


@cache
def _days_of(code: str) -> frozenset[date]:
    of_verdicts = [row.period for row in verdicts().get(code, ())]
    of_categories = [row.period for row in visa_categories().get(code, ())]
    of_meanings = [row.period for row in _meanings_of(code)]
    periods = of_verdicts + of_categories + of_meanings
    return frozenset(day for period in periods for day in (period.effective_from, period.effective_to))


@cache
def _regions_of(code: str) -> frozenset[str]:
    return frozenset(row.region for row in _meanings_of(code))


def _meanings_of(code: str) -> list[Meaning]:
    return [row for (_, of_code), rows in meanings().items() if of_code == code for row in rows]


def _answer(decline: Decline) -> dict[str, object]:
    wait = decline.earliest_retry
    return {
        "reason": decline.reason.value,
        "standard": decline.standard.value,
        "reason_group": decline.group.value,
        "fault": decline.fault.value,
        "retryable": decline.retryable,
        "earliest_retry_seconds": None if wait is None else int(wait.total_seconds()),
        "action": decline.action.value,
        "source": decline.source,
    }
