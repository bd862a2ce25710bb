"""Our rows agree with the rule tables they were made from, on the day those tables describe."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from payment_analysis.domain.attempt import CardNetwork
from payment_analysis.domain.countries import Region
from payment_analysis.domain.decline_rules import (
    OPEN_FROM,
    Ruling,
    Verdict,
    advice_codes,
    meaning_of,
    meanings,
    verdict_of,
    verdicts,
    visa_categories,
)
from payment_analysis.domain.declines import Remedy, classify, visa_category

if TYPE_CHECKING:
    from pathlib import Path

ABECS_DAY = date(2024, 7, 1)
BRANDS = {
    "visa": [CardNetwork.VISA],
    "elo": [CardNetwork.ELO],
    "amex": [CardNetwork.AMEX],
    "mastercard_hiper": [CardNetwork.MASTERCARD, CardNetwork.HIPERCARD, CardNetwork.MAESTRO],
}


def rows_of(shared_data: Path, name: str) -> list[dict[str, str]]:
    with (shared_data / "rules" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def abecs(shared_data: Path) -> dict[tuple[CardNetwork, str], set[str]]:
    """What ABECS says of a brand's code; one code may have several meanings."""
    found: dict[tuple[CardNetwork, str], set[str]] = defaultdict(set)
    for row in rows_of(shared_data, "abecs_codes_cielo_2024-07.csv"):
        for network in BRANDS[row["brand"]]:
            found[network, row["code"]].add(row["reversibility"])
    return found


def test_every_abecs_code_has_a_meaning_for_its_brand(abecs: dict[tuple[CardNetwork, str], set[str]]) -> None:
    without = [key for key in abecs if meaning_of(*key, Region.BRAZIL, ABECS_DAY) is None]

    assert without == []


def test_a_code_is_irreversible_for_us_whenever_abecs_says_so(
    abecs: dict[tuple[CardNetwork, str], set[str]],
) -> None:
    for (network, code), said in abecs.items():
        ruled = verdict_of(network, code, ABECS_DAY)
        assert ruled is not None, (network, code)
        if said == {"IRREVERSIBLE"}:
            assert ruled.verdict >= Verdict.IRREVERSIBLE, (network, code)
        elif said == {"REVERSIBLE"}:
            second_source = code in {"AB", "AC"} and network is CardNetwork.ELO
            assert ruled.verdict is (Verdict.IRREVERSIBLE if second_source else Verdict.REVERSIBLE), (network, code)
        else:
            assert ruled.verdict in {Verdict.BY_ADVICE, Verdict.IRREVERSIBLE}, (network, code)


def test_no_code_that_abecs_calls_irreversible_is_retried(abecs: dict[tuple[CardNetwork, str], set[str]]) -> None:
    for (network, code), said in abecs.items():
        if "IRREVERSIBLE" in said:
            assert not classify(network, code, None, Region.BRAZIL, ABECS_DAY).retryable, (network, code)


def test_every_visa_category_agrees(shared_data: Path) -> None:
    for row in rows_of(shared_data, "visa_categories.csv"):
        assert visa_category(row["code"], ABECS_DAY) == int(row["category"]), row
        if row["code"] not in {"*", "70"}:  # 70 is Europe's
            assert meaning_of(CardNetwork.VISA, row["code"], Region.OTHER, ABECS_DAY) is not None, row
    assert meaning_of(CardNetwork.VISA, "70", Region.EUROPE, ABECS_DAY) is not None


RULINGS = {
    "yes": Ruling.RESEND_AFTER,
    "never": Ruling.NEVER,
    "unknown": Ruling.UNKNOWN,
    "caution": Ruling.CODE_DECIDES,
    "after_update": Ruling.UPDATE_FIRST,
    "after_fix": Ruling.FIX_FIRST,
    "with_pin": Ruling.ASK_PIN,
}


def test_every_advice_code_agrees(shared_data: Path) -> None:
    given = rows_of(shared_data, "mastercard_mac.csv")
    assert {row["mac"] for row in given} == set(advice_codes())
    for row in given:
        advice = advice_codes()[row["mac"]]
        wait = timedelta(hours=int(row["min_wait_hours"])) if row["min_wait_hours"] else None
        assert (advice.ruling, advice.wait) == (RULINGS[row["retry"]], wait), row
        start = f"{row['effective_from']}-01"[:10] if row["effective_from"] else OPEN_FROM.isoformat()
        assert advice.period.effective_from.isoformat() == start, row


def test_visa_category_one_is_never_sent_again_with_this_card() -> None:
    for code, rows in visa_categories().items():
        for row in rows:
            if row.category == 1:
                decline = classify(CardNetwork.VISA, code, None, Region.OTHER, row.period.effective_from)
                assert not decline.retryable, code
                assert decline.action in {Remedy.STOP, Remedy.UPDATE_CARD}, code


def test_every_fact_has_a_source() -> None:
    sources = [
        *(row.source for rows in meanings().values() for row in rows),
        *(row.source for rows in verdicts().values() for row in rows),
        *(row.source for rows in visa_categories().values() for row in rows),
        *(advice.source for advice in advice_codes().values()),
    ]

    assert all(sources)
