"""What routes have shown, read back from the store: a start needs no other state."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from payment_analysis.decisioning.outcomes import Outcome, lesson_of
from payment_analysis.decisioning.scheme_limits import network_of
from payment_analysis.domain.countries import region_of
from payment_analysis.domain.errors import StoreDown
from payment_analysis.ml.route_memory import RouteMemory, Told

if TYPE_CHECKING:
    from datetime import datetime

    from payment_analysis.ml.scoring import Scoring
    from payment_analysis.store.database import Database

REACH: Final = timedelta(days=7)
OUTCOMES_MAX: Final = 100_000  # the newest; more would only make a start slower
_TOLD: Final = text("""
select * from (
    select distinct on (o.audit_id, o.outcome = 'timeout') o.id, o.outcome, o.outcome_code, o.outcome_reason,
        coalesce(o.occurred_at, o.created_at) as at, d.route, d.issuer, d.expected_approval,
        d.request ->> 'network' as network, d.request ->> 'issuer_country' as issuer_country
    from payment_analysis.decisionoutcome o join payment_analysis.decisionlog d using (audit_id)
    where d.route is not null and o.created_at > :since
    order by o.audit_id, o.outcome = 'timeout', o.id
) first_told order by id desc limit :most""")


def remembered(store: Database, scoring: Scoring, now: datetime) -> RouteMemory:
    """The memory of the routes; empty while the store does not answer, as nothing can be decided then either."""
    memory = RouteMemory(scoring.routes)
    try:
        with store.read() as session:
            rows = list(session.execute(_TOLD, {"since": now - REACH, "most": OUTCOMES_MAX}))
    except StoreDown:
        return memory
    for row in reversed(rows):
        lesson = lesson_of(
            Outcome(row.outcome),
            row.outcome_code,
            row.outcome_reason,
            network=network_of(row.network),
            region=region_of(row.issuer_country),
            on=row.at.date(),
        )
        variance = scoring.variance_of(row.issuer, row.issuer_country, row.network)
        memory.hear(Told(row.route, row.issuer, lesson, row.expected_approval, variance, row.at.timestamp()))
    return memory
