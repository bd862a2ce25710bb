"""In words: declines, excessive retries and the actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.report.document import (
    Bar,
    Bars,
    Block,
    Callout,
    Cell,
    Facts,
    Figure,
    Section,
    Table,
    Text,
    Tone,
)
from payment_analysis.report.wording import (
    cells,
    count,
    left,
    money,
    network,
    percent,
    plural,
    rate_cells,
    right,
    short_money,
    wide,
    word,
)

if TYPE_CHECKING:
    from payment_analysis.report.declines import Declines, Reason
    from payment_analysis.report.exposure import Exposure

REASONS_SHOWN = 12
EVIDENCE_SHOWN = 8


def declines_section(declines: Declines) -> Section:
    lead = "Why the answer was no, on whose side the cause lies, and whether sending again may help."
    blocks: list[Block] = []
    if declines.unexplained:
        share = percent(declines.unexplained_share, 0)
        blocks.append(
            Callout(
                "Reason not in the data" if declines.unexplained == declines.declines else f"{share} without a reason",
                f"{count(declines.unexplained)} of {count(declines.declines)} declines carry no response code or word "
                "that we know. They are not spread over the known reasons, and no retry of theirs is called allowed.",
            )
        )
    known = [reason for reason in declines.reasons if reason.is_known]
    if known:
        blocks.append(Figure(_pareto(declines.reasons)))
        blocks += [_reason_table(declines.reasons), _fault_table(declines), _sources(known)]
    elif declines.reasons:
        reason = declines.reasons[0]
        blocks.append(
            Facts(
                (
                    ("Declines", count(declines.declines)),
                    ("Lost payments", count(reason.lost_payments)),
                    ("Value lost", money(reason.lost_value)),
                    (
                        "Retries that followed",
                        f"{count(reason.retries.trials)}, approved {percent(reason.retries.rate)}",
                    ),
                )
            )
        )
    return Section("declines", "Declines", lead, tuple(blocks), declines.queries)


def _pareto(reasons: tuple[Reason, ...]) -> Bars:
    by_value = sorted(reasons, key=_lost_minor, reverse=True)[:REASONS_SHOWN]
    total = sum(_lost_minor(reason) for reason in reasons) or 1
    bars = tuple(
        Bar(
            word(reason.reason),
            0.0,
            _lost_minor(reason) / total,
            f"{short_money(reason.lost_value)}{' · retry may help' if reason.retryable else ''}",
            Tone.GOOD if reason.retryable else Tone.STRONG if reason.is_known else Tone.QUIET,
        )
        for reason in by_value
    )
    return Bars("Value of lost payments by their last decline reason; green reasons may be retried", bars)


def _lost_minor(reason: Reason) -> int:
    return reason.lost_value.amount_minor if reason.lost_value else 0


def _reason_table(reasons: tuple[Reason, ...]) -> Table:
    columns = (
        *left("Reason", "Fault"),
        *right("Declines", "Payments lost", "Value lost"),
        *left("What to do"),
        *right("Retries approved"),
        *wide("95 % interval"),
        *right("n"),
    )
    rows = tuple(
        (
            Cell(word(reason.reason), Tone.STRONG),
            Cell(word(reason.fault)),
            Cell(count(reason.declines)),
            Cell(count(reason.lost_payments)),
            Cell(money(reason.lost_value)),
            Cell(f"{word(reason.action)}{' (a retry may help)' if reason.retryable else ''}"),
            *rate_cells(reason.retries),
        )
        for reason in reasons
    )
    return Table("Declines by reason", columns, rows)


def _fault_table(declines: Declines) -> Table:
    columns = (*left("On the side of"), *right("Declines", "Share", "Payments lost", "Value lost"))
    rows = tuple(
        cells(
            word(fault.fault),
            count(fault.declines),
            percent(fault.declines / declines.declines),
            count(fault.lost_payments),
            money(fault.lost_value),
        )
        for fault in declines.faults
    )
    return Table("Declines by fault", columns, rows)


def _sources(known: list[Reason]) -> Table:
    rows = tuple(cells(word(reason.reason), word(reason.standard.lower()), reason.source) for reason in known)
    return Table("Where the meaning comes from", left("Reason", "Standard reason", "Source"), rows)


def exposure_section(exposure: Exposure) -> Section:
    lead = "Card networks limit how often a refused card may be tried again, and charge above the limit."
    blocks: list[Block] = []
    if not exposure.computable:
        blocks.append(
            Callout("Cannot be computed", f"The limits count tries per card, and there is {exposure.why_not}.")
        )
    elif exposure.over_limits:
        columns = (
            *left("Network", "Rule"),
            *right("Limit", "Attempts over", "Fee", "In reporting currency"),
            *left("Source"),
        )
        rows = tuple(
            cells(
                network(line.network),
                word(line.rule),
                f"{line.attempts_max} in {line.window_hours} h" if line.window_hours else f"{line.attempts_max}",
                count(line.attempts_over),
                money(line.fee) if line.fee else "not published",
                money(line.fee_reporting),
                line.source,
            )
            for line in exposure.over_limits
        )
        blocks.append(Table("Attempts above a limit", columns, rows))
        blocks.append(Text("Where a country is not known the card counts as domestic, which has the lower fee."))
    else:
        blocks.append(Text(f"No attempt was above a limit; {plural(exposure.cards, 'card')} came near one."))
    stop = exposure.after_stop
    if stop.trials:
        blocks.append(
            Text(
                f"{plural(stop.trials, 'retry', 'retries')} followed a refusal that is final by its code "
                f"({percent(stop.rate)} were approved)."
            )
        )
    return Section("exposure", "Excessive retries", lead, tuple(blocks), exposure.queries)
