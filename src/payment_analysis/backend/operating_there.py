"""Jobs and pipelines of the workspace, for whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.backend.operating import Connection, Operated
from payment_analysis.dashboards.gallery import Gallery
from payment_analysis.domain.errors import NotFound, PaymentAnalysisError
from payment_analysis.lakehouse.deployment import quoted
from payment_analysis.lakehouse.realtime import REALTIME
from payment_analysis.workspace.pipelines import WorkspacePipelines
from payment_analysis.workspace.runs import WorkspaceJobs
from payment_analysis.workspace.unity import Unity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fastapi import Request

    from payment_analysis.backend.forwarded import Workspaces
    from payment_analysis.workspace.workspace import Workspace


class PipelinesThere(WorkspacePipelines):
    """The pipelines of the workspace; views that stand where one keeps tables make room before it starts."""

    def __init__(self, workspace: Workspace, environment: dict[str, str]) -> None:
        super().__init__(workspace.client, environment)
        self._workspace = workspace

    def start(self, key: str) -> str:
        if key == "payment_realtime_pipeline":
            held = self._workspace.unity.tables()
            for name in (name for name in REALTIME if held.get(name) == "VIEW"):
                self._workspace.sql.run(f"drop view if exists {name}")
        return super().start(key)


class SchemaThere:
    """What the catalog's schema holds: nothing while it does not exist, which is how every workspace begins."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def tables(self) -> set[str]:
        return self._held(self._workspace.unity.tables)

    def models(self) -> set[str]:
        return self._held(self._workspace.unity.models)

    def _held(self, listed: Callable[[], Iterable[str]]) -> set[str]:
        try:
            return set(listed())
        except NotFound:
            return set()

    def dashboards(self) -> dict[str, str]:
        """Those that are published, with the address to open them at."""
        held = self._workspace.boards.held()
        ours = [one.dashboard for one in Gallery().listed() if one.dashboard is not None]
        return {one.id: held[one.title].url for one in ours if one.title in held and held[one.title].is_published}

    def check(self, catalog: str, schema: str) -> None:
        quoted(catalog), quoted(schema)
        Unity(self._workspace.client, catalog, schema).check()


class OperatingThere:
    """The workspace of each person."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    def operated(self, request: Request) -> Operated:
        workspace, environment = self._workspaces.current(), dict(self._workspaces.environment)
        return Operated(
            WorkspaceJobs(workspace.client, environment),
            PipelinesThere(workspace, environment),
            SchemaThere(workspace),
            self.connection(request),
        )

    def connection(self, request: Request) -> Connection:
        """What is missing is said, not raised: this is the card that explains it."""
        del request
        environment = self._workspaces.environment
        lakebase = "/".join(environment.get(f"LAKEBASE_{name}_ID", "?") for name in ("PROJECT", "BRANCH", "ENDPOINT"))
        try:
            identity, host = self._workspaces.identity(), self._workspaces.host()
        except PaymentAnalysisError as error:
            return Connection("databricks", "", store=f"Lakebase {lakebase}", problem=error.message, hint=error.hint)
        return Connection(
            "databricks",
            "",
            workspace_host=host,
            token_way=identity.way,
            is_host_derived=not environment.get("DATABRICKS_HOST"),
            warehouse_id=environment.get("DATABRICKS_WAREHOUSE_ID", ""),
            store=f"Lakebase {lakebase}",
        )
