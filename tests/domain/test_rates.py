"""Exchange rates: periods without gaps or overlap, crossing through EUR, own files, and never a guess."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payment_analysis.domain.errors import BadFile, BadInput
from payment_analysis.domain.rate_file import OPEN_END, RATE_BELOW, RATE_MIN, RatePeriod
from payment_analysis.domain.rates import (
    ALWAYS,
    RATE_PLACES,
    RateTable,
    load_rates,
    rate,
    rate_rows,
    rate_table,
    rates_are_stale,
    reference_rates,
)

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = sorted({"EUR", *reference_rates().periods})
DAYS = st.dates(date(2017, 12, 1), date(2027, 12, 31))
HEADER = "currency,valid_from,valid_to,rate,source\n"


def table(*periods: tuple[str, str, str, str]) -> RateTable:
    return rate_table(
        RatePeriod(currency, date.fromisoformat(start), date.fromisoformat(end), Decimal(value), "test")
        for currency, start, end, value in periods
    )


def test_the_rate_of_a_month_is_the_first_one_published_in_it() -> None:
    # ECB, 2 January 2019: 1 EUR = 1.1397 USD and 4.3930 BRL
    assert rate("EUR", "USD", date(2019, 1, 31)) == Decimal("1.1397000000")
    assert rate("USD", "BRL", date(2019, 1, 1)) == Decimal("3.8545231201")


def test_the_reference_table_has_the_currencies_of_our_markets_without_a_gap() -> None:
    for currency in ("USD", "GBP", "BRL", "MXN", "CHF", "JPY", "CAD", "INR"):
        periods = reference_rates().periods[currency]

        assert periods[0].valid_from == date(2018, 1, 1)
        assert periods[-1].valid_to == OPEN_END
        assert all(before.valid_to == after.valid_from for before, after in pairwise(periods))


@pytest.mark.parametrize("currency", ["ARS", "CLP", "COP"])
def test_a_currency_without_a_reference_rate_has_none(currency: str) -> None:
    assert rate(currency, "USD", date(2024, 5, 1)) is None
    assert rate("USD", currency, date(2024, 5, 1)) is None
    assert currency not in {row["currency"] for row in rate_rows("USD")}


def test_a_replaced_or_suspended_currency_ends() -> None:
    assert rate("HRK", "EUR", date(2022, 12, 31)) is not None
    assert rate("HRK", "EUR", date(2023, 1, 1)) is None
    assert rate("RUB", "EUR", date(2022, 4, 1)) is None
    assert rate("USD", "EUR", date(2017, 12, 31)) is None


def test_a_currency_is_worth_itself_even_without_a_table() -> None:
    assert rate("ARS", "ARS", date(1990, 1, 1)) == 1
    assert list(rate_rows("ARS")) == [
        {"currency": "ARS", "valid_from": ALWAYS, "valid_to": OPEN_END, "rate": Decimal(1)}
    ]


def test_an_unknown_code_is_an_error_and_not_a_missing_rate() -> None:
    with pytest.raises(BadInput, match="'EURO'"):
        rate("USD", "EURO", date(2024, 5, 1))
    with pytest.raises(BadInput, match="'usd'"):
        list(rate_rows("usd"))


def test_small_units_keep_five_digits() -> None:
    rupiah = rate("IDR", "EUR", date(2026, 10, 15))

    assert rupiah is not None
    assert len(rupiah.as_tuple().digits) >= 5


@given(st.sampled_from(KNOWN), st.sampled_from(KNOWN), DAYS)
def test_the_way_there_and_back_is_one(currency: str, to: str, on: date) -> None:
    there, back = rate(currency, to, on), rate(to, currency, on)

    assert (there is None) == (back is None)
    if there is not None and back is not None:
        quantum = Decimal(1).scaleb(-RATE_PLACES)
        assert abs(there * back - 1) <= (there + back) * quantum


@cache
def seed(reporting_currency: str) -> list[dict[str, object]]:
    return list(rate_rows(reporting_currency))


@settings(deadline=None)  # the first use of a reporting currency crosses its whole table
@given(st.sampled_from(KNOWN), st.sampled_from(KNOWN), DAYS)
def test_the_seed_gives_the_same_rate_as_the_function(currency: str, to: str, on: date) -> None:
    rows = [row for row in seed(to) if row["currency"] == currency]
    found = [row["rate"] for row in rows if row["valid_from"] <= on < row["valid_to"]]  # type: ignore[operator]  # dates

    assert found == [known for known in [rate(currency, to, on)] if known is not None]


@pytest.mark.parametrize("reporting", ["EUR", "BRL", "USD", "HRK"])
def test_seed_rows_are_in_order_and_do_not_overlap(reporting: str) -> None:
    rows = [(str(row["currency"]), row["valid_from"], row["valid_to"]) for row in rate_rows(reporting)]

    for _, group in groupby(rows, key=lambda row: row[0]):
        periods = list(group)
        assert all(start < end for _, start, end in periods)  # type: ignore[operator]  # dates
        assert all(before[2] == after[1] for before, after in pairwise(periods))
    assert len({currency for currency, _, _ in rows}) == len([key for key, _ in groupby(rows, key=lambda row: row[0])])


def test_any_two_rates_within_the_bounds_fit_the_column() -> None:
    # decimal(18,10): eight digits before the point, and not zero after it
    assert RATE_BELOW / RATE_MIN <= 10**8
    assert Decimal(1).scaleb(-RATE_PLACES) <= RATE_MIN / RATE_BELOW


def test_the_age_of_the_newest_rates_is_known() -> None:
    newest = reference_rates().newest_from

    assert newest.day == 1
    assert reference_rates().age_days(newest + timedelta(days=40)) == 40
    assert reference_rates().age_days(newest - timedelta(days=400)) == 0
    assert not rates_are_stale(newest + timedelta(days=62))
    assert rates_are_stale(newest + timedelta(days=63))


def test_every_reference_rate_names_its_source_and_day() -> None:
    sources = [period.source for periods in reference_rates().periods.values() for period in periods]

    assert all(re.fullmatch(r"ECB euro foreign exchange reference rate of \d{4}-\d{2}-\d{2}", text) for text in sources)


def test_own_rates_extend_the_reference_rates(tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text(HEADER + "ARS,2026-01-01,,1650.5,central bank\n", encoding="utf-8")

    rates = load_rates(file)

    assert rate("EUR", "ARS", date(2026, 3, 1), rates) == Decimal("1650.5")
    assert rate("EUR", "USD", date(2019, 1, 2), rates) == Decimal("1.1397")
    assert {"ARS", "USD"} <= {row["currency"] for row in rate_rows("EUR", rates)}


def test_own_rates_replace_the_part_they_cover_and_no_more(tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text(HEADER + "USD,2019-01-10,2019-02-10,2,\n", encoding="utf-8")
    before = {on: rate("EUR", "USD", on) for on in (date(2019, 1, 9), date(2019, 2, 10), date(2019, 3, 1))}

    rates = load_rates(file)

    assert {on: rate("EUR", "USD", on, rates) for on in before} == before
    assert {rate("EUR", "USD", on, rates) for on in (date(2019, 1, 10), date(2019, 2, 9))} == {Decimal(2)}


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10), st.integers(2, 9)), max_size=5), st.integers(0, 40))
def test_where_two_tables_overlap_the_newer_wins(cuts: list[tuple[int, int, int]], day: int) -> None:
    start = date(2026, 1, 1)
    base = table(("USD", "2026-01-01", "2026-01-16", "1"), ("USD", "2026-01-16", "2026-02-01", "1.5"))
    newer: dict[int, int] = {}
    periods = []
    for first, length, value in cuts:
        days = range(first, first + length)
        if not newer.keys() & set(days):
            newer |= dict.fromkeys(days, value)
            end = start + timedelta(days=first + length)
            periods.append(RatePeriod("USD", start + timedelta(days=first), end, Decimal(value), "own"))
    on = start + timedelta(days=day)

    overlaid = base.overlaid(periods).per_euro("USD", on)

    assert overlaid == (Decimal(newer[day]) if day in newer else base.per_euro("USD", on))


WRONG_ROWS = """
    ARS,2026-01-01,,abc,x|rates.csv, row 2, rate: 'abc' is not a number
    ARS,2026-01-01,,-3,x|rates.csv, row 2, rate: '-3' is not between
    ARS,2026-01-01,,NaN,x|rates.csv, row 2, rate: 'NaN' is not between
    ARS,01/02/2026,,3,x|rates.csv, row 2, valid_from: '01/02/2026' is not a date
    ARS,2026-01-01,soon,3,x|rates.csv, row 2, valid_to: 'soon' is not a date
    ARS,2026-02-01,2026-01-01,3,x|rates.csv, row 2, valid_to: 2026-01-01 is not after valid_from 2026-02-01
    ARX,2026-02-01,,3,x|rates.csv, row 2, currency: currency 'ARX' is not an ISO 4217 code
    EUR,2026-02-01,,3,x|rates.csv, row 2, currency: EUR is the base
    ARS,2026-01-01|rates.csv, row 2: the number of values differs
    ARS,2026-01-01,,3,x,y|rates.csv, row 2: the number of values differs
