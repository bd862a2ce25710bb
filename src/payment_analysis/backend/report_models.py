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
    payment: Share = Field(description="Payments that were approved at last.")
    first_attempt: Share = Field(description="First attempts that were approved.")


class Trend(Section):
    """Rates by hour, day or week."""

    grain: str = Field(description="What is counted.")
    points: list[Point] = Field(description="In order of time.")


class Adjusted(Part):
    """A rate as it would be with everybody's mix of traffic, 0..1."""

    rate: float = Field(description="The adjusted rate.")
    low: float = Field(description="Lower end of the 95 % interval.")
    high: float = Field(description="Upper end of it.")


class Provider(Part):
    """A PSP."""

    psp: str = Field(description="Name of the provider.")
    first_attempts: Share = Field(description="First attempts.")
    all_attempts: Share = Field(description="Attempts of every position.")
    retry_share: float = Field(description="Of its answered attempts, how many were retries, 0..1.")
    adjusted: Adjusted | None = Field(description="Null when mixes cannot be made equal.")


class UncomparedTraffic(Part):
    """Traffic in which PSPs cannot be compared, because some never see it."""

    network: str | None = Field(description="Card network; null: every one.")
    country: str | None = Field(description="Country, ISO 3166; null: every one.")
    amount_band: str | None = Field(description="Band of amounts; null: every one.")
    first_attempts: int = Field(description="First attempts.")
    psps_missing: list[str] = Field(description="Providers that never see it.")


class Providers(Section):
    """PSPs compared on first attempts, with intervals and the cautions."""

    providers: list[Provider] = Field(description="Best first, by the adjusted rate, else by first attempts.")
    strata: int = Field(description="Strata of traffic that were compared.")
    strata_common: int = Field(description="Strata that every compared PSP serves.")
    overlap_share: float | None = Field(description="Share of first attempts in those strata, 0..1.")
    gaps: list[UncomparedTraffic] = Field(description="Traffic that was not compared.")
    amount_limits: list[str] = Field(description="What the bands of amounts leave unsaid.")
    order_changes: bool = Field(description="The naive ranking differs from the fair one.")
    unnamed: int = Field(description="Answered attempts without a PSP.")


class Length(Part):
    """Payments of so many attempts."""

    attempts: int = Field(description="Attempts.")
    is_open: bool = Field(description="So many or more.")
    payments: Share = Field(description="Payments.")


class Position(Part):
    """Attempts at one position in their payment."""

    position: int = Field(description="1: the first attempt.")
    is_open: bool = Field(description="This position or a later one.")
    all: Share = Field(description="All attempts of this position.")
    same_psp: Share = Field(description="Retries at the provider that declined.")
    other_psp: Share = Field(description="Retries at another provider.")


class Chains(Section):
    """Retries: length, success by position, same or other PSP."""

    lengths: list[Length] = Field(description="Payments by their number of attempts.")
    positions: list[Position] = Field(description="Attempts by their position.")
    same_psp: Share = Field(description="Retries at the provider that declined.")
    other_psp: Share = Field(description="Retries at another provider.")
    switch_gain: Gain | None = Field(description="What the other provider wins; null when it cannot be compared.")
    retried_payments: Share = Field(description="Payments declined at first, and how many were tried again.")
    recovered_payments: int = Field(description="Payments a retry won.")
    recovered_value: ReportMoney | None = Field(description="Their amount.")


class Reason(Part):
    """One reason of declines."""

    reason: str = Field(description="Reason in the words of the house.")
    standard: str = Field(description="One of the eight standard reasons.")
    group: str = Field(description="One of the six groups.")
    fault: str = Field(description="Who can mend it.")
    retryable: bool = Field(description="A retry is allowed and may help.")
    action: str = Field(description="What to do.")
    source: str = Field(description="Where this is said.")
    declines: int = Field(description="Declined attempts.")
    value: ReportMoney | None = Field(description="Amount; null when currencies have no rate.")
    lost_payments: int = Field(description="Payments that ended with it.")
    lost_value: ReportMoney | None = Field(description="Their amount.")
    retries: Share = Field(description="Answered attempts that directly followed such a decline.")


class Fault(Part):
    """Declines by who can change them."""

    fault: str = Field(description="Who can mend it.")
    declines: int = Field(description="Declined attempts.")
    lost_payments: int = Field(description="Payments that ended with it.")
    lost_value: ReportMoney | None = Field(description="Their amount.")


class Declines(Section):
    """Declines by reason and by who is at fault."""

    reasons: list[Reason] = Field(description="Most frequent first.")
    faults: list[Fault] = Field(description="Who can mend it.")
    declines: int = Field(description="Declined attempts.")
    unexplained: int = Field(description="Declines without a reason.")
    unexplained_share: float = Field(description="Declines no rule explains, of all, 0..1.")
    retryable_value: ReportMoney | None = Field(description="Amount that may be retried.")


