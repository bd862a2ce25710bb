"""Countries of ISO 3166-1, their names, and the region a decline code is read in.

A region is where codes mean something of their own. 'europe' is where strong customer authentication is law, so that
a code can be its soft decline: the EEA (Directive (EU) 2015/2366, article 97, with the territories that EU law covers
and ISO lists apart), the United Kingdom (Payment Services Regulations 2017, regulation 100) and Gibraltar. Switzerland
has no such law and is 'other'. 'brazil' is where ABECS Normativo 21 holds.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Region(StrEnum):
    """Where codes mean something of their own."""

    BRAZIL = "brazil"
    EUROPE = "europe"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Country:
    """One country of ISO 3166-1."""

    code: str
    alpha3: str
    name: str
    region: Region


@cache
def countries() -> Mapping[str, Country]:
    """Every country by its alpha-2 code."""
    found = (Country(row["code"], row["alpha3"], row["name"], Region(row["region"])) for row in _rows("countries.csv"))
    return MappingProxyType({country.code: country for country in found})


def country_rows() -> Iterator[dict[str, object]]:
    """Rows of the seed `countries`."""
    for country in countries().values():
        yield {"code": country.code, "name": country.name, "region": country.region.value}


def region_of(country: str | None) -> Region:
    """Return the region of an alpha-2 code; no country and an unknown one are 'other'."""
    known = countries().get(country or "")
    return known.region if known else Region.OTHER


def country_code(name: str) -> str | None:
    """Return the alpha-2 code for a code, an alpha-3 code or a name in its common spellings; None when nothing fits."""
    return _codes().get(_spelling(name))


def country_spellings() -> tuple[str, ...]:
    """Names of countries besides those of ISO: other languages, short forms."""
    return tuple(row["name"] for row in _rows("country_names.csv"))


@cache
def _codes() -> Mapping[str, str]:
    codes = {_spelling(row["name"]): row["code"] for row in _rows("country_names.csv")}
    for country in countries().values():
        codes |= {_spelling(spelling): country.code for spelling in (country.code, country.alpha3, country.name)}
    return MappingProxyType(codes)


def _spelling(name: str) -> str:
    return " ".join(name.replace("&", "and").replace("\u2019", "'").casefold().split())


def _rows(file_name: str) -> list[dict[str, str]]:
    text = (resources.files("payment_analysis.domain") / "data" / file_name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
