"""The shape of the approval report in the API: what `report.json_form` makes of it, section by section."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from payment_analysis.backend.report_parts import (
    Bridge,
    Gain,
    Overview,
    Part,
    ReportMoney,
    ReportRange,
    Section,
    Share,
    Verdict,
)
from payment_analysis.report.actions import ActionKind, Level


class Point(Part):
    """One hour, day or week."""

    start: datetime = Field(description="Midnight or full hour of the report's time zone.")
    payment: Share
    first_attempt: Share


class Trend(Section):
    """Rates by hour, day or week."""

    grain: str
    points: list[Point]


class Adjusted(Part):
    """A rate as it would be with everybody's mix of traffic, 0..1."""

    rate: float
    low: float
    high: float


class Provider(Part):
    """A PSP."""

    psp: str
    first_attempts: Share
    all_attempts: Share
    retry_share: float = Field(description="Of its answered attempts, how many were retries, 0..1.")
    adjusted: Adjusted | None


class UncomparedTraffic(Part):
    """Traffic in which PSPs cannot be compared, because some never see it."""

    network: str | None
    country: str | None
    amount_band: str | None
    first_attempts: int
    psps_missing: list[str]


class Providers(Section):
    """PSPs compared on first attempts, with intervals and the cautions."""

    providers: list[Provider] = Field(description="Best first, by the adjusted rate, else by first attempts.")
    strata: int
    strata_common: int = Field(description="Strata that every compared PSP serves.")
    overlap_share: float | None = Field(description="Share of first attempts in those strata, 0..1.")
    gaps: list[UncomparedTraffic]
    amount_limits: list[str]
    order_changes: bool = Field(description="The naive ranking differs from the fair one.")
    unnamed: int = Field(description="Answered attempts without a PSP.")


class Length(Part):
    """Payments of so many attempts."""

    attempts: int
    is_open: bool = Field(description="So many or more.")
    payments: Share


class Position(Part):
    """Attempts at one position in their payment."""

    position: int
    is_open: bool = Field(description="This position or a later one.")
    all: Share
    same_psp: Share
    other_psp: Share


class Chains(Section):
    """Retries: length, success by position, same or other PSP."""

    lengths: list[Length]
    positions: list[Position]
    same_psp: Share
    other_psp: Share
    switch_gain: Gain | None
    retried_payments: Share = Field(description="Payments declined at first, and how many were tried again.")
    recovered_payments: int
    recovered_value: ReportMoney | None


class Reason(Part):
    """One reason of declines."""

    reason: str
    standard: str
    group: str
    fault: str
    retryable: bool
    action: str
    source: str
    declines: int
    value: ReportMoney | None
    lost_payments: int
    lost_value: ReportMoney | None
    retries: Share = Field(description="Answered attempts that directly followed such a decline.")


class Fault(Part):
    """Declines by who can change them."""

    fault: str
    declines: int
    lost_payments: int
    lost_value: ReportMoney | None


class Declines(Section):
    """Declines by reason and by who is at fault."""

    reasons: list[Reason]
    faults: list[Fault]
    declines: int
    unexplained: int
    unexplained_share: float = Field(description="Declines no rule explains, of all, 0..1.")
    retryable_value: ReportMoney | None


class OverLimit(Part):
    """Attempts beyond one limit of a scheme."""

    network: str
    rule: str
    attempts_max: int
    window_hours: int | None
    attempts_over: int
    fee: ReportMoney | None = Field(description="In the currency of the rule.")
    fee_reporting: ReportMoney | None
    source: str


class Exposure(Section):
    """Retries beyond what the schemes allow."""

    computable: bool
    why_not: str
    cards: int = Field(description="Cards and merchants looked at one by one.")
    over_limits: list[OverLimit]
    after_stop: Share = Field(description="Answered retries after a decline that says never again.")
    fees: ReportMoney | None


class Claim(Part):
    """Lost payments that another PSP never saw."""

    reason: str
    action: str
    next_position: int
    payments: int
    value: ReportMoney | None


class Reroute(Part):
    """Traffic for which another PSP does provably better."""

    network: str | None
    country: str | None
    from_psp: str
    to_psp: str
    from_rate: Share
    to_rate: Share
    gain: Gain
    claims: list[Claim]


class Routing(Section):
    """Where another PSP does provably better."""

    reroutes: list[Reroute]
    comparisons: int
    z: float = Field(description="Of the intervals, corrected for so many comparisons.")


class Evidence(Part):
    """What an action stands on."""

    what: str
    rate: Share
    now: Share | None = Field(description="What the present way achieves, where the action replaces it.")
    payments: int
    value: ReportMoney | None
    gain: ReportRange | None


class Action(Section):
    """Something to do."""

    kind: ActionKind
    payments: int = Field(description="Lost payments it speaks for; for stop_retries, attempts.")
    value: ReportMoney | None
    gain: ReportRange | None = Field(description="Over the whole period.")
    gain_per_30_days: ReportRange | None
    effort: Level
    confidence: Level
    evidence: list[Evidence]


class Actions(Part):
    """What to do first, each with its value and range."""

    ranked: list[Action]
    recoverable: ReportRange | None = Field(description="Over the actions that win payments; fees are apart.")
    recoverable_per_30_days: ReportRange | None
    scaled_by: float | None = Field(description="Thirty days over the period; null for less than a day.")
    standing_payments: int = Field(description="Lost for a reason that no one should try to turn.")
    standing_value: ReportMoney | None
    comparisons: int
    z: float


class ReportOut(Part):
    """The report: ratios 0..1, money as minor units with its currency, and the SQL behind every section."""

    version: int = Field(description="Grows when a field is renamed or removed.")
    made_at: datetime = Field(description="When the report was computed.")
    verdict: Verdict
    overview: Overview
    bridge: Bridge
    trend: Trend
    providers: Providers
    chains: Chains
    declines: Declines
    exposure: Exposure
    routing: Routing
    actions: Actions
