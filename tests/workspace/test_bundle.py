"""The bundle without a workspace: typed classes, the CLI's schema where it lies beside us, our linter, our own tables."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import regex
import yaml
from databricks.bundles.core._resource_type import _ResourceType
from databricks.sdk.service import postgres
from jsonschema import Draft202012Validator, validators

from payment_analysis.domain.workflow import JOBS, PIPELINES
from payment_analysis.jobs.bundle import bundle_faults
from payment_analysis.jobs.pipelines import ETL, REALTIME
from payment_analysis.workspace.bundle import OPTIONAL, SWITCHES, Bundle, Resource, read_bundle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What a bundle says beside the fields of the SDK's specification.
POSTGRES: dict[str, tuple[Any, set[str]]] = {
    "postgres_projects": (postgres.ProjectSpec, {"project_id", "permissions", "purge_on_delete", "lifecycle"}),
    "postgres_branches": (postgres.BranchSpec, {"branch_id", "parent", "replace_existing", "lifecycle"}),
    "postgres_endpoints": (postgres.EndpointSpec, {"endpoint_id", "parent", "replace_existing", "lifecycle"}),
    "postgres_databases": (postgres.DatabaseDatabaseSpec, {"database_id", "parent", "replace_existing", "lifecycle"}),
    "postgres_roles": (postgres.RoleRoleSpec, {"role_id", "parent", "replace_existing", "lifecycle"}),
}
TYPED: dict[str, Any] = {kind.plural_name: kind.resource_type for kind in _ResourceType.all()}


@pytest.fixture(scope="module")
def bundle(repository: Path) -> Bundle:
    return read_bundle(repository)


def resources(root: Path) -> list[Resource]:
    return list(read_bundle(root).resources)


def test_the_linter_finds_nothing(repository: Path) -> None:
    assert bundle_faults(repository) == []
    assert bundle_faults(repository, ()) == [], "without the optional parts nothing may hang in the air"


def test_every_resource_is_what_the_typed_classes_accept(bundle: Bundle) -> None:
    for one in bundle.resources:
        if one.kind in POSTGRES:
            spec, extra = POSTGRES[one.kind]
            fields = {field.name for field in dataclasses.fields(spec)}
            assert set(one.body) <= fields | extra, one.name
            spec.from_dict({name: value for name, value in one.body.items() if name in fields})
        else:
            TYPED[one.kind].from_dict(dict(one.body))


def test_every_kind_the_documents_name_is_there(bundle: Bundle) -> None:
    counted = {kind: len(bundle.of_kind(kind)) for kind in {one.kind for one in bundle.resources}}

    assert counted["schemas"] == 1
    assert sorted(bundle.of_kind("volumes")) == ["checkpoints", "ml_artifacts", "raw_data", "reports"]
    assert counted["jobs"] == 7
    assert sorted(bundle.of_kind("pipelines")) == sorted(PIPELINES)
    assert counted["dashboards"] == 12
    assert counted["registered_models"] == counted["model_serving_endpoints"] == 4
    assert {"sql_warehouses", "apps", "vector_search_endpoints", "vector_search_indexes"} <= counted.keys()
    assert POSTGRES.keys() <= counted.keys()


def test_the_files_are_named_by_what_they_hold(repository: Path) -> None:
    for path in (*(repository / "resources").glob("*.yml"), *(repository / OPTIONAL).glob("*.yml")):
        name, kind, _ = path.name.rsplit(".", 2)

        assert name
        assert kind.replace("_", "").isalpha()
    assert {path.name for path in (repository / OPTIONAL).iterdir()} == {file for file, _ in SWITCHES.values()}


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.key)
def test_a_job_has_the_tasks_and_parameters_of_the_documents_in_their_order(bundle: Bundle, job: Any) -> None:
    deployed = bundle.of_kind("jobs")[job.key].body

    assert deployed["name"] == job.name
    assert [one["name"] for one in deployed["parameters"]] == [one.name for one in job.parameters]
    assert [one["task_key"] for one in deployed["tasks"]] == [task.key for task in job.tasks]
    assert [one["timeout_seconds"] for one in deployed["tasks"]] == [task.seconds_max for task in job.tasks]
    assert [one.get("max_retries", 0) for one in deployed["tasks"]] == [task.retries_max for task in job.tasks]
    chain = [[before["task_key"] for before in one.get("depends_on", [])] for one in deployed["tasks"]]
    assert chain == [[], *([task.key] for task in job.tasks[:-1])]


def test_a_simulation_may_end_before_its_time_is_up(bundle: Bundle) -> None:
    deployed = bundle.of_kind("jobs")["job_2_simulate_transaction_events"].body
    minutes = {one["name"]: one["default"] for one in deployed["parameters"]}["duration_minutes"]

    assert deployed["tasks"][0]["timeout_seconds"] > 60 * int(minutes)


def test_the_pipelines_run_the_sources_that_are_run_here(bundle: Bundle) -> None:
    """`test_spark_equal` runs ETL, and compares every table of it; the bundle names the same file."""
    for key, source in (("payment_analysis_etl", ETL), ("payment_realtime_pipeline", REALTIME)):
        pipeline = bundle.of_kind("pipelines")[key]
        root = (pipeline.file.parent / pipeline.body["root_path"]).resolve()
        (library,) = pipeline.body["libraries"]

        assert pipeline.body["name"] == PIPELINES[key]
        assert root == source.parent
        assert (pipeline.file.parent / library["file"]["path"]).resolve() == source


def test_dashboard_and_genie_files_are_not_uploaded_a_second_time(bundle: Bundle) -> None:
    assert {"**/*.lvdash.json", "**/*.geniespace.json"} <= set(bundle.settings["sync"]["exclude"])


def accepts(schema: dict[str, Any]) -> Any:
    """A validator that knows the character classes of the schema's patterns."""

    def pattern(_: Any, wanted: str, text: Any, __: Any) -> Iterator[Any]:
        if isinstance(text, str) and not regex.search(wanted, text):
            yield jsonschema.exceptions.ValidationError(f"{text!r} does not match {wanted!r}")

    return validators.extend(Draft202012Validator, {"pattern": pattern})(schema)


def test_every_file_holds_the_schema_of_the_command_line(repository: Path, shared_data: Path) -> None:
    schema = json.loads((shared_data.parent / "databricks" / "bundle_schema.json").read_text(encoding="utf-8"))
    validator = accepts(schema)
    paths = [repository / "databricks.yml", *(repository / "resources").rglob("*.yml")]

    refused = {
        path.name: [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in errors]
        for path in paths
        if (errors := list(validator.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))))
    }

    assert refused == {}
