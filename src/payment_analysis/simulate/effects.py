"""What the incidents of the moment do to each attempt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from payment_analysis.simulate.incidents import IncidentKind
from payment_analysis.simulate.parameters import ARMS, CHALLENGE, FRICTIONLESS, LOGIT_PER_PROBIT, NONE, ROUTES

if TYPE_CHECKING:
    from payment_analysis.simulate.arrays import Array
    from payment_analysis.simulate.incidents import Incident
    from payment_analysis.simulate.payments import Payments
    from payment_analysis.simulate.population import Population

DRIFTS = frozenset({IncidentKind.SILENT_DRIFT, IncidentKind.ISSUER_RULE_CHANGE})  # they move odds, not shares


@dataclass(frozen=True, slots=True)
class Effects:
    """One row per attempt; without incidents every share passes and no odds move."""

    route: Array  # attempt x route, share carried
    issuer: Array  # share answered
    authentication: Array  # attempt x arm, share of authentications that work
    rule: Array  # share the merchant's rules let through
    route_odds: Array  # attempt x route, probit
    arm_odds: Array  # attempt x arm, probit


def effects(population: Population, payments: Payments, at_us: Array, incidents: list[Incident]) -> Effects:
    count = len(at_us)
    result = Effects(
        route=np.ones((count, len(ROUTES))),
        issuer=np.ones(count),
        authentication=np.ones((count, len(ARMS))),
        rule=np.ones(count),
        route_odds=np.zeros((count, len(ROUTES))),
        arm_odds=np.zeros((count, len(ARMS))),
    )
    for incident in incidents:
        during = np.flatnonzero((at_us >= incident.start_us) & (at_us < incident.end_us))
        hit = during[_in_scope(population, payments, during, incident)] if len(during) else during
        if len(hit):
            _apply(result, incident, hit, population.names.position(incident, "psp"))
    return result


def _in_scope(population: Population, payments: Payments, rows: Array, incident: Incident) -> Array:
    cards, card, merchant = population.cards, payments.seeds.card[rows], payments.seeds.merchant[rows]
    scope = (
        ("issuer", cards.issuer[card]),
        ("network", cards.network[card]),
        ("country", payments.shopper_country[rows]),
        ("segment", population.merchants.segment[merchant]),
        ("merchant_id", merchant),
    )
    inside = np.ones(len(rows), dtype=bool)
    for what, column in scope:
        wanted = population.names.position(incident, what)
        if wanted is not None:
            inside &= column == wanted
    return inside


def _apply(effect: Effects, incident: Incident, hit: Array, route: int | None) -> None:
    passing, odds = 1.0 - incident.size, incident.size / LOGIT_PER_PROBIT
    routes = slice(None) if route is None else route
    match incident.kind:
        case IncidentKind.ISSUER_OUTAGE:
            effect.issuer[hit] *= passing
        case IncidentKind.PSP_DEGRADATION:
            effect.route[hit, routes] *= passing
        case IncidentKind.THREE_DS_FAILURE:
            effect.authentication[hit[:, None], [FRICTIONLESS, CHALLENGE]] *= passing
        case IncidentKind.BAD_RULE:
            effect.rule[hit] *= passing
        case IncidentKind.SILENT_DRIFT:
            effect.route_odds[hit, routes] -= odds
        case IncidentKind.ISSUER_RULE_CHANGE:
            effect.arm_odds[hit, NONE] -= odds
        case IncidentKind.MIX_SHIFT | IncidentKind.BIN_ATTACK | IncidentKind.FRAUD_CAMPAIGN:
            pass  # these change who pays, not what is answered
