"""A workspace as the jobs and the application use it: one client, one catalog and schema, one warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from payment_analysis.workspace.boards import Boards
from payment_analysis.workspace.connection import named_errors
from payment_analysis.workspace.genie import Genie
from payment_analysis.workspace.lakebase import Lakebase
from payment_analysis.workspace.pipelines import WorkspacePipelines
from payment_analysis.workspace.runs import WorkspaceJobs
from payment_analysis.workspace.search import Search
from payment_analysis.workspace.serving import Serving
from payment_analysis.workspace.unity import Unity
from payment_analysis.workspace.warehouse import SqlWarehouse

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


@dataclass(frozen=True)
class Workspace:
    """Every adapter, made when it is asked for."""

    client: WorkspaceClient
    catalog: str
    schema: str
    warehouse_id: str = ""

    @property
    def place(self) -> str:
        return f"{self.catalog}.{self.schema}"

    @property
    def host(self) -> str:
        return str(self.client.config.host)

    @cached_property
    def sql(self) -> SqlWarehouse:
        return SqlWarehouse(self.client, self.warehouse_id, self.catalog, self.schema)

    @cached_property
    def unity(self) -> Unity:
        return Unity(self.client, self.catalog, self.schema)

    @cached_property
    def boards(self) -> Boards:
        return Boards(self.client, self.catalog, self.schema, self.warehouse_id)

    @cached_property
    def genie(self) -> Genie:
        return Genie(self.client, self.warehouse_id)

    @cached_property
    def search(self) -> Search:
        return Search(self.client, self.place)

    @cached_property
    def serving(self) -> Serving:
        return Serving(self.client, self.place)

    @cached_property
    def jobs(self) -> WorkspaceJobs:
        return WorkspaceJobs(self.client)

    @cached_property
    def pipelines(self) -> WorkspacePipelines:
        return WorkspacePipelines(self.client)

    def lakebase(self, project: str, branch: str, endpoint: str) -> Lakebase:
        return Lakebase(self.client, project, branch, endpoint)

    def me(self) -> str:
        """Who asks."""
        with named_errors("asking who this is"):
            return str(self.client.current_user.me().user_name)
