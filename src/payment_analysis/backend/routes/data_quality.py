"""Can today's numbers be believed: layers, checks, and the rows that were put aside."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import select

from payment_analysis.backend.data_state import DataStateDep, Sourced
from payment_analysis.backend.dependencies import NowDep, PersonDep, StoreDep, Warehouse, WarehouseDep, WritesDep
from payment_analysis.backend.fields import Identifier
from payment_analysis.backend.row_models import row_model
from payment_analysis.domain.errors import NotBuilt, NotFound
from payment_analysis.lakehouse.table import Table, load_tables
from payment_analysis.store.operations import QuarantineReplay

router = APIRouter(prefix="/api/data-quality", tags=["data quality"])

QUARANTINE = "payments_quarantine_bronze"
Layer = Literal["source", "bronze", "silver", "gold"]


class TableQuality(BaseModel):
    """One table that exists."""

    table: str = Field(description="The table.")
    layer: Layer = Field(description="Where in the data's way it stands.")
    rows: int = Field(description="Rows in it.")
    committed_at: datetime = Field(description="When it last changed.")
    age_seconds: float = Field(description="From then to now.")
    latest_event: datetime | None = Field(description="Its newest attempt; null when it holds none.")


class Tables(Sourced):
    """The tables of the lakehouse."""

    rows: list[TableQuality] = Field(description="The tables, in the order of the build.")


class CheckResult(BaseModel):
    """One check of one table, counted now."""

    table: str = Field(description="The table.")
    level: str = Field(description="drop: rows that fail are put aside; fail: stops the build; warn: is said.")
    predicate: str = Field(description="What every row must satisfy.")
    rows: int = Field(description="Rows of the table.")
    failed_rows: int = Field(description="Rows that do not satisfy it.")


class Checks(Sourced):
    """Every check of bronze and silver."""

    rows: list[CheckResult] = Field(description="The checks, table by table.")


QuarantineRow = row_model(QUARANTINE, "QuarantineRow")


class Replayed(BaseModel):
    """A row that was put aside and has landed since."""

    quarantine_id: str = Field(description="The row.")
    transaction_id: str = Field(description="The attempt it became.")
    replayed_by: str = Field(description="Who mended it.")
    replayed_at: datetime = Field(description="When.")


class ReasonCount(BaseModel):
    """How many rows were put aside for a reason."""

    reason: str = Field(description="The reason.")
    rows: int = Field(description="Rows.")


class Quarantine(Sourced):
    """Rows that were put aside, the newest first; digits are masked."""

    rows: list[QuarantineRow] = Field(description="The rows.")  # type: ignore[valid-type] # a model made from a definition
    reasons: list[ReasonCount] = Field(description="All of them by reason.")
    replayed: list[Replayed] = Field(description="Which of these rows were mended and have landed.")
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")


class ReplayIn(BaseModel):
    """A record as it should have been."""

    record: dict[str, Any] = Field(description="The whole record, mended; what was masked has to be written anew.")
    format: Literal["canonical", "stripe"] = Field(default="canonical", description="How it is written.")


@router.get("/tables", operation_id="listTableQuality")
def list_table_quality(warehouse: WarehouseDep, state: DataStateDep, now: NowDep) -> Tables:
    """Rows and age of every table."""
    known = load_tables()
    rows = [
        TableQuality(
            table=name,
            layer=known[name].layer if name in known else "source",
            rows=found.rows,
            committed_at=found.committed_at,
            age_seconds=(now - found.committed_at).total_seconds(),
            latest_event=found.latest_event,
        )
        for name, found in warehouse.freshness().items()
    ]
    return Tables(**state.fields(), rows=rows)


@router.get("/checks", operation_id="listCheckResults")
def list_check_results(warehouse: WarehouseDep, state: DataStateDep) -> Checks:
    """Count the rows that break a check, in every table of bronze and silver that is built."""
    rows: list[CheckResult] = []
    for table in load_tables().values():
        if table.layer in {"bronze", "silver"} and table.checks:
            rows += _counted(warehouse, table)
    return Checks(**state.fields(), rows=rows)


def _counted(warehouse: Warehouse, table: Table) -> list[CheckResult]:
    failing = ", ".join(
        f"count_if(not coalesce({check.predicate}, false)) as failed_{number}"
        for number, check in enumerate(table.checks)
    )
    try:
        (counts,) = warehouse.rows(f"select count(*) as total, {failing} from {table.name}")
    except NotBuilt:
        return []
    return [
        CheckResult(
            table=table.name,
            level=check.level,
            predicate=" ".join(check.predicate.split()),
            rows=counts["total"],
            failed_rows=counts[f"failed_{number}"],
        )
        for number, check in enumerate(table.checks)
    ]


@router.get("/quarantine", operation_id="listQuarantine", response_model=Quarantine)
def list_quarantine(
    warehouse: WarehouseDep,
    store: StoreDep,
    state: DataStateDep,
    *,
    reason: Annotated[Identifier | None, Query(description="Only rows with this reason.")] = None,
    after: Annotated[Identifier | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Rows per page.")] = 50,
) -> dict[str, Any]:
    """The rows that were put aside, with the reason and the fix."""
    conditions = ["reason = :reason"] if reason else []
    if after:
        conditions.append(
            f"(_ingested_at, quarantine_id) < (select (_ingested_at, quarantine_id) from {QUARANTINE} "
            "where quarantine_id = :after)"
        )
    where = f" where {' and '.join(conditions)}" if conditions else ""
    rows = warehouse.rows(
        f"select * from {QUARANTINE}{where} order by _ingested_at desc, quarantine_id desc limit :at_most",
        {"reason": reason, "after": after, "at_most": limit},
    )
    reasons = warehouse.rows(
        f"select reason, count(*) as rows from {QUARANTINE} group by reason order by rows desc, reason"
    )
    with store.read() as session:
        ids = [row["quarantine_id"] for row in rows]
        found = session.scalars(select(QuarantineReplay).where(QuarantineReplay.quarantine_id.in_(ids)))
        replayed = [_replayed(one) for one in found]
    return {
        **state.fields(),
        "rows": [{name.lstrip("_"): value for name, value in row.items()} for row in rows],
        "reasons": reasons,
        "replayed": replayed,
        "next": rows[-1]["quarantine_id"] if len(rows) == limit else None,
    }


@router.post("/quarantine/{quarantine_id}/replay", operation_id="replayQuarantined", status_code=201)
def replay_quarantined(
    quarantine_id: Identifier,
    body: ReplayIn,
    *,
    warehouse: WarehouseDep,
    store: StoreDep,
    writes: WritesDep,
    person: PersonDep,
) -> Replayed:
    """Let a row land after it was mended. The next build takes it in; a record that is still wrong is refused."""
    if not warehouse.rows(f"select 1 as found from {QUARANTINE} where quarantine_id = :id", {"id": quarantine_id}):
        raise NotFound(f"No row {quarantine_id} was put aside.", hint="GET /api/data-quality/quarantine lists them")
    transaction_id = writes.replay(body.record, body.format)
    with store.change(person.actor) as session:
        replay = QuarantineReplay(quarantine_id=quarantine_id, transaction_id=transaction_id, replayed_by=person.name)
        session.add(replay)
        session.flush()
        return _replayed(replay)


def _replayed(one: QuarantineReplay) -> Replayed:
    return Replayed(
        quarantine_id=one.quarantine_id,
        transaction_id=one.transaction_id,
        replayed_by=one.replayed_by,
        replayed_at=one.created_at,
    )
