"""The door of every task: the function that does it here, and the one that does it in a workspace.

A door is loaded when its task is done: the engines, MLflow and the SDK of Databricks take seconds to load.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.jobs.work import DoHere, DoThere


class Door(NamedTuple):
    """One task: the same promise kept in two places, by functions of a module beside this one."""

    module: str
    here_name: str
    there_name: str

    @property
    def here(self) -> DoHere:
        found: DoHere = getattr(import_module(f"{__name__}.{self.module}"), self.here_name)
        return found

    @property
    def there(self) -> DoThere:
        found: DoThere = getattr(import_module(f"{__name__}.{self.module}"), self.there_name)
        return found


DOORS: Final[Mapping[str, Door]] = MappingProxyType(
    {
        "ensure_catalog_schema": Door("repositories", "make_home", "make_catalog_schema"),
        "create_lakebase_autoscaling": Door("repositories", "start_store", "make_lakebase"),
        "lakebase_data_init": Door("repositories", "fill_store", "fill_lakebase"),
        "lakehouse_bootstrap": Door("repositories", "make_tables", "make_remote_tables"),
        "create_vector_search_index": Door("views", "index_here", "make_index"),
        "generate_transactions": Door("events", "simulate_here", "simulate_there"),
        "create_gold_views": Door("views", "build_here", "make_views"),
        "create_uc_functions": Door("views", "check_tools", "make_functions"),
        "sync_vector_search": Door("views", "index_here", "sync_index"),
        "prepare_dashboards": Door("boards", "prepare_here", "prepare_there"),
        "publish_dashboards": Door("boards", "publish_here", "publish_there"),
        "train_models": Door("models", "train_here", "train_there"),
        "deploy_serving_endpoints": Door("models", "serve_here", "serve_there"),
        "run_agent_framework": Door("specialists", "run_here", "run_there"),
        "sync_genie_config": Door("spaces", "check_spaces", "sync_spaces"),
    }
)
