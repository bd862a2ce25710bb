"""Lakebase Autoscaling: a project with its branch and endpoint, and a fresh password for every connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from databricks.sdk.errors import NotFound as NotThere
from databricks.sdk.service.postgres import (
    Branch,
    BranchSpec,
    Endpoint,
    EndpointSpec,
    EndpointType,
    Project,
    ProjectSpec,
)

from payment_analysis.domain.errors import NotFound
from payment_analysis.workspace.connection import named_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from databricks.sdk import WorkspaceClient

POSTGRES: Final = 17
UNITS_MIN, UNITS_MAX = 0.5, 4.0


@dataclass(frozen=True, slots=True)
class Lakebase:
    """One endpoint, by the three ids of the documents."""

    client: WorkspaceClient
    project: str
    branch: str
    endpoint: str

    @property
    def branch_name(self) -> str:
        return f"projects/{self.project}/branches/{self.branch}"

    @property
    def name(self) -> str:
        return f"{self.branch_name}/endpoints/{self.endpoint}"

    def ensure(self) -> list[str]:
        """Make project, branch and endpoint where they are missing; what a new project brings along is taken over."""
        api, made = self.client.postgres, list[str]()
        with named_errors(f"making {self.name}"):
            self._made(made, f"projects/{self.project}", api.get_project, lambda: api.create_project(
                Project(spec=ProjectSpec(display_name="Payment Analysis", pg_version=POSTGRES)), self.project
            ).wait())  # fmt: skip
            self._made(made, self.branch_name, api.get_branch, lambda: api.create_branch(
                f"projects/{self.project}", Branch(spec=BranchSpec(no_expiry=True)), self.branch, replace_existing=True
            ).wait())  # fmt: skip
            self._made(made, self.name, api.get_endpoint, lambda: api.create_endpoint(
                self.branch_name, Endpoint(spec=_endpoint()), self.endpoint, replace_existing=True
            ).wait())  # fmt: skip
        return made

    def host(self) -> str:
        """Where the endpoint listens."""
        with named_errors(f"looking for {self.name}"):
            try:
                found = self.client.postgres.get_endpoint(self.name)
            except NotThere as error:
                raise NotFound(
                    f"Lakebase project/endpoint not found: '{self.name}'.",
                    hint="run job 1, or scripts/create_lakebase_autoscaling.py, or name yours: LAKEBASE_PROJECT_ID, "
                    "LAKEBASE_BRANCH_ID and LAKEBASE_ENDPOINT_ID",
                ) from error
        hosts = found.status.hosts if found.status else None
        if hosts is None or not hosts.host:
            raise NotFound(f"{self.name} has no address yet", hint="it is starting: ask again in a minute")
        return hosts.host

    def user(self) -> str:
        """Who connects: the person or the service principal of the client."""
        with named_errors("asking who connects"):
            return str(self.client.current_user.me().user_name)

    def password(self) -> str:
        """A credential that is good for an hour; asked for at every new connection."""
        with named_errors("asking for a database credential"):
            return str(self.client.postgres.generate_database_credential(endpoint=self.name).token)

    @staticmethod
    def _made(made: list[str], name: str, look: Callable[[str], object], make: Callable[[], object]) -> None:
        try:
            look(name)
        except NotThere:
            make()
            made.append(name)


def _endpoint() -> EndpointSpec:
    return EndpointSpec(
        endpoint_type=EndpointType.ENDPOINT_TYPE_READ_WRITE,
        autoscaling_limit_min_cu=UNITS_MIN,
        autoscaling_limit_max_cu=UNITS_MAX,
    )
