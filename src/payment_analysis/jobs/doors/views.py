"""Job 3, and the search index of job 1: gold over what the pipeline made, tools as functions, summaries to search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import NotBuilt
from payment_analysis.jobs.build import build
from payment_analysis.lakehouse.deployment import SEARCHED, SUMMARIES, search_statement, view_statements
from payment_analysis.lakehouse.realtime import REALTIME

if TYPE_CHECKING:
    from payment_analysis.jobs.work import Cloud, Machine, Order, Report

SILVER: Final = "payments_enriched_silver"
KEPT: Final = frozenset({"MATERIALIZED_VIEW", "STREAMING_TABLE", "MANAGED"})


def build_here(machine: Machine, order: Order) -> Report:
    """Bring the tables up to what has landed, and hold every gold view against its checks."""
    done = build(machine.home, check_views=True)
    views = [table for table in done.tables if table.mode == "view"]
    warnings = [str(one) for one in done.warnings]
    order.say(f"{len(views)} views answer; built in {done.seconds:.1f} s, {len(warnings)} warnings")
    return {"views": len(views), "tables": len(done.tables) - len(views), "warnings": warnings}


def make_views(cloud: Cloud, order: Order) -> Report:
    held = cloud.workspace.unity.tables()
    if SILVER not in held:
        raise NotBuilt(
            f"table {SILVER} is not there yet", hint="start the pipeline 8. Payment Analysis ETL at least once"
        )
    kept = {name for name in REALTIME if held.get(name) in KEPT}
    statements = view_statements(kept)
    for name, statement in statements:
        cloud.workspace.sql.run(statement)
        order.say(f"view {name}")
    return {"views": len(statements), "kept_by_the_pipeline": sorted(kept)}


def index_here(machine: Machine, order: Order) -> Report:
    """Summaries are computed from silver when they are asked for: here the index is never behind."""
    if machine.home.lakehouse().freshness([SILVER]).get(SILVER) is None:
        order.say("no attempts yet: job 3 looks again")
        return {"rows": 0}
    (row,) = machine.home.lakehouse().rows(f"select count(*) as held from {SUMMARIES}")
    order.say(f"{row['held']:,} summaries can be searched")
    return {"rows": int(row["held"])}


def make_index(cloud: Cloud, order: Order) -> Report:
    """Endpoint and index; filled as soon as silver is there."""
    made = cloud.workspace.search.ensure(order.text("vector_search_endpoint"), order.text("embedding_endpoint"))
    order.say(f"made {', '.join(made)}" if made else f"{cloud.workspace.search.index} is there")
    if SUMMARIES not in cloud.workspace.unity.tables():
        order.say("no summaries yet: job 3 brings the index up to date")
        return {"made": made, "rows": 0}
    return {"made": made} | sync_index(cloud, order)


def sync_index(cloud: Cloud, order: Order) -> Report:
    """Write what is new into the search table, and let the index follow it."""
    cloud.workspace.sql.run(search_statement())
    cloud.workspace.search.sync()
    (row,) = cloud.workspace.sql.rows(f"select count(*) as held from {SEARCHED}")
    order.say(f"{row['held']:,} summaries can be searched")
    return {"rows": int(row["held"])}
