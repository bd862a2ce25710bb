"""Countries, their names and their regions."""

from __future__ import annotations

import pytest

from payment_analysis.domain.countries import Region, countries, country_code, country_rows, region_of


def test_every_country_of_iso_3166_is_there_once() -> None:
    rows = list(country_rows())

    assert len(rows) == len({row["code"] for row in rows}) == len({row["name"] for row in rows}) == 249
    assert len({country.alpha3 for country in countries().values()}) == 249


@pytest.mark.parametrize(
    ("country", "region"),
    [
        ("BR", Region.BRAZIL),
        ("DE", Region.EUROPE),
        ("NO", Region.EUROPE),
        ("GB", Region.EUROPE),
        ("CH", Region.OTHER),
        ("US", Region.OTHER),
        (None, Region.OTHER),
        ("ZZ", Region.OTHER),
    ],
)
def test_a_country_is_in_its_region(country: str | None, region: Region) -> None:
    assert region_of(country) is region


def test_europe_is_the_eea_its_territories_the_united_kingdom_and_gibraltar() -> None:
    assert sum(country.region is Region.EUROPE for country in countries().values()) == 30 + 7 + 2


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Germany", "DE"),
        ("Deutschland", "DE"),
        ("austria", "AT"),
        (" Switzerland ", "CH"),
        ("USA", "US"),
        ("United States of America", "US"),
        ("UK", "GB"),
        ("gb", "GB"),
        ("Brasil", "BR"),
        ("BRA", "BR"),
        ("Bosnia & Herzegovina", "BA"),
        ("Côte d\u2019Ivoire", "CI"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_a_country_is_found_by_its_common_spellings(name: str, code: str | None) -> None:
    assert country_code(name) == code
