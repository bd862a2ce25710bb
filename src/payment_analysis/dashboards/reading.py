"""A dashboard file as a value. What cannot be read is a BadFile that says where; what is merely wrong, `lint` finds."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.dashboards.dashboard import (
    Category,
    Channel,
    Dashboard,
    Dataset,
    Field,
    Format,
    Page,
    Position,
    Query,
    Widget,
)
from payment_analysis.dashboards.grammar import DIMENSIONS, FILTERS, TEXT
from payment_analysis.domain.errors import BadFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SUFFIX: Final = ".lvdash.json"
FILE_BYTES_MAX: Final = 2_000_000  # ours have 40 kB; Databricks refuses files far below this

# Whom each of our dashboards is for; a file that is not listed is somebody's own.
CATEGORIES: Final[Mapping[str, Category]] = MappingProxyType(
    {
        "executive_overview": Category.EXECUTIVE,
        "decline_analysis": Category.OPERATIONS,
        "realtime_monitoring": Category.OPERATIONS,
        "fraud_risk_analysis": Category.ANALYTICS,
        "merchant_performance": Category.ANALYTICS,
        "routing_optimization": Category.OPERATIONS,
        "daily_trends": Category.ANALYTICS,
        "authentication_security": Category.ANALYTICS,
        "financial_impact": Category.EXECUTIVE,
        "performance_latency": Category.TECHNICAL,
        "streaming_data_quality": Category.TECHNICAL,
        "global_coverage": Category.ANALYTICS,
    }
)


def read_file(path: Path) -> Dashboard:
    """Read one file; its name without the suffix is the dashboard's id."""
    identity = path.name.removesuffix(SUFFIX)
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise BadFile(f"{path.name} is larger than {FILE_BYTES_MAX:,} bytes", hint="split the dashboard")
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise BadFile(f"{path.name} cannot be read: {error}", hint="export the dashboard again") from error
    return read(identity, raw, path.name)


def read(identity: str, raw: Any, file: str = "") -> Dashboard:
    """Make a dashboard of a parsed file."""
    try:
        datasets = {str(one["name"]): _dataset(one) for one in raw["datasets"]}
        pages = tuple(_page(one) for one in raw["pages"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        missing = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise BadFile(
            f"{file or identity} is not a dashboard: {missing}", hint="export it again as .lvdash.json"
        ) from error
    lines = next((widget.lines for page in pages for widget in page.widgets if widget.lines), ())
    words = [line.strip().lstrip("# ").strip() for line in lines if line.strip()]
    return Dashboard(
        id=identity,
        title=words[0] if words else identity.replace("_", " ").capitalize(),
        description=" ".join(words[1:]),
        category=CATEGORIES.get(identity, Category.OWN),
        file=file,
        pages=pages,
        datasets=MappingProxyType(datasets),
        raw=raw,
    )


def _dataset(raw: Mapping[str, Any]) -> Dataset:
    name = str(raw["name"])
    return Dataset(
        name=name,
        title=str(raw.get("displayName", name)),
        sql="".join(raw["queryLines"]),
        calculated={str(one["displayName"]): str(one["expression"]) for one in raw.get("columns", ())},
    )


def _page(raw: Mapping[str, Any]) -> Page:
    return Page(
        name=str(raw["name"]),
        title=str(raw.get("displayName", raw["name"])),
        is_filters=raw.get("pageType") == FILTERS,
        widgets=tuple(_widget(one["widget"], one["position"]) for one in raw["layout"]),
    )


def _widget(raw: Mapping[str, Any], place: Mapping[str, Any]) -> Widget:
    position = Position(*(int(place[side]) for side in ("x", "y", "width", "height")))
    name = str(raw["name"])
    if "spec" not in raw:
        return Widget(name, TEXT, position, lines=tuple(map(str, raw["multilineTextboxSpec"]["lines"])))
    spec, queries = raw["spec"], raw.get("queries", ())
    frame = spec.get("frame", {})
    return Widget(
        name=name,
        kind=str(spec["widgetType"]),
        position=position,
        title=str(frame.get("title", "")),
        description=str(frame.get("description", "")),
        layout=str(spec.get("mark", {}).get("layout", "")),
        query=_query(queries[0]["query"]) if queries and queries[0]["query"].get("fields") else None,
        channels=tuple(
            channel for key, encoding in spec.get("encodings", {}).items() for channel in _channels(key, encoding)
        ),
    )


def _query(raw: Mapping[str, Any]) -> Query:
    return Query(
        dataset=str(raw["datasetName"]),
        fields=tuple(Field(str(one["name"]), str(one["expression"])) for one in raw["fields"]),
        is_disaggregated=bool(raw["disaggregated"]),
        filters=tuple(str(one["expression"]) for one in raw.get("filters", ())),
        orders=tuple((str(one["expression"]), one["direction"] == "DESC") for one in raw.get("orders", ())),
    )


def _channels(name: str, encoding: Any) -> Iterator[Channel]:
    """The fields of an encoding; several fields of one axis share its scale and format."""
    if isinstance(encoding, list):
        for one in encoding:
            yield from _channels(name, one)
    elif not isinstance(encoding, dict):
        return
    elif isinstance(encoding.get("fieldName"), str):
        yield _channel(name, encoding)
    elif "fields" in encoding:
        shared = {key: value for key, value in encoding.items() if key != "fields"}
        for one in encoding["fields"]:
            yield from _channels(name, {**shared, **one})
    else:  # two axes of one chart; the regions of a map
        for key, part in {"primary": name, "secondary": f"{name}2", "admin0": name}.items():
            yield from _channels(part, encoding.get(key))


def _channel(name: str, encoding: Mapping[str, Any]) -> Channel:
    field, scale = str(encoding["fieldName"]), encoding.get("scale", {})
    domain = scale.get("domain", {})
    return Channel(
        name=name,
        field=field,
        label=str(encoding.get("displayName", field)),
        scale=str(scale.get("type", "")),
        sort=str(scale.get("sort", {}).get("by", "")),
        format=_format(encoding["format"]) if "format" in encoding else None,
        low=domain.get("min"),
        high=domain.get("max"),
        dimension=DIMENSIONS.get(field),
    )


def _format(raw: Mapping[str, Any]) -> Format:
    places = raw.get("decimalPlaces", {})
    return Format(
        kind=str(raw["type"]),
        currency=str(raw.get("currencyCode", "")),
        decimals=places.get("places"),
        is_exact=places.get("type") == "exact",
        is_compact=raw.get("abbreviation") == "compact",
    )
