"""What the report speaks of: sources, period, age, what was rejected and what the data cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.domain.errors import NotFound
from payment_analysis.report.warehouse import Query, Row, Scope, Warehouse, whole

if TYPE_CHECKING:
    from datetime import datetime

# The dimensions a reader looks for, and what the report cannot say without them.
NEEDED_FOR: dict[str, str] = {
    "decline_code_raw": "why the issuer said no, and whether a retry is allowed",
    "merchant_advice_code": "Mastercard's advice on when to retry",
    "card_token_id": "retries of one card, excessive-retry fees and updater value",
    "psp": "comparison of providers",
    "card_network": "rules and rates by network",
    "issuer_country": "rates by issuer country and the regional meaning of codes",
    "issuer": "rates by issuer",
    "card_bin": "rates by card range",
    "merchant_id": "retry limits, which the schemes count per merchant",
    "payment_method_type": "credit against debit",
    "initiator": "customer- against merchant-initiated payments",
    "uses_3ds": "the effect of authentication",
    "processing_time_ms": "time-outs and latency",
    "psp_fee_minor": "cost per attempt, so a provider's price stays out of the comparison",
    "fraud_score": "the risk taken for the approvals won",
}

OF_DECLINES = frozenset({"decline_code_raw", "merchant_advice_code"})  # only a decline can carry one


@dataclass(frozen=True, slots=True)
class Source:
    """Where attempts came from: the user's own data or a simulated world, and in which format."""

    origin: str
    format: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many attempts (declines, for a code) carry a dimension, and what needs it."""

    dimension: str
    known: int
    share: float
    needed_for: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """Rows kept out of every number, by reason."""

    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class Overview:
    sources: tuple[Source, ...]
    first_event: datetime
    newest_event: datetime
    zone: str
    days: float
    age_seconds: int
    attempts: int
    payments: int
    tests: int
    verifications: int
    currency: str
    currencies: tuple[str, ...]
    without_rate: int
    quarantined: tuple[Rejected, ...]
    coverage: tuple[Coverage, ...]
    queries: tuple[Query, ...]

    @property
    def missing(self) -> tuple[Coverage, ...]:
        """Dimensions no attempt carries."""
        return tuple(item for item in self.coverage if item.known == 0)

    @property
    def is_simulated(self) -> bool:
        return any(source.origin == "simulated" for source in self.sources)

    def lacks(self, dimension: str) -> bool:
        return any(item.dimension == dimension for item in self.missing)


def _sources(scope: Scope) -> Query:
    return Query(
        "sources",
        f"""-- One row per origin and format: messages of the period.
with {scope.messages()}

select _origin as origin, _source as format, count(*) as attempts
from messages
group by _origin, _source
order by attempts desc, origin, format""",
    )


def _facts(scope: Scope) -> Query:
    known = ",\n    ".join(
        f"count(case when result = 'declined' then {column} end) as {column}"
        if column in OF_DECLINES
        else f"count({column}) as {column}"
        for column in NEEDED_FOR
    )
    return Query(
        "facts",
        f"""-- One row: size, period and filled dimensions of the attempts; tests and verifications are counted apart.
with {scope.messages()}

select
    count(*) as messages,
    count_if(coalesce(is_test, false)) as tests,
    count_if(coalesce(is_verification, false) and not coalesce(is_test, false)) as verifications,
    min(event_timestamp) as first_event,
    max(event_timestamp) as newest_event,
    count_if(reporting_amount is null) as without_rate,
    count_if(result = 'declined') as declines,
    {known}
from messages""",
    )


def _payments(scope: Scope) -> Query:
    return Query(
        "payments",
        f"""-- One row: distinct payments of the period.
with {scope.payments()}

select count(*) as payments from payments""",
    )


def _currencies(scope: Scope) -> Query:
    return Query(
        "currencies",
        f"""-- One row per currency of the attempts.
with {scope.attempts()}

select currency, count(*) as attempts from attempts group by currency order by attempts desc, currency""",
    )


QUARANTINE = Query(
    "quarantine",
    """-- One row per reason: records rejected at the door.
select reason, count(*) as records from payments_quarantine_bronze group by reason order by records desc, reason""",
)


def read_overview(warehouse: Warehouse, scope: Scope, now: datetime) -> Overview:
    sources, facts_query, payments, currencies = (
        _sources(scope),
        _facts(scope),
        _payments(scope),
        _currencies(scope),
    )
    (facts,) = facts_query.rows(warehouse)
    if whole(facts, "messages") == 0:
        raise NotFound(
            f"there is no attempt in the period ({scope.period('first_attempt_at')})",
            hint="ingest a file first (payment-analysis ingest PATH --format …) or widen the period",
        )
    first, newest = facts["first_event"], facts["newest_event"]
    left_out = whole(facts, "tests") + whole(facts, "verifications")
    (counted,) = payments.rows(warehouse)
    return Overview(
        sources=tuple(Source(row["origin"], row["format"], whole(row, "attempts")) for row in sources.rows(warehouse)),
        first_event=first,
        newest_event=newest,
        zone=scope.zone,
        days=(newest - first).total_seconds() / 86_400,
        age_seconds=max(0, round((now - newest).total_seconds())),
        attempts=whole(facts, "messages") - left_out,
        payments=whole(counted, "payments"),
        tests=whole(facts, "tests"),
        verifications=whole(facts, "verifications"),
        currency=scope.currency,
        currencies=tuple(row["currency"] for row in currencies.rows(warehouse)),
        without_rate=whole(facts, "without_rate"),
        quarantined=tuple(Rejected(row["reason"], whole(row, "records")) for row in QUARANTINE.rows(warehouse)),
        coverage=_coverage(facts),
        queries=(sources, facts_query, payments, currencies, QUARANTINE),
    )


def _coverage(facts: Row) -> tuple[Coverage, ...]:
    messages, declines = whole(facts, "messages"), whole(facts, "declines")
    return tuple(
        Coverage(column, known := whole(facts, column), known / of if of else 0.0, needed)
        for column, needed in NEEDED_FOR.items()
        for of in (declines if column in OF_DECLINES else messages,)
        if of
    )
