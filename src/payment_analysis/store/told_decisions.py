"""Decisions of payments that somebody told the end of: what training can learn beside the events that landed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import text

from payment_analysis.store.tables import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from payment_analysis.store.database import Database

ROWS_AT_ONCE: Final = 5_000


class ToldDecision(NamedTuple):
    """A stored decision; outcome and what follows are None when nobody told how it went."""

    audit_id: str
    decision_type: str
    payment_id: str
    action: str | None
    route: str | None
    request: Mapping[str, Any]
    response: Mapping[str, Any]
    decided_at: datetime
    outcome: str | None
    outcome_code: str | None
    outcome_reason: str | None
    advice_code: str | None
    told_at: datetime | None
    fraud_at: datetime | None


# All decisions of a payment of which one was told, because routing may be told and authentication say how it was sent.
# A decision that names no payment teaches nothing: nobody could tell its attempt from the event that lands later.
_TOLD: Final = f"""
with told as (
    select distinct decision.payment_id
    from {SCHEMA}.decisionoutcome as outcome
    inner join {SCHEMA}.decisionlog as decision using (audit_id)
    where decision.payment_id is not null
)
select
    decision.audit_id, decision.decision_type, decision.payment_id, decision.action, decision.route,
    decision.request, decision.response, (decision.response ->> 'decided_at')::timestamptz as decided_at,
    newest.outcome, newest.outcome_code, newest.outcome_reason, newest.advice_code, newest.told_at, fraud.fraud_at
from told
inner join {SCHEMA}.decisionlog as decision using (payment_id)
left join lateral (
    select outcome, outcome_code, outcome_reason, advice_code, coalesce(occurred_at, created_at) as told_at
    from {SCHEMA}.decisionoutcome where audit_id = decision.audit_id order by id desc limit 1
) as newest on true
left join lateral (
    select min(coalesce(occurred_at, created_at)) as fraud_at
    from {SCHEMA}.decisionoutcome where audit_id = decision.audit_id and extra -> 'is_fraud' = 'true'::jsonb
) as fraud on true
order by decision.id
"""


def told_decisions(store: Database) -> list[ToldDecision]:
    """Every decision of the payments with an outcome, in the order they were stored."""
    with store.read() as session:
        rows = session.execute(text(_TOLD), execution_options={"yield_per": ROWS_AT_ONCE})
        return [ToldDecision(*row) for row in rows]
