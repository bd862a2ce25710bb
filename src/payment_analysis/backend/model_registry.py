"""The models of a home, for routes. Learners and MLflow are seconds of imports: they come with the first question."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from payment_analysis.domain.errors import NotFound
from payment_analysis.lakehouse.background import begin
from payment_analysis.ml.training_note import last_training

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from payment_analysis.ml.models import ModelKind
    from payment_analysis.ml.registry import Registry
    from payment_analysis.ml.traced import Traced
    from payment_analysis.ml.training_note import TrainingNote


class ModelRegistry:
    """What the four models are, and where their versions lie."""

    def __init__(self, home: Path) -> None:
        self._home = home

    @cached_property
    def registry(self) -> Registry:
        """MLflow below the home, or where the environment says."""
        made: Registry = import_module("payment_analysis.ml.registry").Registry(self._home)
        return made

    def trace(self, traced: Traced) -> None:
        """Write down what an agent did, beside whoever waits for its answer."""
        begin(lambda: import_module("payment_analysis.ml.traces").write_trace(self.registry, traced), name="trace")

    @cached_property
    def kinds(self) -> Mapping[str, ModelKind]:
        """The four models of the documents, by name."""
        kinds: Mapping[str, ModelKind] = import_module("payment_analysis.ml.models").MODELS
        return kinds

    @property
    def last_training(self) -> TrainingNote | None:
        """How far the last training is, or how it ended; None when nobody trained here yet."""
        return last_training(self._home)

    def kind(self, name: str) -> ModelKind:
        """One of them."""
        if name not in self.kinds:
            raise NotFound(f"There is no model {name}.", hint=f"the models are {', '.join(self.kinds)}")
        return self.kinds[name]
