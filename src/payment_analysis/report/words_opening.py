"""In words: the data, the metric bridge and the trend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.domain.metrics import Rate
from payment_analysis.report.document import (
    Bar,
    Block,
    Callout,
    Cell,
    Facts,
    Figure,
    Section,
    Table,
    Tone,
    TrendLine,
    TrendPoint,
    Waterfall,
)
from payment_analysis.report.wording import (
    cells,
    count,
    duration,
    instant,
    left,
    money,
    percent,
    plural,
    points,
    rate_cells,
    right,
    word,
)

if TYPE_CHECKING:
    from payment_analysis.report.bridge import Bridge
    from payment_analysis.report.overview import Overview
    from payment_analysis.report.trend import Trend

ORIGINS = {"user": "your data", "simulated": "simulated"}
GRAIN_FORMAT = {"hour": "%d %b %H:00", "day": "%d %b", "week": "%d %b %y"}


def data_section(overview: Overview) -> Section:
    items = [
        ("Sources", ", ".join(f"{ORIGINS[s.origin]}, {s.format}: {count(s.attempts)}" for s in overview.sources)),
        (
            "Period",
            f"{instant(overview.first_event)} to {instant(overview.newest_event)} UTC; days in {overview.zone}",
        ),
        ("Newest event", f"{duration(overview.age_seconds)} old when this report was made"),
        ("Attempts, payments", f"{count(overview.attempts)} attempts in {count(overview.payments)} payments"),
        ("Left out of all rates", f"{count(overview.tests)} tests, {count(overview.verifications)} card verifications"),
        ("Reporting currency", f"{overview.currency}; amounts came in {', '.join(overview.currencies)}"),
        ("Without exchange rate", f"{plural(overview.without_rate, 'attempt')}, counted in rates but in no amount"),
        (
            "Quarantined",
            ", ".join(f"{word(item.reason)}: {count(item.rows)}" for item in overview.quarantined)
            or "no row was rejected",
        ),
    ]
    blocks: list[Block] = [Facts(tuple(items))]
    if overview.missing:
        blocks.append(
            Table(
                "Not in this data",
                left("Column that is empty", "What the report cannot say without it"),
                tuple(cells(item.dimension, item.needed_for) for item in overview.missing),
            )
        )
    partly = [item for item in overview.coverage if 0 < item.share < 1]
    if partly:
        blocks.append(
            Table(
                "Known for a part of the attempts",
                (*left("Column"), *right("Known", "Share")),
                tuple(cells(item.dimension, count(item.known), percent(item.share)) for item in partly),
            )
        )
    lead = "Where the numbers come from, how fresh they are, and what they cannot tell."
    return Section("data", "The data", lead, tuple(blocks), overview.queries)


def bridge_section(bridge: Bridge) -> Section:
    blocks: list[Block] = []
    if bridge.measure(Rate.PAYMENT_RATE).rate.trials:
        blocks.append(Figure(_waterfall(bridge)))
    rows = tuple(
        (
            Cell(measure.name, Tone.STRONG),
            *rate_cells(measure.rate),
            Cell(percent(measure.value_rate)),
            Cell(money(measure.value)),
        )
        for measure in bridge.measures
    )
    columns = (*left("Rate"), *right("By count", "95 % interval", "Counted", "By value", "Value"))
    blocks.append(Table("Four rates of the same data", columns, rows))
    words = tuple(
        cells(
            measure.name,
            f"{measure.definition.numerator} ÷ {measure.definition.denominator}",
            measure.definition.meaning,
        )
        for measure in bridge.measures
    )
    blocks.append(Table("What each rate divides", left("Rate", "Definition", "Meaning"), words))
    if bridge.left_out:
        steps = tuple(cells(step.meaning, count(step.attempts), money(step.value)) for step in bridge.left_out)
        blocks.append(Table("Messages that are no authorisations", (*left("Kind"), *right("Messages", "Value")), steps))
    lead = (
        "The same traffic gives different rates. Attempts count every retry again; payments count what the customer "
        "wanted once. The steps between them are below."
    )
    return Section("bridge", "From attempts to payments", lead, tuple(blocks), bridge.queries)


def _waterfall(bridge: Bridge) -> Waterfall:
    attempt, first, payment = (
        bridge.measure(key).rate.rate or 0.0 for key in (Rate.ATTEMPT_RATE, Rate.FIRST_ATTEMPT_RATE, Rate.PAYMENT_RATE)
    )
    bars = (
        Bar("Attempt rate", 0.0, attempt, percent(attempt), Tone.STRONG),
        Bar("Each payment once", attempt, first, points(first - attempt), _direction(first - attempt)),
        Bar("First-attempt rate", 0.0, first, percent(first), Tone.STRONG),
        Bar("Won by retries", first, payment, points(payment - first), _direction(payment - first)),
        Bar("Payment rate", 0.0, payment, percent(payment), Tone.PLAIN),
    )
    label = (
        f"Waterfall: attempt rate {percent(attempt)}, counting each payment once {points(first - attempt)}, "
        f"first-attempt rate {percent(first)}, won by retries {points(payment - first)}, payment {percent(payment)}"
    )
    return Waterfall(label, bars)


def _direction(change: float) -> Tone:
    return Tone.GOOD if change >= 0 else Tone.BAD


def trend_section(trend: Trend, zone: str) -> Section:
    form = GRAIN_FORMAT[trend.grain]
    shown = [point for point in trend.points if point.payment.trials]
    blocks: list[Block] = []
    if len(shown) > 1:
        line = TrendLine(
            f"Payment rate by {trend.grain} in {zone}, with 95 % Wilson band, and first-attempt rate",
            "Payment rate with 95 % band",
            "First-attempt rate",
            tuple(
                TrendPoint(
                    f"{point.start:{form}}",
                    point.payment.rate,
                    point.payment.low,
                    point.payment.high,
                    point.first_attempt.rate,
                )
                for point in trend.points
            ),
        )
        rows = tuple(
            (Cell(f"{point.start:%Y-%m-%d %H:%M}"), *rate_cells(point.payment), Cell(percent(point.first_attempt.rate)))
            for point in shown
        )
        columns = (
            *left(f"Start of {trend.grain}"),
            *right("Payment rate", "95 % interval", "Payments", "First attempt"),
        )
        blocks.append(Figure(line, Table(f"Rates by {trend.grain}, {zone}", columns, rows)))
    else:
        blocks.append(Callout("Too short for a trend", f"All payments lie in one {trend.grain}."))
    lead = (
        f"By {trend.grain}, time zone {zone}. A payment belongs to the {trend.grain} of its first attempt. "
        "Where bands overlap, a change may be chance."
    )
    return Section("trend", "Trend", lead, tuple(blocks), trend.queries)
