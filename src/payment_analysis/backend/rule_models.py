"""Rules as the API shows them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from payment_analysis.backend.fields import PARAGRAPH, Identifier, LongText, Text
from payment_analysis.decisioning.actions import ActionKind
from payment_analysis.decisioning.analysis import FindingKind
from payment_analysis.decisioning.fields import Decision
from payment_analysis.decisioning.rules import compile_rule
from payment_analysis.domain.trials import RuleStatus
from payment_analysis.ml.backtest import Trust

if TYPE_CHECKING:
    from payment_analysis.ml.backtest import Backtest
    from payment_analysis.store.configuration import ApprovalRule

RuleName = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=PARAGRAPH, strip_whitespace=True)]
Summary = Annotated[str, StringConstraints(max_length=2000, pattern=PARAGRAPH)]
ActionValue = Annotated[str, StringConstraints(max_length=100)] | int
Condition = Annotated[str, StringConstraints(max_length=5000, pattern=PARAGRAPH)]


class RuleTold(BaseModel):
    """What a rule says: for which decision, where, and what is to happen."""

    rule_type: Decision = Field(description="The decision it is for.")
    condition_expression: Condition | None = Field(default=None, description="Where it fires; empty is everywhere.")
    action_kind: ActionKind = Field(description="What it tells the policy.")
    action_value: ActionValue | None = Field(default=None, description="The value of the action.")


class ApprovalRuleIn(RuleTold):
    """A new rule; it begins as a draft."""

    name: RuleName = Field(description="Its name.")
    action_summary: Summary = Field(default="", description="The action in words; made from it when empty.")
    priority: int = Field(default=100, ge=0, le=10_000, description="The lower, the earlier it is asked.")
    note: LongText | None = Field(default=None, description="Why; kept with the version.")


class ApprovalRuleUpdate(BaseModel):
    """What may be changed; what is left out stays. A change of condition or action makes a rule in force a draft."""

    name: RuleName | None = Field(default=None, description="Its name.")
    condition_expression: Condition | None = Field(default=None, description="Where it fires.")
    action_kind: ActionKind | None = Field(default=None, description="What it tells the policy.")
    action_value: ActionValue | None = Field(default=None, description="The value of the action.")
    action_summary: Summary | None = Field(default=None, description="The action in words.")
    priority: int | None = Field(default=None, ge=0, le=10_000, description="The lower, the earlier it is asked.")
    note: LongText | None = Field(default=None, description="Why; kept with the version.")


class ApprovalRuleOut(BaseModel):
    """A rule."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Its id.")
    name: str = Field(description="Its name.")
    rule_type: Decision = Field(description="The decision it is for.")
    condition_expression: str | None = Field(description="The condition as somebody wrote it.")
    canonical: str = Field(description="The condition in our own spelling.")
    action_kind: ActionKind = Field(description="What it tells the policy.")
    action_value: str | None = Field(description="The value of the action.")
    action_summary: str = Field(description="The action in words.")
    priority: int = Field(description="The lower, the earlier it is asked.")
    is_active: bool = Field(description="Whether policies follow it.")
    status: RuleStatus = Field(description="draft, shadow, active or retired.")
    version: int = Field(description="Counts its changes, from 1.")
    owner: str = Field(description="Who made it.")
    changed_by: str = Field(description="Who changed it last.")
    created_at: datetime = Field(description="When it was made.")
    updated_at: datetime = Field(description="When it was changed last.")
    status_since: datetime = Field(description="Since when it stands where it stands.")
    replayed_at: datetime | None = Field(description="When what it says was replayed last; null when never.")


class RuleVersionOut(BaseModel):
    """What a rule said in one version."""

    model_config = ConfigDict(from_attributes=True)

    version: int = Field(description="Its number.")
    name: str = Field(description="The name.")
    condition_expression: str | None = Field(description="The condition.")
    action_kind: ActionKind = Field(description="The action.")
    action_value: str | None = Field(description="Its value.")
    action_summary: str = Field(description="The action in words.")
    priority: int = Field(description="The priority.")
    written_by: str = Field(description="Who wrote it.")
    created_at: datetime = Field(description="When.")
    note: str | None = Field(description="Why.")
    changed: list[str] = Field(description="What differs from the version before.")


