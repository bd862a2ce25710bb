"""The glossary: every closed set of the domain with every member, and the rates as they are defined."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import pytest

from payment_analysis import domain
from payment_analysis.domain.metrics import RATES, Rate

if TYPE_CHECKING:
    from pathlib import Path


def closed_sets() -> list[type[StrEnum]]:
    modules = [import_module(f"{domain.__name__}.{module.name}") for module in iter_modules(domain.__path__)]
    found = {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, StrEnum) and value is not StrEnum
    }
    return sorted((one for one in found if one.__module__.startswith(domain.__name__)), key=lambda one: one.__name__)


@pytest.fixture(scope="module")
def glossary(repository: Path) -> str:
    return (repository / "docs/glossary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("closed_set", closed_sets(), ids=lambda one: one.__name__)
def test_the_glossary_names_every_closed_set_with_every_member(closed_set: type[StrEnum], glossary: str) -> None:
    assert [name for name in (closed_set.__name__, *closed_set) if f"`{name}`" not in glossary] == []


@pytest.mark.parametrize("rate", Rate)
def test_the_glossary_defines_every_rate_as_the_code_does(rate: Rate, glossary: str) -> None:
    definition = RATES[rate]

    row = f"| `{rate}` | {definition.numerator} | {definition.denominator} | {definition.meaning} |"

    assert row in glossary
