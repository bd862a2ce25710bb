"""A dashboard as a value: pages of widgets on a grid, datasets in SQL, and what each widget asks of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from payment_analysis.domain.scope import Dimension

COLUMNS: Final = 12  # of the grid, by layout version GRID_V1


class Category(StrEnum):
    """Whom a dashboard is for."""

    EXECUTIVE = "executive"
    OPERATIONS = "operations"
    ANALYTICS = "analytics"
    TECHNICAL = "technical"
    OWN = "own"  # a file that somebody added


@dataclass(frozen=True, slots=True)
class Position:
    """A place on the grid, in cells."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Format:
    """How a value is written: percent takes a ratio 0..1, currency whole units of the reporting currency."""

    kind: str
    currency: str = ""
    decimals: int | None = None
    is_exact: bool = False  # always that many decimals, not at most
    is_compact: bool = False  # 1.2M


@dataclass(frozen=True, slots=True)
class Channel:
    """One field as a widget draws it: where it goes, its words, its scale and its format."""

    name: str
    field: str
    label: str
    scale: str = ""
    sort: str = ""
    format: Format | None = None
    low: float | None = None  # of the axis, when it is fixed
    high: float | None = None
    dimension: Dimension | None = None  # what a click on it filters


@dataclass(frozen=True, slots=True)
class Field:
    """A column that a widget asks for: its name and how it is computed from the dataset."""

    name: str
    expression: str


@dataclass(frozen=True, slots=True)
class Query:
    """What a widget asks of a dataset; unless disaggregated, it groups by what is not an aggregate."""

    dataset: str
    fields: tuple[Field, ...]
    is_disaggregated: bool
    filters: tuple[str, ...] = ()
    orders: tuple[tuple[str, bool], ...] = ()  # expression, and whether descending


@dataclass(frozen=True, slots=True)
class Widget:
    """A thing on a page: text, a filter, a number, a chart or a table."""

    name: str
    kind: str
    position: Position
    title: str = ""
    description: str = ""
    lines: tuple[str, ...] = ()  # of a text
    layout: str = ""  # of bars and areas: group, stack, percent-stack
    query: Query | None = None
    channels: tuple[Channel, ...] = ()

    def channel(self, name: str) -> Channel | None:
        """The first channel of that name."""
        return next((one for one in self.channels if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Dataset:
    """One SELECT over gold views and silver tables, and the columns calculated from its own, by name."""

    name: str
    title: str
    sql: str
    calculated: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a dashboard; a page of filters is not a page to look at."""

    name: str
    title: str
    is_filters: bool
    widgets: tuple[Widget, ...]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One file, read."""

    id: str
    title: str
    description: str
    category: Category
    file: str
    pages: tuple[Page, ...]
    datasets: Mapping[str, Dataset]
    raw: Mapping[str, Any]

    def widgets(self) -> Iterator[tuple[Page, Widget]]:
        """Every widget with its page."""
        return ((page, widget) for page in self.pages for widget in page.widgets)
