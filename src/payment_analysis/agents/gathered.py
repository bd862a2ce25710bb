"""The tools that compute, over a lakehouse: the health of the models, similar payments and questions in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from payment_analysis.agents.ask.asking import Askers
from payment_analysis.agents.ask.endpoints import model_of_environment
from payment_analysis.agents.ask.tool import ask_tool
from payment_analysis.agents.diagnosis.explaining import explains
from payment_analysis.agents.diagnosis.question import ArrowWarehouse
from payment_analysis.agents.model_health import model_health_tool
from payment_analysis.agents.similar.index import FileWarehouse, SimilarIndex
from payment_analysis.agents.similar.search import SimilarSearch
from payment_analysis.agents.similar.tool import similar_tool

if TYPE_CHECKING:
    from collections.abc import Callable

    from payment_analysis.agents.computed import Computed
    from payment_analysis.agents.similar.tool import FindsSimilar
    from payment_analysis.ml.registry import Registry


def askers_over(warehouse: Any) -> Askers:
    """Askers over a lakehouse: with the model the environment names, and the diagnosis for questions why."""
    why = explains(warehouse) if isinstance(warehouse, ArrowWarehouse) else None
    return Askers(warehouse, model=model_of_environment(), explain=why)


def similar_over(warehouse: Any) -> FindsSimilar | None:
    """The search for similar payments over a lakehouse of this machine; elsewhere it is somebody else's."""
    return SimilarSearch(warehouse, SimilarIndex(warehouse)) if isinstance(warehouse, FileWarehouse) else None


def computed_tools(
    askers: Askers, similar: FindsSimilar | None, registry: Callable[[], Registry] | None = None
) -> list[Computed]:
    """Every computed tool but the diagnosis, which each toolbox has of itself."""
    return [
        *([model_health_tool(registry)] if registry else []),
        *([similar_tool(similar)] if similar else []),
        ask_tool(askers),
    ]
