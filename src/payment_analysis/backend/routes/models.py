"""The four models: versions, what was measured of each beside its baselines, and which one answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from sqlalchemy import select

from payment_analysis.backend.dependencies import ModelsDep, PersonDep, StoreDep
from payment_analysis.backend.fields import LongText, Name
from payment_analysis.domain.errors import NotFound
from payment_analysis.store.model_changes import ModelChange

if TYPE_CHECKING:
    from payment_analysis.ml.models import ModelKind
    from payment_analysis.ml.registry import Registry, Version
    from payment_analysis.ml.training_note import TrainingNote

router = APIRouter(prefix="/api", tags=["models"])

ModelName = Annotated[Name, Path(description="Name of a model in the registry.")]
Number = Annotated[int, Path(ge=1, description="Version of the model.")]
ACCURACY_MISLEADS = (
    "Nearly nine of ten attempts are approved, so a program that always says yes is right nearly nine times of ten and "
    "knows nothing. What counts is how far probabilities beat that constant, whether they are calibrated, and what a "
    "policy that uses them earns."
)


class ModelMeasure(BaseModel):
    """One number about one contestant."""

    contestant: str = Field(description="model, or the baseline it stands beside.")
    metric: str = Field(description="What was measured.")
    value: float | None = Field(description="The number; null when it cannot be computed.")
    low: float | None = Field(description="Lower end of the 95 % interval; null when none was computed.")
    high: float | None = Field(description="Upper end of it.")


class ModelVersion(BaseModel):
    """One version of a model."""

    version: int = Field(description="Its number.")
    aliases: list[str] = Field(description="champion answers; challenger is the newest that does not.")
    created_at: datetime = Field(description="When it was trained.")
    verdict: str = Field(description="Why it is the champion, or why not.")
    headline: float | None = Field(description="The measure that counts; null when the exam could not give it.")
    baseline: float | None = Field(description="The same of the baseline.")


class ModelOut(BaseModel):
    """One of the four models."""

    name: str = Field(description="Name in the registry.")
    purpose: str = Field(description="What it says.")
    headline_metric: str = Field(description="The measure that counts.")
    baseline_name: str = Field(description="What it is seen beside.")
    accuracy: float | None = Field(description="Measured accuracy of the champion, 0..1; null without one.")
    accuracy_of_always_yes: float | None = Field(description="Accuracy of always giving the usual answer.")
    accuracy_claimed: float = Field(description="What the documents claim; shown only beside what was measured.")
    champion: int | None = Field(description="The version that answers; null until one is trained.")
    versions: list[ModelVersion] = Field(description="The newest first.")


class TrainingOut(BaseModel):
    """The training that began last."""

    is_running: bool = Field(description="Whether it is at work now.")
    doing: str = Field(description="What it does, or did last.")
    share: float = Field(description="How much is done, 0..1.")
    began_at: datetime = Field(description="When it began.")
    told_at: datetime = Field(description="When it last said so.")
    problem: str = Field(description="Why it ended early; empty when it did not.")


class Models(BaseModel):
    """The models of this installation."""

    training: TrainingOut | None = Field(description="How far the last training is; null when nobody trained yet.")

    models: list[ModelOut] = Field(description="The four models of the documents.")
    accuracy_misleads: str = Field(description="Why accuracy says little here.")
    registry: str = Field(description="Where MLflow reads them from.")


class CalibrationPoint(BaseModel):
    """Attempts with about the same prediction."""

    predicted: float = Field(description="Mean prediction, 0..1.")
    observed: float = Field(description="Share that really happened, 0..1.")
    rows: int = Field(description="Attempts.")


class ModelSlice(BaseModel):
    """Calibration within one value of one column."""

    column: str = Field(description="The column.")
    value: str = Field(description="Its value.")
    rows: int = Field(description="Attempts.")
    observed: float = Field(description="Share that really happened.")
    predicted: float = Field(description="Mean prediction.")
    calibration_error: float = Field(description="Expected calibration error, 0..1.")


class FeatureShare(BaseModel):
    """A feature and a number about it."""

    feature: str = Field(description="The feature.")
    value: float = Field(description="Share of the contributions (importance), or stability index (drift).")


class ModelWindows(BaseModel):
    """From when to when the attempts of training and exam come."""

    train_from: datetime = Field(description="First attempt that taught.")
    train_until: datetime = Field(description="End of the lessons.")
    test_from: datetime = Field(description="First attempt of the exam.")
    test_until: datetime = Field(description="Last attempt of the exam.")
    train_rows: int = Field(description="Attempts that taught.")
    calibrate_rows: int = Field(description="Attempts that calibrated.")
    test_rows: int = Field(description="Attempts of the exam.")


class ModelCardOut(BaseModel):
    """What a version learned from, how good it is and where it stops; written when it was trained."""

    model: str = Field(description="Name in the registry.")
    version: int = Field(description="The version.")
    predicts: str = Field(description="What its number means.")
    windows: ModelWindows = Field(description="Attempts of training and exam.")
    features: list[str] = Field(description="What it sees.")
    measures: list[ModelMeasure] = Field(description="Measured in the exam, beside baselines.")
    calibration: list[CalibrationPoint] = Field(description="Prediction against what happened.")
    slices: list[ModelSlice] = Field(description="Calibration by slice with enough attempts.")
    importance: list[FeatureShare] = Field(description="Share of the mean absolute contributions, largest first.")
    drift: list[FeatureShare] = Field(description="Population stability index of exam against training, worst first.")
    limits: list[str] = Field(description="What it cannot know.")
    verdict: str = Field(description="Why it is the champion, or why not.")


class PromoteIn(BaseModel):
    """Which version should answer, and why."""

    version: int = Field(ge=1, description="The version.")
    reason: LongText = Field(description="Why; it is kept.")


class ModelRollBackIn(BaseModel):
    """Why the version before should answer again."""

    reason: LongText = Field(description="Why; it is kept.")


class ModelChangeOut(BaseModel):
    """A person made another version the champion."""

    model: str = Field(description="The model.")
    action: str = Field(description="promote or roll_back.")
    version: int = Field(description="The version that answers since.")
    version_before: int | None = Field(description="The one that answered before.")
    reason: str = Field(description="Why.")
    changed_by: str = Field(description="Who.")
    created_at: datetime = Field(description="When.")


@router.get("/analytics/models", operation_id="getModels")
def get_models(models: ModelsDep) -> Models:
    """The four models with their versions; nothing here is typed in by hand."""
    return Models(
        training=_training(models.last_training),
        models=[_model(kind, models.registry) for kind in models.kinds.values()],
        accuracy_misleads=ACCURACY_MISLEADS,
        registry=models.registry.uri,
    )


def _training(note: TrainingNote | None) -> TrainingOut | None:
    if note is None:
        return None
    return TrainingOut(
        is_running=note.is_running,
        doing=note.doing,
        share=note.share,
        began_at=datetime.fromisoformat(note.began_at),
        told_at=datetime.fromisoformat(note.told_at),
        problem=note.problem or ("" if note.is_over or note.is_running else "its process is gone"),
    )


def _model(kind: ModelKind, registry: Registry) -> ModelOut:
    versions = registry.versions(kind.name)
    champion = next((one for one in versions if one.is_champion), None)
    measured = champion.metrics if champion else {}
    wanted, beside = kind.headline
    return ModelOut(
        name=kind.name,
        purpose=kind.purpose,
        headline_metric=wanted.partition(".")[2],
        baseline_name=beside.partition(".")[0],
        accuracy=measured.get("model.accuracy"),
        accuracy_of_always_yes=measured.get("constant.accuracy"),
        accuracy_claimed=kind.claimed_accuracy,
        champion=champion.version if champion else None,
        versions=[_version(one, kind) for one in versions],
    )


def _version(one: Version, kind: ModelKind) -> ModelVersion:
    wanted, beside = kind.headline
    return ModelVersion(
        version=one.version,
        aliases=list(one.aliases),
        created_at=datetime.fromtimestamp(one.created_ms / 1000, UTC),
        verdict=one.verdict,
        headline=one.metrics.get(wanted),
        baseline=one.metrics.get(beside),
    )


@router.get("/models/{name}/versions/{version}", operation_id="getModelCard")
def get_model_card(name: ModelName, version: Number, models: ModelsDep) -> ModelCardOut:
    """The card of one version."""
    found = next((one for one in models.registry.versions(models.kind(name).name) if one.version == version), None)
    if found is None:
        raise NotFound(f"{name} has no version {version}.", hint="GET /api/analytics/models lists them")
    card: dict[str, Any] = models.registry.card(name, version)
    shown = {field: card[field] for field in ("model", "predicts", "windows", "features", "slices", "limits")}
    return ModelCardOut(
        **shown,
        version=version,
        measures=[ModelMeasure(**one) for one in card["measures"]],
        calibration=[CalibrationPoint(predicted=a, observed=b, rows=rows) for a, b, rows in card["calibration"]],
        importance=_ranked(card["importance"]),
        drift=_ranked(card["drift"]),
        verdict=found.verdict,
    )


def _ranked(values: dict[str, float]) -> list[FeatureShare]:
    return [FeatureShare(feature=name, value=value) for name, value in sorted(values.items(), key=lambda one: -one[1])]


@router.post("/models/{name}/promote", operation_id="promoteModel")
def promote_model(
    name: ModelName, body: PromoteIn, models: ModelsDep, store: StoreDep, person: PersonDep
) -> ModelChangeOut:
    """Make a version the champion; decisions take it over within their next look at the registry."""
    if body.version not in {one.version for one in models.registry.versions(models.kind(name).name)}:
        raise NotFound(f"{name} has no version {body.version}.", hint="GET /api/analytics/models lists them")
    before = models.registry.champion(name)
    with store.change(person.actor) as session:
        change = ModelChange(
            model=name,
            action="promote",
            version=body.version,
            version_before=before,
            reason=body.reason,
            changed_by=person.name,
        )
        session.add(change)
        session.flush()
        models.registry.promote(name, body.version, f"promoted by {person.name}: {body.reason}")
        return ModelChangeOut.model_validate(change, from_attributes=True)


@router.post("/models/{name}/roll-back", operation_id="rollBackModel")
def roll_back_model(
    name: ModelName, body: ModelRollBackIn, models: ModelsDep, store: StoreDep, person: PersonDep
) -> ModelChangeOut:
    """Give champion back to the version before."""
    before = models.registry.champion(models.kind(name).name)
    with store.change(person.actor) as session:
        version = models.registry.roll_back(name)
        change = ModelChange(
            model=name,
            action="roll_back",
            version=version,
            version_before=before,
            reason=body.reason,
            changed_by=person.name,
        )
        session.add(change)
        session.flush()
        return ModelChangeOut.model_validate(change, from_attributes=True)


@router.get("/models/changes", operation_id="listModelChanges")
def list_model_changes(store: StoreDep) -> list[ModelChangeOut]:
    """Who made which version answer, the newest first."""
    with store.read() as session:
        found = select(ModelChange).order_by(ModelChange.created_at.desc()).limit(200)
        return [ModelChangeOut.model_validate(one, from_attributes=True) for one in session.scalars(found)]
