"""The decline rules as dated rows: what a code means, whether it may be sent again, what an advice code rules.

Each file in `data/` is facts with a source per row; an empty date is open. Looking up is all this module does; which
rule wins is decided in `decline_precedence.py`.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

from payment_analysis.domain.attempt import CardNetwork
from payment_analysis.domain.decline_reasons import DeclineReason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from payment_analysis.domain.countries import Region

OPEN_FROM = date(1900, 1, 1)  # before any card network: "since ever"
OPEN_TO = date(9999, 12, 31)  # exclusive end of a rule that is still in force

# Networks that answer with another's codes. Maestro is a Mastercard brand; ABECS lists Hipercard with Mastercard.
FAMILY: Mapping[CardNetwork, CardNetwork] = MappingProxyType(
    {CardNetwork.MAESTRO: CardNetwork.MASTERCARD, CardNetwork.HIPERCARD: CardNetwork.MASTERCARD}
)
# Networks whose merchant advice codes we read; Hipercard carries none.
ADVISED: frozenset[CardNetwork] = frozenset({CardNetwork.MASTERCARD, CardNetwork.MAESTRO})
VISA_CATEGORY_DEFAULT = 4  # "all other decline codes"
ANY = "*"


class Verdict(IntEnum):
    """What a network says about sending the same payment again; greater is stricter."""

    REVERSIBLE = 0
    BY_ADVICE = 1  # the code alone says nothing: the merchant advice code decides
    IRREVERSIBLE = 2  # never as it is
    NEVER = 3  # never with this card: Visa category 1


class Ruling(StrEnum):
    """What a merchant advice code asks for."""

    RESEND_AFTER = "resend_after"
    CODE_DECIDES = "code_decides"
    UPDATE_FIRST = "update_first"
    FIX_FIRST = "fix_first"
    ASK_PIN = "ask_pin"
    NEVER = "never"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Period:
    """From inclusive, to exclusive."""

    effective_from: date
    effective_to: date

    def covers(self, on: date) -> bool:
        return self.effective_from <= on < self.effective_to


@dataclass(frozen=True, slots=True)
class Meaning:
    """One network's (or everybody's) meaning of a response code in a region and a period."""

    network: str
    code: str
    region: str
    period: Period
    reason: DeclineReason
    source: str


@dataclass(frozen=True, slots=True)
class NetworkVerdict:
    """One network's verdict on a code in a period."""

    network: str
    code: str
    period: Period
    verdict: Verdict
    source: str


@dataclass(frozen=True, slots=True)
class VisaCategory:
    """Visa's category of a code in a period: 1 never, 2 not now, 3 data quality, 4 generic."""

    code: str
    category: int
    period: Period
    source: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What a merchant advice code rules in a period."""

    code: str
    ruling: Ruling
    wait: timedelta | None
    only_with_code: str
    refined_reason: DeclineReason | None
    period: Period
    source: str

    def understood_with(self, code: str, on: date) -> bool:
        """Tell whether the advice has a meaning beside this response code on this day."""
        return self.ruling is not Ruling.UNKNOWN and self.period.covers(on) and self.only_with_code in ("", code)


def read_rows(file_name: str) -> list[dict[str, str]]:
    """Read one of our data files."""
    text = (resources.files("payment_analysis.domain") / "data" / file_name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def period_of(row: Mapping[str, str]) -> Period:
    """Read the two dates of a row; an empty one is open."""
    start, end = row["effective_from"], row["effective_to"]
    period = Period(date.fromisoformat(start) if start else OPEN_FROM, date.fromisoformat(end) if end else OPEN_TO)
    assert period.effective_from < period.effective_to, row
    return period


@cache
def meanings() -> Mapping[tuple[str, str], tuple[Meaning, ...]]:
    """Meanings by (network or '*', code), a region's own before the ones for all regions."""
    found: dict[tuple[str, str], list[Meaning]] = defaultdict(list)
    for row in read_rows("decline_codes.csv"):
        meaning = Meaning(
            network=row["network"],
            code=row["code"],
            region=row["region"],
            period=period_of(row),
            reason=DeclineReason(row["reason"]),
            source=row["source"],
        )
        found[meaning.network, meaning.code].append(meaning)
    return MappingProxyType({key: tuple(sorted(rows, key=_is_for_all_regions)) for key, rows in found.items()})


