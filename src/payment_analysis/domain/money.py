"""Money: integer minor units and a currency; never a float, never a sum over two currencies.

Amounts of different currencies meet only in the reporting currency, through the dated rates of `rates`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from payment_analysis.domain.currencies import STRIPE_EXPONENTS, Currency, currency_of, currency_rows, exponent
from payment_analysis.domain.errors import BadInput
from payment_analysis.domain.rates import load_rates, rate, rate_rows

__all__ = [
    "STRIPE_EXPONENTS",
    "Currency",
    "Money",
    "currency_of",
    "currency_rows",
    "exponent",
    "load_rates",
    "major",
    "minor",
    "parse_amount",
    "rate",
    "rate_rows",
]

AMOUNT_MINOR_MAX = 2**63 - 1  # the column is a BIGINT
_SPACES = re.compile("[\u00a0\u202f\u2009]")  # the spaces that spreadsheets and locales put between thousands
_PLAIN = re.compile(r"[0-9]+")
# Western groups of three, and the Indian way: groups of two above the last three (1,00,000).
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+|[0-9]{1,2}(,[0-9]{2})*,[0-9]{3}")


def minor(amount: Decimal, currency: str) -> int:
    """Turn 12.34 EUR into 1234, exactly; an amount that the currency cannot express is an error, never rounded."""
    digits = exponent(currency)
    if not amount.is_finite():
        raise BadInput(f"amount {amount} is not a number", hint="give a decimal number such as 12.34")
    if not amount:
        return 0
    if amount.adjusted() + digits > 18:
        raise BadInput(f"amount {amount:.6e} {currency} is too large", hint=f"at most {AMOUNT_MINOR_MAX} minor units")
    sign, coefficient, scale = amount.as_tuple()
    assert isinstance(scale, int), "finite decimals have an integer exponent"
    significant = "".join(map(str, coefficient)).rstrip("0")
    zeros = scale + len(coefficient) - len(significant) + digits  # to append; below zero there are digits too many
    if zeros < 0:
        raise BadInput(
            f"amount {amount} has more decimal digits than {currency} allows ({digits})",
            hint="check the currency and the decimal mark of the amount",
        )
    whole = int(significant + "0" * zeros)
    if whole > AMOUNT_MINOR_MAX:
        raise BadInput(f"amount {amount} {currency} is too large", hint=f"at most {AMOUNT_MINOR_MAX} minor units")
    return -whole if sign else whole


def major(amount_minor: int, currency: str) -> Decimal:
    """Turn 1234 minor units of EUR into 12.34, with as many decimal digits as the currency has."""
    sign, digits = (1, -amount_minor) if amount_minor < 0 else (0, amount_minor)
    return Decimal((sign, tuple(map(int, str(digits))), -exponent(currency)))


def parse_amount(text: str, *, decimal_mark: str = ".", thousands: str = "") -> Decimal:
    """Read a written amount with the stated decimal mark and thousands separator; nothing is guessed from the text.

    `thousands` may be "", ",", ".", " " or "'"; "" means that amounts carry none. Groups must be whole, so that 1,23 is
    an error where the comma separates thousands, and never 123.
    """
    assert decimal_mark in {".", ","}, "a mapping states '.' or ','"
    assert thousands in {"", ".", ",", " ", "'"}, "a mapping states a known separator"
    assert decimal_mark != thousands, "the two marks differ"

    stripped = _SPACES.sub(" ", text).replace("\u2212", "-").strip()
    sign, unsigned = ("-", stripped[1:]) if stripped.startswith("-") else ("", stripped.removeprefix("+"))
    whole, mark, fraction = unsigned.partition(decimal_mark)
    if thousands and thousands in whole:
        grouped = whole.replace(thousands, ",")
        whole = whole.replace(thousands, "") if _GROUPED.fullmatch(grouped) else whole
    fraction_is_good = bool(_PLAIN.fullmatch(fraction)) if mark else True
    whole_is_good = bool(_PLAIN.fullmatch(whole)) or (whole == "" and mark != "")
    if not (whole_is_good and fraction_is_good):
        separator = f"thousands separator {thousands!r}" if thousands else "no thousands separator"
        raise BadInput(
            f"amount {text!r} is not a number with decimal mark {decimal_mark!r} and {separator}",
            hint="correct the amount, or state the file's decimal mark and thousands separator",
        )
    return Decimal(f"{sign}{whole or '0'}.{fraction}" if mark else f"{sign}{whole}")


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units of one currency."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        assert isinstance(self.amount_minor, int), "money is counted in whole minor units"
        currency_of(self.currency)

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> Money:
        """Money from major units: Money.of(Decimal("12.34"), "EUR")."""
        return cls(minor(amount, currency), currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units."""
        return major(self.amount_minor, self.currency)

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        self._same_currency(other)
        return Money(self.amount_minor + other.amount_minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        self._same_currency(other)
        return Money(self.amount_minor - other.amount_minor, self.currency)

    def __str__(self) -> str:
        return f"{self.amount:,} {self.currency}"

    def _same_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise BadInput(
                f"{self} and {other} are different currencies and cannot be added",
                hint="convert both to the reporting currency first",
            )
