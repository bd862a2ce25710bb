"""Runs of the numbered jobs."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: Final = "v0008_runs"
down_revision: Final = "v0007_rules"
SCHEMA: Final = "payment_analysis"
_STATES: Final = "state in ('waiting', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted')"


def upgrade() -> None:
    _job_runs()
    _task_runs()
    _run_lines()


def _when(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _named() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )


def _job_runs() -> None:
    op.create_table(
        "job_runs",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("process", sa.BigInteger(), nullable=True),
        sa.Column("process_began", sa.Double(), nullable=True),
        _when("started_at"),
        _when("ended_at"),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("hint", sa.Text(), nullable=True),
        *_named(),
        sa.CheckConstraint(_STATES, name=op.f("ck_job_runs_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_job_runs_job"), "job_runs", ["job"], unique=False, schema=SCHEMA)


def _task_runs() -> None:
    op.create_table(
        "task_runs",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=True),
        _when("started_at"),
        _when("ended_at"),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("hint", sa.Text(), nullable=True),
        *_named(),
        sa.CheckConstraint(_STATES, name=op.f("ck_task_runs_state")),
        sa.ForeignKeyConstraint(
            ["run_id"], [f"{SCHEMA}.job_runs.id"], name=op.f("fk_task_runs_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_runs")),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_task_runs_run_id"), "task_runs", ["run_id"], unique=False, schema=SCHEMA)


def _run_lines() -> None:
    op.create_table(
        "run_lines",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], [f"{SCHEMA}.job_runs.id"], name=op.f("fk_run_lines_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_lines")),
        schema=SCHEMA,
    )
    op.create_index(op.f("ix_run_lines_run_id"), "run_lines", ["run_id"], unique=False, schema=SCHEMA)
