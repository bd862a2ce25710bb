"""Versions: registered with their card, promoted for a reason, rolled back, and loaded by plain MLflow."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from payment_analysis.domain.errors import NotFound
from payment_analysis.ml.models import MODELS, compare
from payment_analysis.ml.names import APPROVAL
from payment_analysis.ml.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.ml.training import Trained

# The documents' own test inference, with the alias for the version.
PLAIN = """
import mlflow
import mlflow.sklearn

model = mlflow.sklearn.load_model("models:/approval_propensity_model@champion")
test_data = [[199.99, 0.15, 0.92, 0, 0, 1]]
print(f"Approval probability: {model.predict(test_data)[0]}")
"""


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory, approval: Trained) -> Registry:
    registry, kind = Registry(tmp_path_factory.mktemp("registry")), MODELS[APPROVAL]
    for number in (1, 2):
        example = kind.example(approval)
        made = registry.register(
            approval.model, approval.card, signature=kind.signature, example=example, parameters={"number": number}
        )
        assert made == number
    return registry


def test_before_any_training_a_load_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no champion yet") as caught:
        Registry(tmp_path).load(APPROVAL)

    assert "payment-analysis train" in caught.value.hint
    assert Registry(tmp_path).versions(APPROVAL) == []


def test_promotion_moves_the_alias_and_roll_back_gives_it_back(registry: Registry) -> None:
    registry.promote(APPROVAL, 1, "the first")
    registry.promote(APPROVAL, 2, "better")
    after = registry.champion(APPROVAL)

    back = registry.roll_back(APPROVAL)

    assert (after, back, registry.champion(APPROVAL)) == (2, 1, 1)
    assert {one.version: one.verdict for one in registry.versions(APPROVAL)} == {1: "the first", 2: "better"}
    with pytest.raises(NotFound, match="follows no other"):
        registry.roll_back(APPROVAL)


def test_plain_mlflow_in_a_clean_process_answers_the_documents_call(registry: Registry, approval: Trained) -> None:
    registry.promote(APPROVAL, 2, "better")
    environment = {name: os.environ[name] for name in ("PATH",)} | {"MLFLOW_TRACKING_URI": registry.uri}

    done = subprocess.run(
        [sys.executable, "-c", PLAIN], env=environment, cwd=registry.folder, capture_output=True, text=True, check=False
    )
    (expected,) = approval.model.predict([[199.99, 0.15, 0.92, 0, 0, 1]])

    assert done.stdout.startswith("Approval probability: "), done.stderr
    assert float(done.stdout.split(":")[1]) == pytest.approx(expected)


def test_the_card_is_kept_with_the_version(registry: Registry, approval: Trained) -> None:
    card = registry.card(APPROVAL, 1)

    assert card["windows"]["train_rows"] == approval.card.windows.train_rows
    assert {one["metric"] for one in card["measures"]} >= {"log_loss_skill", "auc", "calibration_error"}
    assert "| constant | accuracy |" in approval.card.as_markdown()


def test_a_model_that_is_no_better_is_not_promoted(approval: Trained) -> None:
    told = compare(approval.model, approval)

    assert told.gain == 0.0
    assert not told.is_significant


def test_the_four_models_carry_the_documents_names_and_claims() -> None:
    assert {name: kind.claimed_accuracy for name, kind in MODELS.items()} == {
        "approval_propensity_model": 0.92,
        "risk_scoring_model": 0.88,
        "smart_routing_policy": 0.75,
        "smart_retry_policy": 0.81,
    }