def _is_for_all_regions(meaning: Meaning) -> bool:
    return meaning.region == ANY


@cache
def verdicts() -> Mapping[str, tuple[NetworkVerdict, ...]]:
    """Return reversibility per brand by code; rows of several sources may contradict each other."""
    found: dict[str, list[NetworkVerdict]] = defaultdict(list)
    for row in read_rows("decline_reversibility.csv"):
        verdict = Verdict[row["verdict"].upper()]
        found[row["code"]].append(NetworkVerdict(row["network"], row["code"], period_of(row), verdict, row["source"]))
    return MappingProxyType({code: tuple(rows) for code, rows in found.items()})


@cache
def visa_categories() -> Mapping[str, tuple[VisaCategory, ...]]:
    """Visa's categories by code; a code that is not here is in category 4."""
    found: dict[str, list[VisaCategory]] = defaultdict(list)
    for row in read_rows("visa_categories.csv"):
        category = VisaCategory(row["code"], int(row["category"]), period_of(row), row["source"])
        found[category.code].append(category)
    return MappingProxyType({code: tuple(rows) for code, rows in found.items()})


@cache
def advice_codes() -> Mapping[str, Advice]:
    """Every merchant advice code we have heard of."""
    found = (
        Advice(
            code=row["advice_code"],
            ruling=Ruling(row["ruling"]),
            wait=timedelta(hours=int(row["wait_hours"])) if row["wait_hours"] else None,
            only_with_code=row["only_with_code"],
            refined_reason=DeclineReason(row["refined_reason"]) if row["refined_reason"] else None,
            period=period_of(row),
            source=row["source"],
        )
        for row in read_rows("advice_codes.csv")
    )
    return MappingProxyType({advice.code: advice for advice in found})


def meaning_of(network: CardNetwork | None, code: str, region: Region, on: date) -> Meaning | None:
    """Return what the code means: the network's own meaning before the general one, the region's before the world's."""
    own = FAMILY.get(network, network) if network else ""
    for owner in (own, ANY):
        for meaning in meanings().get((str(owner), code), ()):
            if meaning.region in (ANY, region) and meaning.period.covers(on):
                return meaning
    return None


def visa_category(code: str, on: date) -> int:
    """Return Visa's category of a response code on a day."""
    return next(
        (row.category for row in visa_categories().get(code.strip().upper(), ()) if row.period.covers(on)),
        VISA_CATEGORY_DEFAULT,
    )


def verdict_of(network: CardNetwork | None, code: str, on: date) -> NetworkVerdict | None:
    """Return the network's own verdict, else the strictest verdict any network has on the code.

    So a network without a published table, and one we were not told, are never treated more kindly than a known one.
    """
    rows = [row for row in verdicts().get(code, ()) if row.period.covers(on)] + _verdicts_of_visa(code, on)
    own = FAMILY.get(network, network) if network else None
    return _strictest([row for row in rows if row.network == own] or ([] if own == CardNetwork.VISA else rows))


def _verdicts_of_visa(code: str, on: date) -> list[NetworkVerdict]:
    """Return category 1 as a verdict; the other categories allow a retry within limits."""
    return [
        NetworkVerdict(CardNetwork.VISA, code, row.period, Verdict.NEVER, f"Visa category 1, {row.source}")
        for row in visa_categories().get(code, ())
        if row.category == 1 and row.period.covers(on)
    ]


def _strictest(rows: Iterable[NetworkVerdict]) -> NetworkVerdict | None:
    return max(rows, key=lambda row: row.verdict, default=None)