"""


@pytest.mark.parametrize("case", WRONG_ROWS.strip().splitlines())
def test_a_wrong_row_of_an_own_file_is_named_with_its_value(case: str, tmp_path: Path) -> None:
    row, message = case.strip().split("|")
    file = tmp_path / "rates.csv"
    file.write_text(HEADER + row + "\n", encoding="utf-8")

    with pytest.raises(BadInput, match=re.escape(message)) as raised:
        load_rates(file)

    assert raised.value.hint


def test_overlapping_periods_of_an_own_file_are_an_error(tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text(HEADER + "ARS,2026-01-01,,3,x\nARS,2026-03-01,,4,x\n", encoding="utf-8")

    with pytest.raises(BadInput, match="row 3: ARS from 2026-03-01 overlaps"):
        load_rates(file)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"currency,rate\nARS,3\n", "has no column valid_from, valid_to"),
        (HEADER.encode(), "has no rates"),
        (b"", "has no column"),
        (HEADER.encode() + b"\xff\xfe\n", "is not UTF-8"),
        (HEADER.encode() + b'ARS,2026-01-01,,3,"x\n', "cannot be read after row 1"),
    ],
)
def test_a_file_that_is_no_rate_file_is_one_clear_error(content: bytes, message: str, tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_bytes(content)

    with pytest.raises(BadFile, match=message):
        load_rates(file)


def test_a_file_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"missing\.csv cannot be read"):
        load_rates(tmp_path / "missing.csv")
