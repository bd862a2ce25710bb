"""Codes a network calls irreversible, as dated rows: what the retry rules of some networks match besides a category.

Nothing is decided here; `verdict_of` is asked for every code and day on which its answer changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.domain.decline_rules import (
    OPEN_FROM,
    OPEN_TO,
    Period,
    Verdict,
    verdict_of,
    verdicts,
    visa_categories,
)
from payment_analysis.domain.retry_rules import retry_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payment_analysis.domain.attempt import CardNetwork

IRREVERSIBLE = "irreversible"  # as the retry rules write it


def irreversible_rows() -> Iterator[dict[str, object]]:
    """Rows of the seed `irreversible_codes`: network, code and period, for the networks whose rules ask for it."""
    for network in sorted({rule.network for rule in retry_rules() if IRREVERSIBLE in rule.matches}):
        for code in sorted({*verdicts(), *visa_categories()}):
            for period, source in _irreversible(network, code):
                yield {
                    "network": network.value,
                    "code": code,
                    "effective_from": period.effective_from,
                    "effective_to": period.effective_to,
                    "source": source,
                }


def _irreversible(network: CardNetwork, code: str) -> Iterator[tuple[Period, str]]:
    """Yield the periods in which the network forbids to send the code again as it is, each as long as it can be."""
    periods = [row.period for row in verdicts().get(code, ())]
    periods += [row.period for row in visa_categories().get(code, ())]
    days = sorted({OPEN_FROM, *(day for period in periods for day in (period.effective_from, period.effective_to))})
    found: list[tuple[Period, str]] = []
    for start, end in zip(days, [*days[1:], OPEN_TO], strict=True):
        ruled = verdict_of(network, code, start) if start < end else None
        if ruled is None or ruled.verdict < Verdict.IRREVERSIBLE:
            continue
        if found and found[-1] == (Period(found[-1][0].effective_from, start), ruled.source):
            start = found.pop()[0].effective_from  # noqa: PLW2901 - the period grows backwards
        found.append((Period(start, end), ruled.source))
    yield from found
