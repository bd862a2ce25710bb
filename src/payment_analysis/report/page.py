"""The report as a document: which sections, in which order, under which headline numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.domain.metrics import Rate
from payment_analysis.report.document import Document, Headline
from payment_analysis.report.verdict import say_verdict
from payment_analysis.report.wording import (
    duration,
    instant,
    interval,
    money_range,
    percent,
    plural,
    points,
    short_money,
)
from payment_analysis.report.words_actions import actions_section
from payment_analysis.report.words_losses import declines_section, exposure_section
from payment_analysis.report.words_opening import bridge_section, data_section, trend_section
from payment_analysis.report.words_routes import chains_section, providers_section

if TYPE_CHECKING:
    from payment_analysis.report.report import Report


def compose(report: Report) -> Document:
    """Say the whole report in words, tables and figures."""
    overview, verdict = report.overview, say_verdict(report)
    return Document(
        title="Payment approval report",
        badge=_badge(report),
        period=(
            f"{plural(overview.attempts, 'attempt')} from {instant(overview.first_event)} to "
            f"{instant(overview.newest_event)} UTC · days in {overview.zone} · newest event "
            f"{duration(overview.age_seconds)} old · amounts in {overview.currency}"
        ),
        verdict=verdict.sentence,
        detail=verdict.detail,
        headlines=_headlines(report),
        sections=(
            actions_section(report.actions, overview),
            bridge_section(report.bridge),
            trend_section(report.trend, overview.zone),
            providers_section(report.providers),
            chains_section(report.chains),
            declines_section(report.declines),
            exposure_section(report.exposure),
            data_section(overview),
        ),
        footer=f"Made {instant(report.made_at)} UTC by Payment Analysis. Intervals are 95 %; rates with fewer than "
        "100 trials are greyed and never ranked first.",
    )


def _badge(report: Report) -> str:
    origins = {source.origin for source in report.overview.sources}
    if origins == {"simulated"}:
        return "simulated data"
    return "your data" if origins == {"user"} else "your data and simulated data"


def _headlines(report: Report) -> tuple[Headline, ...]:
    bridge, actions = report.bridge, report.actions
    payment = bridge.measure(Rate.PAYMENT_RATE)
    first = bridge.measure(Rate.FIRST_ATTEMPT_RATE).rate
    return (
        Headline(
            "Payment rate",
            percent(payment.rate.rate),
            f"{interval(payment.rate)}; by value {percent(payment.value_rate)}",
        ),
        Headline("First-attempt rate", percent(first.rate), f"retries add {points(bridge.uplift)}"),
        Headline("Declined for good", short_money(bridge.lost_value), plural(bridge.lost_payments, "payment")),
        Headline(
            "May be recovered",
            money_range(actions.recoverable_per_30_days or actions.recoverable),
            "per 30 days" if actions.recoverable_per_30_days else "in this period",
        ),
    )
