"""What the subjects of an experiment brought: their assignments beside the decisions and the outcomes of the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from payment_analysis.decisioning.trial_statistics import Sample
from payment_analysis.store.tables import SCHEMA

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

# A decision belongs to an experiment when its answer says so; the last outcome of a decision counts. A subject is
# approved when one of its decisions was; money counts once per approved decision, in minor units of its currency.
_SUBJECTS: Final = f"""
with told as (
    select distinct on (audit_id) audit_id, outcome, latency_ms, extra
    from {SCHEMA}.decisionoutcome
    order by audit_id, id desc
),
decided as (
    select
        response ->> 'experiment_id' as experiment_id,
        response ->> 'subject_key' as subject_key,
        coalesce(request ->> :segment, '') as segment,
        told.outcome,
        told.latency_ms,
        (request ->> 'amount_minor')::numeric as amount_minor,
        coalesce((told.extra ->> 'is_fraud')::boolean, false) as is_fraud,
        coalesce((told.extra ->> 'scheme_fee_minor')::numeric, 0) as scheme_fee_minor
    from {SCHEMA}.decisionlog
    inner join told using (audit_id)
    where response ->> 'experiment_id' = :experiment_id
),
subjects as (
    select
        assignment.variant,
        case when :segment = '' then '' else max(decided.segment) end as segment,
        bool_or(decided.outcome = 'approved') as is_approved,
        bool_or(decided.is_fraud) as is_fraud,
        sum(case when decided.outcome = 'approved' then decided.amount_minor else 0 end) as revenue,
        sum(decided.scheme_fee_minor) as fees,
        avg(decided.latency_ms) as latency_ms,
        count(decided.outcome) as outcomes
    from {SCHEMA}.experimentassignment as assignment
    left join decided on decided.subject_key = assignment.subject_key
    where assignment.experiment_id = :experiment_id
    group by assignment.id, assignment.variant
)
select
    variant, segment,
    count(*) as subjects,
    count(*) filter (where outcomes > 0) as answered,
    count(*) filter (where is_approved) as approved,
    count(*) filter (where is_fraud) as frauds,
    coalesce(sum(revenue), 0) as revenue,
    coalesce(sum(revenue * revenue), 0) as revenue_squares,
    coalesce(sum(fees), 0) as fees,
    coalesce(sum(fees * fees), 0) as fee_squares,
    count(latency_ms) as timed,
    coalesce(sum(latency_ms), 0) as latency,
    coalesce(sum(latency_ms * latency_ms), 0) as latency_squares
from subjects
group by variant, segment
order by variant, segment
"""


@dataclass(frozen=True, slots=True)
class Arm:
    """One variant, or the part of it in one segment; money in minor units, per subject with an outcome."""

    variant: str
    segment: str
    subjects: int
    answered: int
    approval: Sample
    revenue: Sample
    fraud: Sample
    latency: Sample
    fees: Sample


def arms_of(session: Session, experiment_id: str, segment: str = "") -> list[Arm]:
    """By variant, and by the value of a field of the request when one is named."""
    rows = session.execute(text(_SUBJECTS), {"experiment_id": experiment_id, "segment": segment}).mappings()
    return [
        Arm(
            variant=row["variant"],
            segment=row["segment"],
            subjects=row["subjects"],
            answered=row["answered"],
            approval=Sample.of_share(row["answered"], row["approved"]),
            revenue=Sample(row["answered"], float(row["revenue"]), float(row["revenue_squares"])),
            fraud=Sample.of_share(row["answered"], row["frauds"]),
            latency=Sample(row["timed"], float(row["latency"]), float(row["latency_squares"])),
            fees=Sample(row["answered"], float(row["fees"]), float(row["fee_squares"])),
        )
        for row in rows
    ]
