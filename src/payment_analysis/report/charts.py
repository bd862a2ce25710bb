"""The four figures as inline SVG; colours come from the page's style sheet, so light and dark share one drawing."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from payment_analysis.report import svg
from payment_analysis.report.document import Bars, Intervals, Tone, TrendLine, Unit, Waterfall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.report.document import Mark, TrendPoint

WIDTH = 720
LABEL_WIDTH = 176
ROW = 32


def draw(figure: Waterfall | Bars | TrendLine | Intervals) -> str:
    """Draw a figure as an SVG element."""
    match figure:
        case Waterfall():
            return _waterfall(figure)
        case Bars():
            return _bars(figure)
        case TrendLine():
            return _trend(figure)
        case Intervals():
            return _intervals(figure)


def _tick_text(value: float, unit: Unit) -> str:
    if unit is Unit.PERCENT:
        return f"{100 * value:.4g} %"
    for size, name in ((1e9, " bn"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= size:
            return f"{value / size:.4g}{name}"
    return f"{value:.4g}"


def _waterfall(figure: Waterfall) -> str:
    height, top, bottom, left = 288, 24, 48, 48
    marks = svg.ticks(0, max(max(bar.start, bar.end) for bar in figure.bars) or 1)
    highest = marks[-1]

    def y(value: float) -> float:
        return top + (height - top - bottom) * (1 - value / highest)

    parts = []
    for mark in marks:
        parts += [
            svg.line(left, y(mark), WIDTH, y(mark), "grid"),
            svg.text(_tick_text(mark, Unit.PERCENT), left - 8, y(mark) + 4, "tick", "end"),
        ]
    slot = (WIDTH - left) / len(figure.bars)
    width = min(88.0, slot * 0.64)
    for index, bar in enumerate(figure.bars):
        x = left + slot * (index + 0.5) - width / 2
        upper, lower = max(bar.start, bar.end), min(bar.start, bar.end)
        parts.append(
            svg.rect((x, y(upper)), (width, y(lower) - y(upper)), f"fill {bar.tone}", f"{bar.label}: {bar.text}")
        )
        parts.append(svg.text(bar.text, x + width / 2, y(upper) - 8, "value", "middle"))
        for row, part in enumerate(wrap(bar.label, 16)):
            parts.append(svg.text(part, x + width / 2, height - bottom + 20 + 14 * row, "label", "middle"))
        if index + 1 < len(figure.bars):
            parts.append(svg.line(x + width, y(bar.end), x + slot, y(bar.end), "link"))
    return svg.picture(WIDTH, height, figure.label, *parts)


def _room(texts: Sequence[str]) -> float:
    """Leave room for the longest text behind a mark: about 6.6 units a letter at 12 units' height."""
    return 16 + 6.6 * max(map(len, texts), default=0)


def _bars(figure: Bars) -> str:
    height = ROW * len(figure.bars)
    highest = max(bar.end for bar in figure.bars) or 1
    span = WIDTH - LABEL_WIDTH - _room([bar.text for bar in figure.bars])
    parts = []
    for index, bar in enumerate(figure.bars):
        y = ROW * index
        width = span * (bar.end - bar.start) / highest
        x = LABEL_WIDTH + span * bar.start / highest
        parts += [
            svg.text(bar.label, LABEL_WIDTH - 12, y + 20, "label", "end"),
            svg.rect((x, y + 6), (width, ROW - 12), f"fill {bar.tone}", f"{bar.label}: {bar.text}"),
            svg.text(bar.text, x + width + 8, y + 20, "value"),
        ]
    return svg.picture(WIDTH, height, figure.label, *parts)


def _runs(points: Sequence[TrendPoint]) -> list[list[int]]:
    """Split the line where an hour or day has no rate: a gap is a gap."""
    runs: list[list[int]] = [[]]
    for index, point in enumerate(points):
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append(index)
    return [run for run in runs if run]


