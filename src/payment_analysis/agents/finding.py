"""What an agent says: a claim with its size, certainty and evidence and, when something can be done, a proposal."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.agents.toolbox import Answer

Effort = Literal["low", "medium", "high"]
ChangeType = Literal["rule", "decision_config", "route_performance", "decline_code", "experiment"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The answer behind a claim: the tool, its SQL, and a fingerprint of its rows."""

    tool: str
    sql: str
    rows_hash: str

    @classmethod
    def of(cls, answer: Answer) -> Evidence:
        return cls(answer.tool, answer.sql, answer.rows_hash)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that a person may accept; accepted, it is backtested, watched and tried on a part of the traffic."""

    change_type: ChangeType
    target_key: str
    proposed_value: str
    rationale: str
    expected_impact_pct: float | None  # of the approval rate, percentage points
    rollback: str  # the measure that ends it


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim. Every figure in its sentence is one of its fields or of its evidence."""

    agent: str
    claim: str
    slice: Mapping[str, str] = field(default_factory=dict)
    effect_pp: float | None = None
    low_pp: float | None = None
    high_pp: float | None = None
    p_adjusted: float | None = None
    attempts: int | None = None
    value_per_day: float | None = None
    confidence: float = 0.5  # 0..1
    effort: Effort = "medium"
    evidence: tuple[Evidence, ...] = ()
    caveats: tuple[str, ...] = ()
    action: str = ""
    proposal: Proposal | None = None

    @property
    def key(self) -> str:
        """Equal for findings about the same thing."""
        what = self.proposal.target_key if self.proposal else self.claim
        return hashlib.sha256(f"{sorted(self.slice.items())}|{what}".encode()).hexdigest()[:16]

    @property
    def rank(self) -> tuple[float, float]:
        """What it is worth, times how sure it is; then how sure."""
        return (abs(self.value_per_day or 0.0) * self.confidence, self.confidence)


Row = dict[str, Any]
