"""The payments that were lost, and what happened to comparable ones that were tried again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.report.proportion import Proportion
from payment_analysis.report.warehouse import Query, Scope, Warehouse, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from payment_analysis.domain.money import Money


@dataclass(frozen=True, slots=True)
class LostGroup:
    """Lost payments that ended the same way: last result and reason, and the place a retry would take."""

    result: str  # declined or error
    reason: str
    action: str
    next_position: int  # 2, or 3 for the third and later
    payments: int
    value: Money | None


@dataclass(frozen=True, slots=True)
class RetryGroup:
    """Answered retries by what they followed and at which place."""

    previous_result: str
    previous_reason: str
    previous_action: str
    position: int
    with_3ds: bool
    attempts: int
    approved: int


@dataclass(frozen=True, slots=True)
class Lost:
    groups: tuple[LostGroup, ...]
    retries: tuple[RetryGroup, ...]
    queries: tuple[Query, ...]

    def comparable(self, group: LostGroup, also: Callable[[RetryGroup], bool] = lambda _: True) -> Proportion:
        """Retries that followed the same result and reason at the same place of their payment."""
        same = [
            retry
            for retry in self.retries
            if (retry.previous_result, retry.previous_reason, retry.position)
            == (group.result, group.reason, group.next_position)
            and also(retry)
        ]
        return rate_of(same)


def rate_of(retries: Iterable[RetryGroup]) -> Proportion:
    retries = list(retries)
    return Proportion.of(sum(retry.approved for retry in retries), sum(retry.attempts for retry in retries))


def lost_attempts(scope: Scope) -> str:
    """Name the last attempts of the payments that were lost, with reason, remedy and the place of a next try."""
    return f"""{scope.payments()},

{scope.attempts()},

lost as (
    select
        a.payment_id,
        a.result,
        coalesce(a.decline_reason_detail, 'unknown') as reason,
        coalesce(a.recommended_action, 'manual_review') as remedy,
        case when a.position_in_payment = 1 then 2 else 3 end as next_position,
        a.card_network,
        a.country,
        p.first_psp,
        a.reporting_amount
    from attempts as a
    inner join payments as p on a.payment_id = p.payment_id
    where a.position_in_payment = p.attempts and p.final_result in ('declined', 'error')
)"""


def retries(scope: Scope) -> str:
    """Name the answered attempts that follow a decline or an error, with what they follow."""
    return f"""{scope.attempts()},

retries as (
    select
        before.result as previous_result,
        coalesce(before.decline_reason_detail, 'unknown') as previous_reason,
        coalesce(before.recommended_action, 'manual_review') as previous_remedy,
        case when a.position_in_payment = 2 then 2 else 3 end as position,
        coalesce(a.uses_3ds, false) as with_3ds,
        a.is_approved
    from attempts as a
    inner join attempts as before
        on a.payment_id = before.payment_id and a.position_in_payment = before.position_in_payment + 1
    where a.is_authorization and before.result in ('declined', 'error')
)"""


def _lost(scope: Scope) -> Query:
    return Query(
        "lost_payments",
        f"""-- One row per end of lost payments: last result, reason, remedy, and the place of a next attempt.
with {lost_attempts(scope)}

select result, reason, remedy, next_position, count(*) as payments, sum(reporting_amount) as value
from lost
group by 1, 2, 3, 4
order by payments desc, reason""",
    )


def _retries(scope: Scope) -> Query:
    return Query(
        "comparable_retries",
        f"""-- One row per kind of retry: what it followed, its place, and whether it was authenticated with 3DS.
with {retries(scope)}

select
    previous_result,
    previous_reason,
    previous_remedy,
    position,
    with_3ds,
    count(*) as attempts,
    count_if(is_approved) as approved
from retries
group by 1, 2, 3, 4, 5
order by attempts desc, previous_reason""",
    )


def read_lost(warehouse: Warehouse, scope: Scope) -> Lost:
    lost, comparable = _lost(scope), _retries(scope)
    return Lost(
        tuple(
            LostGroup(
                row["result"],
                row["reason"],
                row["remedy"],
                whole(row, "next_position"),
                whole(row, "payments"),
                scope.money(row["value"]),
            )
            for row in lost.rows(warehouse)
        ),
        tuple(
            RetryGroup(
                row["previous_result"],
                row["previous_reason"],
                row["previous_remedy"],
                whole(row, "position"),
                bool(row["with_3ds"]),
                whole(row, "attempts"),
                whole(row, "approved"),
            )
            for row in comparable.rows(warehouse)
        ),
        (lost, comparable),
    )
