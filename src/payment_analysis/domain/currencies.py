"""Currencies: the ISO 4217 codes, and how many decimal digits each has.

`data/currencies.csv` holds every active code that has minor units (ISO 4217 list one of 2026-01-01; metals, accounting
units and test codes have none, and no card is charged in them) and the codes replaced since 2018, because old exports
carry them. Replacement dates: EU Interinstitutional Style Guide, currency list modifications; for BGN the absence from
the ISO list of 2026-01-01.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

from payment_analysis.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Currency:
    """One ISO 4217 currency; `exponent` is the number of decimal digits of its minor unit."""

    code: str
    exponent: int
    name: str
    replaced_on: date | None = None


# Units a source uses for its integer amounts where they differ from ISO 4217.
# Stripe: https://docs.stripe.com/currencies, sections "Zero-decimal" (MGA) and "Special cases" (ISK, UGX), 2026-11.
STRIPE_EXPONENTS: Mapping[str, int] = MappingProxyType({"ISK": 2, "MGA": 0, "UGX": 2})


@cache
def currencies() -> Mapping[str, Currency]:
    """Every currency we know, by its code."""
    text = (resources.files("payment_analysis.domain") / "data" / "currencies.csv").read_text(encoding="utf-8")
    known = (
        Currency(
            code=row["code"],
            exponent=int(row["exponent"]),
            name=row["name"],
            replaced_on=date.fromisoformat(row["replaced_on"]) if row["replaced_on"] else None,
        )
        for row in csv.DictReader(text.splitlines())
    )
    return MappingProxyType({currency.code: currency for currency in known})


def currency_of(code: str) -> Currency:
    """Return the currency with this code, or say what is wrong with the code."""
    known = currencies()
    if code in known:
        return known[code]
    upper = code.strip().upper()
    if upper in known:
        raise BadInput(f"currency {code!r} is not written as ISO 4217 writes it", hint=f"write {upper}")
    raise BadInput(
        f"currency {code!r} is not an ISO 4217 code with minor units",
        hint="use a three-letter code such as EUR, BRL or JPY",
    )


def exponent(code: str) -> int:
    """How many decimal digits the currency has: 2 for EUR, 0 for JPY, 3 for KWD."""
    return currency_of(code).exponent


def currency_rows() -> Iterator[dict[str, object]]:
    """Rows of the seed `currencies`, by code."""
    for currency in currencies().values():
        yield {"code": currency.code, "exponent": currency.exponent, "name": currency.name}
