"""AI/BI dashboards of the workspace: made or brought up to date from our files, and published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from databricks.sdk.errors import NotFound as NotThere
from databricks.sdk.service.dashboards import Dashboard

from payment_analysis.workspace.connection import named_errors

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard as the workspace has it."""

    id: str
    name: str
    is_published: bool
    url: str
    embed_url: str


class Boards:
    """The dashboards of one folder of the workspace."""

    def __init__(self, client: WorkspaceClient, catalog: str, schema: str, warehouse_id: str) -> None:
        self._client = client
        self._catalog = catalog
        self._schema = schema
        self._warehouse_id = warehouse_id

    def held(self) -> dict[str, Board]:
        """Every dashboard that is not in the bin, by its name; `[dev somebody] ` is no part of it."""
        with named_errors("listing dashboards"):
            return {bare(str(one.display_name)): self._board(one) for one in self._client.lakeview.list()}

    def put(self, name: str, serialized: str, folder: str, known: Board | None) -> Board:
        """Make the dashboard, or bring its draft up to date; catalog and schema are told anew each time."""
        content = Dashboard(display_name=name, serialized_dashboard=serialized, warehouse_id=self._warehouse_id)
        where = {"dataset_catalog": self._catalog, "dataset_schema": self._schema}
        with named_errors(f"writing dashboard {name}"):
            if known is None:
                self._client.workspace.mkdirs(folder)
                content.parent_path = folder
                made = self._client.lakeview.create(content, **where)
            else:
                content.display_name = None  # the target's prefix stays
                made = self._client.lakeview.update(known.id, content, **where)
            return self._board(made)

    def publish(self, board: Board) -> None:
        """Publish the draft; everybody sees it with the publisher's rights, as the documents want it embedded."""
        with named_errors(f"publishing dashboard {board.name}"):
            self._client.lakeview.publish(board.id, embed_credentials=True, warehouse_id=self._warehouse_id)

    def _board(self, one: Dashboard) -> Board:
        identity, host = str(one.dashboard_id), self._client.config.host
        try:
            self._client.lakeview.get_published(identity)
            published = True
        except NotThere:
            published = False
        return Board(
            identity,
            str(one.display_name),
            published,
            f"{host}/dashboardsv3/{identity}/published",
            f"{host}/embed/dashboardsv3/{identity}",
        )


def bare(name: str) -> str:
    """A name without what `mode: development` puts before it."""
    return name.partition("] ")[2] if name.startswith("[") and "] " in name else name