def _trend(figure: TrendLine) -> str:
    height, top, bottom, left = 272, 32, 32, 48
    known = [point for point in figure.points if point.value is not None]
    lows = [point.low or 0.0 for point in known] + [point.second for point in known if point.second is not None]
    highs = [point.high or 0.0 for point in known] + [point.second for point in known if point.second is not None]
    marks = svg.ticks(max(0.0, min(lows, default=0.0)), max([*highs, min(lows, default=0.0) + 0.01]))
    step = (WIDTH - left - 16) / max(1, len(figure.points) - 1)

    def x(index: int) -> float:
        return left + step * index

    def y(value: float) -> float:
        return top + (height - top - bottom) * (1 - (value - marks[0]) / (marks[-1] - marks[0]))

    parts = _legend((figure.first_name, figure.second_name), left)
    for mark in marks:
        parts += [
            svg.line(left, y(mark), WIDTH, y(mark), "grid"),
            svg.text(_tick_text(mark, Unit.PERCENT), left - 8, y(mark) + 4, "tick", "end"),
        ]
    for run in _runs(figure.points):
        here = [(index, figure.points[index]) for index in run]
        upper = [(x(index), y(point.high or 0.0)) for index, point in here]
        lower = [(x(index), y(point.low or 0.0)) for index, point in reversed(here)]
        parts.append(svg.path([*upper, *lower], "band", closed=True))
        parts.append(svg.path([(x(i), y(p.second)) for i, p in here if p.second is not None], "stroke s1 dashed"))
        parts.append(svg.path([(x(index), y(point.value or 0.0)) for index, point in here], "stroke s0"))
    every = max(1, -(-len(figure.points) // 8))
    for index, point in enumerate(figure.points):
        if index % every == 0:
            parts.append(svg.text(point.label, x(index), height - 8, "tick", "middle" if index else "start"))
    return svg.picture(WIDTH, height, figure.label, *parts)


def _legend(names: Sequence[str], left: float) -> list[str]:
    parts, x = [], left
    for index, name in enumerate(names):
        parts += [_glyph(index, x + 5, 12, ""), svg.text(name, x + 16, 16, "label")]
        x += 40 + 6.6 * len(name)
    return parts


def _glyph(series: int, x: float, y: float, class_: str) -> str:
    """Draw circle, square or diamond: the series differ in shape as well as in colour."""
    kind = f"mark s{series} {class_}".strip()
    if series == 0:
        return svg.element("circle", cx=x, cy=y, r=5.0, class_=kind)
    if series == 1:
        return svg.element("rect", x=x - 4.5, y=y - 4.5, width=9.0, height=9.0, class_=kind)
    return svg.path([(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)], kind, closed=True)


def _intervals(figure: Intervals) -> str:
    lane = 20
    top, bottom = (32 if len(figure.series) > 1 else 8), 28
    heights = [lane * max(1, len(row.marks)) + 12 for row in figure.rows]
    height = top + sum(heights) + bottom
    every = [mark for row in figure.rows for mark in row.marks]
    low, high = min(mark.low for mark in every), max(mark.high for mark in every)
    start = 0.0 if figure.unit is Unit.MONEY else low
    marks = svg.ticks(start, max(high, start + 1e-6))

    def x(value: float) -> float:
        span = WIDTH - LABEL_WIDTH - _room([mark.text for mark in every])
        return LABEL_WIDTH + span * (value - marks[0]) / (marks[-1] - marks[0])

    parts = _legend(figure.series, LABEL_WIDTH) if len(figure.series) > 1 else []
    for mark in marks:
        parts += [
            svg.line(x(mark), top, x(mark), height - bottom, "grid"),
            svg.text(_tick_text(mark, figure.unit), x(mark), height - 8, "tick", "middle"),
        ]
    y = float(top)
    for row, row_height in zip(figure.rows, heights, strict=True):
        parts.append(svg.text(row.label, LABEL_WIDTH - 12, y + row_height / 2 + 4, "label", "end"))
        for index, shown in enumerate(row.marks):
            parts += _mark(shown, x(shown.low), x(shown.high), y + 6 + lane * (index + 0.5), x)
        y += row_height
    return svg.picture(WIDTH, height, figure.label, *parts)


def _mark(shown: Mark, low: float, high: float, y: float, x: object) -> list[str]:
    assert callable(x)
    tone = "quiet" if shown.tone is Tone.QUIET else ""
    kind = f"range s{shown.series} {tone}".strip()
    parts = [svg.line(low, y, high, y, kind)]
    parts += [svg.line(end, y - 4, end, y + 4, kind) for end in (low, high)]
    if shown.value is not None:
        parts.append(_glyph(shown.series, float(x(shown.value)), y, tone))
    parts.append(svg.text(shown.text, high + 8, y + 4, f"value {tone}".strip()))
    return parts
