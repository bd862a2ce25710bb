"""Ready-made weathers of the world: each is a tuple of incidents."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from payment_analysis.simulate.incidents import NEVER, Incident, IncidentKind

if TYPE_CHECKING:
    from datetime import datetime, timedelta

Kind = IncidentKind


class Regime(StrEnum):
    CALM = "calm"
    OUTAGE = "outage"
    SILENT_DRIFT = "silent_drift"
    FRAUD_CAMPAIGN = "fraud_campaign"
    PAYDAY = "payday"
    MIX_SHIFT = "mix_shift"
    ISSUER_RULE_CHANGE = "issuer_rule_change"


def incidents_of(regime: Regime, start: datetime, end: datetime) -> tuple[Incident, ...]:
    """The incidents of a regime over a span, its middle third unless it stays.

    Calm has none and needs a world without spontaneous failures; payday has none because funds cycles and demand
    after the fifth business day are part of every world: choose a span around one.
    """
    third = (end - start) / 3
    begin, finish = start + third, end - third
    match regime:
        case Regime.CALM | Regime.PAYDAY:
            return ()
        case Regime.OUTAGE:
            return (
                Incident(Kind.ISSUER_OUTAGE, begin, finish, 0.9, issuer="issuer_br_02"),
                Incident(Kind.PSP_DEGRADATION, begin, finish, 0.5, psp="cerrado"),
            )
        case Regime.SILENT_DRIFT:
            return (Incident(Kind.SILENT_DRIFT, begin, NEVER, 1.3, issuer="issuer_br_01", psp="aurora_pay"),)
        case Regime.FRAUD_CAMPAIGN:
            return (
                Incident(Kind.FRAUD_CAMPAIGN, begin, finish, 0.02, issuer="issuer_br_03", merchant_id="m_7"),
                Incident(Kind.BIN_ATTACK, begin, finish, 0.02, issuer="issuer_br_01", merchant_id="m_13"),
            )
        case Regime.MIX_SHIFT:
            return (Incident(Kind.MIX_SHIFT, begin, finish, 0.25, segment="Travel"),)
        case Regime.ISSUER_RULE_CHANGE:
            return (Incident(Kind.ISSUER_RULE_CHANGE, begin, NEVER, 1.2, issuer="issuer_br_04"),)


def usual_incidents(start: datetime, end: datetime) -> tuple[Incident, ...]:
    """What a history holds unless told otherwise: one of each kind a detective should find."""
    span = end - start

    def at(share: float) -> datetime:
        return start + span * share

    def lasting(share: float, length: timedelta) -> tuple[datetime, datetime]:
        return at(share), min(at(share) + length, end)

    hour = span / (90 * 24)  # of a 90-day history; shorter histories have shorter incidents
    return (
        Incident(Kind.ISSUER_OUTAGE, *lasting(0.28, 4 * hour), 0.9, issuer="issuer_br_02"),
        Incident(Kind.SILENT_DRIFT, at(0.45), NEVER, 1.3, issuer="issuer_br_01", psp="aurora_pay"),
        Incident(Kind.PSP_DEGRADATION, *lasting(0.55, 8 * hour), 0.45, psp="cerrado"),
        Incident(Kind.ISSUER_RULE_CHANGE, at(0.65), NEVER, 0.8, issuer="issuer_br_05"),
        Incident(Kind.THREE_DS_FAILURE, *lasting(0.72, 12 * hour), 0.6, network="visa"),
        Incident(Kind.BIN_ATTACK, *lasting(0.80, 5 * hour), 0.08, issuer="issuer_br_03", merchant_id="m_13"),
        Incident(Kind.BAD_RULE, *lasting(0.90, 30 * hour), 0.35, country="BR", segment="Digital"),
        Incident(Kind.MIX_SHIFT, *lasting(0.95, 36 * hour), 0.15, segment="Travel"),
    )
