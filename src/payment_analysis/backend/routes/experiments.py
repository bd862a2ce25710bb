"""Experiments: designed, started, paused, stopped, and what they show."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from payment_analysis.backend.dependencies import NowDep, PersonDep, StoreDep
from payment_analysis.backend.fields import Identifier
from payment_analysis.backend.rule_book import design_of
from payment_analysis.backend.trial_models import (
    AssignIn,
    AssignmentOut,
    ExperimentIn,
    ExperimentOut,
    PowerOut,
    StopIn,
)
from payment_analysis.backend.trial_results import ResultsOut, results_of
from payment_analysis.backend.trial_rows import arms_of
from payment_analysis.decisioning.experiments import assign
from payment_analysis.decisioning.trial_statistics import plan
from payment_analysis.domain.errors import BadInput, Conflict, NotFound
from payment_analysis.domain.trials import ExperimentStatus, step_experiment
from payment_analysis.store.decisions import Experiment, ExperimentAssignment

router = APIRouter(prefix="/api/experiments", tags=["experiments"])


def experiment_row(session: Session, experiment_id: str) -> Experiment:
    """The experiment with this id."""
    row = session.get(Experiment, experiment_id)
    if row is None:
        raise NotFound(f"There is no experiment {experiment_id}.", hint="GET /api/experiments lists them")
    return row


@router.get("", operation_id="listExperiments")
def list_experiments(
    store: StoreDep, limit: Annotated[int, Query(ge=1, le=500, description="At most so many.")] = 100
) -> list[ExperimentOut]:
    """Experiments, the newest first."""
    wanted = select(Experiment).order_by(Experiment.created_at.desc(), Experiment.id).limit(limit)
    with store.read() as session:
        return [ExperimentOut.model_validate(row) for row in session.scalars(wanted)]


@router.get("/power", operation_id="getExperimentPower")
def get_power(
    base: Annotated[float, Query(gt=0, lt=1, description="Approval rate of the control, 0..1.")],
    effect: Annotated[float, Query(gt=0, lt=1, description="Smallest lift worth finding, 0..1.")],
    shares: Annotated[list[float], Query(min_length=2, max_length=10, description="Share of each variant.")],
    per_day: Annotated[float | None, Query(gt=0, description="Subjects a day.")] = None,
) -> PowerOut:
    """Subjects for 80 % power at 5 %, read once at the end; reading every day takes about half as many again."""
    if min(shares) <= 0 or sum(shares) > 1 + 1e-9:
        raise BadInput(f"the shares {shares} are not parts of 1", hint="give every variant a part, 1 in all")
    found = plan(base, effect, shares, per_day=per_day)
    return PowerOut(per_variant=list(found.per_variant), total=found.total, days=found.days)


@router.post("", operation_id="createExperiment", status_code=201)
def create_experiment(body: ExperimentIn, store: StoreDep, person: PersonDep) -> ExperimentOut:
    """Design an experiment."""
    if body.variants[0].actions or body.variants[0].configuration:
        raise BadInput(f"{body.variants[0].name} is the control and changes nothing", hint="put the control first")
    with store.change(person.actor) as session:
        row = Experiment(**body.model_dump(mode="json"), owner=person.name)
        session.add(row)
        session.flush()
        design_of(row)  # raises when shares, actions or condition do not make sense; then nothing is kept
        return ExperimentOut.model_validate(row)


@router.get("/{experiment_id}", operation_id="getExperiment")
def get_experiment(experiment_id: Identifier, store: StoreDep) -> ExperimentOut:
    """One experiment."""
    with store.read() as session:
        return ExperimentOut.model_validate(experiment_row(session, experiment_id))


@router.post("/{experiment_id}/start", operation_id="startExperiment")
def start_experiment(experiment_id: Identifier, store: StoreDep, person: PersonDep, now: NowDep) -> ExperimentOut:
    """Let it run, for the first time or again."""
    with store.change(person.actor) as session:
        row = experiment_row(session, experiment_id)
        step_experiment(ExperimentStatus(row.status), ExperimentStatus.RUNNING)
        row.status, row.started_at = ExperimentStatus.RUNNING, row.started_at or now
        session.flush()
        return ExperimentOut.model_validate(row)


@router.post("/{experiment_id}/pause", operation_id="pauseExperiment")
def pause_experiment(experiment_id: Identifier, store: StoreDep, person: PersonDep) -> ExperimentOut:
    """Treat nobody for a while; who was assigned stays so."""
    with store.change(person.actor) as session:
        row = experiment_row(session, experiment_id)
        step_experiment(ExperimentStatus(row.status), ExperimentStatus.PAUSED)
        row.status = ExperimentStatus.PAUSED
        session.flush()
        return ExperimentOut.model_validate(row)


@router.post("/{experiment_id}/stop", operation_id="stopExperiment")
def stop_experiment(
    experiment_id: Identifier, store: StoreDep, person: PersonDep, now: NowDep, body: StopIn | None = None
) -> ExperimentOut:
    """End it for good."""
    with store.change(person.actor) as session:
        row = experiment_row(session, experiment_id)
        step_experiment(ExperimentStatus(row.status), ExperimentStatus.STOPPED)
        row.status, row.ended_at = ExperimentStatus.STOPPED, now
        row.note = body.note if body is not None else None
        session.flush()
        return ExperimentOut.model_validate(row)


@router.post("/{experiment_id}/assign", operation_id="assignExperiment")
def assign_experiment(experiment_id: Identifier, body: AssignIn, store: StoreDep, person: PersonDep) -> AssignmentOut:
    """Assign a subject; the same subject always goes the same way."""
    with store.change(person.actor) as session:
        row = experiment_row(session, experiment_id)
        if row.status != ExperimentStatus.RUNNING:
            raise Conflict(f"The experiment is {row.status}; it assigns nobody.", hint="start it first")
        way = assign(design_of(row), body.subject_key)
        written = insert(ExperimentAssignment).values(
            experiment_id=row.id, subject_key=body.subject_key, variant=way.variant
        )
        session.execute(written.on_conflict_do_nothing())
        kept = session.scalars(
            select(ExperimentAssignment).where(
                ExperimentAssignment.experiment_id == row.id, ExperimentAssignment.subject_key == body.subject_key
            )
        ).one()
        return AssignmentOut.model_validate(kept)


@router.get("/{experiment_id}/assignments", operation_id="listExperimentAssignments")
def list_assignments(
    experiment_id: Identifier,
    store: StoreDep,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many.")] = 200,
) -> list[AssignmentOut]:
    """Subjects, the newest first."""
    wanted = select(ExperimentAssignment).where(ExperimentAssignment.experiment_id == experiment_id)
    with store.read() as session:
        experiment_row(session, experiment_id)
        rows = session.scalars(wanted.order_by(ExperimentAssignment.id.desc()).limit(limit))
        return [AssignmentOut.model_validate(row) for row in rows]


@router.get("/{experiment_id}/results", operation_id="getExperimentResults")
def get_results(
    experiment_id: Identifier,
    store: StoreDep,
    segment: Annotated[Identifier | None, Query(description="A field of the request to show it by.")] = None,
) -> ResultsOut:
    """What it shows so far; the intervals hold however often somebody looks."""
    with store.read() as session:
        row = experiment_row(session, experiment_id)
        if not row.variants:
            raise Conflict("The experiment has no variants.", hint="it was made by an older release; make a new one")
        arms = arms_of(session, experiment_id)
        by_segment = arms_of(session, experiment_id, segment) if segment else []
        return results_of(design_of(row), row.effect_min, arms, by_segment)
