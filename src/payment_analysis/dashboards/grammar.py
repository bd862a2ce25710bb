"""The grammar of an AI/BI dashboard file, as far as we use it: the only home of that knowledge.

There is no public schema. Versions and names are those of exported dashboards; another version of a known widget is
refused by Databricks when the file is imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.scope import Dimension

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT: Final = "text"  # our word for a widget without a spec
CANVAS: Final = "PAGE_TYPE_CANVAS"
FILTERS: Final = "PAGE_TYPE_GLOBAL_FILTERS"
GRID: Final = "GRID_V1"
NAME: Final = r"[A-Za-z0-9_-]{1,60}"
PERCENT: Final = "number-percent"
CURRENCY: Final = "number-currency"
FORMATS: Final = frozenset({"number", "number-plain", CURRENCY, PERCENT, "date", "datetime"})
SCALES: Final = frozenset({"quantitative", "temporal", "categorical"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of widget: its version, what it must encode and what it may."""

    version: int
    required: frozenset[str]
    optional: frozenset[str] = frozenset()
    options: frozenset[str] = frozenset()  # keys of the spec besides version, widgetType, encodings, frame and data


def _kind(version: int, required: str, optional: str = "", options: str = "") -> Kind:
    return Kind(version, frozenset(required.split()), frozenset(optional.split()), frozenset(options.split()))


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "counter": _kind(2, "value", "target period"),
        "bar": _kind(3, "x y", "color label extra", "mark annotations"),
        "line": _kind(3, "x y", "color label extra", "mark annotations"),
        "area": _kind(3, "x y", "color label extra", "mark annotations"),
        "pie": _kind(3, "angle color", "label extra"),
        "scatter": _kind(3, "x y", "color label extra size", "mark"),
        "heatmap": _kind(3, "x y color", "label extra"),
        "histogram": _kind(3, "x y", "color", "mark"),
        "combo": _kind(1, "x y", "label color", "annotations"),
        "table": _kind(2, "columns", "rowOrder", "rowsPerPage"),
        "pivot": _kind(3, "rows cell", "columns"),
        "choropleth-map": _kind(1, "region color", "extra", "mark"),
        "sankey": _kind(1, "value stages"),
        "filter-single-select": _kind(2, "fields", "", "selection disallowAll scale"),
        "filter-multi-select": _kind(2, "fields", "", "selection disallowAll scale"),
        "filter-date-picker": _kind(2, "fields", "", "selection disallowAll scale"),
        "filter-date-range-picker": _kind(2, "fields", "", "selection disallowAll scale"),
        "range-slider": _kind(2, "fields", "", "selection disallowAll scale"),
    }
)

# What an object of the file may hold; anything else is a word that Databricks does not know.
KEYS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        place: frozenset(keys.split())
        for place, keys in {
            "file": "datasets pages uiSettings",
            "dataset": "name displayName queryLines parameters columns catalog schema",
            "column": "displayName description expression",
            "page": "name displayName pageType layoutVersion layout",
            "layout": "widget position",
            "position": "x y width height",
            "text": "name multilineTextboxSpec specExtensions",
            "widget": "name queries spec specExtensions",
            "spec": "version widgetType encodings frame data",
            "frame": "title showTitle description showDescription headerAlignment",
            "named query": "name query",
            "query": "datasetName fields parameters filters orders cubeGroupingSets disaggregated",
            "field": "name expression",
            "filter": "expression",
            "order": "direction expression",
            "format": "type currencyCode abbreviation decimalPlaces hideGroupSeparator suffix date time leadingZeros",
            "scale": "type sort colorRamp mappings domain domainMin domainMax reverse fn categorySize",
        }.items()
    }
)

# Which filter of the scope a column means. The country of a view is the issuer's, or else that of the sale.
DIMENSIONS: Final[Mapping[str, Dimension]] = MappingProxyType(
    {
        "card_network": Dimension.NETWORK,
        "country": Dimension.COUNTRY,
        "issuer_country": Dimension.COUNTRY,
        "merchant_segment": Dimension.SEGMENT,
        "payment_solution": Dimension.SOLUTION,
        "entry_system": Dimension.ENTRY_SYSTEM,
        "merchant_id": Dimension.MERCHANT,
        "psp": Dimension.PSP,
        "currency": Dimension.CURRENCY,
    }
)


def is_filter(kind: str) -> bool:
    """Whether the widget chooses instead of showing."""
    return kind.startswith("filter-") or kind == "range-slider"
