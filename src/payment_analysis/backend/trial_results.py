"""The results of an experiment: lifts, sample ratio, guardrails, segments and the ledger of incremental revenue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from payment_analysis.decisioning.experiments import HOLDOUT
from payment_analysis.decisioning.trial_statistics import (
    GUARDRAILS,
    RATIO_ALARM,
    Guard,
    guard,
    lift,
    ratio_p,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.backend.trial_rows import Arm
    from payment_analysis.decisioning.experiments import Design
    from payment_analysis.decisioning.trial_statistics import Guardrail, Lift, Sample


class LiftOut(BaseModel):
    """More than the control has; the interval holds at every look."""

    value: float = Field(description="The difference.")
    low: float = Field(description="Lower end, 95 % over all looks together.")
    high: float = Field(description="Upper end.")
    excludes_zero: bool = Field(description="Whether it is a result.")


class GuardOut(BaseModel):
    """A guardrail of one variant."""

    name: str = Field(description="fraud, latency or scheme_fees.")
    meaning: str = Field(description="What must not get worse.")
    slack: float = Field(description="By how much it may.")
    unit: str = Field(description="Unit of the slack and of the difference.")
    state: Guard = Field(description="fine, breached, or open: too little is known.")
    difference: LiftOut | None = Field(description="More of it than the control has; null before enough is known.")


class VariantOut(BaseModel):
    """One variant."""

    variant: str = Field(description="Its name.")
    share: float = Field(description="Its planned share, 0..1; of the holdout, of all subjects.")
    subjects: int = Field(description="Subjects assigned to it.")
    answered: int = Field(description="Of these, with an outcome.")
    approved: int = Field(description="Of these, approved.")
    approval_rate: float | None = Field(description="Approved of answered, 0..1.")
    lift: LiftOut | None = Field(description="Approval rate above the control; null for the control and before enough.")
    guardrails: list[GuardOut] = Field(description="Its guardrails; none for control and holdout.")


class SegmentOut(BaseModel):
    """One variant in one segment."""

    segment: str = Field(description="Value of the field that was asked for.")
    variant: str = Field(description="The variant.")
    answered: int = Field(description="Subjects with an outcome.")
    approval_rate: float | None = Field(description="Approved of answered, 0..1.")
    lift: LiftOut | None = Field(description="Above the control of the same segment.")


class LedgerOut(BaseModel):
    """What a variant brought that would not have come by itself: treated less organic."""

    variant: str = Field(description="The variant.")
    baseline: str = Field(description="What stands for organic: the permanent holdout, else the control.")
    treated: float = Field(description="Approved amount of its subjects, minor units.")
    organic: float = Field(description="What as many subjects of the baseline bring, minor units.")
    incremental: LiftOut | None = Field(description="Treated less organic; null before enough is known.")
    scheme_fees: float = Field(description="Networks' fees of its subjects, minor units.")


class ResultsOut(BaseModel):
    """What an experiment shows so far."""

    experiment_id: str = Field(description="The experiment.")
    variants: list[VariantOut] = Field(description="The control first; the holdout last.")
    ratio_p: float = Field(description="How likely the split is by chance, 0..1.")
    ratio_is_wrong: bool = Field(description="The split is not the planned one: do not believe the lifts.")
    segments: list[SegmentOut] = Field(description="By the field that was asked for; empty without one.")
    ledger: list[LedgerOut] = Field(description="Incremental revenue of each variant that treats.")
    verdict: str = Field(description="What it says, in one sentence.")


def results_of(design: Design, effect_min: float, arms: Sequence[Arm], by_segment: Sequence[Arm]) -> ResultsOut:
    """Everything of one experiment."""
    known = {arm.variant: arm for arm in arms}
    control = known.get(design.variants[0].name)
    shares = {variant.name: variant.share for variant in design.variants}
    shown = [
        _variant(known[name], share, control, effect_min)
        for name, share in [*shares.items(), (HOLDOUT, design.holdout_share)]
        if name in known
    ]
    counts = [known[name].subjects if name in known else 0 for name in shares]
    chance = ratio_p(counts, list(shares.values()))
    return ResultsOut(
        experiment_id=design.experiment_id,
        variants=shown,
        ratio_p=chance,
        ratio_is_wrong=chance < RATIO_ALARM,
        segments=_segments(design, effect_min, by_segment),
        ledger=[_ledger(known[one.name], known, control) for one in design.variants[1:] if one.name in known],
        verdict=_verdict(shown, ratio_is_wrong=chance < RATIO_ALARM),
    )


def _variant(arm: Arm, share: float, control: Arm | None, effect_min: float) -> VariantOut:
    is_treated = control is not None and arm.variant not in {control.variant, HOLDOUT}
    found = lift(arm.approval, control.approval, effect_min) if control is not None and is_treated else None
    return VariantOut(
        variant=arm.variant,
        share=share,
        subjects=arm.subjects,
        answered=arm.answered,
        approved=int(arm.approval.total),
        approval_rate=arm.approval.mean,
        lift=_out(found),
        guardrails=[_guard(one, arm, control) for one in GUARDRAILS] if control is not None and is_treated else [],
    )


def _guard(rail: Guardrail, arm: Arm, control: Arm) -> GuardOut:
    mine, theirs, scale = _measured(rail, arm), _measured(rail, control), 100 if rail.name == "scheme_fees" else 1
    found = lift(mine, theirs, rail.slack * scale)
    shown = None if found is None else type(found)(found.value / scale, found.low / scale, found.high / scale)
    return GuardOut(
        name=rail.name,
        meaning=rail.meaning,
        slack=rail.slack,
        unit=rail.unit,
        state=guard(rail, shown),
        difference=_out(shown),
    )


def _measured(rail: Guardrail, arm: Arm) -> Sample:
    return {"fraud": arm.fraud, "latency": arm.latency, "scheme_fees": arm.fees}[rail.name]


def _segments(design: Design, effect_min: float, arms: Sequence[Arm]) -> list[SegmentOut]:
    controls = {arm.segment: arm for arm in arms if arm.variant == design.variants[0].name}
    shown = []
    for arm in arms:
        control = controls.get(arm.segment)
        is_treated = control is not None and arm.variant not in {control.variant, HOLDOUT}
        found = lift(arm.approval, control.approval, effect_min) if control is not None and is_treated else None
        shown.append(
            SegmentOut(
                segment=arm.segment,
                variant=arm.variant,
                answered=arm.answered,
                approval_rate=arm.approval.mean,
                lift=_out(found),
            )
        )
    return shown


def _ledger(arm: Arm, known: dict[str, Arm], control: Arm | None) -> LedgerOut:
    """Scaled to the treated subjects: an average of the baseline for each of them."""
    baseline = known.get(HOLDOUT) or control
    if baseline is None or not baseline.answered:
        return LedgerOut(
            variant=arm.variant, baseline="", treated=arm.revenue.total, organic=0.0, incremental=None, scheme_fees=0.0
        )
    mean = baseline.revenue.total / baseline.answered
    found = lift(arm.revenue, baseline.revenue, max(abs(mean) / 100, 1e-9))
    times = arm.answered
    return LedgerOut(
        variant=arm.variant,
        baseline=baseline.variant,
        treated=arm.revenue.total,
        organic=mean * times,
        incremental=None if found is None else _out(type(found)(*(one * times for one in _ends(found)))),
        scheme_fees=arm.fees.total,
    )


def _ends(found: Lift) -> tuple[float, float, float]:
    return found.value, found.low, found.high


def _out(found: Lift | None) -> LiftOut | None:
    if found is None:
        return None
    return LiftOut(value=found.value, low=found.low, high=found.high, excludes_zero=found.excludes_zero)


def _verdict(variants: Sequence[VariantOut], *, ratio_is_wrong: bool) -> str:
    if ratio_is_wrong:
        return "The subjects are not split as planned: look for the reason before believing any lift."
    if broken := [
        f"{rail.name} of {one.variant}" for one in variants for rail in one.guardrails if rail.state == "breached"
    ]:
        return f"A guardrail is breached: {', '.join(broken)}. Stop it."
    told = [one for one in variants if one.lift is not None and one.lift.excludes_zero]
    if not told:
        return "No difference is shown yet; the intervals hold at every look, so looking again costs nothing."
    words = (
        f"{one.variant} {one.lift.value:+.2%} ({one.lift.low:+.2%} to {one.lift.high:+.2%})" for one in told if one.lift
    )
    return f"A difference is shown: {'; '.join(words)}."
