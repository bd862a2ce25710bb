"""In words: the ranked actions, their value and the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.report.actions import ActionKind
from payment_analysis.report.document import (
    Block,
    Callout,
    Cell,
    Facts,
    Figure,
    Heading,
    Intervals,
    Mark,
    MarkRow,
    Section,
    Table,
    Text,
    Tone,
    Unit,
)
from payment_analysis.report.plays import PLAYS
from payment_analysis.report.wording import (
    count,
    expected,
    left,
    money,
    money_range,
    percent,
    plural,
    rate_cells,
    right,
    wide,
)

if TYPE_CHECKING:
    from payment_analysis.report.actions import Action, Actions
    from payment_analysis.report.overview import Overview
    from payment_analysis.report.proportion import MoneyRange

EVIDENCE_SHOWN = 8

COUNTED_ONCE = (
    "No payment is counted twice. A lost payment belongs to the one action that its last result and reason name; where "
    "the reason is unknown or asks for another route, a proven better provider that the payment never met takes it "
    "first. Low ends and high ends are added up, which makes sums wider than their true interval."
)


def actions_section(actions: Actions, overview: Overview) -> Section:
    period = "per 30 days" if actions.scaled_by is not None else "in this period"
    lead = f"Ranked by expected value, then by the high end; amounts are {period}."
    if not actions.ranked:
        nothing = Text("No lost payment asks for an action in this data.")
        return Section("actions", "What to do first", lead, (nothing,))
    blocks: list[Block] = []
    rows = tuple(
        MarkRow(PLAYS[action.kind].name, (_mark(gain),))
        for action in actions.ranked
        if (gain := _shown(action)) is not None and gain.high.amount_minor
    )
    if rows:
        label = f"Value of each action {period}: range, and expected value as a dot"
        blocks.append(Figure(Intervals(label, ("",), rows, Unit.MONEY)))
    blocks.append(_ranking(actions, period))
    for place, action in enumerate(actions.ranked, start=1):
        blocks += _action(place, action, overview)
    blocks += [Heading("How these amounts were made"), Text(_method(actions, overview.days))]
    queries = {query.name: query for action in actions.ranked for query in action.queries}
    return Section("actions", "What to do first", lead, tuple(blocks), tuple(queries.values()))


def _shown(action: Action) -> MoneyRange | None:
    return action.gain_per_30_days or action.gain


def _mark(gain: MoneyRange) -> Mark:
    expected_value = None if gain.expected is None else float(gain.expected.amount)
    return Mark(0, expected_value, float(gain.low.amount), float(gain.high.amount), money_range(gain))


def _ranking(actions: Actions, period: str) -> Table:
    columns = (
        *left("Action"),
        *right("Expected", "Range", "Payments"),
        *wide("Value at stake"),
        *left("Effort", "Confidence"),
    )
    rows = tuple(
        (
            Cell(f"{place}. {PLAYS[action.kind].title}", Tone.STRONG),
            Cell(expected(_shown(action))),
            Cell(money_range(_shown(action))),
            Cell(count(action.payments)),
            Cell(money(action.value)),
            Cell(action.effort),
            Cell(action.confidence),
        )
        for place, action in enumerate(actions.ranked, start=1)
    )
    return Table(f"Actions, value {period}", columns, rows)


def _action(place: int, action: Action, overview: Overview) -> list[Block]:
    play = PLAYS[action.kind]
    how = play.method if action.gain is not None else play.no_number
    blocks: list[Block] = [
        Heading(f"{place}. {play.title}"),
        Facts((("Do", play.todo), ("Valued by", how))),
    ]
    if action.kind is ActionKind.ROUTE and overview.lacks("psp_fee_minor"):
        blocks.append(
            Callout(
                "Cost per attempt is not in the data",
                "A provider that approves more may charge more. Compare the gain with its fees first.",
            )
        )
    if action.evidence:
        rows = tuple(
            (
                Cell(line.what),
                *rate_cells(line.rate),
                *((Cell(percent(line.now.rate)),) if line.now else ()),
                Cell(count(line.payments)),
                Cell(money(line.value)),
                Cell(money_range(line.gain)),
            )
            for line in action.evidence[:EVIDENCE_SHOWN]
        )
        columns = (
            *left("Lost payments"),
            *right("Rate seen"),
            *wide("95 % interval"),
            *right("n", *(("Now",) if action.evidence[0].now else ()), "Payments", "Value", "Range in period"),
        )
        more = len(action.evidence) - EVIDENCE_SHOWN
        caption = f"Evidence{f', the largest {EVIDENCE_SHOWN}; {more} more in the JSON' if more > 0 else ''}"
        blocks.append(Table(caption, columns, rows))
    return blocks


def _method(actions: Actions, days: float) -> str:
    parts = [COUNTED_ONCE]
    if actions.comparisons:
        parts.append(
            f"Providers were compared in {plural(actions.comparisons, 'pair')} within one network and country; the "
            f"intervals are widened to z = {actions.z:.2f}, so that all of them hold together with 95 %."
        )
    if actions.standing_payments:
        parts.append(
            f"{plural(actions.standing_payments, 'payment')} ({money(actions.standing_value)}) were refused for a "
            "reason that nobody should try to turn; no action claims them."
        )
    if actions.scaled_by is not None:
        parts.append(f"The {days:.1f} days of this report are scaled to 30 days in proportion.")
    return " ".join(parts)
