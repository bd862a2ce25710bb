"""Which payments exactly: attempts page by page, their facets, the whole filter as CSV, and one payment's story."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from payment_analysis.backend.attempt_search import (
    ATTEMPTS,
    COLUMNS,
    FACET_VALUES,
    FACETS,
    Page,
    Sort,
    Wanted,
    count_question,
    facets_question,
    rows_question,
    write_cursor,
)
from payment_analysis.backend.data_state import DataStateDep, Sourced
from payment_analysis.backend.dependencies import Warehouse, WarehouseDep
from payment_analysis.backend.fields import PRINTABLE
from payment_analysis.backend.row_models import row_model
from payment_analysis.backend.scoping import ScopeDep
from payment_analysis.backend.timeline import Step, tell
from payment_analysis.domain.attempt import AttemptResult
from payment_analysis.domain.declines import StandardReason
from payment_analysis.domain.errors import NotFound
from payment_analysis.domain.scope import Scope

router = APIRouter(prefix="/api", tags=["transactions"])

CSV_PAGE = 5000  # rows in memory at once while a whole filter is written
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a text that begins so

AttemptRow = row_model(ATTEMPTS, "AttemptRow", COLUMNS)
PaymentRow = row_model("payments_silver", "PaymentRow")


class Attempts(Sourced):
    """One page of attempts."""

    rows: list[AttemptRow] = Field(description="The attempts.")  # type: ignore[valid-type] # a model made from a definition
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")


class FacetValue(BaseModel):
    """How many attempts have a value."""

    facet: str = Field(description="The facet: a dimension of the scope, result or reason.")
    value: str | None = Field(description="The value; null where an attempt carries none.")
    attempts: int = Field(description="Attempts with it.")


class Facets(Sourced):
    """The filter counted: in all and by the values of each facet."""

    attempts: int = Field(description="Attempts in all.")
    values: list[FacetValue] = Field(description="The most frequent values of each facet, facet by facet.")


class Payment(Sourced):
    """One payment with every attempt that was made for it."""

    payment: PaymentRow | None = Field(description="The payment; null for verifications and tests.")  # type: ignore[valid-type] # a model made from a definition
    attempts: list[AttemptRow] = Field(description="Its attempts, in order.")  # type: ignore[valid-type] # a model made from a definition
    steps: list[Step] = Field(description="What happened, in words.")


def _wanted(
    result: Annotated[AttemptResult | None, Query(description="Only attempts with this result.")] = None,
    reason: Annotated[StandardReason | None, Query(description="Only declines for this standard reason.")] = None,
    is_retry: Annotated[bool | None, Query(description="Only retries, or only attempts that are none.")] = None,
    q: Annotated[
        str | None,
        Query(
            max_length=200, pattern=PRINTABLE, description="Beginning of a transaction or payment id; or a merchant."
        ),
    ] = None,
) -> Wanted:
    return Wanted(result=result, reason=reason, is_retry=is_retry, text=q)


def _page(
    sort: Annotated[Sort, Query(description="What to sort by.")] = Sort.TIME,
    descending: Annotated[bool, Query(description="Whether the largest or newest comes first.")] = True,
    limit: Annotated[int, Query(ge=1, le=500, description="Attempts per page.")] = 50,
    after: Annotated[str | None, Query(max_length=1000, description="`next` of the page before.")] = None,
) -> Page:
    return Page(sort=sort, descending=descending, limit=limit, after=after)


WantedDep = Annotated[Wanted, Depends(_wanted)]
PageDep = Annotated[Page, Depends(_page)]


@router.get("/transactions", operation_id="listTransactions", response_model=Attempts)
def list_transactions(
    warehouse: WarehouseDep, scope: ScopeDep, wanted: WantedDep, page: PageDep, state: DataStateDep
) -> dict[str, Any]:
    """Attempts of the scope, page by page."""
    rows = warehouse.rows(*rows_question(wanted, page, scope))
    following = write_cursor(rows[-1]) if len(rows) == page.limit else None
    return {**state.fields(), "rows": [_shown(row) for row in rows], "next": following}


@router.get("/transactions/facets", operation_id="getTransactionFacets")
def get_transaction_facets(warehouse: WarehouseDep, scope: ScopeDep, wanted: WantedDep, state: DataStateDep) -> Facets:
    """How many attempts the filter finds, and what they have in common."""
    (total,) = warehouse.rows(*count_question(wanted, scope))
    found = warehouse.rows(*facets_question(wanted, scope))
    found.sort(key=lambda row: (-row["attempts"], row["value"] or ""))
    listed = [[row for row in found if row["facet"] == facet][:FACET_VALUES] for facet in FACETS]
    values = [FacetValue(**row) for rows in listed for row in rows]
    return Facets(**state.fields(), attempts=total["attempts"], values=values)


@router.get(
    "/transactions.csv",
    operation_id="exportTransactions",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "All rows of the filter."}
    },
)
def export_transactions(
    warehouse: WarehouseDep,
    scope: ScopeDep,
    wanted: WantedDep,
    state: DataStateDep,
    *,
    sort: Annotated[Sort, Query(description="What to sort by.")] = Sort.TIME,
    descending: Annotated[bool, Query(description="Whether the largest or newest comes first.")] = True,
) -> StreamingResponse:
    """Every attempt of the filter as CSV."""
    page = Page(sort=sort, descending=descending, limit=CSV_PAGE)
    first = warehouse.rows(*rows_question(wanted, page, scope))  # what is wrong is said before anything is sent
    headers = {**state.headers(), "content-disposition": 'attachment; filename="transactions.csv"'}
    lines = _lines(warehouse, scope, wanted, page, first)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/payments/{payment_id:path}", operation_id="getPayment", response_model=Payment)
def get_payment(
    payment_id: Annotated[str, Path(max_length=500, description="The payment, or one of its attempts.")],
    warehouse: WarehouseDep,
    state: DataStateDep,
) -> dict[str, Any]:
    """One payment: its attempts in order, and what happened in plain language."""
    sql = (
        f"select * from {ATTEMPTS} where payment_id in (select payment_id from {ATTEMPTS} "
        "where payment_id = :name or transaction_id = :name) order by event_timestamp, transaction_id"
    )
    attempts = warehouse.rows(sql, {"name": payment_id})
    if not attempts:
        raise NotFound(
            f"There is no payment and no attempt {payment_id[:100]!r}.", hint="look in GET /api/transactions"
        )
    found = warehouse.rows(
        "select * from payments_silver where payment_id = :name", {"name": attempts[0]["payment_id"]}
    )
    return {
        **state.fields(),
        "payment": _shown(found[0]) if found else None,
        "attempts": [_shown(row) for row in attempts],
        "steps": tell(attempts),
    }


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """The row under the names of the API, which has none that begins with an underscore."""
    return {name.lstrip("_"): value for name, value in row.items()}


def _lines(warehouse: Warehouse, scope: Scope, wanted: Wanted, page: Page, rows: list[dict[str, Any]]) -> Iterator[str]:
    yield _line([name.lstrip("_") for name in COLUMNS])
    while rows:
        yield "".join(_line([row[name] for name in COLUMNS]) for row in rows)
        if len(rows) < page.limit:
            return
        rows = warehouse.rows(*rows_question(wanted, replace(page, after=write_cursor(rows[-1])), scope))


def _line(values: list[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([_cell(value) for value in values])
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else value
