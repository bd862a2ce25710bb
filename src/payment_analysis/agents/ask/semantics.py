"""The semantic files as values: sources, metrics, dimensions, checked against each other when they are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import yaml

from payment_analysis.domain.metrics import RATES, Rate
from payment_analysis.domain.scope import Dimension as ScopeDimension

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER: Final = Path(__file__).parent / "semantics"
LANGUAGES: Final = ("en", "pt", "es")
Words = dict[str, list[str]]  # per language


class Unit(StrEnum):
    """What a figure is measured in."""

    RATIO = "ratio"  # 0..1
    DIFFERENCE = "difference"  # of two ratios
    COUNT = "count"
    MONEY = "money"  # major units of the reporting currency
    SCORE = "score"  # 0..1
    BPS = "bps"  # of 10,000
    MILLISECONDS = "ms"
    SECONDS = "seconds"
    NUMBER = "number"


class Kind(StrEnum):
    """What the values of a dimension are."""

    SET = "set"
    OPEN = "open"
    FLAG = "flag"
    NUMBER = "number"
    NUMBER_GROUP = "number_group"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Source:
    """A table or view that figures are made from."""

    name: str
    table: str
    time: str | None  # the event time; `scope` when only a scope can narrow it; None when it has none
    where: str
    noun: str
    description: str
    days: int | None = None  # it looks back so far when nobody names a time


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure over one source: numerator by denominator, or one expression."""

    name: str
    label: str
    source: str
    meaning: str
    unit: Unit
    better: Literal["high", "low"]
    words: Words
    expression: str = ""
    numerator: str = ""
    denominator: str = ""
    proof: str = ""
    as_filter: Mapping[str, list[str]] | None = None
    listed_by: tuple[str, ...] = ()
    where_total: str = ""  # what counts without dimensions, and with them
    where_grouped: str = ""

    @property
    def is_ratio(self) -> bool:
        return bool(self.denominator)

    @property
    def sql(self) -> str:
        """The figure as one SQL expression."""
        if not self.is_ratio:
            return self.expression
        return f"cast({self.numerator} as double) / nullif({self.denominator}, 0)"


@dataclass(frozen=True, slots=True)
class Dimension:
    """What figures are told apart and narrowed by."""

    name: str
    label: str
    kind: Kind
    columns: Mapping[str, str]  # per source
    words: Words
    values: Mapping[str, list[str]] = field(default_factory=dict)
    scope: ScopeDimension | None = None
    note: str = ""
    unit: str = ""
    shown: Mapping[str, str] = field(default_factory=dict)  # the readable name of a value, per source


@dataclass(frozen=True, slots=True)
class Semantics:
    """Everything that can be asked for."""

    sources: Mapping[str, Source]
    metrics: Mapping[str, Metric]
    dimensions: Mapping[str, Dimension]


@cache
def semantics() -> Semantics:
    """The semantic files; a contradiction in them is a bug of ours."""
    figures, narrowing = read("metrics"), read("dimensions")
    sources = {name: Source(name=name, **given) for name, given in figures["sources"].items()}
    metrics = {name: _metric(name, dict(given)) for name, given in figures["metrics"].items()}
    dimensions = {name: _dimension(name, dict(given), narrowing) for name, given in narrowing.items()}
    for metric in metrics.values():
        assert metric.source in sources, f"{metric.name} has an unknown source"
        assert bool(metric.expression) != metric.is_ratio, f"{metric.name} needs an expression or a numerator"
        assert set(metric.as_filter or ()) <= set(dimensions), f"{metric.name} narrows by an unknown dimension"
    for dimension in dimensions.values():
        assert set(dimension.columns) <= set(sources), f"{dimension.name} has an unknown source"
    return Semantics(sources, metrics, dimensions)


def read(name: str) -> dict[str, Any]:
    """One of the semantic files."""
    content: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return content


def _metric(name: str, given: dict[str, Any]) -> Metric:
    rate = given.pop("rate", None)
    given.setdefault("meaning", RATES[Rate(rate)].meaning if rate else "")
    assert given["meaning"], f"{name} has no meaning"
    given.pop("only_counted", None)
    return Metric(
        name=name,
        **given | {"unit": Unit(given["unit"]), "listed_by": tuple(given.get("listed_by", ()))},
    )


def _dimension(name: str, given: dict[str, Any], others: Mapping[str, Any]) -> Dimension:
    alike = given.pop("values_as", None)
    if alike:
        given["values"] = others[alike]["values"]
    scope = given.pop("scope", None)
    return Dimension(
        name=name,
        **given | {"kind": Kind(given["kind"]), "scope": ScopeDimension(scope) if scope else None},
    )
