"""MLflow: runs, versions and the aliases champion and challenger; in the home unless the environment names a server.

MLFLOW_TRACKING_URI=sqlite:///<home>/mlflow/mlflow.db python -c "
import mlflow.sklearn; mlflow.sklearn.load_model('models:/approval_propensity_model@champion')"
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import threading
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Any, Final

import mlflow
import mlflow.sklearn
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from payment_analysis.domain.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mlflow.models import ModelSignature

    from payment_analysis.ml.card import ModelCard

ADDRESS: Final = "MLFLOW_TRACKING_URI"
EXPERIMENT: Final = "payment-analysis"
_ONE_AT_A_TIME: Final = threading.RLock()
_ENVIRONMENT: Final = threading.Lock()  # held while MLflow writes into it what is not ours to say
CHAMPION, CHALLENGER = "champion", "challenger"
CARD_TAG, PREVIOUS_TAG = "model_card", "previous_champion"
CARD_JSON, CARD_MARKDOWN = "model_card.json", "model_card.md"
PACKAGES: Final = (
    "payment-analysis",
    "mlflow-skinny",
    "scikit-learn",
    "lightgbm",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a registered model."""

    model: str
    version: int
    aliases: tuple[str, ...]
    created_ms: int
    run_id: str
    metrics: Mapping[str, float]
    verdict: str

    @property
    def is_champion(self) -> bool:
        """Whether it is the version that answers."""
        return CHAMPION in self.aliases


