"""What a decision is asked with, and what it answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from payment_analysis.backend.fields import PRINTABLE, Identifier
from payment_analysis.decisioning.authentication import RiskTier
from payment_analysis.decisioning.context import PreviousOutcome
from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.mandates import Path
from payment_analysis.decisioning.outcomes import Outcome
from payment_analysis.decisioning.retry_case import Way
from payment_analysis.domain.attempt import Initiator, PaymentMethodType
from payment_analysis.domain.declines import Fault

Word = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=PRINTABLE)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PRINTABLE)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Share = Annotated[float, Field(ge=0, le=1)]
AMOUNT_MAX = 2**53


class DecisionContext(BaseModel):
    """One payment that has to be decided about; what is left out is unknown."""

    model_config = ConfigDict(extra="forbid")

    merchant_id: Key = Field(description="Merchant account.")
    amount_minor: Annotated[int, Field(ge=0, le=AMOUNT_MAX)] = Field(description="Amount in minor units.")
    currency: Currency = Field(description="ISO 4217.")
    network: Word | None = Field(default=None, description="Card network, lower case.")
    card_bin: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}([0-9]{2})?$")] | None = Field(
        default=None, description="First six or eight digits."
    )
    issuer_country: Country | None = Field(default=None, description="ISO 3166 alpha-2.")
    entry_mode: Word | None = Field(default=None, description="How the card data came in.")
    is_recurring: bool = Field(default=False, description="Part of a recurring series.")
    attempt_number: Annotated[int, Field(ge=0, le=1_000)] = Field(
        default=0, description="Attempts of this payment made so far."
    )
    risk_score: Share | None = Field(default=None, description="Vendor fraud score, 0..1.")
    device_trust_score: Share | None = Field(default=None, description="Trust in the device, 0..1.")
    supports_passkey: bool = Field(default=False, description="A passkey is enrolled.")
    previous_decline_code: Word | None = Field(default=None, description="Response code of the attempt before.")
    previous_decline_reason: Word | None = Field(default=None, description="The source's word for it.")
    experiment_id: Identifier | None = Field(default=None, description="Experiment to take part in.")
    subject_key: Key | None = Field(default=None, description="Who is assigned; else the value of its subject's field.")
    metadata: dict[str, Any] = Field(default={}, description="Kept with the decision; nothing reads it.")
    # beyond the documents
    idempotency_key: Key | None = Field(default=None, description="The same key gives the same decision again.")
    payment_id: Key | None = Field(default=None, description="The payment (order, intent).")
    card_token_id: Key | None = Field(default=None, description="Equal for equal cards; never a card number.")
    issuer: Word | None = Field(default=None, description="Issuer as in the attempts.")
    payment_method_type: PaymentMethodType | None = Field(default=None, description="Funding of the card.")
    merchant_country: Country | None = Field(default=None, description="ISO 3166 alpha-2.")
    merchant_segment: Word | None = Field(default=None, description="Line of business.")
    geo_country: Country | None = Field(default=None, description="Country of the shopper.")
    entry_system: Word | None = Field(default=None, description="PD, WS, SEP or CHECKOUT.")
    flow_type: Word | None = Field(default=None, description="Flow of the sale.")
    initiator: Initiator | None = Field(default=None, description="cit or mit.")
    wallet: Word | None = Field(default=None, description="Wallet that carries the card.")
    device_type: Word | None = Field(default=None, description="mobile, desktop or tablet.")
    installments: Annotated[int, Field(ge=1, le=99)] | None = Field(default=None, description="Number of them.")
    aml_risk_score: Share | None = Field(default=None, description="Money-laundering score, 0..1.")
    supports_3ds: bool = Field(default=True, description="The card can be authenticated with 3DS.")
    has_network_token: bool = Field(default=False, description="A network token exists for the card.")
    is_network_token: bool = Field(default=False, description="The attempt before used the token.")
    is_trusted_beneficiary: bool = Field(default=False, description="The cardholder trusts the merchant at the issuer.")
    is_corporate_card: bool = Field(default=False, description="A corporate card in a secure process.")
    authenticated_path: Path | None = Field(default=None, description="How the payment is authenticated.")
    previous_outcome: PreviousOutcome | None = Field(default=None, description="How the attempt before ended.")
    previous_advice_code: Word | None = Field(default=None, description="Merchant advice code of the attempt before.")
    previous_route: Word | None = Field(default=None, description="Route of the attempt before.")


class OptionOut(BaseModel):
    """An action and what it would have brought."""

    action: str = Field(description="The action.")
    is_eligible: bool = Field(description="Whether it was on offer.")
    why: str = Field(description="Why not, or on what footing; empty when nothing is to be said.")
    approval: float | None = Field(description="Chance of approval, 0..1; null without models.")
    net_value: float | None = Field(description="Expected value in the reporting currency; null without models.")
    terms: dict[str, float] = Field(description="What the value is made of.")


class RuleHitOut(BaseModel):
    """A rule that matched."""

    rule_id: str = Field(description="Id of the rule.")
    name: str = Field(description="Its name.")
    version: str = Field(description="Its version.")
    effect: str = Field(description="What it asks for.")
    followed: bool = Field(description="False when a constraint or a stronger rule left no room for it.")


class VersionsOut(BaseModel):
    """What the decision was made with."""

    models: dict[str, str] = Field(description="Model and version.")
    settings: str = Field(description="Version of the settings.")
    rules: str = Field(description="Version of the active rules.")


class DecisionOut(BaseModel):
    """What all decisions say."""

    audit_id: str = Field(description="Id of the decision; outcomes name it.")
    decided_at: datetime = Field(description="When it was decided.")
    reason: str = Field(description="Why, in words.")
    experiment_id: str | None = Field(description="The experiment it took part in.")
    subject_key: str | None = Field(default=None, description="Who was assigned, when in an experiment.")
    variant: str | None = Field(description="The variant, when in an experiment.")
    policy: str = Field(description="The policy that decided.")
    fallback: str | None = Field(description="Why a fallback policy decided; null when the models did.")
    options: list[OptionOut] = Field(description="Every action with what it would have brought, the chosen included.")
    rules: list[RuleHitOut] = Field(description="Rules that matched.")
    features: dict[str, Any] = Field(description="What we knew beside the request.")
    versions: VersionsOut = Field(description="Models, settings and rules.")


class AuthDecisionOut(DecisionOut):
    """Which authentication to use."""

    path: Path = Field(description="The path.")
    risk_tier: RiskTier = Field(description="low, medium or high.")
    liability: str = Field(description="Who bears fraud: issuer or merchant.")


class RetryDecisionOut(DecisionOut):
    """Whether to try again, when and how."""

    should_retry: bool = Field(description="Whether.")
    retry_after_seconds: int | None = Field(description="When; null without a retry.")
    max_attempts: int = Field(description="Attempts of the payment in all at most.")
    way: Way | None = Field(description="How; null without a retry.")
    counted_attempts: int = Field(description="Attempts of the card that the store has counted.")


class RoutingDecisionOut(DecisionOut):
    """Where to send it."""

    primary_route: str = Field(description="The route.")
    solution: str = Field(description="standard or network_token.")
    propensity: float = Field(description="Chance the arm had, 0..1.")
    is_exploration: bool = Field(description="Taken to learn, though another one is expected to bring more.")
    candidates: list[str] = Field(description="Routes on offer, the best first.")
    should_cascade: bool = Field(description="Whether there is a next route for a failure on the provider's side.")
    cascade: list[str] = Field(description="The next ones, route/solution.")


class DecisionOutcomeIn(BaseModel):
    """How a decision went."""

    model_config = ConfigDict(extra="forbid")

    audit_id: Identifier = Field(description="Id of the decision.")
    outcome: Outcome = Field(description="approved, declined, timeout or error.")
    outcome_code: Word | None = Field(default=None, description="Response code.")
    outcome_reason: Word | None = Field(default=None, description="The source's word for the reason.")
    advice_code: Word | None = Field(default=None, description="Merchant advice code.")
    latency_ms: Annotated[int, Field(ge=0, le=86_400_000)] | None = Field(default=None, description="Milliseconds.")
    occurred_at: datetime | None = Field(default=None, description="When it became known; now when left out.")
    extra: dict[str, Any] = Field(
        default={}, description="Kept with the outcome; `is_fraud`: true labels the payment, then or later."
    )


class DecisionOutcomeOut(BaseModel):
    """What became of an outcome."""

    audit_id: str = Field(description="Id of the decision.")
    decision_type: str = Field(description="What was decided.")
    outcome: Outcome = Field(description="As told.")
    accepted: bool = Field(description="Stored now.")
    is_repeat: bool = Field(description="It was told before; nothing was counted twice.")
    revises: Outcome | None = Field(description="The outcome told before that it replaces.")
    fault: Fault | None = Field(description="On whose side a failure lies.")
    counts_against_route: bool = Field(description="Only a fault on the provider's side does.")


class BatchIn(BaseModel):
    """Several payments at once."""

    model_config = ConfigDict(extra="forbid")

    decision_type: Decision = Field(description="What to decide.")
    contexts: list[DecisionContext] = Field(min_length=1, max_length=500, description="The payments.")


class PreviewIn(BaseModel):
    """A payment somebody wonders about."""

    model_config = ConfigDict(extra="forbid")

    decision_type: Decision = Field(description="What to decide.")
    context: DecisionContext = Field(description="The payment.")


class BatchItem(BaseModel):
    """One answer of a batch: a decision, or why there is none."""

    decision: dict[str, Any] | None = Field(description="The decision, as its own address answers it.")
    problem: str | None = Field(description="Why there is none.")


class BatchOut(BaseModel):
    """Answers in the order of the contexts."""

    decisions: list[BatchItem] = Field(description="One for each context.")


class SettingOut(BaseModel):
    """One setting of the policies."""

    key: str = Field(description="Its name.")
    value: float | bool | str = Field(description="Its value.")
    is_default: bool = Field(description="Nobody has set it.")
    meaning: str = Field(description="What it means, with its unit.")


class DecisionConfigOut(BaseModel):
    """The settings that decide now."""

    version: str = Field(description="Equal for equal values.")
    settings: list[SettingOut] = Field(description="All of them.")
    models: dict[str, str] = Field(description="Models that answer, with version.")
    missing: dict[str, str] = Field(description="Models that do not, with the reason.")
    rules: str = Field(description="Version of the active rules.")