class OverLimit(Part):
    """Attempts beyond one limit of a scheme."""

    network: str = Field(description="Card network; null: every one.")
    rule: str = Field(description="The limit.")
    attempts_max: int = Field(description="Attempts it allows.")
    window_hours: int | None = Field(description="Within so many hours; null: for ever.")
    attempts_over: int = Field(description="Attempts beyond it.")
    fee: ReportMoney | None = Field(description="In the currency of the rule.")
    fee_reporting: ReportMoney | None = Field(
        description="Fees of the network in the reporting currency; null when there are none."
    )
    source: str = Field(description="Where this is said.")


class Exposure(Section):
    """Retries beyond what the schemes allow."""

    computable: bool = Field(description="The data say enough.")
    why_not: str = Field(description="What is missing.")
    cards: int = Field(description="Cards and merchants looked at one by one.")
    over_limits: list[OverLimit] = Field(description="Limits of the schemes that were passed.")
    after_stop: Share = Field(description="Answered retries after a decline that says never again.")
    fees: ReportMoney | None = Field(description="Fees at stake; null when they cannot be computed.")


class Claim(Part):
    """Lost payments that another PSP never saw."""

    reason: str = Field(description="Reason in the words of the house.")
    action: str = Field(description="What to do.")
    next_position: int = Field(description="Position of the attempt that may win it.")
    payments: int = Field(description="Payments.")
    value: ReportMoney | None = Field(description="Amount; null when currencies have no rate.")


class Reroute(Part):
    """Traffic for which another PSP does provably better."""

    network: str | None = Field(description="Card network; null: every one.")
    country: str | None = Field(description="Country, ISO 3166; null: every one.")
    from_psp: str = Field(description="Provider of today.")
    to_psp: str = Field(description="Provider that does better.")
    from_rate: Share = Field(description="Approved there.")
    to_rate: Share = Field(description="Approved here.")
    gain: Gain = Field(description="What it may bring; null when it cannot be said.")
    claims: list[Claim] = Field(description="Payments it may win.")


class Routing(Section):
    """Where another PSP does provably better."""

    reroutes: list[Reroute] = Field(description="Most valuable first.")
    comparisons: int = Field(description="Comparisons made; the intervals allow for all of them.")
    z: float = Field(description="Of the intervals, corrected for so many comparisons.")


class Evidence(Part):
    """What an action stands on."""

    what: str = Field(description="What was seen.")
    rate: Share = Field(description="Share that speaks for it.")
    now: Share | None = Field(description="What the present way achieves, where the action replaces it.")
    payments: int = Field(description="Payments.")
    value: ReportMoney | None = Field(description="Amount; null when currencies have no rate.")
    gain: ReportRange | None = Field(description="What it may bring; null when it cannot be said.")


class Action(Section):
    """Something to do."""

    kind: ActionKind = Field(description="Kind of action.")
    payments: int = Field(description="Lost payments it speaks for; for stop_retries, attempts.")
    value: ReportMoney | None = Field(description="Amount; null when currencies have no rate.")
    gain: ReportRange | None = Field(description="Over the whole period.")
    gain_per_30_days: ReportRange | None = Field(
        description="What it may bring in thirty days; null when it cannot be said."
    )
    effort: Level = Field(description="Work it takes.")
    confidence: Level = Field(description="How sure this is.")
    evidence: list[Evidence] = Field(description="What speaks for it.")


class Actions(Part):
    """What to do first, each with its value and range."""

    ranked: list[Action] = Field(description="Most valuable first.")
    recoverable: ReportRange | None = Field(description="Over the actions that win payments; fees are apart.")
    recoverable_per_30_days: ReportRange | None = Field(description="What all of them may bring in thirty days.")
    scaled_by: float | None = Field(description="Thirty days over the period; null for less than a day.")
    standing_payments: int = Field(description="Lost for a reason that no one should try to turn.")
    standing_value: ReportMoney | None = Field(description="Lost amount that no action claims.")
    comparisons: int = Field(description="Comparisons made; the intervals allow for all of them.")
    z: float = Field(description="Half widths of intervals, in standard errors.")


class ReportOut(Part):
    """The report: ratios 0..1, money as minor units with its currency, and the SQL behind every section."""

    version: int = Field(description="Grows when a field is renamed or removed.")
    made_at: datetime = Field(description="When the report was computed.")
    verdict: Verdict = Field(description="The sentence.")
    overview: Overview = Field(description="What was taken in.")
    bridge: Bridge = Field(description="From messages to rates.")
    trend: Trend = Field(description="Rates over time.")
    providers: Providers = Field(description="Providers compared.")
    chains: Chains = Field(description="Retries.")
    declines: Declines = Field(description="Why attempts were declined.")
    exposure: Exposure = Field(description="Limits of the schemes.")
    routing: Routing = Field(description="Better routes.")
    actions: Actions = Field(description="What to do first.")
