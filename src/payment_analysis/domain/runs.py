"""Runs as somebody who watches sees them, wherever they happen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from payment_analysis.domain.workflow import RunState


@dataclass(frozen=True, slots=True)
class TaskStanding:
    """One task of a run."""

    key: str
    state: RunState
    started_at: datetime | None = None
    ended_at: datetime | None = None
    error: str = ""
    hint: str = ""
    report: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class RunStanding:
    """One run of a job."""

    id: str
    job: str
    state: RunState
    requested_by: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    error: str = ""
    hint: str = ""
    url: str = ""  # where the workspace shows it; empty on one machine
    tasks: tuple[TaskStanding, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobStanding:
    """A job that can be run, and how it went last."""

    key: str
    id: str  # the workspace's; the key on one machine; empty when the workspace has no such job
    last: RunStanding | None
    url: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of what a run said."""

    number: int  # grows within a run
    at: datetime | None
    task: str
    text: str


@dataclass(frozen=True, slots=True)
class PipelineStanding:
    """A pipeline, whether it is at work, and how far behind."""

    key: str
    id: str
    state: str  # idle, running, stopping, failed, or missing
    lag_seconds: float | None = None
    detail: str = ""
    url: str = ""
    is_caught_up: bool = False  # at work, and everything that has landed is taken
