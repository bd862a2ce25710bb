"""The dashboards: the gallery, one to draw, and the data of a page within a scope."""

from __future__ import annotations

import csv
import io
import time
from decimal import Decimal
from typing import Annotated, Any, Final, NamedTuple, Protocol

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from payment_analysis.backend.dependencies import NowDep
from payment_analysis.backend.errors import problem_of
from payment_analysis.backend.provenance import Provenance, Versioned, provenance
from payment_analysis.backend.routes.dashboard_models import (
    ChannelOut,
    ColumnOut,
    DashboardListed,
    DashboardOut,
    DashboardsOut,
    DatasetOut,
    FormatOut,
    PageData,
    PageName,
    PageOut,
    PageQuestion,
    PositionOut,
    WidgetDataOut,
    WidgetOut,
    WidgetProblem,
)
from payment_analysis.dashboards.dashboard import Channel, Page, Widget
from payment_analysis.dashboards.gallery import Gallery
from payment_analysis.dashboards.grammar import CURRENCY, TEXT
from payment_analysis.dashboards.lint import faults
from payment_analysis.dashboards.page_data import Asking, WidgetData, compared, page_data, widget_data
from payment_analysis.dashboards.warehouse import Warehouse
from payment_analysis.domain.errors import NotBuilt
from payment_analysis.domain.scope import TICK, Scope

router = APIRouter(prefix="/api/dashboards", tags=["dashboards"])

CSV_ROWS_MAX: Final = 100_000  # a spreadsheet's patience
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would run


class DashboardWarehouse(Warehouse, Versioned, Protocol):
    """The lakehouse as dashboards need it."""


class Asked(NamedTuple):
    """A question about a page, ready to be asked, and the state of the data it is asked of."""

    asking: Asking
    state: Provenance


def _gallery() -> Gallery:
    return Gallery()


def _warehouse(request: Request) -> DashboardWarehouse:
    warehouse: DashboardWarehouse = request.app.state.warehouse
    return warehouse


GalleryDep = Annotated[Gallery, Depends(_gallery)]
DashboardWarehouseDep = Annotated[DashboardWarehouse, Depends(_warehouse)]


def _asked(question: PageQuestion, warehouse: DashboardWarehouseDep, now: NowDep) -> Asked:
    """A preset ends with the newest attempt, so an old export still shows its own last days."""
    state = provenance(warehouse, now)
    scope = Scope.from_parameters(question.scope, now=state.as_of + TICK if state.as_of else now)
    return Asked(Asking(warehouse, scope, compared(scope, question.compare)), state)


AskedDep = Annotated[Asked, Depends(_asked)]


@router.get("", operation_id="listDashboards")
def list_dashboards(gallery: GalleryDep) -> DashboardsOut:
    """Every dashboard with its pages, and what is wrong with its file."""
    return DashboardsOut(
        dashboards=[
            DashboardListed(
                id=one.dashboard.id if one.dashboard else one.file,
                title=one.dashboard.title if one.dashboard else one.file,
                description=one.dashboard.description if one.dashboard else "",
                category=one.dashboard.category if one.dashboard else "own",
                pages=[_page_name(page) for page in one.dashboard.pages] if one.dashboard else [],
                file=one.file,
                faults=list(one.faults),
            )
            for one in gallery.listed()
        ]
    )


@router.get("/{dashboard_id}", operation_id="getDashboard")
def get_dashboard(
    dashboard_id: str, gallery: GalleryDep, warehouse: DashboardWarehouseDep, now: NowDep
) -> DashboardOut:
    """One dashboard to draw; amounts carry the currency of the data, whatever the file was made for."""
    dashboard = gallery.dashboard(dashboard_id)
    try:
        currency = provenance(warehouse, now).currency
    except NotBuilt:  # a dashboard can be looked at before there is data
        currency = None
    return DashboardOut(
        id=dashboard.id,
        title=dashboard.title,
        description=dashboard.description,
        category=dashboard.category,
        file=dashboard.file,
        faults=[str(fault) for fault in faults(dashboard)],
        pages=[
            PageOut(
                name=page.name,
                title=page.title,
                is_filters=page.is_filters,
                widgets=[_widget(widget, currency) for widget in page.widgets],
            )
            for page in dashboard.pages
        ],
        datasets=[DatasetOut(name=one.name, title=one.title, sql=one.sql) for one in dashboard.datasets.values()],
        raw=dict(dashboard.raw),
    )


