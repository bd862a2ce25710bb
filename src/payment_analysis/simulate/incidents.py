"""Things that go wrong: planted by somebody or spontaneous, each with start, end, scope and size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from payment_analysis.domain.errors import BadInput
from payment_analysis.simulate.parameters import COUNTRIES, NETWORKS, ROUTES, SEGMENTS
from payment_analysis.simulate.seasons import DAY_US

if TYPE_CHECKING:
    from collections.abc import Iterable


class IncidentKind(StrEnum):
    """What a size means differs by kind; see SIZES."""

    ISSUER_OUTAGE = "issuer_outage"
    PSP_DEGRADATION = "psp_degradation"
    THREE_DS_FAILURE = "three_ds_failure"
    BAD_RULE = "bad_rule"
    SILENT_DRIFT = "silent_drift"
    ISSUER_RULE_CHANGE = "issuer_rule_change"
    MIX_SHIFT = "mix_shift"
    BIN_ATTACK = "bin_attack"
    FRAUD_CAMPAIGN = "fraud_campaign"


SIZES: dict[IncidentKind, str] = {
    IncidentKind.ISSUER_OUTAGE: "share of answers the issuer fails to give",
    IncidentKind.PSP_DEGRADATION: "share of attempts the route fails to carry",
    IncidentKind.THREE_DS_FAILURE: "share of authentications that fail",
    IncidentKind.BAD_RULE: "share of attempts the merchant's rule blocks",
    IncidentKind.SILENT_DRIFT: "logit taken from the issuer's approval on the route",
    IncidentKind.ISSUER_RULE_CHANGE: "logit taken from attempts without authentication or token",
    IncidentKind.MIX_SHIFT: "share of payments that move into the scope",
    IncidentKind.BIN_ATTACK: "extra attempts as a share of normal traffic",
    IncidentKind.FRAUD_CAMPAIGN: "extra payments as a share of normal traffic",
}
NEVER = datetime(2099, 1, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHARES = frozenset(IncidentKind) - {
    IncidentKind.SILENT_DRIFT,
    IncidentKind.ISSUER_RULE_CHANGE,
    IncidentKind.BIN_ATTACK,
    IncidentKind.FRAUD_CAMPAIGN,
}


@dataclass(frozen=True)  # without slots: instants are computed once
class Incident:
    """One thing that goes wrong. A scope that is not named is everywhere."""

    kind: IncidentKind
    start: datetime
    end: datetime
    size: float
    issuer: str | None = None
    psp: str | None = None
    network: str | None = None
    country: str | None = None
    segment: str | None = None
    merchant_id: str | None = None
    planted: bool = True

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise BadInput(f"{self.kind}: start and end need a time zone", hint="write e.g. 2026-03-01T12:00:00+00:00")
        if self.start >= self.end:
            raise BadInput(f"{self.kind}: starts {self.start} but ends {self.end}", hint="let it end after it starts")
        if self.size <= 0 or (self.kind in _SHARES and self.size > 1):
            raise BadInput(f"{self.kind}: size {self.size} is not a {SIZES[self.kind]}", hint="give a size in (0, 1]")

    @cached_property
    def start_us(self) -> int:
        return instant_us(self.start)

    @cached_property
    def end_us(self) -> int:
        return instant_us(self.end)


def instant_us(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def instant(at_us: int) -> datetime:
    return EPOCH + timedelta(microseconds=at_us)


def active(incidents: Iterable[Incident], start_us: int, end_us: int) -> list[Incident]:
    """The incidents that touch a span."""
    return [row for row in incidents if row.start_us < end_us and row.end_us > start_us]


@dataclass(frozen=True, slots=True)
class Names:
    """What a scope may name."""

    issuers: tuple[str, ...]
    merchants: tuple[str, ...]

    def position(self, incident: Incident, what: str) -> int | None:
        value = getattr(incident, what)
        if value is None:
            return None
        known = self._known(what)
        if value not in known:
            raise BadInput(f"{incident.kind}: no {what} is named {value!r}", hint=f"one of {', '.join(known)}")
        return known.index(value)

    def _known(self, what: str) -> tuple[str, ...]:
        return {
            "issuer": self.issuers,
            "merchant_id": self.merchants,
            "psp": tuple(row.name for row in ROUTES),
            "network": tuple(network.value for network in NETWORKS),
            "country": tuple(row.code for row in COUNTRIES),
            "segment": tuple(row.name for row in SEGMENTS),
        }[what]


# Spontaneous failures, per day and thing; prototype: a route fails about once in 5 days for 45 minutes and lets a
# quarter pass, an issuer once in 20 days for 30 minutes and lets a tenth pass, a campaign starts once in 8 days.
ROUTE_OUTAGE_RATE, ROUTE_OUTAGE_MINUTES, ROUTE_OUTAGE_SIZE = 1 / 5, 45, 0.75
ISSUER_OUTAGE_RATE, ISSUER_OUTAGE_MINUTES, ISSUER_OUTAGE_SIZE = 1 / 20, 30, 0.90
CAMPAIGN_RATE, CAMPAIGN_DAYS_MIN, CAMPAIGN_DAYS_MAX, CAMPAIGN_SIZE = 1 / 8, 1.0, 3.0, 0.006
GRID_MINUTES = 5


def spontaneous(seed: int, names: Names, start_us: int, end_us: int) -> list[Incident]:
    """What fails by itself in a span: a function of the seed and the calendar, so histories and streams agree."""
    first = start_us // DAY_US - int(CAMPAIGN_DAYS_MAX) - 1
    found = [row for day in range(first, end_us // DAY_US + 1) for row in _on_day(seed, names, day)]
    return active(found, start_us, end_us)


def _on_day(seed: int, names: Names, day: int) -> list[Incident]:
    rng = np.random.default_rng([seed, 3, day])
    midnight = instant(day * DAY_US)

    def span(minutes_mean: float) -> dict[str, Any]:
        begin = GRID_MINUTES * int(rng.integers(24 * 60 // GRID_MINUTES))
        lasts = GRID_MINUTES * int(rng.geometric(GRID_MINUTES / minutes_mean))
        start = midnight + timedelta(minutes=begin)
        return {"start": start, "end": start + timedelta(minutes=lasts), "planted": False}

    found: list[Incident] = []
    for route, hit in zip(ROUTES, rng.random(len(ROUTES)) < ROUTE_OUTAGE_RATE, strict=True):
        if hit:
            when = span(ROUTE_OUTAGE_MINUTES)
            found.append(Incident(IncidentKind.PSP_DEGRADATION, size=ROUTE_OUTAGE_SIZE, psp=route.name, **when))
    for position in np.flatnonzero(rng.random(len(names.issuers)) < ISSUER_OUTAGE_RATE):
        when = span(ISSUER_OUTAGE_MINUTES)
        issuer = names.issuers[position]
        found.append(Incident(IncidentKind.ISSUER_OUTAGE, size=ISSUER_OUTAGE_SIZE, issuer=issuer, **when))
    if rng.random() < CAMPAIGN_RATE:
        start = midnight + timedelta(hours=float(rng.uniform(0, 24)))
        found.append(
            Incident(
                IncidentKind.FRAUD_CAMPAIGN,
                start,
                start + timedelta(days=float(rng.uniform(CAMPAIGN_DAYS_MIN, CAMPAIGN_DAYS_MAX))),
                size=CAMPAIGN_SIZE,
                issuer=names.issuers[rng.integers(len(names.issuers))],
                merchant_id=names.merchants[rng.integers(len(names.merchants))],
                planted=False,
            )
        )
    return found


_SCOPE = ("issuer", "psp", "network", "country", "segment", "merchant_id")
_INCIDENT_SCHEMA = pa.schema(
    [
        ("incident_id", pa.string()),
        ("kind", pa.string()),
        ("start", pa.timestamp("us", tz="UTC")),
        ("end", pa.timestamp("us", tz="UTC")),
        ("size", pa.float64()),
        ("size_meaning", pa.string()),
        *((name, pa.string()) for name in _SCOPE),
        ("planted", pa.bool_()),
    ]
)


def incident_rows(incidents: Iterable[Incident]) -> pa.Table:
    """One row per incident: the answer key for whoever looks for causes."""
    rows = [
        {
            "incident_id": f"inc_{number:04d}",
            "kind": row.kind.value,
            "size_meaning": SIZES[row.kind],
            **{name: getattr(row, name) for name in ("start", "end", "size", "planted", *_SCOPE)},
        }
        for number, row in enumerate(sorted(incidents, key=lambda row: (row.start, row.kind)), start=1)
    ]
    return pa.Table.from_pylist(rows, _INCIDENT_SCHEMA)


def incidents_from(rows: pa.Table) -> tuple[Incident, ...]:
    """The incidents a table of incident_rows holds, e.g. to continue a world in a stream."""
    names = ("start", "end", "size", "planted", *_SCOPE)
    return tuple(
        Incident(kind=IncidentKind(row["kind"]), **{name: row[name] for name in names}) for row in rows.to_pylist()
    )
