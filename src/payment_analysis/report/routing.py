"""Where another provider approves more first attempts, beyond chance, and which lost payments never met it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.domain.decline_reasons import DeclineReason, Remedy
from payment_analysis.domain.metrics import TRIALS_MIN
from payment_analysis.report.lost import lost_attempts
from payment_analysis.report.proportion import Difference, MoneyRange, Proportion, difference, total, z_for
from payment_analysis.report.warehouse import Query, Scope, Warehouse, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.domain.money import Money

Segment = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Claim:
    """Lost payments of one last reason and next place that a reroute takes, so no other action counts them."""

    reason: str
    action: str
    next_position: int
    payments: int
    value: Money | None


@dataclass(frozen=True, slots=True)
class Reroute:
    """In one network and country, a provider that approves more first attempts than the one in use."""

    network: str | None
    country: str | None
    from_psp: str
    to_psp: str
    from_rate: Proportion
    to_rate: Proportion
    gain: Difference
    claims: tuple[Claim, ...]  # lost payments that started at from_psp and never met to_psp

    @property
    def payments(self) -> int:
        return sum(claim.payments for claim in self.claims)

    @property
    def value(self) -> Money | None:
        return total(claim.value for claim in self.claims)

    @property
    def shares(self) -> tuple[float, float, float]:
        """Share of payments declined at from_psp that to_psp would approve: low, expected, high.

        A payment that from_psp approves is taken to be approved by to_psp too, so the whole gain falls on the declined.
        """
        assert self.from_rate.rate is not None
        assert self.gain.is_proven
        declined = 1 - self.from_rate.rate
        low, expected, high = (
            min(1.0, part / declined) for part in (self.gain.low, self.gain.difference, self.gain.high)
        )
        return low, expected, high

    @property
    def money(self) -> MoneyRange | None:
        return None if self.value is None else MoneyRange.of(self.value, *self.shares)


@dataclass(frozen=True, slots=True)
class Routing:
    reroutes: tuple[Reroute, ...]
    comparisons: int
    z: float
    queries: tuple[Query, ...]


def _first_attempts(scope: Scope) -> Query:
    return Query(
        "first_attempts_by_segment",
        f"""-- One row per network, country and provider: answered first attempts.
with {scope.attempts()}

select card_network as network, country, psp, count(*) as attempts, count_if(is_approved) as approved
from attempts
where is_authorization and is_first_attempt and psp is not null
group by 1, 2, 3
order by 1, 2, 3""",
    )


def _untried(scope: Scope) -> Query:
    return Query(
        "providers_never_met",
        f"""-- One row per segment, first provider, provider never met and reason: lost payments a new route may win.
with {lost_attempts(scope)},

movable as (
    select * from lost
    where
        result = 'declined'
        and first_psp is not null
        and (remedy = '{Remedy.CHANGE_ROUTE}' or reason = '{DeclineReason.UNKNOWN}')
),

candidates as (select psp from attempts where psp is not null group by psp),

met as (
    select a.payment_id, a.psp
    from attempts as a
    inner join movable as l on a.payment_id = l.payment_id
    where a.psp is not null
    group by a.payment_id, a.psp
)

select
    l.card_network as network,
    l.country,
    l.first_psp,
    c.psp as candidate,
    l.reason,
    l.remedy,
    l.next_position,
    count(*) as payments,
    sum(l.reporting_amount) as value
from movable as l
cross join candidates as c
left join met as m on l.payment_id = m.payment_id and c.psp = m.psp
where m.payment_id is null
group by 1, 2, 3, 4, 5, 6, 7
order by 1, 2, 3, 4, 5, 6, 7""",
    )


Waiting = dict[tuple[str | None, str | None, str, str], list[Claim]]


def read_routing(warehouse: Warehouse, scope: Scope) -> Routing:
    first, untried = _first_attempts(scope), _untried(scope)
    rates: dict[Segment, dict[str, Proportion]] = defaultdict(dict)
    for row in first.rows(warehouse):
        rate = Proportion.of(whole(row, "approved"), whole(row, "attempts"))
        if rate.trials >= TRIALS_MIN:
            rates[row["network"], row["country"]][row["psp"]] = rate
    comparisons = sum(len(psps) * (len(psps) - 1) // 2 for psps in rates.values())
    if not comparisons:
        return Routing((), 0, z_for(1), (first, untried))
    waiting: Waiting = defaultdict(list)
    for row in untried.rows(warehouse):
        waiting[row["network"], row["country"], row["first_psp"], row["candidate"]].append(
            Claim(
                row["reason"],
                row["remedy"],
                whole(row, "next_position"),
                whole(row, "payments"),
                scope.money(row["value"]),
            )
        )
    z = z_for(comparisons)
    found = [
        reroute
        for segment, psps in rates.items()
        for from_psp in psps
        if (reroute := _best(segment, from_psp, psps, waiting, z)) is not None
    ]
    ranked = sorted(found, key=lambda r: (-_expected(r), str(r.network), str(r.country), r.from_psp))
    return Routing(tuple(ranked), comparisons, z, (first, untried))


def _expected(reroute: Reroute) -> int:
    money = reroute.money
    return money.expected.amount_minor if money and money.expected else 0


def _best(
    segment: Segment, from_psp: str, psps: Mapping[str, Proportion], waiting: Waiting, z: float
) -> Reroute | None:
    """Choose the provider whose gain over this one is surest: at most one per segment and first provider."""
    proven = [
        (gain, to_psp)
        for to_psp in psps
        if to_psp != from_psp and (gain := difference(psps[to_psp], psps[from_psp], z)) is not None and gain.low > 0
    ]
    if not proven:
        return None
    gain, to_psp = max(proven, key=lambda item: item[0].low)
    claims = tuple(waiting.get((*segment, from_psp, to_psp), ()))
    if not claims:
        return None
    return Reroute(*segment, from_psp, to_psp, psps[from_psp], psps[to_psp], gain, claims)
