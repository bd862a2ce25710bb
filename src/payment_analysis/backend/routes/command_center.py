"""The first page: how approvals stand, why they moved, what to do first."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from payment_analysis.backend.compared import Compare, Period, ScopedWarehouse, earlier, period_of
from payment_analysis.backend.data_state import DataStateDep
from payment_analysis.backend.dependencies import NowDep, Warehouse, WarehouseDep
from payment_analysis.backend.figures import Amount, AmountRange, Figure, Gap, QueryText, Ratio
from payment_analysis.backend.scoping import ScopeDep
from payment_analysis.domain.metrics import RATES, Rate
from payment_analysis.domain.scope import Scope
from payment_analysis.report.actions import Action, decide_actions
from payment_analysis.report.exposure import read_exposure
from payment_analysis.report.lost import read_lost
from payment_analysis.report.movement import BY_GROUP, read_movements
from payment_analysis.report.overview import read_overview
from payment_analysis.report.plays import PLAYS
from payment_analysis.report.proportion import Proportion, difference
from payment_analysis.report.pulse import read_pulses, read_total
from payment_analysis.report.report import reporting_currency
from payment_analysis.report.routing import read_routing
from payment_analysis.report.warehouse import Scope as ReportScope

router = APIRouter(prefix="/api/command-center", tags=["command center"])

SECONDS_PER_DAY = 86_400


class PulseOut(Figure):
    """What happened in a period, or in one stretch of it."""

    start: datetime | None = Field(description="Beginning of the stretch; null for the whole period.")
    payment: Ratio = Field(description="Payments approved in the end, of those with an answer.")
    first_attempt: Ratio = Field(description="Payments approved at the first attempt, of those with an answer.")
    lost_payments: int = Field(description="Payments that ended without approval and are not open.")
    lost_value: Amount | None = Field(description="Their value; null without an exchange rate.")
    recovered_payments: int = Field(description="Payments approved on a later attempt.")
    recovered_value: Amount | None = Field(description="Their value; null without an exchange rate.")
    attempts: int = Field(description="Authorisation messages of sales.")
    latency_ms_p95: float | None = Field(description="Milliseconds from request to answer, 95th percentile.")


class PartOut(Figure):
    """One group of a dimension and its share of the change."""

    name: str = Field(description="The group; `(none)` where the data lacks the dimension.")
    before: Ratio = Field(description="Payment rate of the earlier period.")
    now: Ratio = Field(description="Payment rate of the period.")
    by_rate: float = Field(description="Change of the overall rate because this group's rate changed.")
    by_mix: float = Field(description="Change of the overall rate because this group's share changed.")
    gap: Gap | None = Field(description="Its rates compared, over all groups at once (Bonferroni).")


class MovementOut(Figure):
    """The change of the payment rate along one dimension; the parts add up to it."""

    dimension: str = Field(description="Name of the dimension, as in the address.")
    by_rate: float = Field(description="Sum of the groups' rate effects.")
    by_mix: float = Field(description="Sum of the groups' mix effects.")
    parts: list[PartOut] = Field(description="Largest contribution first.")


class StandingOut(Figure):
    """How approvals stand and why they moved."""

    period: Period | None = Field(description="The period; null means all data.")
    compared_with: Period | None = Field(description="The earlier period; null when there is none.")
    zone: str = Field(description="Time zone of the points.")
    currency: str = Field(description="Currency of every amount.")
    definition: str = Field(description="What the payment rate means.")
    grain: str = Field(description="Length of a point: minute, hour, day or week.")
    now: PulseOut = Field(description="The whole period.")
    before: PulseOut | None = Field(description="The earlier period; null without comparison or data.")
    change: Gap | None = Field(description="The payment rate minus that of the earlier period.")
    first_change: Gap | None = Field(description="The same for the first attempts.")
    points: list[PulseOut] = Field(description="The period in stretches.")
    movements: list[MovementOut] = Field(description="Per dimension, why the payment rate moved.")
    queries: list[QueryText] = Field(description="The SQL behind the numbers.")


@router.get("/standing", operation_id="getStanding")
def get_standing(
    warehouse: WarehouseDep,
    scope: ScopeDep,
    state: DataStateDep,
    compare: Annotated[Compare, Query(description="Which earlier period to compare with.")] = Compare.PREVIOUS,
) -> StandingOut:
    """The payment rate and what belongs to it, now, before and in between."""
    here = ScopedWarehouse(warehouse, scope)
    report_scope = ReportScope(reporting_currency(warehouse), scope.time_zone)
    pulses = read_pulses(here, report_scope, days_of(warehouse, scope, state.now))
    previous = earlier(scope, compare)
    there = ScopedWarehouse(warehouse, previous) if previous else None
    before = read_total(there, report_scope) if there else None
    return StandingOut(
        period=period_of(scope),
        compared_with=period_of(previous),
        zone=scope.time_zone,
        currency=report_scope.currency,
        definition=RATES[Rate.PAYMENT_RATE].meaning,
        grain=pulses.grain,
        now=PulseOut.model_validate(pulses.whole),
        before=PulseOut.model_validate(before) if before and before.attempts else None,
        change=gap_of(pulses.whole.payment, before.payment if before else None),
        first_change=gap_of(pulses.whole.first_attempt, before.first_attempt if before else None),
        points=[PulseOut.model_validate(point) for point in pulses.points],
        movements=[MovementOut.model_validate(one) for one in read_movements(there, here)] if there else [],
        queries=[QueryText.model_validate(query) for query in (*pulses.queries, BY_GROUP)],
    )


def gap_of(now: Proportion, before: Proportion | None) -> Gap | None:
    found = difference(now, before) if before else None
    return Gap.model_validate(found) if found else None


class EvidenceOut(Figure):
    """One group of lost payments and what comparable payments did."""

    what: str = Field(description="The group in words.")
    rate: Ratio = Field(description="What comparable retries or the better route achieve.")
    payments: int = Field(description="Lost payments of the group.")
    value: Amount | None = Field(description="Their value.")
    gain: AmountRange | None = Field(description="What may be won.")


class ActionOut(Figure):
    """One thing to do, with its value and how sure that is."""

    kind: str = Field(description="Stable name of the kind of action.")
    title: str = Field(description="What to do.")
    todo: str = Field(description="How.")
    method: str = Field(description="How its value was found, or why there is none.")
    payments: int = Field(description="Lost payments it speaks for; for forbidden retries, attempts.")
    value: Amount | None = Field(description="Their value.")
    gain: AmountRange | None = Field(description="What may be won over the period; null without a rate to go by.")
    gain_per_30_days: AmountRange | None = Field(description="The same per 30 days; null below one day.")
    effort: str = Field(description="low, medium or high.")
    confidence: str = Field(description="low, medium or high.")
    evidence: list[EvidenceOut] = Field(description="The groups behind it, largest first.")
    queries: list[QueryText] = Field(description="The SQL behind the numbers.")


class ActionsOut(Figure):
    """What to do first; no payment is counted twice."""

    ranked: list[ActionOut] = Field(description="Best first.")
    recoverable: AmountRange | None = Field(description="Sum over the actions that win payments.")
    standing_payments: int = Field(description="Lost for a reason nobody should try to turn.")
    standing_value: Amount | None = Field(description="Their value.")


@router.get("/actions", operation_id="getActions")
def get_actions(warehouse: WarehouseDep, scope: ScopeDep, state: DataStateDep, now: NowDep) -> ActionsOut:
    """Ranked actions of the scope, each lost payment given to one of them."""
    here = ScopedWarehouse(warehouse, scope)
    whole = ReportScope(reporting_currency(warehouse), scope.time_zone)
    overview = read_overview(warehouse, whole, now)
    exposure, routing = read_exposure(here, whole, overview), read_routing(here, whole)
    actions = decide_actions(read_lost(here, whole), routing, exposure, days_of(warehouse, scope, state.now))
    return ActionsOut(
        ranked=[action_out(action) for action in actions.ranked],
        recoverable=AmountRange.model_validate(actions.recoverable) if actions.recoverable else None,
        standing_payments=actions.standing_payments,
        standing_value=Amount.model_validate(actions.standing_value) if actions.standing_value else None,
    )


def action_out(action: Action) -> ActionOut:
    play = PLAYS[action.kind]
    fields = {name: getattr(action, name) for name in ActionOut.model_fields if hasattr(action, name)}
    words = {"title": play.title, "todo": play.todo, "method": play.method if action.gain else play.no_number}
    return ActionOut.model_validate({**fields, **words}, from_attributes=True)


def days_of(warehouse: Warehouse, scope: Scope, newest: datetime | None) -> float:
    """How long the scope is; without a range, from the oldest attempt to the newest."""
    if scope.range is not None:
        start, end = scope.range
        return (end - start).total_seconds() / SECONDS_PER_DAY
    (row,) = warehouse.rows("select min(event_timestamp) as oldest from payments_enriched_silver")
    if row["oldest"] is None or newest is None:
        return 0.0
    days: float = (newest - row["oldest"]).total_seconds() / SECONDS_PER_DAY
    return days
