"""The models as a tool: versions, what each is worth beside its baseline, and how well it is calibrated."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.agents.computed import Computed
from payment_analysis.agents.tool import Column

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from payment_analysis.domain.scope import Scope
    from payment_analysis.ml.models import ModelKind
    from payment_analysis.ml.registry import Registry

COLUMNS: Final[Mapping[str, Column]] = {
    "model": Column("string", "Name of the model."),
    "version": Column("bigint", "Version that decides (champion); null when none is trained."),
    "versions": Column("bigint", "Versions there are."),
    "measure": Column("string", "The measure that counts."),
    "value": Column("double", "Its value on the rows nobody trained on."),
    "baseline": Column("double", "The same for the baseline beside it."),
    "calibration_error": Column("double", "Expected calibration error, 0..1; null when it was not measured."),
}


def model_health_tool(opened: Callable[[], Registry]) -> Computed:
    """Champions and their measures; MLflow and the learners, seconds of imports, come with the first question."""

    def compute(_arguments: Mapping[str, Any], _scope: Scope | None) -> tuple[list[dict[str, Any]], str]:
        rows, registry = [], opened()
        kinds: Mapping[str, ModelKind] = import_module("payment_analysis.ml.models").MODELS
        for name, kind in kinds.items():
            versions = registry.versions(name)
            champion = next((one for one in versions if "champion" in one.aliases), None)
            metrics = {} if champion is None else dict(champion.metrics)
            rows.append(
                {
                    "model": name,
                    "version": None if champion is None else champion.version,
                    "versions": len(versions),
                    "measure": kind.headline[0],
                    "value": metrics.get(kind.headline[0]),
                    "baseline": metrics.get(kind.headline[1]),
                    "calibration_error": metrics.get("model.calibration_error"),
                }
            )
        return rows, ""

    description = "The models: which version decides, its measure beside the baseline's, and its calibration."
    return Computed("get_model_health", description, (), COLUMNS, 10, compute)
