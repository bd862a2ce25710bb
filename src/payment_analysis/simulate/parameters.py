"""The numbers of the world, as tables with their sources.

Sources named in the tables: "prototype" is the calibration of the throw-away prototype the house measured;
"inventory" the shares of an earlier public implementation; "Olist" the public Brazilian e-commerce set;
"ABECS" Normativo 21 as Cielo publishes it. Shares that no source gives are marked "chosen".
"""

from __future__ import annotations

from dataclasses import dataclass

from payment_analysis.domain.attempt import CardNetwork, EntrySystem

LOGIT_PER_PROBIT = 1.702  # a logistic and a normal curve agree within 0.01 at this scale (Haley 1952)


@dataclass(frozen=True, slots=True)
class Country:
    code: str
    currency: str
    exponent: int  # ISO 4217
    utc_offset_hours: int  # fixed; daylight saving is left out
    card_share: float  # inventory: geo_country
    issuers: int  # 40 in all
    merchants: int  # 100 in all
    price_level: float  # local units for one real: a price level, no exchange rate; chosen
    debit: float  # chosen: between the inventory's .02 and the prototype's .22, by country
    prepaid: float  # chosen
    networks: dict[CardNetwork, float]  # prototype: Visa .42, Mastercard .40, Elo .13, Amex .05 over all


_ABROAD = {CardNetwork.VISA: 0.50, CardNetwork.MASTERCARD: 0.42, CardNetwork.AMEX: 0.08}
_BRAZIL = {
    CardNetwork.VISA: 0.389,
    CardNetwork.MASTERCARD: 0.393,
    CardNetwork.ELO: 0.165,
    CardNetwork.HIPERCARD: 0.015,
    CardNetwork.AMEX: 0.038,
}
COUNTRIES: tuple[Country, ...] = (
    Country("BR", "BRL", 2, -3, 0.72, 24, 70, 1.0, 0.12, 0.03, _BRAZIL),
    Country("US", "USD", 2, -5, 0.10, 6, 10, 0.19, 0.30, 0.05, _ABROAD),
    Country("MX", "MXN", 2, -6, 0.08, 4, 9, 3.4, 0.35, 0.03, _ABROAD),
    Country("AR", "ARS", 2, -3, 0.06, 3, 6, 260.0, 0.25, 0.04, _ABROAD),
    Country("CL", "CLP", 0, -4, 0.04, 3, 5, 175.0, 0.30, 0.03, _ABROAD),
)
BRAZIL = 0
NETWORKS: tuple[CardNetwork, ...] = (
    CardNetwork.VISA,
    CardNetwork.MASTERCARD,
    CardNetwork.ELO,
    CardNetwork.HIPERCARD,
    CardNetwork.AMEX,
)
NETWORK_INDEX = {network: index for index, network in enumerate(NETWORKS)}
FUNDINGS = ("credit", "debit", "prepaid")
CREDIT, DEBIT = 0, 1


@dataclass(frozen=True, slots=True)
class Segment:
    """Line of business. Amounts (mean of log, spread), risk and margins: prototype; the rest chosen."""

    name: str
    mcc: str  # ISO 18245
    amount_log_mean: float  # log of reais
    amount_log_sd: float
    amount_follows_headroom: float  # exponent; .75 for Travel, else its approval is 59 % (prototype)
    risk: float  # logit
    recurring: float  # share of merchant-initiated payments of a series
    fraud_factor: float
    margin: float
    traffic: float  # weight of the segment


SEGMENTS: tuple[Segment, ...] = (
    Segment("Travel", "4722", 5.3, 0.9, 0.75, -0.35, 0.02, 1.4, 0.12, 0.08),
    Segment("Retail", "5311", 4.6, 0.9, 0.45, 0.0, 0.03, 1.0, 0.30, 0.24),
    Segment("Gaming", "7994", 3.2, 0.8, 0.45, -0.45, 0.15, 1.8, 0.45, 0.09),
    Segment("Digital", "5815", 3.0, 0.8, 0.45, -0.30, 0.35, 1.6, 0.55, 0.14),
    Segment("Entertainment", "7922", 3.6, 0.8, 0.45, -0.15, 0.30, 1.1, 0.35, 0.10),
    Segment("Grocery", "5411", 4.2, 0.7, 0.45, 0.25, 0.05, 0.4, 0.18, 0.15),
    Segment("Fuel", "5541", 4.0, 0.6, 0.45, 0.20, 0.02, 0.3, 0.06, 0.07),
    Segment("Subscription", "5968", 3.3, 0.6, 0.45, 0.10, 0.75, 0.6, 0.50, 0.13),
)

ENTRY_SYSTEMS: tuple[EntrySystem, ...] = (EntrySystem.PD, EntrySystem.WS, EntrySystem.SEP, EntrySystem.CHECKOUT)
ENTRY_SHARES_BRAZIL = (0.62, 0.34, 0.03, 0.01)  # inventory
ENTRY_SHARES_ABROAD = (0.20, 0.70, 0.05, 0.05)  # inventory
PAYMENT_LINK_BRAZIL, PAYMENT_LINK_ABROAD = 0.12, 0.06  # inventory
FLOWS = ("standard_ecom", "payment_link", "payment_link_sep", "recurring", "legacy_ws")