@router.get("/{dashboard_id}/spec", operation_id="getDashboardSpec", response_model=dict[str, Any])
def get_dashboard_spec(dashboard_id: str, gallery: GalleryDep) -> JSONResponse:
    """The file as it is, to import into Databricks."""
    dashboard = gallery.dashboard(dashboard_id)
    named = {"content-disposition": f'attachment; filename="{dashboard.id}.lvdash.json"'}
    return JSONResponse(dict(dashboard.raw), headers=named)


@router.post("/{dashboard_id}/pages/{page_name}/data", operation_id="readDashboardPage")
def read_dashboard_page(dashboard_id: str, page_name: str, gallery: GalleryDep, asked: AskedDep) -> PageData:
    """The rows of every widget of a page; a widget that fails says why and leaves the others alone."""
    dashboard, page = gallery.page(dashboard_id, page_name)
    asking = asked.asking
    started = time.perf_counter()
    found = page_data(dashboard, page, asking)
    seconds = time.perf_counter() - started
    return PageData(
        dashboard=dashboard.id,
        page=page.name,
        scope=asking.scope.parameters(),
        compared_with=asking.before.parameters() if asking.before else None,
        data=asked.state,
        widgets=[_widget_data(one) for one in found.values()],
        seconds=seconds,
        state="partial" if any(one.error for one in found.values()) else "complete",
    )


@router.post(
    "/{dashboard_id}/pages/{page_name}/widgets/{widget_name}/csv",
    operation_id="readDashboardWidgetCsv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "The widget's rows, a header first."}},
)
def read_dashboard_widget_csv(
    dashboard_id: str, page_name: str, widget_name: str, gallery: GalleryDep, asked: AskedDep
) -> Response:
    """The rows of one widget for a spreadsheet."""
    dashboard, widget = gallery.widget(dashboard_id, page_name, widget_name)
    found = widget_data(dashboard, widget, asked.asking, limit=CSV_ROWS_MAX)
    labels = {channel.field: channel.label for channel in widget.channels}
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_safe(labels.get(name, name)) for name, _ in found.columns])
    writer.writerows([_safe(cell) for cell in row] for row in found.rows)
    headers = {
        "content-disposition": f'attachment; filename="{dashboard.id}_{widget.name}.csv"',
        "x-rows-cut": str(found.is_cut).lower(),
    }
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _page_name(page: Page) -> PageName:
    shown = sum(widget.kind != TEXT for widget in page.widgets)
    return PageName(name=page.name, title=page.title, is_filters=page.is_filters, widgets=shown)


def _widget(widget: Widget, currency: str | None) -> WidgetOut:
    at = widget.position
    return WidgetOut(
        name=widget.name,
        kind=widget.kind,
        title=widget.title,
        description=widget.description,
        position=PositionOut(x=at.x, y=at.y, width=at.width, height=at.height),
        lines=list(widget.lines),
        layout=widget.layout or None,
        dataset=widget.query.dataset if widget.query else None,
        channels=[_channel(channel, currency) for channel in widget.channels],
    )


def _channel(channel: Channel, currency: str | None) -> ChannelOut:
    given = channel.format
    return ChannelOut(
        name=channel.name,
        field=channel.field,
        label=channel.label,
        scale=channel.scale or None,
        sort=channel.sort or None,
        format=FormatOut(
            kind=given.kind,
            currency=currency if given.kind == CURRENCY else None,
            decimals=given.decimals,
            is_exact=given.is_exact,
            is_compact=given.is_compact,
        )
        if given
        else None,
        low=channel.low,
        high=channel.high,
        dimension=channel.dimension,
    )


def _widget_data(found: WidgetData) -> WidgetDataOut:
    problem = problem_of(found.error, "") if found.error else None
    return WidgetDataOut(
        name=found.name,
        columns=[ColumnOut(name=name, type=kind) for name, kind in found.columns],
        rows=[[_cell(cell) for cell in row] for row in found.rows],
        is_cut=found.is_cut,
        grain=found.grain or None,
        value=_cell(found.value),
        previous=_cell(found.previous),
        sql=found.sql,
        error=WidgetProblem(title=problem.title, detail=problem.detail, hint=problem.hint) if problem else None,
    )


def _cell(value: Any) -> Any:
    """A decimal as a number: JSON has no other, and sixteen digits hold any amount we add up."""
    return float(value) if isinstance(value, Decimal) else value


def _safe(cell: Any) -> Any:
    """Text that a spreadsheet would run as a formula is quoted."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
