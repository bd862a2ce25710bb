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

    successes: int = Field(description="Trials that succeeded.")
    trials: int = Field(description="All trials.")
    rate: float | None = Field(description="Successes over trials, 0..1.")
    low: float | None = Field(description="Lower end of the interval.")
    high: float | None = Field(description="Upper end of it.")


class Gain(Part):
    """The difference of two shares with its interval, -1..1."""

    difference: float = Field(description="The first share less the second.")
    low: float = Field(description="Lower end of the 95 % interval.")
    high: float = Field(description="Upper end of it.")


class ReportRange(Part):
    """What may be won: from low to high, and what is expected when that can be said."""

    expected: ReportMoney | None = Field(description="What is expected; null when that cannot be said.")
    low: ReportMoney = Field(description="Lower end.")
    high: ReportMoney = Field(description="Upper end.")


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

    dimension: str = Field(description="Name of the dimension.")
    known: int = Field(description="Attempts that say it.")
    share: float = Field(description="Of all attempts, 0..1.")
    needed_for: str = Field(description="What cannot be said without it.")


class Rejected(Part):
    """Rows in quarantine by reason."""

    reason: str = Field(description="Reason in the words of the house.")
    rows: int = Field(description="Rows.")


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
    tests: int = Field(description="Test messages.")
    verifications: int = Field(description="Verifications of accounts.")
    currency: str = Field(description="Currency of every amount of the report.")
    currencies: list[str] = Field(description="Currencies the attempts were made in.")
    without_rate: int = Field(description="Attempts whose currency has no rate on their day: no amount counts them.")
    quarantined: list[Rejected] = Field(description="Rows that were refused, by reason.")
    coverage: list[Coverage] = Field(description="How much is known of each dimension.")


class LeftOut(Part):
    """Attempts that are left out before a rate is counted."""

    key: str = Field(description="Its name in programs.")
    meaning: str = Field(description="What it means.")
    attempts: int = Field(description="Attempts.")
    value: ReportMoney | None = Field(description="Amount; null when currencies have no rate.")


class RateDefinition(Part):
    """What a rate divides by what."""

    grain: Grain = Field(description="What is counted.")
    numerator: str = Field(description="What is counted above the line.")
    denominator: str = Field(description="What is counted below it.")
    meaning: str = Field(description="What it means.")
    source: str = Field(description="Where this is said.")


class Measure(Part):
    """One rate, by count and by value."""

    key: Rate = Field(description="Its name in programs.")
    name: str = Field(description="Its name.")
    definition: RateDefinition = Field(description="How it is built.")
    rate: Share = Field(description="Share with its interval.")
    value_approved: ReportMoney | None = Field(description="Amount approved; null when currencies have no rate.")
    value: ReportMoney | None = Field(description="Amount; null when currencies have no rate.")


class Bridge(Section):
    """From attempts over first attempts to payments, by count and by value."""

    messages: int = Field(description="Messages taken in.")
    left_out: list[LeftOut] = Field(description="What is not counted, and why.")
    measures: list[Measure] = Field(description="Each rate in use, and how it is built.")
    lost_payments: int = Field(description="At least one attempt, none approved, nothing still open.")
    lost_value: ReportMoney | None = Field(description="Their amount.")
    open_payments: int = Field(description="Payments whose last word is a pending attempt.")
    uplift: float | None = Field(description="Payment rate minus first-attempt rate: what retries add, -1..1.")