# Olist: 68 % of credit-card payments have two or more installments, 10x are 7.1 %; the other steps are chosen.
# Asked for slightly more often than that: small amounts cannot be split below the least installment.
INSTALLMENTS: tuple[tuple[int, float], ...] = (
    (1, 0.27), (2, 0.165), (3, 0.145), (4, 0.095), (5, 0.065), (6, 0.06),
    (7, 0.02), (8, 0.045), (9, 0.01), (10, 0.08), (12, 0.045),
)  # fmt: skip
INSTALLMENT_REAIS_MIN = 5.0  # chosen: usual least value of one installment


@dataclass(frozen=True, slots=True)
class Route:
    """A payment service provider as a route. Fees and failure rates: prototype; names are invented."""

    name: str
    domestic: bool  # acquires in Brazil
    fixed_fee_reais: float
    fee_bps: float
    declined_fee_reais: float
    technical_failure: float
    latency_factor: float  # chosen
    share_brazil: float  # of Brazilian cards at Brazilian merchants in the logging rule; chosen
    share_abroad: float


ROUTES: tuple[Route, ...] = (
    Route("aurora_pay", True, 0.10, 150, 0.03, 0.0060, 1.00, 0.40, 0.08),
    Route("cerrado", True, 0.14, 165, 0.05, 0.0050, 1.15, 0.25, 0.07),
    Route("atlantic", False, 0.22, 195, 0.07, 0.0040, 0.90, 0.25, 0.50),
    Route("meridian", False, 0.30, 280, 0.10, 0.0030, 0.80, 0.10, 0.35),
)
ROUTE_EXPLORATION = 0.10  # prototype: 10 % costs .18 pp and lets doubly robust estimates reach .49 pp
ARMS = ("none", "token", "frictionless", "challenge", "passkey")
NONE, TOKEN, FRICTIONLESS, CHALLENGE, PASSKEY = range(5)
ARM_EXPLORATION = 0.08  # chosen: one decision is explored at a time, so less than the route
POLICY_ARMS = len(ROUTES) * len(ARMS)  # column = route * len(ARMS) + arm
WALLETS = ("apple_pay", "google_pay")


@dataclass(frozen=True, slots=True)
class Gates:
    """Parameters of the gates an attempt passes one after the other; prototype unless said."""

    intercept: float = 4.25  # calibrated with headroom to approval 85-90 % and the decline mix
    risk_noise_sd: float = 0.8
    amount_slope: float = 0.22
    recurring_lift: float = 0.25
    fraud_penalty: float = 2.2
    score_slope: float = 3.0
    score_centre: float = 0.15
    tries_penalty: float = 0.25
    funds_slope: float = 6.0
    funds_cycle_sd: float = 0.35  # chosen: what is left of a month's money differs from month to month
    headroom_log_mean: float = 6.26  # calibrated; prototype 6.05 without the cycle noise
    headroom_log_sd: float = 1.15
    headroom_debit: float = 0.55
    affinity_sd: float = 0.6
    domestic_bonus: float = 0.3
    foreign_card_penalty: float = 0.85
    cvv_mismatch: float = 0.0012  # chosen; of cardholder-initiated card entries
    cvv_mismatch_fraud: float = 0.12  # chosen
    stop_recurring: float = 0.0015  # chosen; of merchant-initiated attempts
    validation_error: float = 0.0012  # chosen
    antifraud_score_min: float = 0.50  # chosen
    antifraud_block: float = 0.55  # chosen
    limit_code: float = 0.05  # chosen: share of funds declines coded as amount limit
    fraud_code: float = 0.14  # share of risk declines coded as suspected fraud, and for scores above .3
    fraud_code_high_score: float = 0.45
    passkey_pass: float = 0.985  # chosen
    three_ds_technical: float = 0.004  # chosen


GATES = Gates()


@dataclass(frozen=True, slots=True)
class Persistence:
    """Gaussian-copula memory between tries of one payment; prototype (immediate times four recovers 20.8 %)."""

    risk: float = 0.97
    risk_days: float = 6.0
    risk_changed: float = 0.70  # another route or authentication
    funds: float = 0.98
    funds_days: float = 10.0


PERSISTENCE = Persistence()
FRAUD_BACKGROUND = 7e-4  # prototype, times the segment's factor
FRAUD_REPORT_DAYS_MEDIAN, FRAUD_REPORT_LOG_SD, FRAUD_REPORTED = 25.0, 0.5, 0.92  # prototype; spread and share chosen
VERIFICATION_SHARE, TEST_SHARE = 0.005, 0.0005  # chosen
PENDING_SHARE, PENDING_SHARE_OUTAGE = 0.003, 0.06  # chosen
TIMEOUT_MS = 30_000
ATTEMPTS_MAX = 8
RETRY_DELAYS_SECONDS: tuple[int, ...] = (
    1800, 3600, 7200, 21600, 43200, 86400, 172800, 259200, 432000, 604800, 864000, 1209600,
)  # fmt: skip
