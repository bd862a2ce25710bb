"""The model card: what a version learned from, how good it is beside its baselines, and where it stops."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Measure:
    """One number about one contestant, with its 95 % interval where one was computed."""

    contestant: str  # model, or the name of a baseline
    metric: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """Calibration within one value of one column."""

    column: str
    value: str
    rows: int
    observed: float
    predicted: float
    calibration_error: float


@dataclass(frozen=True, slots=True)
class Windows:
    """From when to when the attempts come."""

    train_from: datetime
    train_until: datetime
    test_from: datetime
    test_until: datetime
    train_rows: int
    calibrate_rows: int
    test_rows: int


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Everything shown about a version; written when it is trained, never by hand."""

    model: str
    predicts: str
    windows: Windows
    features: tuple[str, ...]
    measures: tuple[Measure, ...]
    limits: tuple[str, ...]
    calibration: tuple[tuple[float, float, int], ...] = ()
    slices: tuple[Slice, ...] = ()
    drift: dict[str, float] = field(default_factory=dict)  # population stability index, test against training
    importance: dict[str, float] = field(default_factory=dict)  # share of mean absolute contributions
    details: dict[str, Any] = field(default_factory=dict)
    verdict: str = ""

    def measure(self, metric: str, contestant: str = "model") -> Measure:
        """The number of that name."""
        return next(one for one in self.measures if one.metric == metric and one.contestant == contestant)

    def as_json(self) -> dict[str, Any]:
        """The card for a program."""
        return asdict(self)

    def as_markdown(self) -> str:
        """The card for a person."""
        windows = self.windows
        lines = [
            f"# {self.model}",
            "",
            f"Predicts {self.predicts}.",
            "",
            (
                f"Trained on {windows.train_rows:,} rows from {windows.train_from:%Y-%m-%d %H:%M} to "
                f"{windows.train_until:%Y-%m-%d %H:%M} UTC, calibrated on the next {windows.calibrate_rows:,}, "
                f"examined on {windows.test_rows:,} from {windows.test_from:%Y-%m-%d %H:%M} to "
                f"{windows.test_until:%Y-%m-%d %H:%M} UTC."
            ),
            "",
            "| who | measure | value | 95 % interval |",
            "|---|---|---|---|",
            *(f"| {one.contestant} | {one.metric} | {one.value:.4f} | {_interval(one)} |" for one in self.measures),
        ]
        if self.calibration:
            lines += ["", "| predicted | observed | rows |", "|---|---|---|"]
            lines += [f"| {said:.3f} | {seen:.3f} | {rows:,} |" for said, seen, rows in self.calibration]
        if self.slices:
            lines += ["", "| slice | rows | observed | predicted | calibration error |", "|---|---|---|---|---|"]
            lines += [
                f"| {one.column} = {one.value} | {one.rows:,} | {one.observed:.3f} | {one.predicted:.3f} | "
                f"{one.calibration_error:.3f} |"
                for one in self.slices
            ]
        lines += ["", "Limits:", *(f"- {limit}" for limit in self.limits)]
        lines += ["", f"Verdict: {self.verdict}"] if self.verdict else []
        return "\n".join([*lines, ""])


def _interval(one: Measure) -> str:
    return "" if one.low is None or one.high is None else f"{one.low:.4f} to {one.high:.4f}"
