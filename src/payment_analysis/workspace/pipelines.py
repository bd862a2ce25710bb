"""The two pipelines as the workspace has them: found by name, started, stopped, and how far behind they are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from databricks.sdk.service.pipelines import PipelineState

from payment_analysis.domain.errors import NotFound
from payment_analysis.domain.runs import PipelineStanding
from payment_analysis.domain.workflow import PIPELINES
from payment_analysis.workspace.boards import bare
from payment_analysis.workspace.connection import named_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from databricks.sdk import WorkspaceClient

_STATES: Final = {
    PipelineState.IDLE: "idle",
    PipelineState.RUNNING: "running",
    PipelineState.STARTING: "running",
    PipelineState.DEPLOYING: "running",
    PipelineState.RESETTING: "running",
    PipelineState.RECOVERING: "running",
    PipelineState.STOPPING: "stopping",
    PipelineState.FAILED: "failed",
}


class WorkspacePipelines:
    """The pipelines of a workspace; `DATABRICKS_PIPELINE_ID_<KEY>` overrides what the names say."""

    def __init__(self, client: WorkspaceClient, environment: Mapping[str, str] | None = None) -> None:
        self._client = client
        self._environment = environment or {}

    def standings(self) -> list[PipelineStanding]:
        """Both pipelines."""
        with named_errors("listing pipelines"):
            held = {bare(str(one.name)): one for one in self._client.pipelines.list_pipelines()}
        found = []
        for key, name in PIPELINES.items():
            number = self._environment.get(f"DATABRICKS_PIPELINE_ID_{key.upper()}", "")
            known = held.get(name)
            if known is None:
                found.append(
                    PipelineStanding(key, number, "missing", detail="deploy the bundle: it makes the pipeline")
                )
                continue
            state = _STATES.get(known.state or PipelineState.IDLE, "idle")
            identity = number or str(known.pipeline_id)
            when = next((one.creation_time for one in known.latest_updates or [] if one.creation_time), None)
            lag = None if when is None else (datetime.now(UTC) - datetime.fromisoformat(when)).total_seconds()
            url = f"{self._client.config.host}/pipelines/{identity}"
            found.append(PipelineStanding(key, identity, state, lag, "since the last update began" if lag else "", url))
        return found

    def start(self, key: str) -> str:
        """Start an update; gives its id."""
        with named_errors(f"starting {key}"):
            return str(self._client.pipelines.start_update(self._id(key)).update_id)

    def stop(self, key: str) -> None:
        with named_errors(f"stopping {key}"):
            self._client.pipelines.stop(self._id(key))

    def _id(self, key: str) -> str:
        for one in self.standings():
            if one.key == key and one.id:
                return one.id
        raise NotFound(f"the workspace has no pipeline {key}", hint="deploy the bundle; it makes the pipeline")
