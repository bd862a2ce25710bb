"""Rules, thresholds, routes, settings."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "v0004_configuration"
down_revision: Final = "v0003_decisions"
SCHEMA: Final = "payment_analysis"


def upgrade() -> None:
    _app_config()
    _app_settings()
    _approval_rules()
    _countries()
    _decisionconfig()
    _online_features()
    _retryabledeclinecode()
    _routeperformance()


def _app_config() -> None:
    op.create_table(
        "app_config",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("catalog", sa.Text(), nullable=False),
        sa.Column("schema", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_app_config_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_config")),
        schema=SCHEMA,
    )


def _app_settings() -> None:
    op.create_table(
        "app_settings",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_app_settings")),
        schema=SCHEMA,
    )


def _approval_rules() -> None:
    op.create_table(
        "approval_rules",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rule_type", sa.Text(), nullable=False),
        sa.Column("condition_expression", sa.Text(), nullable=True),
        sa.Column("action_summary", sa.Text(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "rule_type in ('authentication', 'retry', 'routing')", name=op.f("ck_approval_rules_rule_type")
        ),
        sa.CheckConstraint("priority between 0 and 10000", name=op.f("ck_approval_rules_priority")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_rules")),
        schema=SCHEMA,
    )


def _countries() -> None:
    op.create_table(
        "countries",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display_order", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_countries")),
        schema=SCHEMA,
    )


def _decisionconfig() -> None:
    op.create_table(
        "decisionconfig",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decisionconfig")),
        schema=SCHEMA,
    )


def _online_features() -> None:
    op.create_table(
        "online_features",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("feature_set", sa.Text(), nullable=True),
        sa.Column("feature_name", sa.Text(), nullable=False),
        sa.Column("feature_value", sa.Double(), nullable=True),
        sa.Column("feature_value_str", sa.Text(), nullable=True),
        sa.Column("entity_id", sa.Text(), nullable=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("source in ('ml', 'agent')", name=op.f("ck_online_features_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_features")),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_online_features_entity_id"), "online_features", ["entity_id"], unique=False, schema=SCHEMA)


def _retryabledeclinecode() -> None:
    op.create_table(
        "retryabledeclinecode",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("default_backoff_seconds", sa.BigInteger(), nullable=False),
        sa.Column("max_attempts", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "category in ('soft', 'transient', 'issuer')", name=op.f("ck_retryabledeclinecode_category")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_retryabledeclinecode")),
        schema=SCHEMA,
    )


def _routeperformance() -> None:
    op.create_table(
        "routeperformance",
        sa.Column("route_name", sa.Text(), nullable=False),
        sa.Column("approval_rate_pct", sa.Double(), nullable=False),
        sa.Column("avg_latency_ms", sa.Double(), nullable=False),
        sa.Column("cost_score", sa.Double(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("route_name", name=op.f("pk_routeperformance")),
        schema=SCHEMA,
    )
