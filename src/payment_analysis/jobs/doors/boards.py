"""Job 4: the twelve dashboards, checked, prepared and published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from payment_analysis.dashboards.gallery import Gallery
from payment_analysis.domain.errors import BadQuery
from payment_analysis.jobs.prepare import prepare, prepared_dashboards
from payment_analysis.lakehouse.dialect import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.jobs.work import Cloud, Machine, Order, Report

FOLDER: Final = "prepared"  # in the home


def prepare_here(machine: Machine, order: Order) -> Report:
    done = prepare(machine.home.create().path / FOLDER, order.text("catalog"), order.text("schema"))
    order.say(f"{len(done.dashboards)} dashboards and {done.statements} statements in {done.folder}")
    return {"dashboards": list(done.dashboards), "statements": done.statements, "folder": str(done.folder)}


def publish_here(machine: Machine, order: Order) -> Report:
    """Here they are published as soon as every dataset answers: the application draws them from the files."""
    lakehouse, answered = machine.home.lakehouse(), dict[str, int]()
    for one in Gallery().listed():
        assert one.dashboard is not None, "prepare_dashboards refuses a file that cannot be read"
        for dataset in one.dashboard.datasets.values():
            try:
                lakehouse.rows(f"select * from ({dataset.sql}) limit 1")
            except BadQuery as error:
                raise BadQuery(f"{one.file}, dataset {dataset.name}: {error.message}", hint=error.hint) from error
        answered[one.dashboard.id] = len(one.dashboard.datasets)
        order.say(f"{one.dashboard.title}: {len(one.dashboard.datasets)} datasets answer")
    return {"published": sorted(answered), "datasets": sum(answered.values())}


def prepare_there(cloud: Cloud, order: Order) -> Report:
    """Every dashboard is sound and names only tables that are there."""
    boards = prepared_dashboards(order.text("catalog"), order.text("schema"))
    missing = missing_tables(cloud.workspace.unity.tables())
    if missing:
        raise BadQuery(
            f"{cloud.workspace.place} lacks {', '.join(sorted(missing))}",
            hint="start the pipeline 8. Payment Analysis ETL, then run job 3 for the same catalog and schema",
        )
    order.say(f"{len(boards)} dashboards are prepared for {cloud.workspace.place}")
    return {"dashboards": sorted(boards)}


def publish_there(cloud: Cloud, order: Order) -> Report:
    """Make each dashboard or bring it up to date, and publish it; one that the bundle made is known by its name."""
    boards, held = cloud.workspace.boards, cloud.workspace.boards.held()
    contents = prepared_dashboards(order.text("catalog"), order.text("schema"))
    published: dict[str, str] = {}
    for one in Gallery().listed():
        assert one.dashboard is not None
        known = held.get(one.dashboard.title)
        board = boards.put(one.dashboard.title, contents[one.file], order.text("dashboards_path"), known)
        boards.publish(board)
        published[one.dashboard.id] = board.id
        order.say(f"published {one.dashboard.title}")
    return {"published": published}


def missing_tables(held: Mapping[str, str]) -> set[str]:
    """The tables that dashboards read and a schema lacks."""
    listed = [one.dashboard for one in Gallery().listed() if one.dashboard is not None]
    return {name for one in listed for dataset in one.datasets.values() for name in _reads(dataset.sql)} - held.keys()


def _reads(sql: str) -> set[str]:
    tree = parse(sql)
    return {table.name for table in tree.find_all(exp.Table)} - {step.alias for step in tree.find_all(exp.CTE)}
