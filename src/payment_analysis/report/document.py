"""The report as a reader meets it: sections of text, tables and figures, which every renderer draws."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from payment_analysis.report.warehouse import Query


class Tone(StrEnum):
    """How a cell, bar or mark is shown; never by colour alone."""

    PLAIN = "plain"
    STRONG = "strong"
    QUIET = "quiet"  # too little data to judge
    GOOD = "good"
    BAD = "bad"


class Align(StrEnum):
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    align: Align = Align.LEFT
    wide_only: bool = False  # left out where a line has a hundred characters


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        assert all(len(row) == len(self.columns) for row in self.rows), self.caption


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Callout:
    """A caution the reader must not miss, or a gap in the data."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values in a short list."""

    items: tuple[tuple[str, str], ...]


class Unit(StrEnum):
    """What the axis of a figure counts."""

    PERCENT = "percent"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of a waterfall or one horizontal bar: from start to end, 0..1."""

    label: str
    start: float
    end: float
    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Waterfall:
    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    label: str
    value: float | None
    low: float | None
    high: float | None
    second: float | None


@dataclass(frozen=True, slots=True)
class TrendLine:
    label: str
    first_name: str
    second_name: str
    points: tuple[TrendPoint, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A point with its interval; `value` may be missing when only a range is known."""

    series: int
    value: float | None
    low: float
    high: float
    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class MarkRow:
    label: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Intervals:
    label: str
    series: tuple[str, ...]
    rows: tuple[MarkRow, ...]
    unit: Unit = Unit.PERCENT


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture and the table that says the same."""

    picture: Waterfall | Bars | TrendLine | Intervals
    table: Table | None = None


Block = Text | Heading | Callout | Facts | Table | Figure


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    lead: str
    blocks: tuple[Block, ...]
    queries: tuple[Query, ...] = ()


@dataclass(frozen=True, slots=True)
class Headline:
    """A number at the top of the page."""

    name: str
    value: str
    detail: str


@dataclass(frozen=True, slots=True)
class Document:
    title: str
    badge: str  # your data, simulated data, or both
    period: str
    verdict: str
    detail: str
    headlines: tuple[Headline, ...]
    sections: tuple[Section, ...] = field(default=())
    footer: str = ""
