"""What holds for every decline, and that the seed tables say what `classify` says."""

from __future__ import annotations

import itertools
from collections import defaultdict
from datetime import date, timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from payment_analysis.domain.attempt import CardNetwork
from payment_analysis.domain.countries import Region
from payment_analysis.domain.decline_rules import ADVISED, OPEN_FROM, OPEN_TO, Ruling, advice_codes, meanings
from payment_analysis.domain.declines import (
    RESENDS,
    UNKNOWN_ADVICE,
    Decline,
    DeclineReason,
    Remedy,
    advice_code_rows,
    category_rows,
    classify,
    knowledge_rows,
    word_rows,
)

KNOWN_CODES = sorted({code for _, code in meanings()})
networks = st.sampled_from([*CardNetwork, None])
advised_networks = st.sampled_from(sorted(ADVISED))
codes = st.sampled_from(KNOWN_CODES)
regions = st.sampled_from(Region)
days = st.dates(date(2015, 1, 1), date(2030, 1, 1))
any_advice = st.one_of(
    st.none(), st.sampled_from(sorted(advice_codes())), st.text("0123456789AZ?", min_size=1, max_size=3)
)
unknown_codes = st.text("0123456789ABCXYZ", min_size=1, max_size=4).filter(lambda code: code not in KNOWN_CODES)
unknown_advice = st.text("0123456789AB?", min_size=1, max_size=3).filter(lambda code: code not in advice_codes())
Row = dict[str, object]


@cache
def rows_by_key() -> dict[tuple[object, ...], list[Row]]:
    found: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in knowledge_rows():
        found[row["network"], row["code"], row["advice_code"], row["region"]].append(row)
    return found


def period(row: Row) -> tuple[date, date]:
    start, end = row["effective_from"], row["effective_to"]
    assert isinstance(start, date)
    assert isinstance(end, date)
    return start, end


@given(networks, codes, any_advice, regions, days)
def test_retry_wait_and_action_never_contradict_each_other(
    network: CardNetwork | None, code: str, advice: str | None, region: Region, on: date
) -> None:
    decline = classify(network, code, advice, region, on)

    assert decline.retryable == (decline.action in RESENDS) == (decline.earliest_retry is not None)


@given(networks, unknown_codes, any_advice, regions, days)
def test_an_unknown_code_is_never_retried(
    network: CardNetwork | None, code: str, advice: str | None, region: Region, on: date
) -> None:
    decline = classify(network, code, advice, region, on)

    assert (decline.reason, decline.retryable, decline.action) == (DeclineReason.UNKNOWN, False, Remedy.MANUAL_REVIEW)


@given(advised_networks, codes, unknown_advice, regions, days)
def test_unknown_advice_is_never_retried(
    network: CardNetwork, code: str, advice: str, region: Region, on: date
) -> None:
    assert not classify(network, code, advice, region, on).retryable


@given(advised_networks, codes, st.sampled_from(sorted(advice_codes())), regions, days)
def test_advice_that_says_never_or_nothing_is_never_retried(
    network: CardNetwork, code: str, advice: str, region: Region, on: date
) -> None:
    decline = classify(network, code, advice, region, on)

    ruling = advice_codes()[advice].ruling
    assert not (decline.retryable and ruling not in {Ruling.RESEND_AFTER, Ruling.CODE_DECIDES})


@given(advised_networks, codes, regions, days)
def test_try_later_means_at_least_three_days(network: CardNetwork, code: str, region: Region, on: date) -> None:
    decline = classify(network, code, "02", region, on)

    assert decline.earliest_retry is None or decline.earliest_retry >= timedelta(hours=72)


@given(
    st.sampled_from(CardNetwork), st.sampled_from([code for owner, code in meanings() if owner == "*"]), regions, days
)
def test_an_unknown_network_is_retried_only_if_the_code_alone_allows_it_everywhere(
    network: CardNetwork, code: str, region: Region, on: date
) -> None:
    untold = classify(None, code, None, region, on)
    told = classify(network, code, None, region, on)

    assert not untold.retryable or told.retryable or told.reason != untold.reason


@settings(deadline=None)  # the first draw builds the whole seed
@given(st.data(), days)
def test_the_seed_answers_what_classify_answers(data: st.DataObject, on: date) -> None:
    key = data.draw(st.sampled_from(sorted(rows_by_key(), key=str)))
    network, code, advice, region = (str(part) for part in key)

    decline = classify(CardNetwork(network) if network else None, code, advice, Region(region), on)

    covering = [row for row in rows_by_key()[key] if period(row)[0] <= on < period(row)[1]]
    if decline.reason is DeclineReason.UNKNOWN:
        assert covering == []
    else:
        (row,) = covering
        assert_same(row, decline)


def assert_same(row: Row, decline: Decline) -> None:
    wait = None if decline.earliest_retry is None else decline.earliest_retry.total_seconds()
    assert row["reason"] == decline.reason
    assert row["standard"] == decline.standard
    assert row["reason_group"] == decline.group
    assert row["fault"] == decline.fault
    assert row["retryable"] == decline.retryable
    assert row["earliest_retry_seconds"] == wait
    assert row["action"] == decline.action
    assert row["source"] == decline.source


def test_periods_of_one_key_do_not_overlap_and_each_change_is_a_change() -> None:
    for key, rows in rows_by_key().items():
        for earlier, later in itertools.pairwise(rows):
            assert period(earlier)[1] <= period(later)[0], key
            same = {**earlier, "effective_from": None, "effective_to": None}
            assert (
                same != {**later, "effective_from": None, "effective_to": None} or period(earlier)[1] < period(later)[0]
            )
        assert all(OPEN_FROM <= period(row)[0] < period(row)[1] <= OPEN_TO for row in rows), key


def test_the_seed_stays_small_enough_to_join() -> None:
    assert sum(len(rows) for rows in rows_by_key().values()) < 15_000


def test_every_known_advice_code_and_the_unknown_one_have_rows() -> None:
    pairs = {(key[0], key[2]) for key in rows_by_key()}

    for row in advice_code_rows():
        assert (row["network"], row["advice_code"]) in pairs
    assert {(network.value, UNKNOWN_ADVICE) for network in ADVISED} <= pairs


def test_words_are_unique_in_the_seed() -> None:
    found = [row["word"] for row in word_rows()]

    assert len(found) == len(set(found))


def test_categories_of_one_code_do_not_overlap() -> None:
    by_code = defaultdict(list)
    for row in category_rows():
        by_code[row["code"]].append(period(row))
    for code, periods in by_code.items():
        ordered = sorted(periods)
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(ordered)), code
