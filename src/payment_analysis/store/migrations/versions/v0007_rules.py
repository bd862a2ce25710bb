"""Rules with versions and backtests, experiments with a design, proposals with evidence."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: Final = "v0007_rules"
down_revision: Final = "v0006_decision_audit"
SCHEMA: Final = "payment_analysis"


def upgrade() -> None:
    _approval_rules()
    _approval_rule_versions()
    _rule_backtests()
    _experiment()
    _proposedconfigchange()


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _created() -> sa.Column[object]:
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _add(table: str, column: sa.Column[Any], filled_with: str) -> None:
    """Add a column without a default to a table that may hold rows, which get this value."""
    column.nullable = True
    op.add_column(table, column, schema=SCHEMA)
    op.execute(f"update {SCHEMA}.{table} set {column.name} = {filled_with}")
    op.alter_column(table, column.name, nullable=False, schema=SCHEMA)


def _approval_rules() -> None:
    table = "approval_rules"
    _add(table, _text("status"), "case when is_active then 'active' else 'draft' end")
    _add(table, sa.Column("version", sa.BigInteger()), "1")
    _add(table, _text("action_kind"), "'no_exploration'")  # before, a rule said nothing a policy understands
    op.add_column(table, _text("action_value", nullable=True), schema=SCHEMA)
    _add(table, _text("owner"), "'system'")
    _add(table, _text("changed_by"), "'system'")
    since = sa.Column("status_since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    op.add_column(table, since, schema=SCHEMA)
    op.execute(f"update {SCHEMA}.{table} set status = 'draft', is_active = false")
    name = op.f("ck_approval_rules_status")
    op.create_check_constraint(name, table, "status in ('draft', 'shadow', 'active', 'retired')", schema=SCHEMA)
    name = op.f("ck_approval_rules_is_active")
    op.create_check_constraint(name, table, "is_active = (status = 'active')", schema=SCHEMA)


def _approval_rule_versions() -> None:
    table = "approval_rule_versions"
    op.create_table(
        table,
        _text("rule_id"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        _text("name"),
        _text("rule_type"),
        _text("condition_expression", nullable=True),
        _text("action_kind"),
        _text("action_value", nullable=True),
        _text("action_summary"),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        _text("written_by"),
        _text("note", nullable=True),
        _text("id"),
        _created(),
        sa.ForeignKeyConstraint(
            ["rule_id"], [SCHEMA + ".approval_rules.id"], name=op.f(f"fk_{table}_rule_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("rule_id", "version", name=op.f(f"uq_{table}_rule_id_version")),
        schema=SCHEMA,
    )


def _rule_backtests() -> None:
    table = "rule_backtests"
    op.create_table(
        table,
        _text("fingerprint"),
        _text("rule_type"),
        _text("condition_expression"),
        _text("action_kind"),
        _text("action_value", nullable=True),
        _text("made_by"),
        sa.Column("result", JSONB(), nullable=False),
        _text("id"),
        _created(),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        schema=SCHEMA,
    )
    op.create_index(op.f(f"ix_{table}_fingerprint"), table, ["fingerprint"], unique=False, schema=SCHEMA)


def _experiment() -> None:
    table = "experiment"
    _add(table, _text("decision"), "'routing'")
    _add(table, _text("salt"), "id")
    _add(table, _text("subject"), "'merchant_id'")
    op.add_column(table, _text("eligible", nullable=True), schema=SCHEMA)
    _add(table, sa.Column("variants", JSONB()), "'[]'::jsonb")
    _add(table, sa.Column("holdout_share", sa.Double()), "0")
    _add(table, sa.Column("effect_min", sa.Double()), "0.01")
    _add(table, _text("owner"), "'system'")
    op.add_column(table, _text("note", nullable=True), schema=SCHEMA)


def _proposedconfigchange() -> None:
    table = "proposedconfigchange"
    op.add_column(table, _text("proposed_by", nullable=True), schema=SCHEMA)
    _add(table, sa.Column("evidence", JSONB()), "'{}'::jsonb")
    op.add_column(table, sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True), schema=SCHEMA)
    op.add_column(table, _text("review_note", nullable=True), schema=SCHEMA)
    op.add_column(table, _text("made", nullable=True), schema=SCHEMA)
