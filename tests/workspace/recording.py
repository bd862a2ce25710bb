"""What the real command line and a workspace said to each other, and how an answer is held against it.

`recorded.jsonl` holds the exchanges of a deployment whose paths our adapters use too, each once; contents of dashboards
and Genie spaces are cut to the least.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from databricks.sdk.service import catalog, dashboards, iam, jobs, pipelines, postgres, serving, sql, vectorsearch

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORDED = Path(__file__).with_name("recorded.jsonl")
# The SDK's class of an answer, by what was asked; the first that fits.
CLASSES: tuple[tuple[str, Any], ...] = (
    (r"GET /api/2.0/preview/scim/v2/Me", iam.User),
    (r"\w+ /api/2.1/unity-catalog/schemas", catalog.SchemaInfo),
    (r"\w+ /api/2.1/unity-catalog/volumes", catalog.VolumeInfo),
    (r"\w+ /api/2.1/unity-catalog/models", catalog.RegisteredModelInfo),
    (r"\w+ /api/2.0/serving-endpoints", serving.ServingEndpointDetailed),
    (r"\w+ /api/2.0/vector-search/endpoints", vectorsearch.EndpointInfo),
    (r"\w+ /api/2.0/vector-search/indexes", vectorsearch.VectorIndex),
    (r"POST /api/2.0/postgres|GET /api/2.0/postgres/.*/operations/", postgres.Operation),
    (r"GET /api/2.0/postgres/.*/branches$", postgres.ListBranchesResponse),
    (r"GET /api/2.0/postgres/.*/endpoints$", postgres.ListEndpointsResponse),
    (r"GET /api/2.0/postgres/.*/endpoints/", postgres.Endpoint),
    (r"POST /api/2.0/pipelines$", pipelines.CreatePipelineResponse),
    (r"POST /api/2.0/pipelines/.*/updates$", pipelines.StartUpdateResponse),
    (r"GET /api/2.0/pipelines/.*/updates/", pipelines.GetUpdateResponse),
    (r"GET /api/2.0/pipelines/.*/events$", pipelines.ListPipelineEventsResponse),
    (r"GET /api/2.0/pipelines/", pipelines.GetPipelineResponse),
    (r"\w+ /api/2.0/lakeview/dashboards/.*/published$", dashboards.PublishedDashboard),
    (r"\w+ /api/2.0/lakeview/dashboards", dashboards.Dashboard),
    (r"\w+ /api/2.0/genie/spaces", dashboards.GenieSpace),
    (r"POST /api/2.2/jobs/create$", jobs.CreateResponse),
    (r"POST /api/2.2/jobs/run-now$", jobs.RunNowResponse),
    (r"GET /api/2.2/jobs/list$", jobs.ListJobsResponse),
    (r"GET /api/2.2/jobs/get$", jobs.Job),
    (r"GET /api/2.2/jobs/runs/get-output$", jobs.RunOutput),
    (r"GET /api/2.2/jobs/runs/get$", jobs.Run),
    (r"GET /api/2.2/jobs/runs/list$", jobs.ListRunsResponse),
    (r"POST /api/2.0/sql/statements", sql.StatementResponse),
)
IDS = frozenset({"job_id", "run_id", "pipeline_id", "update_id", "dashboard_id", "space_id"})


DROPPED = (
    ".events is missing",  # an empty list
    ".has_more is missing",  # false
    ".inherited_from_type is missing",  # METASTORE is no member of the SDK's enumeration
)


@dataclass(frozen=True)
class Exchange:
    """One request and what came back."""

    method: str
    path: str
    query: str
    status: int
    body: Any = None
    response: Any = None
    body_len: int = 0

    @property
    def asked(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def kind(self) -> Any:
        """The SDK's class of the answer; none where nothing came back, or a refusal."""
        if self.response is None or set(self.response) == {"message"}:
            return None
        return next(kind for pattern, kind in CLASSES if re.match(pattern, self.asked))


def exchanges() -> list[Exchange]:
    return [Exchange(**json.loads(line)) for line in RECORDED.read_text(encoding="utf-8").splitlines()]


@dataclass
class Renaming:
    """What a workspace called what the other one had called otherwise."""

    names: dict[str, str] = field(default_factory=dict)

    def learn(self, recorded: Any, answer: Any) -> None:
        for key, one, other in _pairs(recorded, answer):
            if str(one) != str(other) and (key in IDS or "/operations/" in str(one)):
                self.names[str(one)] = str(other)

    def of(self, text: str) -> str:
        for one, other in sorted(self.names.items(), key=lambda pair: -len(pair[0])):
            text = text.replace(one, other)
        return text


def _pairs(recorded: Any, answer: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(recorded, list) and isinstance(answer, list):
        for one, other in zip(recorded, answer, strict=False):
            yield from _pairs(one, other)
    if isinstance(recorded, dict) and isinstance(answer, dict):
        for key in recorded.keys() & answer.keys():
            yield key, recorded[key], answer[key]
            yield from _pairs(recorded[key], answer[key])


def lacking(recorded: Any, answer: Any, place: str = "") -> list[str]:
    """Where an answer has not the shape of the recorded one: a member that is missing, or of another type."""
    if isinstance(recorded, dict) and isinstance(answer, dict):
        return [
            fault
            for key, value in recorded.items()
            for fault in (
                lacking(value, answer[key], f"{place}.{key}") if key in answer else [f"{place}.{key} is missing"]
            )
        ]
    if isinstance(recorded, list) and isinstance(answer, list):
        return [
            fault for one, other in zip(recorded, answer, strict=False) for fault in lacking(one, other, f"{place}[]")
        ]
    number = (int, float)
    if type(recorded) is type(answer) or (isinstance(recorded, number) and isinstance(answer, number)):
        return []
    return [f"{place} is {type(answer).__name__}, recorded {type(recorded).__name__}"]


def unknown(kind: Any, answer: Any) -> list[str]:
    """What the SDK does not understand of an answer: it drops members it does not know, and empty ones."""
    return [
        fault
        for fault in lacking(answer, json.loads(json.dumps(kind.from_dict(answer).as_dict())))
        if not fault.endswith(DROPPED)
    ]
