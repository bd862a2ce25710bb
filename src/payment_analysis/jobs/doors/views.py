"""Job 3, and the search index of job 1: gold over what the pipeline made, tools as functions, summaries to search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from payment_analysis.agents.analyses import ANALYSES
from payment_analysis.agents.roles import ASK
from payment_analysis.agents.similar.index import SimilarIndex
from payment_analysis.agents.similar.tool import NAME as SIMILAR
from payment_analysis.agents.similar.tool import search_function
from payment_analysis.agents.tool import load_tools
from payment_analysis.agents.uc_functions import function_statements
from payment_analysis.domain.errors import BadInput, NotBuilt, NotFound
from payment_analysis.jobs.agents import toolbox_of
from payment_analysis.jobs.build import build
from payment_analysis.lakehouse.deployment import SEARCHED, SUMMARIES, search_statement, view_statements
from payment_analysis.lakehouse.dialect import parse
from payment_analysis.lakehouse.realtime import REALTIME

if TYPE_CHECKING:
    from payment_analysis.jobs.work import Cloud, Machine, Order, Report

SILVER: Final = "payments_enriched_silver"
WITH_WORDS: Final = frozenset({SIMILAR, ASK})  # they answer to words, and have none to begin with
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


def check_tools(machine: Machine, order: Order) -> Report:
    """Here the tools are called as they are: each that needs no argument answers once, or says what the data lacks."""
    toolbox = toolbox_of(machine.home, machine.store)
    needing = {name for name, tool in load_tools().items() if any(one.required for one in tool.arguments)}
    asked = [name for name in toolbox.names if name not in {*needing, *ANALYSES, *WITH_WORDS}]
    rows, lacking = dict[str, int](), dict[str, str]()
    for name in asked:
        try:
            rows[name] = len(toolbox.call(name).rows)
        except (BadInput, NotFound) as nothing:  # the few attempts of a new home are no fault of the tool
            lacking[name] = nothing.message
            order.say(f"{name}: {nothing.message}")
    order.say(f"{len(asked)} of {len(toolbox.names)} tools answer without arguments")
    return {"tools": list(toolbox.names), "rows": rows, "lacking": lacking}


def make_functions(cloud: Cloud, order: Order) -> Report:
    """A function per tool; one over a table that only the operational store has is left out and named."""
    held = cloud.workspace.unity.tables().keys()
    left_out = {
        name
        for name, tool in load_tools().items()
        if tool.room == "store" and not {table.name for table in parse(tool.sql).find_all(exp.Table)} <= held
    }
    left_out |= {one.name for one in ANALYSES.values() if left_out & set(one.modes.values())}
    statements = function_statements(cloud.workspace.unity.catalog, cloud.workspace.unity.schema)
    for name, statement in statements.items():
        if name not in left_out:
            cloud.workspace.sql.run(statement)
            order.say(f"function {name}")
    made = statements.keys() - left_out
    if cloud.workspace.search.exists():  # a function over an index that is not there is refused
        place = cloud.workspace.unity
        cloud.workspace.sql.run(search_function(place.catalog, place.schema, cloud.workspace.search.index))
        order.say(f"function {SIMILAR}")
        made |= {SIMILAR}
    else:
        left_out |= {SIMILAR}
    return {"functions": sorted(made), "left_out": sorted(left_out)}


def index_here(machine: Machine, order: Order) -> Report:
    """Bring the index of similar payments up to the attempts there are."""
    lakehouse = machine.home.lakehouse()
    if lakehouse.version(SILVER) is None:
        order.say("no attempts yet: job 3 looks again")
        return {"rows": 0}
    done = SimilarIndex(lakehouse).catch_up()
    order.say(f"{done.attempts:,} summaries can be searched; {done.made} parts made, {done.removed} removed")
    return {"rows": done.attempts, "made": done.made, "removed": done.removed}


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
