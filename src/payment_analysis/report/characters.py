"""Figures drawn with characters: every bar and interval stands beside its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from payment_analysis.report.document import Bars, Intervals, Tone, TrendLine, Unit, Waterfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payment_analysis.report.document import Bar, Mark

SPAN = 46
LABEL = 30
EIGHTHS = " ▏▎▍▌▋▊▉█"
SPARKS = "▁▂▃▄▅▆▇█"
GLYPHS = ("●", "■", "◆")
SERIES_STYLES = ("blue", "yellow", "cyan")
STYLES: dict[Tone, str] = {
    Tone.PLAIN: "blue",
    Tone.STRONG: "default",
    Tone.QUIET: "dim",
    Tone.GOOD: "green",
    Tone.BAD: "red",
}


def draw(figure: Waterfall | Bars | TrendLine | Intervals) -> Text:
    """Draw a figure within a hundred columns."""
    match figure:
        case Waterfall() | Bars():
            lines = list(_bars(figure.bars))
        case TrendLine():
            lines = list(_trend(figure))
        case Intervals():
            lines = list(_intervals(figure))
    return Text("\n").join(lines)


def _label(text: str) -> str:
    return (text if len(text) <= LABEL else text[: LABEL - 1] + "…").ljust(LABEL + 1)


def _bars(bars: tuple[Bar, ...]) -> Iterator[Text]:
    highest = max(max(bar.start, bar.end) for bar in bars) or 1.0
    for bar in bars:
        low, high = (SPAN * edge / highest for edge in sorted((bar.start, bar.end)))
        full, part = divmod(round(8 * (high - int(low))), 8)
        drawn = " " * int(low) + "█" * full + (EIGHTHS[part] if part else "")
        if high > low and not drawn.strip():
            drawn = " " * int(low) + "▏"
        yield Text.assemble(_label(bar.label), (drawn, STYLES[bar.tone]), " ", (bar.text, "bold"))


def _trend(figure: TrendLine) -> Iterator[Text]:
    yield _spark(figure.first_name, [point.value for point in figure.points], "blue")
    yield _spark(figure.second_name, [point.second for point in figure.points], "yellow")
    if figure.points:
        first, last = figure.points[0].label, figure.points[-1].label
        yield Text(f"{_label('')}{first} → {last}", style="dim")


def _spark(name: str, values: list[float | None], style: str) -> Text:
    known = [value for value in values if value is not None]
    if not known:
        return Text(f"{_label(name)}no rate in this period", style="dim")
    low, high = min(known), max(known)
    width = max(1, -(-len(values) // SPAN))
    drawn = ""
    for start in range(0, len(values), width):
        part = [value for value in values[start : start + width] if value is not None]
        level = (sum(part) / len(part) - low) / (high - low or 1) if part else None
        drawn += " " if level is None else SPARKS[min(7, int(8 * level))]
    return Text.assemble(_label(name), (drawn, style), (f"  lowest {low:.1%}, highest {high:.1%}", "dim"))


def _intervals(figure: Intervals) -> Iterator[Text]:
    every = [mark for row in figure.rows for mark in row.marks]
    low = 0.0 if figure.unit is Unit.MONEY else min(mark.low for mark in every)
    span = max(mark.high for mark in every) - low or 1.0
    if len(figure.series) > 1:
        legend = "   ".join(f"{GLYPHS[index]} {name}" for index, name in enumerate(figure.series))
        yield Text(_label("") + legend, style="dim")
    for row in figure.rows:
        for index, mark in enumerate(row.marks):
            yield Text.assemble(_label("" if index else row.label), *_interval(mark, low, span))


def _interval(mark: Mark, low: float, span: float) -> list[tuple[str, str]]:
    def place(value: float) -> int:
        return round((SPAN - 1) * (value - low) / span)

    start, end = place(mark.low), place(mark.high)
    drawn = [" "] * start + ["─"] * (end - start + 1)
    if end > start:
        drawn[start], drawn[end] = "├", "┤"
    if mark.value is not None:
        drawn[place(mark.value)] = GLYPHS[mark.series]
    style = "dim" if mark.tone is Tone.QUIET else SERIES_STYLES[mark.series]
    return [("".join(drawn), style), ("  " + mark.text, "dim" if mark.tone is Tone.QUIET else "")]
