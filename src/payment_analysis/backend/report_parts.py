"""The shape of the approval report in the API: its parts, what it speaks of and how its rates are built.

A field that a model does not know is an error, so that the description never falls behind the report.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from payment_analysis.domain.metrics import Grain, Rate


class Part(BaseModel):
    """A part of the report."""

    model_config = ConfigDict(extra="forbid")


class Section(Part):
    """A section of the report, with the SQL that answers it."""

    sql: dict[str, str] = Field(description="The queries behind the section, by name; they run in `query` as they are.")


class ReportMoney(Part):
    """An amount of money."""

    minor: int = Field(description="Minor units of the currency.")
    currency: str = Field(description="ISO 4217.")


class Share(Part):
    """Successes among trials with their 95 % Wilson interval, 0..1; null without a trial."""

    successes: int
    trials: int
    rate: float | None
    low: float | None
    high: float | None


class Gain(Part):
    """The difference of two shares with its interval, -1..1."""

    difference: float
    low: float
    high: float


class ReportRange(Part):
    """What may be won: from low to high, and what is expected when that can be said."""

    expected: ReportMoney | None
    low: ReportMoney
    high: ReportMoney


class Verdict(Part):
    """The report in one sentence, with money."""

    sentence: str = Field(description="What is approved, what is lost, and what to do first.")
    detail: str = Field(description="How sure that is and what it leaves out.")


class DataSource(Part):
    """Where attempts came from."""

    origin: str = Field(description="user: somebody's own data; simulated: a world with known truth.")
    format: str = Field(description="Format they were taken in from.")
    attempts: int = Field(description="Attempts of this source in the report.")


class Coverage(Part):
    """How much of the attempts says something of a dimension."""

    dimension: str
    known: int = Field(description="Attempts that say it.")
    share: float = Field(description="Of all attempts, 0..1.")
    needed_for: str


class Rejected(Part):
    """Rows in quarantine by reason."""

    reason: str
    rows: int


class Overview(Section):
    """What the report speaks of, and how old that is."""

    sources: list[DataSource] = Field(description="Where the attempts came from.")
    is_simulated: bool = Field(description="True when any attempt is simulated.")
    first_event: datetime = Field(description="Instant of the oldest attempt.")
    newest_event: datetime = Field(description="Instant of the newest attempt.")
    zone: str = Field(description="Time zone of the report's days, an IANA name.")
    days: float = Field(description="From the oldest to the newest attempt.")
    age_seconds: int = Field(description="From the newest attempt to the making of the report.")
    attempts: int = Field(description="Attempts, without tests and verifications.")
    payments: int = Field(description="Payments the attempts belong to.")
    tests: int
    verifications: int
    currency: str = Field(description="Currency of every amount of the report.")
    currencies: list[str] = Field(description="Currencies the attempts were made in.")
    without_rate: int = Field(description="Attempts whose currency has no rate on their day: no amount counts them.")
    quarantined: list[Rejected]
    coverage: list[Coverage]


class LeftOut(Part):
    """Attempts that are left out before a rate is counted."""

    key: str
    meaning: str
    attempts: int
    value: ReportMoney | None


class RateDefinition(Part):
    """What a rate divides by what."""

    grain: Grain
    numerator: str
    denominator: str
    meaning: str
    source: str


class Measure(Part):
    """One rate, by count and by value."""

    key: Rate
    name: str
    definition: RateDefinition
    rate: Share
    value_approved: ReportMoney | None
    value: ReportMoney | None


class Bridge(Section):
    """From attempts over first attempts to payments, by count and by value."""

    messages: int
    left_out: list[LeftOut]
    measures: list[Measure]
    lost_payments: int = Field(description="At least one attempt, none approved, nothing still open.")
    lost_value: ReportMoney | None
    open_payments: int = Field(description="Payments whose last word is a pending attempt.")
    uplift: float | None = Field(description="Payment rate minus first-attempt rate: what retries add, -1..1.")
