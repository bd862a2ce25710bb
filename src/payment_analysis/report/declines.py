"""Why attempts were declined, who is at fault, and what of it can be won back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.report.proportion import Proportion, total
from payment_analysis.report.warehouse import Query, Scope, Warehouse, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.domain.money import Money

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reason:
    """One finer reason: its declines, the payments it ended, and how retries after it went."""

    reason: str
    standard: str
    group: str
    fault: str
    retryable: bool
    action: str
    source: str
    declines: int
    value: Money | None
    lost_payments: int
    lost_value: Money | None
    retries: Proportion  # answered attempts that directly followed such a decline

    @property
    def is_known(self) -> bool:
        return self.reason != UNKNOWN


@dataclass(frozen=True, slots=True)
class Fault:
    """Who is at fault, over all reasons."""

    fault: str
    declines: int
    lost_payments: int
    lost_value: Money | None


@dataclass(frozen=True, slots=True)
class Declines:
    reasons: tuple[Reason, ...]
    faults: tuple[Fault, ...]
    declines: int
    unexplained: int
    queries: tuple[Query, ...]

    @property
    def unexplained_share(self) -> float:
        return self.unexplained / self.declines if self.declines else 0.0

    @property
    def retryable_value(self) -> Money | None:
        """Value of the payments whose last word was a decline that a retry may turn."""
        return total([reason.lost_value for reason in self.reasons if reason.retryable])


def _by_reason(scope: Scope) -> Query:
    return Query(
        "by_reason",
        f"""-- One row per decline reason: declines, payments that ended with it, and the attempts that followed it.
with {scope.payments()},

{scope.attempts()},

declined as (
    select
        a.*,
        a.position_in_payment = p.attempts and p.final_result in ('declined', 'error') as ends_lost_payment,
        coalesce(next.is_authorization, false) as is_retried,
        coalesce(next.is_approved, false) as is_turned
    from attempts as a
    inner join payments as p on a.payment_id = p.payment_id
    left join attempts as next
        on a.payment_id = next.payment_id and a.position_in_payment + 1 = next.position_in_payment
    where a.result = 'declined'
)

select
    coalesce(decline_reason_detail, '{UNKNOWN}') as reason,
    coalesce(decline_reason_standard, 'OTHER') as standard,
    coalesce(decline_reason_group, 'other') as reason_group,
    coalesce(decline_fault, '{UNKNOWN}') as fault,
    coalesce(is_retryable, false) as retryable,
    coalesce(recommended_action, 'manual_review') as action,
    min(decline_source_note) as source,
    count(*) as declines,
    sum(reporting_amount) as value,
    count_if(ends_lost_payment) as lost_payments,
    sum(case when ends_lost_payment then reporting_amount end) as lost_value,
    count_if(is_retried) as retries,
    count_if(is_retried and is_turned) as retries_approved
from declined
group by 1, 2, 3, 4, 5, 6
order by declines desc, reason""",
    )


def read_declines(warehouse: Warehouse, scope: Scope) -> Declines:
    query = _by_reason(scope)
    reasons = tuple(
        Reason(
            reason=row["reason"],
            standard=row["standard"],
            group=row["reason_group"],
            fault=row["fault"],
            retryable=bool(row["retryable"]),
            action=row["action"],
            source=row["source"] or "",
            declines=whole(row, "declines"),
            value=scope.money(row["value"]),
            lost_payments=whole(row, "lost_payments"),
            lost_value=scope.money(row["lost_value"]),
            retries=Proportion.of(whole(row, "retries_approved"), whole(row, "retries")),
        )
        for row in query.rows(warehouse)
    )
    return Declines(
        reasons=reasons,
        faults=_faults(reasons),
        declines=sum(reason.declines for reason in reasons),
        unexplained=sum(reason.declines for reason in reasons if not reason.is_known),
        queries=(query,),
    )


def _faults(reasons: Sequence[Reason]) -> tuple[Fault, ...]:
    names = sorted({reason.fault for reason in reasons})
    faults = [
        Fault(
            name,
            sum(reason.declines for reason in reasons if reason.fault == name),
            sum(reason.lost_payments for reason in reasons if reason.fault == name),
            total([reason.lost_value for reason in reasons if reason.fault == name]),
        )
        for name in names
    ]
    return tuple(sorted(faults, key=lambda fault: -fault.declines))
