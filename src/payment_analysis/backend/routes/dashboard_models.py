"""What the dashboards' addresses answer with."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from payment_analysis.backend.provenance import Provenance
from payment_analysis.dashboards.page_data import Compare

Cell = str | int | float | bool | datetime | date | None


class PageName(BaseModel):
    """A page to open."""

    name: str = Field(description="Name of the page within its dashboard.")
    title: str = Field(description="Title to show.")
    is_filters: bool = Field(description="True for the page that holds filters only.")
    widgets: int = Field(description="Widgets on it, texts not counted.")


class DashboardListed(BaseModel):
    """A dashboard of the gallery."""

    id: str = Field(description="Name of the file without its suffix.")
    title: str = Field(description="Title of the dashboard.")
    description: str = Field(description="The questions it answers.")
    category: str = Field(description="executive, operations, analytics, technical, or own.")
    pages: list[PageName] = Field(description="Its pages in order; empty when the file cannot be read.")
    file: str = Field(description="Name of the source file.")
    faults: list[str] = Field(description="What the linter finds wrong; empty when nothing is.")


class DashboardsOut(BaseModel):
    """The gallery."""

    dashboards: list[DashboardListed] = Field(description="Every dashboard file.")


class FormatOut(BaseModel):
    """How a value is written."""

    kind: str = Field(description="number, number-plain, number-currency, number-percent, date or datetime.")
    currency: str | None = Field(description="Currency of an amount, as the data has it; null otherwise.")
    decimals: int | None = Field(description="Decimal places; null for as many as there are.")
    is_exact: bool = Field(description="Whether there are always so many places.")
    is_compact: bool = Field(description="Whether large numbers are shortened, as in 1.2M.")


class ChannelOut(BaseModel):
    """One field as a widget draws it."""

    name: str = Field(description="x, y, y2, color, angle, size, value, period, columns, rows, cell, region and so on.")
    field: str = Field(description="Column of the widget's rows.")
    label: str = Field(description="Words for it.")
    scale: str | None = Field(description="quantitative, temporal or categorical; null where it does not matter.")
    sort: str | None = Field(description="How the file sorts this axis; rows come in that order already.")
    format: FormatOut | None = Field(description="How its values are written.")
    low: float | None = Field(description="Lower end of the axis when it is fixed.")
    high: float | None = Field(description="Upper end of the axis when it is fixed.")
    dimension: str | None = Field(description="The filter of the scope that a click on a value sets.")


class PositionOut(BaseModel):
    """A place on a grid of twelve columns."""

    x: int = Field(description="First column, from 0.")
    y: int = Field(description="First row, from 0.")
    width: int = Field(description="Columns.")
    height: int = Field(description="Rows.")


class WidgetOut(BaseModel):
    """A widget, normalised."""

    name: str = Field(description="Name, unique within the dashboard.")
    kind: str = Field(description="text, counter, bar, line, table and so on.")
    title: str = Field(description="The question it answers.")
    description: str = Field(description="What is counted, and what to beware of.")
    position: PositionOut = Field(description="Where it lies.")
    lines: list[str] = Field(description="Lines of a text, in Markdown.")
    layout: str | None = Field(description="group, stack or percent-stack of bars and areas.")
    dataset: str | None = Field(description="Dataset it reads.")
    channels: list[ChannelOut] = Field(description="What it draws, in order.")


class PageOut(BaseModel):
    """A page with its widgets."""

    name: str = Field(description="Name of the page.")
    title: str = Field(description="Title of the page.")
    is_filters: bool = Field(description="True for the page that holds filters only.")
    widgets: list[WidgetOut] = Field(description="Widgets in the order of the file.")


class DatasetOut(BaseModel):
    """A dataset of the dashboard."""

    name: str = Field(description="Name within the dashboard.")
    title: str = Field(description="Title of the dataset.")
    sql: str = Field(description="Its SQL, Databricks dialect, without any scope.")


class DashboardOut(BaseModel):
    """A dashboard to draw."""

    id: str = Field(description="Name of the file without its suffix.")
    title: str = Field(description="Title of the dashboard.")
    description: str = Field(description="The questions it answers.")
    category: str = Field(description="executive, operations, analytics, technical, or own.")
    file: str = Field(description="Name of the source file.")
    faults: list[str] = Field(description="What the linter finds wrong; empty when nothing is.")
    pages: list[PageOut] = Field(description="Pages with their widgets.")
    datasets: list[DatasetOut] = Field(description="What the widgets read.")
    raw: dict[str, Any] = Field(description="The file as it is.")


class PageQuestion(BaseModel):
    """Which part of the data a page is about."""

    scope: dict[str, str] = Field(
        default_factory=dict,
        description="Flat filters as in a page's address: range, from, to, network, country, segment, solution, "
        "entry_system, merchant, psp, currency, tz. Presets end with the data's newest attempt.",
        examples=[{"range": "7d", "network": "visa,elo", "tz": "America/Sao_Paulo"}],
    )
    compare: Compare = Field(default=Compare.NONE, description="Which earlier period counters are compared with.")


class ColumnOut(BaseModel):
    """A column of a widget's rows."""

    name: str = Field(description="Name, as the widget's channels say it.")
    type: str = Field(description="Type in Databricks words.")


class WidgetProblem(BaseModel):
    """Why one widget has no data; the others are not concerned."""

    title: str = Field(description="The kind of problem.")
    detail: str = Field(description="What happened; names the value that is wrong.")
    hint: str = Field(description="The next step; empty when there is none.")


class WidgetDataOut(BaseModel):
    """What a widget shows."""

    name: str = Field(description="Name of the widget.")
    columns: list[ColumnOut] = Field(description="Columns of the rows.")
    rows: list[list[Cell]] = Field(description="Rows, in the order to draw them in.")
    is_cut: bool = Field(description="True when there were more rows than are given.")
    grain: str | None = Field(description="Unit of time of the rows, coarser for a long range; null without one.")
    value: Cell = Field(description="A counter's number over the whole scope; null for other widgets.")
    previous: Cell = Field(description="The same number of the earlier period; null when nothing is compared.")
    sql: str = Field(description="The SQL behind the rows, scope included, as it may be run.")
    error: WidgetProblem | None = Field(description="Why there is no data; null when there is.")


class PageData(BaseModel):
    """The data of one page."""

    dashboard: str = Field(description="Id of the dashboard.")
    page: str = Field(description="Name of the page.")
    scope: dict[str, str] = Field(description="The scope with its range resolved: the same question, any time later.")
    compared_with: dict[str, str] | None = Field(description="The earlier period; null when nothing is compared.")
    data: Provenance = Field(description="Source, version and age of the data.")
    widgets: list[WidgetDataOut] = Field(description="Every widget that shows data.")
    seconds: float = Field(description="Time the lakehouse took.")
    state: Literal["complete", "partial"] = Field(description="Partial when at least one widget has an error.")