class RuleStatusIn(BaseModel):
    """Where a rule is to stand."""

    status: RuleStatus = Field(description="draft, shadow, active or retired.")
    reason: Text | None = Field(
        default=None, description="Why it is activated without a backtest; an administrator's to give."
    )


class RollBackIn(BaseModel):
    """Which version a rule is to say again."""

    version: int = Field(ge=1, description="An earlier version.")


class FindingOut(BaseModel):
    """What may be wrong with a rule."""

    kind: FindingKind = Field(description="What it is.")
    rule_id: str = Field(description="The rule; `draft` is the one that was sent.")
    other_id: str | None = Field(description="The other rule it has to do with.")
    words: str = Field(description="The same in words.")


class ChangeOut(BaseModel):
    """A difference in a total over the window, with its 95 % interval."""

    value: float = Field(description="More of it when above zero.")
    low: float = Field(description="Lower end.")
    high: float = Field(description="Upper end.")


class EffectOut(BaseModel):
    """What would have been different."""

    approvals: ChangeOut = Field(description="Approved attempts.")
    value: ChangeOut = Field(description="Approved amount, reporting currency.")
    frauds: ChangeOut = Field(description="Approved attempts reported as fraud so far.")
    fraud_value: ChangeOut = Field(description="Their amount, reporting currency.")
    scheme_fees: ChangeOut = Field(description="Networks' fees for excessive retries, reporting currency.")


class BacktestDayOut(BaseModel):
    """What a rule meets on one day."""

    day: date = Field(description="The day, UTC.")
    attempts: int = Field(description="Attempts it fires for.")
    approved: int = Field(description="Of these, approved.")
    answered: int = Field(description="Of these, answered by issuer or network.")


class BacktestOut(BaseModel):
    """A rule replayed over stored attempts."""

    since: datetime = Field(description="Start of the window.")
    until: datetime = Field(description="End of the window.")
    attempts: int = Field(description="Attempts the rule fires for.")
    payments: int = Field(description="Their payments; one that goes on past midnight is counted on both days.")
    value: float = Field(description="Amount asked for in them, reporting currency.")
    changed: int = Field(description="Attempts that would have gone another way, or not have been made.")
    trust: Trust = Field(description="good; weak: the interval decides nothing; abstains: the log cannot tell.")
    support: float | None = Field(description="Share of the changed attempts the log can tell about, 0..1.")
    effective_attempts: float | None = Field(description="What the attempts that vouch for them weigh.")
    effect: EffectOut | None = Field(description="null when the log cannot tell.")
    told: list[str] = Field(description="What the replay can and cannot say.")
    days: list[BacktestDayOut] = Field(description="What it meets, by day.")
    seconds: float = Field(description="How long the replay took.")
    reporting_currency: str | None = Field(description="Currency of all amounts.")


class BacktestIn(RuleTold):
    """What is replayed, and over how long."""

    days: int = Field(default=90, ge=1, le=365, description="Days before the newest attempt.")


class ConfigurationBacktestIn(BaseModel):
    """Another value of a decision configuration."""

    key: Identifier = Field(description="The key, like risk_threshold_high.")
    current_value: float = Field(description="What holds now.")
    proposed_value: float = Field(description="What is to hold.")
    days: int = Field(default=90, ge=1, le=365, description="Days before the newest attempt.")


def rule_out(row: ApprovalRule, replayed_at: datetime | None) -> ApprovalRuleOut:
    """A rule with its spelling and its last replay."""
    canonical = compile_rule(row.condition_expression, Decision(row.rule_type)).canonical
    told = {name: getattr(row, name) for name in ApprovalRuleOut.model_fields if hasattr(row, name)}
    return ApprovalRuleOut(**told, canonical=canonical, replayed_at=replayed_at)


def backtest_out(replayed: Backtest, seconds: float, currency: str | None) -> BacktestOut:
    """A replay as the API shows it."""
    return BacktestOut(**asdict(replayed), seconds=seconds, reporting_currency=currency)
