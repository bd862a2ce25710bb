"""The tables that lead from a reason to everything coarser are complete."""

from __future__ import annotations

import pytest

from payment_analysis.domain.decline_precedence import GENERIC
from payment_analysis.domain.decline_reasons import PROFILES, RESENDS, STANDARDS
from payment_analysis.domain.decline_rules import Ruling, advice_codes, meanings
from payment_analysis.domain.decline_words import SOURCES, normal_word, reason_of_word, words
from payment_analysis.domain.declines import (
    DeclineReason,
    Fault,
    ReasonGroup,
    Remedy,
    StandardReason,
    decline_for,
    reason_rows,
)


def test_every_reason_has_a_profile() -> None:
    assert set(PROFILES) == set(DeclineReason)


def test_every_standard_is_described_and_reached() -> None:
    assert set(STANDARDS) == set(StandardReason) == {profile.standard for profile in PROFILES.values()}


def test_every_group_is_reached() -> None:
    assert {standard.group for standard in STANDARDS.values()} == set(ReasonGroup)


def test_every_fault_and_every_remedy_is_used() -> None:
    assert {profile.fault for profile in PROFILES.values()} == set(Fault)
    assert {profile.remedy for profile in PROFILES.values()} == set(Remedy)


def test_a_reason_waits_exactly_when_its_remedy_is_a_resend() -> None:
    for reason, profile in PROFILES.items():
        assert (profile.wait is not None) == (profile.remedy in RESENDS), reason


def test_only_the_unknown_reason_has_nobody_at_fault() -> None:
    faultless = [reason for reason, profile in PROFILES.items() if profile.fault is Fault.UNKNOWN]

    assert faultless == [DeclineReason.UNKNOWN]


def test_every_reason_is_reached_by_a_code_an_advice_code_or_a_word() -> None:
    by_code = {meaning.reason for rows in meanings().values() for meaning in rows}
    by_advice = {advice.refined_reason for advice in advice_codes().values()}
    by_word = {word.reason for word in words() if word.vocabulary != "reasons"}

    assert set(DeclineReason) <= by_code | by_advice | by_word


@pytest.mark.parametrize(
    ("word", "standard", "group"),
    [
        ("INSUFFICIENT_FUNDS", "FUNDS_OR_LIMIT", "funds"),
        ("LIMIT_EXCEEDED", "FUNDS_OR_LIMIT", "funds"),
        ("ISSUER_UNAVAILABLE", "ISSUER_TECHNICAL", "issuer"),
        ("DO_NOT_HONOR", "ISSUER_DO_NOT_HONOR", "issuer"),
        ("EXPIRED_CARD", "CARD_EXPIRED", "card"),
        ("CVV_MISMATCH", "SECURITY_CVV", "security"),
        ("3DS_AUTH_FAILED", "SECURITY_3DS_FAILED", "security"),
        ("FRAUD_SUSPECTED", "FRAUD_SUSPECTED", "fraud"),
        ("no such word", "OTHER", "other"),
    ],
)
def test_the_words_of_the_requirement_documents_reach_their_standard(word: str, standard: str, group: str) -> None:
    decline = decline_for(reason_of_word(word))

    assert (decline.standard, decline.group) == (standard, group)


def test_a_word_means_the_same_in_every_vocabulary() -> None:
    meanings_of: dict[str, set[DeclineReason]] = {}
    for word in words():
        meanings_of.setdefault(word.word, set()).add(word.reason)

    assert {word: found for word, found in meanings_of.items() if len(found) > 1} == {}


def test_words_are_stored_as_they_are_looked_up_and_every_vocabulary_has_its_source() -> None:
    assert all(word.word == normal_word(word.word) for word in words())
    assert {word.vocabulary for word in words()} == set(SOURCES)


def test_an_advice_code_refines_a_generic_reason_and_then_says_what_to_do() -> None:
    for advice in advice_codes().values():
        assert advice.refined_reason is None or advice.ruling not in {Ruling.RESEND_AFTER, Ruling.CODE_DECIDES}, advice
        assert (advice.wait is not None) == (advice.ruling is Ruling.RESEND_AFTER), advice
    assert DeclineReason.SUSPECTED_FRAUD not in GENERIC


def test_the_taxonomy_seed_has_one_row_per_standard() -> None:
    rows = list(reason_rows())

    assert [row["decline_reason_standard"] for row in rows] == [standard.value for standard in StandardReason]
    assert all(isinstance(row["recoverable_share"], float) and 0 < row["recoverable_share"] < 1 for row in rows)
