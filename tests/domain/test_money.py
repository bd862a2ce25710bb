"""Money: exact minor units, one currency per sum, written amounts read as stated."""

from __future__ import annotations

import re
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payment_analysis.domain.currencies import currencies
from payment_analysis.domain.errors import BadInput
from payment_analysis.domain.money import (
    AMOUNT_MINOR_MAX,
    Money,
    major,
    minor,
    parse_amount,
)

CODES = st.sampled_from(sorted(currencies()))
AMOUNTS_MINOR = st.integers(-AMOUNT_MINOR_MAX, AMOUNT_MINOR_MAX)

EXACT = """
    12.34       EUR  1234
    12.3        EUR  1230
    12.300      EUR  1230
    -0.05       BRL  -5
    500         JPY  500
    500.00      JPY  500
    1.234       KWD  1234
    1.2345      CLF  12345
    0           USD  0
    0.000000    USD  0
    1E+3        USD  100000
    92233720368547758.07  USD  9223372036854775807
"""

IMPOSSIBLE = """
    12.345      EUR  more decimal digits than EUR allows (2)
    0.5         JPY  more decimal digits than JPY allows (0)
    1.2345      KWD  more decimal digits than KWD allows (3)
    1E-999999   EUR  more decimal digits
    92233720368547758.08  USD  too large
    1E+999999   EUR  too large
    NaN         EUR  not a number
    -Infinity   EUR  not a number
    1           EURO  'EURO' is not an ISO 4217 code
    1           eur  'eur' is not written as ISO 4217 writes it
    1           XAU  'XAU' is not an ISO 4217 code with minor units
"""

# text|decimal mark|thousands|value
WRITTEN = """
    1234.56|.||1234.56
    1,234.56|.|,|1234.56
    1.234,56|,|.|1234.56
    1 234,56|,| |1234.56
    1'234.50|.|'|1234.50
    1,00,000.00|.|,|100000.00
    1234,5|,|.|1234.5
    -1.234.567,89|,|.|-1234567.89
    +7|.||7
    .5|.||0.5
"""

# text|decimal mark|thousands
UNREADABLE = """
    1,23|.|,
    1,2345.00|.|,
    12,34.50|.|,
    1,234.56|.|
    1.234,56|.|,
    1.234,56|,|
    12.|.|
    .|.|
    -|.|
    --5|.|
    1e3|.|
    R$ 5|.|
    1.2.3|.|
    ,123|.|,
    ٣|.|
    NaN|.|
"""


def cases(table: str) -> list[str]:
    return [line.strip() for line in table.strip().splitlines()]


@pytest.mark.parametrize("case", cases(EXACT))
def test_an_amount_becomes_exactly_its_minor_units(case: str) -> None:
    amount, currency, expected = case.split()

    assert minor(Decimal(amount), currency) == int(expected)


@pytest.mark.parametrize("case", cases(IMPOSSIBLE))
def test_an_amount_that_cannot_be_exact_is_an_error(case: str) -> None:
    amount, currency, message = case.split(maxsplit=2)

    with pytest.raises(BadInput, match=re.escape(message)) as raised:
        minor(Decimal(amount), currency)

    assert raised.value.hint


@given(AMOUNTS_MINOR, CODES)
def test_major_and_minor_undo_each_other(amount_minor: int, currency: str) -> None:
    assert minor(major(amount_minor, currency), currency) == amount_minor


def test_major_shows_the_digits_of_the_currency() -> None:
    shown = [str(major(1200, currency)) for currency in ("JPY", "EUR", "KWD", "CLF")]

    assert shown == ["1200", "12.00", "1.200", "0.1200"]


@pytest.mark.parametrize("case", WRITTEN.strip("\n").splitlines())
def test_a_written_amount_is_read_with_the_stated_marks(case: str) -> None:
    text, decimal_mark, thousands, expected = case.removeprefix("    ").split("|")

    assert parse_amount(text, decimal_mark=decimal_mark, thousands=thousands) == Decimal(expected)


@pytest.mark.parametrize("case", UNREADABLE.strip("\n").splitlines())
def test_a_written_amount_is_never_guessed(case: str) -> None:
    text, decimal_mark, thousands = case.removeprefix("    ").split("|")

    with pytest.raises(BadInput, match=re.escape(repr(text))):
        parse_amount(text, decimal_mark=decimal_mark, thousands=thousands)


def test_spreadsheet_spaces_and_the_typographic_minus_are_read() -> None:
    assert parse_amount("\u22121\u00a0234,50", decimal_mark=",", thousands=" ") == Decimal("-1234.50")


@given(AMOUNTS_MINOR, CODES, st.sampled_from([(".", ","), (",", "."), (",", " ")]))
def test_what_we_write_we_read(amount_minor: int, currency: str, marks: tuple[str, str]) -> None:
    decimal_mark, thousands = marks
    plain = f"{major(amount_minor, currency):,f}"
    written = plain.translate(str.maketrans(".,", decimal_mark + thousands))

    assert parse_amount(written, decimal_mark=decimal_mark, thousands=thousands) == major(amount_minor, currency)


def test_sums_stay_within_one_currency() -> None:
    assert Money(150, "EUR") + Money(50, "EUR") - Money(1, "EUR") == Money(199, "EUR")

    with pytest.raises(BadInput, match=re.escape("1.50 EUR and 50 JPY are different currencies")):
        Money(150, "EUR") + Money(50, "JPY")
    with pytest.raises(BadInput, match="different currencies"):
        Money(150, "EUR") - Money(50, "JPY")


def test_money_is_not_added_to_a_number() -> None:
    money: object = Money(150, "EUR")

    with pytest.raises(TypeError):
        money + 1  # type: ignore[operator]  # the claim is that it fails
    with pytest.raises(TypeError):
        money - 1  # type: ignore[operator]  # the claim is that it fails


def test_money_is_made_from_major_units_and_shown_in_them() -> None:
    money = Money.of(Decimal("1234.5"), "EUR")

    assert (money, money.amount, str(money)) == (Money(123_450, "EUR"), Decimal("1234.50"), "1,234.50 EUR")


@given(st.lists(st.integers(-(10**12), 10**12)), CODES)
def test_the_sum_of_money_is_the_sum_of_minor_units(amounts: list[int], currency: str) -> None:
    total = Money(0, currency)
    for amount in amounts:
        total += Money(amount, currency)

    assert total.amount_minor == sum(amounts)


@given(st.text(max_size=30) | st.from_regex(r"[-+]?[0-9.,' ]*", fullmatch=True), st.sampled_from([".", ","]), CODES)
def test_any_text_is_an_exact_amount_or_a_bad_input(text: str, decimal_mark: str, currency: str) -> None:
    amount_minor = None
    with suppress(BadInput):
        amount_minor = minor(parse_amount(text, decimal_mark=decimal_mark, thousands=" "), currency)

    assert amount_minor is None or -AMOUNT_MINOR_MAX <= amount_minor <= AMOUNT_MINOR_MAX


@given(st.decimals(allow_nan=True, allow_infinity=True), CODES)
def test_any_decimal_is_exact_in_minor_units_or_a_bad_input(amount: Decimal, currency: str) -> None:
    amount_minor = None
    with suppress(BadInput):
        amount_minor = minor(amount, currency)

    assert amount_minor is None or major(amount_minor, currency) == amount
