"""The report as JSON: ratios 0..1, money as minor units with its currency, instants in ISO 8601, SQL per section."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from payment_analysis.domain.money import Money
from payment_analysis.report.bridge import Bridge
from payment_analysis.report.declines import Declines
from payment_analysis.report.overview import Overview
from payment_analysis.report.verdict import say_verdict

if TYPE_CHECKING:
    from payment_analysis.report.report import Report

VERSION = 1  # grows when a field is renamed or removed, not when one is added


def to_json(report: Report) -> dict[str, Any]:
    """Turn the report into plain values whose shape callers may rely on; every section has `sql`, a name per query."""
    verdict = say_verdict(report)
    return {
        "version": VERSION,
        "verdict": {"sentence": verdict.sentence, "detail": verdict.detail},
        **{item.name: _plain(getattr(report, item.name)) for item in fields(report)},
    }


# Values that readers want and that a class computes from its fields.
COMPUTED: dict[type, tuple[str, ...]] = {
    Overview: ("is_simulated",),
    Bridge: ("uplift",),
    Declines: ("unexplained_share", "retryable_value"),
}


def _plain(value: object) -> Any:
    match value:
        case Money():
            return {"minor": value.amount_minor, "currency": value.currency}
        case datetime():
            return value.isoformat()
        case StrEnum():
            return value.value
        case tuple() | list():
            return [_plain(item) for item in value]
        case _ if is_dataclass(value):
            names = [item.name for item in fields(value) if item.name != "queries"]
            plain = {name: _plain(getattr(value, name)) for name in (*names, *COMPUTED.get(type(value), ()))}
            if hasattr(value, "queries"):
                plain["sql"] = {query.name: query.sql for query in value.queries}
            return plain
        case _:
            assert value is None or isinstance(value, str | int | float | bool), type(value)
            return value