class Registry:
    """Versions of the four models."""

    def __init__(self, home: Path, *, place: str = "") -> None:
        """The registry of a home, or of the environment; `place` is the catalog and schema its names stand in."""
        self._prefix = f"{place}." if place else ""
        self.folder = (home / "mlflow").resolve()
        with _ENVIRONMENT:
            named = os.environ.get(ADDRESS)
        self.uri = named or f"sqlite:///{self.folder / 'mlflow.db'}"
        self._is_local = named is None

    @property
    def exists(self) -> bool:
        """Whether anything was ever trained here."""
        return not self._is_local or (self.folder / "mlflow.db").exists()

    def register(
        self,
        model: Any,
        card: ModelCard,
        *,
        signature: ModelSignature,
        example: Any,
        parameters: Mapping[str, Any],
    ) -> int:
        """Log a run with model, card and measures; the new version is the challenger."""
        with self.speaking() as client:
            experiment = self.experiment(client)
            with mlflow.start_run(run_name=card.model, experiment_id=experiment):
                mlflow.log_params(dict(parameters))
                mlflow.log_metrics({f"{one.contestant}.{one.metric}": one.value for one in card.measures})
                mlflow.log_dict(json.loads(json.dumps(card.as_json(), default=str)), CARD_JSON)
                mlflow.log_text(card.as_markdown(), CARD_MARKDOWN)
                info = mlflow.sklearn.log_model(
                    model,
                    name="model",
                    signature=signature,
                    input_example=example,
                    serialization_format=mlflow.sklearn.SERIALIZATION_FORMAT_CLOUDPICKLE,
                    pip_requirements=[f"{name}=={installed(name)}" for name in PACKAGES],
                    registered_model_name=self._prefix + card.model,
                )
            number = int(info.registered_model_version)
            client.set_registered_model_alias(self._prefix + card.model, CHALLENGER, str(number))
        return number

    def champion(self, model: str) -> int | None:
        """The version that answers, if there is one."""
        return self._aliased(model, CHAMPION)

    def promote(self, model: str, version: int, verdict: str) -> None:
        """Make a version the champion and remember who it follows."""
        with self.speaking() as client:
            before = self._aliased(model, CHAMPION)
            if before is not None and before != version:
                client.set_model_version_tag(self._prefix + model, str(version), PREVIOUS_TAG, str(before))
            client.set_registered_model_alias(self._prefix + model, CHAMPION, str(version))
            client.set_model_version_tag(self._prefix + model, str(version), "verdict", verdict)
            if self._aliased(model, CHALLENGER) == version:
                client.delete_registered_model_alias(self._prefix + model, CHALLENGER)

    def judge(self, model: str, version: int, verdict: str) -> None:
        """Write down why a version is not the champion."""
        with self.speaking() as client:
            client.set_model_version_tag(self._prefix + model, str(version), "verdict", verdict)

    def roll_back(self, model: str) -> int:
        """Give the alias back to the champion before; returns its version."""
        with self.speaking() as client:
            now = self._aliased(model, CHAMPION)
            if now is None:
                raise NotFound(
                    f"{model} has no champion", hint=f"train it first: payment-analysis train --model {model}"
                )
            before = client.get_model_version(self._prefix + model, str(now)).tags.get(PREVIOUS_TAG)
            if before is None:
                raise NotFound(
                    f"version {now} of {model} follows no other", hint="there is nothing to roll back to; train again"
                )
            client.set_registered_model_alias(self._prefix + model, CHAMPION, before)
            client.set_registered_model_alias(self._prefix + model, CHALLENGER, str(now))
        return int(before)

    def load(self, model: str, alias: str = CHAMPION) -> Any:
        """The model behind an alias."""
        if not self.exists or self._aliased(model, alias) is None:
            raise NotFound(
                f"{model} has no {alias} yet", hint=f"train it first: payment-analysis train --model {model}"
            )
        with self.speaking():
            try:
                return mlflow.sklearn.load_model(f"models:/{self._prefix}{model}@{alias}")
            except (pickle.UnpicklingError, AttributeError, ImportError, TypeError) as error:
                raise Unavailable(
                    f"the {alias} of {model} was made by another version of this program and cannot be read: {error}",
                    hint=f"train it again: payment-analysis train --model {model}",
                ) from error

    def card(self, model: str, version: int) -> dict[str, Any]:
        """The card of a version as it was written when it was trained."""
        with self.speaking() as client:
            run = client.get_model_version(self._prefix + model, str(version)).run_id
            text = mlflow.artifacts.load_text(f"runs:/{run}/{CARD_JSON}")
        card: dict[str, Any] = json.loads(text)
        return card

    def versions(self, model: str) -> list[Version]:
        """Every version, newest first."""
        if not self.exists:
            return []
        with self.speaking() as client:
            found = client.search_model_versions(f"name='{self._prefix}{model}'")
            held = {alias: self._aliased(model, alias) for alias in (CHAMPION, CHALLENGER)}
            versions = [
                Version(
                    model=model,
                    version=int(one.version),
                    aliases=tuple(alias for alias, number in held.items() if number == int(one.version)),
                    created_ms=int(one.creation_timestamp),
                    run_id=str(one.run_id),
                    metrics=client.get_run(str(one.run_id)).data.metrics,
                    verdict=one.tags.get("verdict", ""),
                )
                for one in found
            ]
        return sorted(versions, key=lambda one: -one.version)

    def _aliased(self, model: str, alias: str) -> int | None:
        """Read one alias: the search gives versions without theirs (seen in 3.17.2)."""
        if not self.exists:
            return None
        with self.speaking() as client:
            try:
                return int(client.get_model_version_by_alias(self._prefix + model, alias).version)
            except MlflowException as error:
                if error.error_code in {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}:
                    return None
                raise

    def experiment(self, client: MlflowClient, name: str = EXPERIMENT) -> str:
        """The id of an experiment, made when it is not there; beside each other in the folder of the environment."""
        known = client.get_experiment_by_name(name)
        if known is not None:
            return str(known.experiment_id)
        place = (self.folder / "artifacts").as_uri() if self._is_local else None
        return str(client.create_experiment(name, artifact_location=place))

    @contextmanager
    def speaking(self) -> Iterator[MlflowClient]:
        """MLflow has one address for the whole process and much to say: one talks to it at a time, in silence."""
        if self._is_local:
            self.folder.mkdir(parents=True, exist_ok=True)
        logging.getLogger("mlflow").setLevel(logging.ERROR)
        logging.getLogger("alembic").setLevel(logging.ERROR)
        with _ONE_AT_A_TIME, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with _ENVIRONMENT:
                named = os.environ.get(ADDRESS)
                mlflow.set_tracking_uri(self.uri)  # it also writes the environment, which is the user's to say
                os.environ.pop(ADDRESS, None)
                os.environ.update({} if named is None else {ADDRESS: named})
            yield MlflowClient(tracking_uri=self.uri)
