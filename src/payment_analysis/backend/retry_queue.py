"""Retries that were granted: when each is due, and whether anybody told how it went."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from payment_analysis.store.tables import SCHEMA

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

KEPT: Final = timedelta(days=45)  # the longest wait is 30 days; older grants say nothing about today
LATE: Final = timedelta(days=1)  # after it nobody is expected to send it any more


class RetryState(StrEnum):
    """Where a granted retry stands."""

    DUE = "due"
    WAITING = "waiting"
    EXPIRED = "expired"
    DONE = "done"


# A later decision about the same payment takes the place of an earlier one. The newest outcome counts.
_GRANTED: Final = f"""
with granted as (
    select
        id, audit_id, payment_id, merchant_id, action, request, response,
        (response ->> 'decided_at')::timestamptz as decided_at,
        (response ->> 'retry_after_seconds')::int as wait_seconds,
        payment_id is not null and lead(id) over (partition by payment_id order by id) is not null as is_replaced
    from {SCHEMA}.decisionlog
    where decision_type = 'retry' and created_at > :since
),
queued as (
    select
        granted.*,
        decided_at + make_interval(secs => wait_seconds) as due_at,
        told.outcome,
        told.told_at
    from granted
    left join lateral (
        select outcome, coalesce(occurred_at, created_at) as told_at
        from {SCHEMA}.decisionoutcome where audit_id = granted.audit_id order by id desc limit 1
    ) as told on true
    where action <> 'stop'
),
stated as (
    select
        *,
        case
            when outcome is not null then 'done'
            when is_replaced or due_at <= cast(:late as timestamptz) then 'expired'
            when due_at <= cast(:now as timestamptz) then 'due'
            else 'waiting'
        end as state
    from queued
)
"""
_COUNTS: Final = f"{_GRANTED} select state, count(*) as retries from stated group by state"
_PAGE: Final = f"""{_GRANTED}
select
    audit_id, payment_id, merchant_id, action as way, decided_at, due_at, state, is_replaced, outcome, told_at,
    (request ->> 'amount_minor')::bigint as amount_minor,
    request ->> 'currency' as currency,
    request ->> 'network' as network,
    request ->> 'previous_decline_code' as decline_code,
    option ->> 'approval' as approval,
    option ->> 'net_value' as net_value
from stated
left join lateral (
    select one as option from jsonb_array_elements(response -> 'options') as one
    where one ->> 'action' = action || '@' || wait_seconds limit 1
) as chosen on true
where cast(:state as text) is null or state = :state
order by array_position(array['due', 'waiting', 'expired', 'done'], state),
    abs(extract(epoch from due_at - cast(:now as timestamptz))), id
limit :limit offset :offset
"""


def counts_of(session: Session, now: datetime) -> dict[RetryState, int]:
    """Granted retries by state, all states named."""
    found = session.execute(text(_COUNTS), _moments(now)).mappings()
    told = {row["state"]: row["retries"] for row in found}
    return {state: told.get(state.value, 0) for state in RetryState}


def page_of(session: Session, now: datetime, state: RetryState | None, limit: int, offset: int) -> list[dict[str, Any]]:
    """Granted retries: those to act on first, within a state those nearest to now."""
    asked = {**_moments(now), "state": None if state is None else state.value, "limit": limit, "offset": offset}
    return [dict(row) for row in session.execute(text(_PAGE), asked).mappings()]


def _moments(now: datetime) -> dict[str, datetime]:
    return {"now": now, "late": now - LATE, "since": now - KEPT}
