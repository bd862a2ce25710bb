"""The seven numbered jobs of the documents: their tasks in order, what may be set, and what has to be done before.

The bundle's `resources/job_<n>_*.job.yml` say the same to Databricks; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class RunState(StrEnum):
    """Where a run of a job, or of one of its tasks, stands."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"

    @property
    def is_over(self) -> bool:
        return self not in {RunState.WAITING, RunState.RUNNING}


RUN_STATE_MEANINGS: Final[Mapping[RunState, str]] = MappingProxyType(
    {
        RunState.WAITING: "Asked for; something before it is not done yet.",
        RunState.RUNNING: "At work.",
        RunState.SUCCEEDED: "Done; running it again changes nothing that has not changed outside.",
        RunState.FAILED: "Ended with an error, which the run names with the fix.",
        RunState.CANCELLED: "Ended by a person, or not begun because a task before it failed.",
        RunState.INTERRUPTED: "Its process went away; running it again goes on behind the tasks that were done.",
    }
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that may be set for a run."""

    name: str
    default: str  # on one machine; the bundle gives Databricks its own
    meaning: str


@dataclass(frozen=True, slots=True)
class Task:
    """One step of a job: begun when the one before it is done."""

    key: str
    purpose: str
    seconds_max: int
    retries_max: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """One numbered step of the deployment."""

    number: int
    key: str  # of the bundle's resource
    name: str
    purpose: str
    tasks: tuple[Task, ...]
    parameters: tuple[Parameter, ...]
    after: tuple[str, ...]  # keys of the jobs and pipelines that make what this one reads

    @property
    def defaults(self) -> dict[str, str]:
        return {one.name: one.default for one in self.parameters}


CATALOG: Final = Parameter("catalog", "main", "Unity Catalog that holds the schema")
SCHEMA: Final = Parameter("schema", "payment_analysis", "schema of tables, views and models")
WAREHOUSE: Final = Parameter("warehouse_id", "", "SQL warehouse that runs the statements; empty on one machine")
ENVIRONMENT: Final = Parameter("environment", "dev", "word that tells the target in names")
PLACE: Final = (CATALOG, SCHEMA, WAREHOUSE)
LAKEBASE: Final = (
    Parameter("lakebase_project_id", "payment-analysis-db", "Lakebase project"),
    Parameter("lakebase_branch_id", "production", "branch of the project"),
    Parameter("lakebase_endpoint_id", "primary", "endpoint of the branch"),
    Parameter("lakebase_database_name", "payment_analysis", "database on the endpoint"),
    Parameter("lakebase_schema", "payment_analysis", "Postgres schema of the application's tables"),
)
SEARCH: Final = (
    Parameter("vector_search_endpoint", "payment-similar-transactions-dev", "endpoint of the search index"),
    Parameter("embedding_endpoint", "databricks-gte-large-en", "endpoint that makes vectors"),
)
QUERY: Final = "Analyze payment performance: routing, retries, declines and risk."  # calls every specialist

JOBS: Final[tuple[Job, ...]] = (
    Job(
        1,
        "job_1_create_data_repositories",
        "1. Create Data Repositories",
        "Makes everything the other jobs write into. Run once; again changes nothing.",
        (
            Task("ensure_catalog_schema", "catalog, schema and volumes exist", 120, 2),
            Task("create_lakebase_autoscaling", "project, branch and endpoint of the operational store exist", 900, 2),
            Task("lakebase_data_init", "tables, settings, countries and first rules are in the store", 300, 2),
            Task("lakehouse_bootstrap", "the tables that others write exist", 300, 2),
            Task("create_vector_search_index", "similar transactions can be searched", 1200, 1),
        ),
        (
            *PLACE,
            *LAKEBASE,
            Parameter("default_events_per_second", "1000", "of job 2, kept in app_settings"),
            Parameter("default_duration_minutes", "60", "of job 2, kept in app_settings"),
            *SEARCH,
        ),
        (),
    ),
    Job(
        2,
        "job_2_simulate_transaction_events",
        "2. Simulate Transaction Events",
        "Lets a simulated history with known truth land, and then live events for as long as is wanted.",
        (Task("generate_transactions", "events have landed", 7200),),
        (
            *PLACE,
            Parameter("attempts", "100000", "attempts of the history"),
            Parameter("days", "90", "days of the history, which ends now"),
            Parameter("seed", "7", "seed of the world"),
            Parameter("events_per_second", "1000", "rate of the live events"),
            Parameter("duration_minutes", "0", "minutes of live events after the history; 0 for none"),
        ),
        ("job_1_create_data_repositories",),
    ),
    Job(
        3,
        "job_3_initialize_ingestion",
        "3. Initialize Ingestion",
        "Gold views over what the pipeline made, the agents' functions, and the search index brought up to date.",
        (
            Task("create_gold_views", "every gold view exists and holds its checks", 1200),
            Task("create_uc_functions", "the agents' tools can be called in SQL", 300),
            Task("sync_vector_search", "the newest summaries can be searched", 600),
        ),
        (*PLACE, *SEARCH),
        ("payment_analysis_etl",),
    ),
    Job(
        4,
        "job_4_deploy_dashboards",
        "4. Deploy Dashboards",
        "Checks and prepares the twelve dashboards and publishes them with embedded credentials.",
        (
            Task("prepare_dashboards", "files for this catalog and schema are written and checked", 600),
            Task("publish_dashboards", "twelve dashboards are published", 1200),
        ),
        (*PLACE, Parameter("dashboards_path", "", "workspace folder of the dashboards; empty on one machine")),
        ("job_3_initialize_ingestion",),
    ),
    Job(
        5,
        "job_5_train_models_and_serving",
        "5. Train Models & Model Serving",
        "Trains and registers the four models and moves serving to the champions.",
        (
            Task("train_models", "a champion of each model that the data can teach", 5400, 1),
            Task("deploy_serving_endpoints", "the champions answer", 1800, 1),
        ),
        (*PLACE, *LAKEBASE, ENVIRONMENT),
        ("job_3_initialize_ingestion",),
    ),
    Job(
        6,
        "job_6_deploy_agents",
        "6. Deploy AgentBricks Agents",
        "Runs the orchestrator with all five specialists on one question and keeps findings and proposals.",
        (Task("run_agent_framework", "findings and proposals are in the store", 3600),),
        (
            *PLACE,
            *LAKEBASE,
            Parameter("query", QUERY, "what the orchestrator is asked"),
            Parameter("agent_role", "orchestrator", "one specialist, or the orchestrator for all"),
        ),
        ("job_3_initialize_ingestion",),
    ),
    Job(
        7,
        "job_7_genie_sync",
        "7. Genie Space Sync",
        "Checks the Genie files and brings the spaces up to date with them. Optional.",
        (Task("sync_genie_config", "the spaces hold tables, questions and answers of the files", 600),),
        (*PLACE,),
        ("job_3_initialize_ingestion",),
    ),
)

ETL_KEY: Final = "payment_analysis_etl"
REALTIME_KEY: Final = "payment_realtime_pipeline"
PIPELINES: Final[Mapping[str, str]] = MappingProxyType(
    {ETL_KEY: "8. Payment Analysis ETL", REALTIME_KEY: "9. Payment Real-Time Stream"}
)


def job_of(number: int) -> Job:
    """The job of that number, from 1."""
    return JOBS[number - 1]
