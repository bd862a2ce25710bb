"""Every reason and every remedy can be told to somebody who does not know codes."""

from __future__ import annotations

from payment_analysis.domain.decline_sentences import REASON_SENTENCES, REMEDY_SENTENCES, say_decline
from payment_analysis.domain.declines import DeclineReason, Remedy


def test_every_reason_has_a_sentence() -> None:
    assert set(REASON_SENTENCES) == set(DeclineReason)


def test_every_remedy_has_a_sentence() -> None:
    assert set(REMEDY_SENTENCES) == set(Remedy)


def test_no_two_sentences_are_equal() -> None:
    sentences = [*REASON_SENTENCES.values(), *REMEDY_SENTENCES.values()]

    assert len(set(sentences)) == len(sentences)


def test_an_unknown_word_is_told_as_unknown() -> None:
    assert say_decline("gremlins", None) == REASON_SENTENCES[DeclineReason.UNKNOWN]
