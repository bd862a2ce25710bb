"""The hundred merchants and their dimension table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from payment_analysis.simulate.arrays import Array, cumulative, hashed_uniform
from payment_analysis.simulate.parameters import BRAZIL, COUNTRIES, LOGIT_PER_PROBIT, NETWORKS, ROUTES, SEGMENTS

MERCHANTS = 100
RISK_TIERS = ("low", "medium", "high")
RISK_TIER_SHARES = np.array([0.55, 0.30, 0.15])  # chosen; drawn without looking at the country
DOMESTIC_SHARE = 0.92  # chosen: payments at a merchant of the card's own country
CASCADE_SHARE = 0.40  # chosen: merchants whose PSP tries another route at once
FIRST_MERCHANT = datetime(2019, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Merchants:
    """One row per merchant."""

    country: Array
    segment: Array
    risk_tier: Array
    quality: Array  # probit effect
    cascade: Array
    created_days: Array  # after FIRST_MERCHANT
    share: Array  # country of the card x merchant, cumulative
    route_rule: Array  # merchant x network x domestic card: route the logging rule prefers


def draw_merchants(seed: int, rng: np.random.Generator) -> Merchants:
    country = rng.permutation(np.repeat(np.arange(len(COUNTRIES)), [row.merchants for row in COUNTRIES]))
    segment = rng.permutation(np.arange(MERCHANTS) % len(SEGMENTS))
    assert len(country) == MERCHANTS
    traffic = np.array([row.traffic for row in SEGMENTS])[segment] * rng.gamma(3.0, 1 / 3, MERCHANTS)
    return Merchants(
        country=country,
        segment=segment,
        risk_tier=rng.choice(len(RISK_TIERS), MERCHANTS, p=RISK_TIER_SHARES),
        quality=rng.normal(0.0, 0.15, MERCHANTS) / LOGIT_PER_PROBIT,
        cascade=rng.random(MERCHANTS) < CASCADE_SHARE,
        created_days=rng.integers(0, 1_500, MERCHANTS),
        share=_shares(country, traffic),
        route_rule=_route_rule(seed, country),
    )


def _shares(country: Array, traffic: Array) -> Array:
    everywhere = traffic / traffic.sum()
    rows = []
    for index in range(len(COUNTRIES)):
        at_home = traffic * (country == index)
        rows.append(cumulative(DOMESTIC_SHARE * at_home / at_home.sum() + (1 - DOMESTIC_SHARE) * everywhere))
    return np.stack(rows)


def _route_rule(seed: int, country: Array) -> Array:
    merchant, network, domestic = np.indices((MERCHANTS, len(NETWORKS), 2))
    brazil = cumulative(np.array([route.share_brazil for route in ROUTES]))
    abroad = cumulative(np.array([route.share_abroad for route in ROUTES]))
    uniform = hashed_uniform(seed + 201, merchant, network, domestic)
    home = (domestic == 1) & (country[merchant] == BRAZIL)
    return np.where(home, np.searchsorted(brazil, uniform), np.searchsorted(abroad, uniform))


def merchant_rows(merchants: Merchants) -> pa.Table:
    """The rows of merchants_dim_bronze, one per merchant."""
    return pa.table(
        {
            "merchant_id": merchant_ids(),
            "merchant_name": [f"Merchant {index}" for index in range(MERCHANTS)],
            "merchant_segment": [SEGMENTS[index].name for index in merchants.segment],
            "merchant_country": [COUNTRIES[index].code for index in merchants.country],
            "merchant_risk_tier": [RISK_TIERS[index] for index in merchants.risk_tier],
            "created_at": pa.array(
                [FIRST_MERCHANT + timedelta(days=int(days)) for days in merchants.created_days],
                pa.timestamp("us", tz="UTC"),
            ),
        }
    )


def merchant_ids() -> list[str]:
    return [f"m_{index}" for index in range(MERCHANTS)]
