"""The door of every task: the function that does it here, and the one that does it in a workspace."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from payment_analysis.jobs.doors import boards, events, models, repositories, views
from payment_analysis.jobs.work import Door

if TYPE_CHECKING:
    from collections.abc import Mapping

DOORS: Final[Mapping[str, Door]] = MappingProxyType(
    {
        "ensure_catalog_schema": Door(repositories.make_home, repositories.make_catalog_schema),
        "create_lakebase_autoscaling": Door(repositories.start_store, repositories.make_lakebase),
        "lakebase_data_init": Door(repositories.fill_store, repositories.fill_lakebase),
        "lakehouse_bootstrap": Door(repositories.make_tables, repositories.make_remote_tables),
        "create_vector_search_index": Door(views.index_here, views.make_index),
        "generate_transactions": Door(events.simulate_here, events.simulate_there),
        "create_gold_views": Door(views.build_here, views.make_views),
        "create_uc_functions": Door(views.check_tools, views.make_functions),
        "sync_vector_search": Door(views.index_here, views.sync_index),
        "prepare_dashboards": Door(boards.prepare_here, boards.prepare_there),
        "publish_dashboards": Door(boards.publish_here, boards.publish_there),
        "train_models": Door(models.train_here, models.train_there),
        "deploy_serving_endpoints": Door(models.serve_here, models.serve_there),
    }
)
