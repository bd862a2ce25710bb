"""Currencies: our table against the ISO list that an independent package carries."""

from __future__ import annotations

from datetime import date

import iso4217
import pytest

from payment_analysis.domain.currencies import STRIPE_EXPONENTS, currencies, currency_of, currency_rows, exponent
from payment_analysis.domain.errors import BadInput

ISO = {currency.code: currency for currency in iso4217.Currency}


def test_the_active_codes_and_exponents_are_those_of_iso_4217() -> None:
    ours = {code: currency.exponent for code, currency in currencies().items() if currency.replaced_on is None}

    assert ours == {code: currency.exponent for code, currency in ISO.items() if currency.exponent is not None}


def test_the_names_are_those_of_iso_4217() -> None:
    different = {
        code
        for code, currency in currencies().items()
        if currency.replaced_on is None and currency.name != ISO[code].currency_name
    }

    assert different == {"TOP"}, "only the typographic apostrophe of the paanga differs"


def test_replaced_codes_are_known_with_their_day_and_are_not_active() -> None:
    replaced = {code: known.replaced_on for code, known in currencies().items() if known.replaced_on is not None}

    assert not set(replaced) & set(ISO)
    assert replaced["HRK"] == date(2023, 1, 1)
    assert replaced["BGN"] == date(2026, 1, 1)
    assert min(day for day in replaced.values() if day) >= date(2018, 1, 1)


@pytest.mark.parametrize(
    ("digits", "codes"),
    [
        (0, "JPY KRW CLP PYG UGX VND ISK XAF XOF XPF RWF"),
        (2, "EUR USD BRL GBP MXN ARS COP HUF TWD IDR MGA"),
        (3, "BHD KWD OMR JOD TND IQD LYD"),
        (4, "CLF UYW"),
    ],
)
def test_exponents_a_payments_person_checks_first(digits: int, codes: str) -> None:
    assert {exponent(code) for code in codes.split()} == {digits}


def test_stripe_deviates_only_where_the_table_says_something_new() -> None:
    assert all(exponent(code) != digits for code, digits in STRIPE_EXPONENTS.items())


def test_seed_rows_have_every_currency_once() -> None:
    rows = list(currency_rows())

    assert [row["code"] for row in rows] == sorted(currencies())
    assert set(rows[0]) == {"code", "exponent", "name"}


def test_a_wrong_code_is_named_with_the_fix() -> None:
    with pytest.raises(BadInput, match="'brl'") as raised:
        currency_of("brl")

    assert raised.value.hint == "write BRL"
