"""The models of a registry over HTTP: what was measured, which version answers, and who may change that."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest
from mlflow.models import infer_signature
from sklearn.dummy import DummyClassifier
from tests.backend.browser import Browser, signed_in
from tests.backend.fakes import NOW, Memory

from payment_analysis.backend.app import create_app
from payment_analysis.backend.model_registry import ModelRegistry
from payment_analysis.domain.roles import Role
from payment_analysis.ml.card import Measure, ModelCard, Windows
from payment_analysis.ml.names import APPROVAL
from payment_analysis.ml.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.store.database import Database

DAY = datetime(2026, 2, 1, tzinfo=UTC)
MODEL = f"/api/models/{APPROVAL}"


def card(log_loss: float) -> ModelCard:
    return ModelCard(
        model=APPROVAL,
        predicts="the probability of approval",
        windows=Windows(DAY, DAY, DAY, DAY, 10, 5, 5),
        features=("amount_log",),
        measures=(
            Measure("model", "log_loss", log_loss),
            Measure("constant", "log_loss", 0.4),
            Measure("model", "auc", float("nan")),
            Measure("model", "accuracy", 0.88),
            Measure("constant", "accuracy", 0.87),
        ),
        limits=("knows nothing else",),
        calibration=((0.1, 0.2, 3), (0.9, 0.8, 2)),
        drift={"calm": 0.01, "moved": 0.3},
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two versions of one model; the first is the champion."""
    folder = tmp_path_factory.mktemp("models")
    rows = np.array([[1.0], [2.0]])
    model = DummyClassifier().fit(rows, [0, 1])
    registry = Registry(folder)
    for log_loss in (0.31, 0.30):
        made = registry.register(model, card(log_loss), signature=infer_signature(rows), example=rows, parameters={})
        if made == 1:
            registry.promote(APPROVAL, 1, "the first version")
    return folder


@pytest.fixture
def admin(home: Path, store: Database) -> Browser:
    return signed_in(create_app(Memory(), store, models_of=ModelRegistry(home), clock=lambda: NOW), store, NOW)


def test_the_documents_claims_stand_only_beside_what_was_measured(admin: Browser) -> None:
    answer = admin.get("/api/analytics/models").json()

    approval, *others = answer["models"]
    assert (approval["name"], approval["champion"]) == (APPROVAL, 1)
    assert (approval["accuracy_claimed"], approval["accuracy"], approval["accuracy_of_always_yes"]) == (
        0.92,
        0.88,
        0.87,
    )
    assert [(one["version"], one["headline"], one["baseline"]) for one in approval["versions"]] == [
        (2, 0.30, 0.4),
        (1, 0.31, 0.4),
    ]
    assert [one["versions"] for one in others] == [[], [], []]


def test_a_card_says_what_the_run_said_and_a_number_that_is_none_is_null(admin: Browser) -> None:
    shown = admin.get(f"{MODEL}/versions/1").json()

    assert shown["calibration"][0] == {"predicted": 0.1, "observed": 0.2, "rows": 3}
    assert [one["feature"] for one in shown["drift"]] == ["moved", "calm"]
    assert next(one for one in shown["measures"] if one["metric"] == "auc")["value"] is None


@pytest.mark.parametrize("path", [f"{MODEL}/versions/9", "/api/models/oracle/versions/1"])
def test_what_there_is_not_is_named(admin: Browser, path: str) -> None:
    assert admin.get(path).status_code == 404


def test_who_makes_a_version_answer_leaves_a_reason_and_can_go_back(admin: Browser) -> None:
    promoted = admin.post(f"{MODEL}/promote", {"version": 2, "reason": "lower log-loss"})
    back = admin.post(f"{MODEL}/roll-back", {"reason": "it was wrong on Monday"})

    assert (promoted.status_code, back.status_code) == (200, 200)
    changes = admin.get("/api/models/changes").json()
    assert [(one["action"], one["version"], one["version_before"]) for one in changes] == [
        ("roll_back", 1, 2),
        ("promote", 2, 1),
    ]
    assert "modelchange" in {one["subject"] for one in admin.get("/api/audit").json()["rows"]}


def test_an_analyst_looks_and_changes_nothing(home: Path, store: Database) -> None:
    app = create_app(Memory(), store, models_of=ModelRegistry(home), clock=lambda: NOW)
    analyst = signed_in(app, store, NOW, Role.ANALYST)

    assert analyst.get("/api/analytics/models").status_code == 200
    assert analyst.post(f"{MODEL}/promote", {"version": 2, "reason": "mine"}).status_code == 403
