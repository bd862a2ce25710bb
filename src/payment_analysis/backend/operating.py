"""Where jobs and pipelines run: a seam. On one machine they are processes of ours, on Databricks the workspace's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, Protocol

from fastapi import Depends, Request

from payment_analysis.domain.errors import Unavailable

if TYPE_CHECKING:
    from payment_analysis.domain.runs import JobStanding, LogLine, PipelineStanding, RunStanding

Where = Literal["embedded", "databricks"]


class Jobs(Protocol):
    """The seven numbered jobs."""

    def standings(self) -> list[JobStanding]: ...
    def run(self, key: str, parameters: Mapping[str, str], requested_by: str) -> RunStanding: ...
    def get(self, run_id: str) -> RunStanding: ...
    def lines(self, run_id: str, after: int) -> list[LogLine]: ...
    def cancel(self, run_id: str) -> None: ...


class Pipelines(Protocol):
    """The two pipelines."""

    def standings(self) -> list[PipelineStanding]: ...
    def start(self, key: str) -> str: ...
    def stop(self, key: str) -> None: ...


class Schema(Protocol):
    """What is there: names of tables and views, of registered models, and of published dashboards."""

    def tables(self) -> set[str]: ...
    def models(self) -> set[str]: ...
    def dashboards(self) -> dict[str, str]: ...  # id of ours: address, or nothing where it is drawn here
    def check(self, catalog: str, schema: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Connection:
    """How the application is connected, for a person to read."""

    where: Where
    person: str
    workspace_host: str = ""
    token_way: str = ""  # forwarded, bearer, environment; empty on one machine
    is_host_derived: bool = False
    warehouse_id: str = ""
    store: str = ""
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Operated:
    """Everything of one request."""

    jobs: Jobs
    pipelines: Pipelines
    schema: Schema
    connection: Connection


class Operating(Protocol):
    """Knows where jobs and pipelines run, for whoever asks."""

    def operated(self, request: Request) -> Operated: ...
    def connection(self, request: Request) -> Connection: ...


def _operating(request: Request) -> Operating:
    operating: Operating | None = request.app.state.operating
    if operating is None:
        raise Unavailable("This application has no home to run jobs in.", hint="start it with payment-analysis serve")
    return operating


def _operated(request: Request) -> Operated:
    return _operating(request).operated(request)


OperatingDep = Annotated[Operating, Depends(_operating)]
OperatedDep = Annotated[Operated, Depends(_operated)]
