"""Job 7: the Genie spaces hold what the semantic files say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from payment_analysis.agents.ask.genie import serialized, space_text
from payment_analysis.agents.ask.trusted import spaces
from payment_analysis.domain.errors import BadQuery
from payment_analysis.lakehouse.deployment import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payment_analysis.jobs.work import Cloud, Machine, Order, Report


def check_spaces(machine: Machine, order: Order) -> Report:
    """Here nothing has to be synced: every example and benchmark of every space is run, as `ask` would."""
    catalog, schema = order.text("catalog"), order.text("schema")
    quoted(catalog), quoted(schema)
    lakehouse, asked = machine.home.lakehouse(), dict[str, int]()
    for name, space in spaces().items():
        statements = list(statements_of(serialized(space, catalog, schema)))
        for question, sql in statements:
            try:
                lakehouse.rows(f"select * from (\n{sql}\n) limit 1")
            except BadQuery as error:
                raise BadQuery(f"{name}, {question!r}: {error.message}", hint=error.hint) from error
        asked[name] = len(statements)
        order.say(f"{space.title}: {len(statements)} questions answer")
    return {"spaces": asked}


def sync_spaces(cloud: Cloud, order: Order) -> Report:
    """Make each space or bring it up to date; one that the bundle made is known by its title."""
    held, synced = cloud.workspace.genie.spaces(), dict[str, str]()
    for name, space in spaces().items():
        text = space_text(space, cloud.workspace.unity.catalog, cloud.workspace.unity.schema)
        synced[name] = cloud.workspace.genie.put(space.title, space.description, text, held.get(space.title))
        order.say(f"{space.title} is up to date")
    return {"spaces": synced}


def statements_of(space: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every question of a space with the SQL that answers it."""
    for one in space["instructions"]["example_question_sqls"]:
        yield one["question"][0], "".join(one["sql"])
    for one in space["benchmarks"]["questions"]:
        yield one["question"][0], "".join(one["answer"][0]["content"])
