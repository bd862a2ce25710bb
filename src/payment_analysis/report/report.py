"""Build the report: read every section through the warehouse, decide, and say the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from payment_analysis.domain.errors import BadInput
from payment_analysis.report.actions import Actions, decide_actions
from payment_analysis.report.bridge import Bridge, read_bridge
from payment_analysis.report.chains import Chains, read_chains
from payment_analysis.report.declines import Declines, read_declines
from payment_analysis.report.exposure import Exposure, read_exposure
from payment_analysis.report.lost import read_lost
from payment_analysis.report.overview import Overview, read_overview
from payment_analysis.report.providers import Providers, read_providers
from payment_analysis.report.routing import Routing, read_routing
from payment_analysis.report.trend import Trend, read_trend
from payment_analysis.report.warehouse import Query, Scope

if TYPE_CHECKING:
    from datetime import datetime

    from payment_analysis.report.warehouse import Warehouse

DEFAULT_CURRENCY = "EUR"  # only when silver names none, which means that no attempt is there

REPORTING_CURRENCY = Query(
    "reporting_currency",
    """-- One row: the currency every amount of the report is in.
select max(reporting_currency) as currency from payments_enriched_silver""",
)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the report says, as values; renderers add words and ink, no numbers."""

    made_at: datetime
    overview: Overview
    bridge: Bridge
    trend: Trend
    providers: Providers
    chains: Chains
    declines: Declines
    exposure: Exposure
    routing: Routing
    actions: Actions


def build_report(
    warehouse: Warehouse,
    *,
    now: datetime,
    zone: str = "UTC",
    since: datetime | None = None,
    until: datetime | None = None,
) -> Report:
    """Compute the report of the attempts in [since, until), by default of all; days are days of the time zone."""
    assert all(moment is None or moment.tzinfo for moment in (now, since, until)), "instants carry their time zone"
    scope = Scope(reporting_currency(warehouse), _known(zone), since, until)
    overview = read_overview(warehouse, scope, now)
    routing = read_routing(warehouse, scope)
    exposure = read_exposure(warehouse, scope, overview)
    return Report(
        made_at=now,
        overview=overview,
        bridge=read_bridge(warehouse, scope),
        trend=read_trend(warehouse, scope, overview.days),
        providers=read_providers(warehouse, scope),
        chains=read_chains(warehouse, scope),
        declines=read_declines(warehouse, scope),
        exposure=exposure,
        routing=routing,
        actions=decide_actions(read_lost(warehouse, scope), routing, exposure, overview.days),
    )


def reporting_currency(warehouse: Warehouse) -> str:
    """The currency every sum is in."""
    (row,) = REPORTING_CURRENCY.rows(warehouse)
    currency: str = row["currency"] or DEFAULT_CURRENCY
    return currency


def _known(zone: str) -> str:
    try:
        return str(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise BadInput(
            f"time zone {zone!r} is not known", hint="use an IANA name such as UTC or America/Sao_Paulo"
        ) from unknown
