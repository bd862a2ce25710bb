"""What steers the engine and the application: rules, thresholds, routes, settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from payment_analysis.domain.trials import RuleStatus
from payment_analysis.store.tables import Base, Named, one_of


class AppConfig(Base):
    """The catalog and schema the application works in; one row."""

    __tablename__ = "app_config"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1, autoincrement=False)
    catalog: Mapped[str]
    schema: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class AppSetting(Base):
    """One setting of the application."""

    __tablename__ = "app_settings"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class ApprovalRule(Named, Base):
    """A rule people wrote; the lower the priority, the earlier it is asked. Its versions say what it said before."""

    __tablename__ = "approval_rules"
    __table_args__ = (
        CheckConstraint("rule_type in ('authentication', 'retry', 'routing')", name="rule_type"),
        CheckConstraint("priority between 0 and 10000", name="priority"),
        CheckConstraint("is_active = (status = 'active')", name="is_active"),
        one_of("status", RuleStatus),
    )

    name: Mapped[str]
    rule_type: Mapped[str]
    condition_expression: Mapped[str | None]
    action_summary: Mapped[str]
    priority: Mapped[int] = mapped_column(default=100)
    is_active: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    status: Mapped[str] = mapped_column(default=RuleStatus.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    action_kind: Mapped[str]
    action_value: Mapped[str | None]
    owner: Mapped[str]
    changed_by: Mapped[str]
    status_since: Mapped[datetime] = mapped_column(server_default=func.now())


class RuleVersion(Named, Base):
    """What a rule said in one version."""

    __tablename__ = "approval_rule_versions"
    __table_args__ = (UniqueConstraint("rule_id", "version"),)

    rule_id: Mapped[str] = mapped_column(ForeignKey(ApprovalRule.id, ondelete="CASCADE"))
    version: Mapped[int]
    name: Mapped[str]
    rule_type: Mapped[str]
    condition_expression: Mapped[str | None]
    action_kind: Mapped[str]
    action_value: Mapped[str | None]
    action_summary: Mapped[str]
    priority: Mapped[int]
    written_by: Mapped[str]
    note: Mapped[str | None]


class RuleBacktest(Named, Base):
    """A replay over stored attempts; it vouches for every rule that says the same (equal fingerprints)."""

    __tablename__ = "rule_backtests"

    fingerprint: Mapped[str] = mapped_column(index=True)
    rule_type: Mapped[str]
    condition_expression: Mapped[str]
    action_kind: Mapped[str]
    action_value: Mapped[str | None]
    made_by: Mapped[str]
    result: Mapped[dict[str, Any]]


class OnlineFeature(Named, Base):
    """A feature as it was served."""

    __tablename__ = "online_features"
    __table_args__ = (CheckConstraint("source in ('ml', 'agent')", name="source"),)

    source: Mapped[str]
    feature_set: Mapped[str | None]
    feature_name: Mapped[str]
    feature_value: Mapped[float | None]
    feature_value_str: Mapped[str | None]
    entity_id: Mapped[str | None] = mapped_column(index=True)


class DecisionConfig(Base):
    """One number or word of the decision policies."""

    __tablename__ = "decisionconfig"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    description: Mapped[str | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class RetryableDeclineCode(Base):
    """A decline code the retry policy may try again."""

    __tablename__ = "retryabledeclinecode"
    __table_args__ = (CheckConstraint("category in ('soft', 'transient', 'issuer')", name="category"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    category: Mapped[str]
    default_backoff_seconds: Mapped[int] = mapped_column(default=900)
    max_attempts: Mapped[int] = mapped_column(default=3)
    is_active: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class RoutePerformance(Base):
    """What the router believes of a route."""

    __tablename__ = "routeperformance"

    route_name: Mapped[str] = mapped_column(primary_key=True)
    approval_rate_pct: Mapped[float] = mapped_column(default=50.0)
    avg_latency_ms: Mapped[float] = mapped_column(default=500.0)
    cost_score: Mapped[float] = mapped_column(default=0.5)
    is_active: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Country(Base):
    """A country the selectors of the application offer, in order."""

    __tablename__ = "countries"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    display_order: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
