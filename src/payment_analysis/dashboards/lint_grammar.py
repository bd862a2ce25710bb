"""Words of a file that Databricks does not know, and words that it needs and does not find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from payment_analysis.dashboards.grammar import CANVAS, FILTERS, FORMATS, GRID, KEYS, KINDS, SCALES, is_filter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_COMMON: Final = KEYS["spec"]


def grammar_faults(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every place and what is wrong with its words."""
    yield from _unknown("file", raw, "file")
    for dataset in raw["datasets"]:
        place = f"dataset {dataset['name']}"
        yield from _unknown(place, dataset, "dataset")
        for column in dataset.get("columns", ()):
            yield from _unknown(place, column, "column")
    for page in raw["pages"]:
        place = f"page {page['name']}"
        yield from _unknown(place, page, "page")
        if page.get("layoutVersion") != GRID:
            yield place, f"its layoutVersion must be {GRID}: without it the grid has six columns"
        if page.get("pageType") not in {CANVAS, FILTERS}:
            yield place, f"its pageType must be {CANVAS} or {FILTERS}"
        for item in page["layout"]:
            where = f"{page['name']}/{item['widget']['name']}"
            yield from _unknown(where, item, "layout")
            yield from _unknown(where, item["position"], "position")
            yield from ((where, message) for message in _of_widget(item["widget"]))


def _unknown(place: str, given: Mapping[str, Any], kind: str) -> Iterator[tuple[str, str]]:
    for key in given.keys() - KEYS[kind]:
        yield place, f"{key} is not a word of a {kind}"


def _of_widget(widget: Mapping[str, Any]) -> Iterator[str]:
    if "spec" not in widget:
        yield from (message for _, message in _unknown("", widget, "text"))
        return
    yield from (message for _, message in _unknown("", widget, "widget"))
    for named in widget.get("queries", ()):
        yield from _of_query(named)
    spec = widget["spec"]
    kind = KINDS.get(spec["widgetType"])
    if kind is None:
        yield f"there is no widget {spec['widgetType']}; there are {', '.join(KINDS)}"
        return
    for key in spec.keys() - _COMMON - kind.options:
        yield f"{key} is not a word of a {spec['widgetType']}"
    yield from (message for _, message in _unknown("", spec.get("frame", {}), "frame"))
    if spec.get("version") != kind.version:
        yield f"the version of a {spec['widgetType']} is {kind.version}, not {spec.get('version')}"
    encodings = spec.get("encodings", {})
    for channel in sorted(kind.required - encodings.keys()):
        yield f"a {spec['widgetType']} needs {channel}"
    for channel in sorted(encodings.keys() - kind.required - kind.optional):
        yield f"a {spec['widgetType']} has no {channel}"
    yield from _of_values(encodings)
    if is_filter(spec["widgetType"]):
        known = {one["name"] for one in widget.get("queries", ())}
        for field in encodings.get("fields", ()):
            if field.get("queryName") not in known:
                yield f"its query {field.get('queryName')} does not exist"


def _of_query(named: Mapping[str, Any]) -> Iterator[str]:
    query = named["query"]
    yield from (message for _, message in _unknown("", named, "named query"))
    yield from (message for _, message in _unknown("", query, "query"))
    for kind, listed in {"field": "fields", "filter": "filters", "order": "orders"}.items():
        for one in query.get(listed, ()):
            yield from (message for _, message in _unknown("", one, kind))
    if "disaggregated" not in query:
        yield "its query does not say whether it is disaggregated"
    if any("associative_filter" in one["expression"] for one in query.get("fields", ())):
        yield "associative filters are written by Databricks itself: leave them out"


def _of_values(encoding: Any) -> Iterator[str]:
    """Scales and formats anywhere below an encoding."""
    if isinstance(encoding, list):
        for one in encoding:
            yield from _of_values(one)
    elif isinstance(encoding, dict):
        scale, given = encoding.get("scale"), encoding.get("format")
        if isinstance(scale, dict):
            yield from (message for _, message in _unknown("", scale, "scale"))
            if scale.get("type") not in SCALES:
                yield f"there is no scale {scale.get('type')}"
        if isinstance(given, dict):
            yield from (message for _, message in _unknown("", given, "format"))
            if given.get("type") not in FORMATS:
                yield f"there is no format {given.get('type')}"
        for key, value in encoding.items():
            if key not in {"scale", "format"}:
                yield from _of_values(value)
