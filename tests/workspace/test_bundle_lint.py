"""Mistakes the typed classes let through, each made on purpose in a copy of the bundle."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from payment_analysis.domain.errors import BadFile, NotFound
from payment_analysis.jobs.bundle import bundle_faults
from payment_analysis.workspace.bundle import chosen, read_bundle

if TYPE_CHECKING:
    from pathlib import Path

PARTS = ("databricks.yml", "resources", "notebooks", "dashboards", "src/payment_analysis/jobs/pipelines")
JOB_1, JOB_4 = "job_1_create_data_repositories.job.yml", "job_4_deploy_dashboards.job.yml"
APP, ETL = "payment_analysis.app.yml", "payment_analysis_etl.pipeline.yml"

# file below resources · what stands there · what is written instead · what the linter says
MISTAKES = {
    "unknown resource": (ETL, "schemas.payment_analysis.name", "schemas.payments.name", "names no resource"),
    "unknown member": (ETL, "schemas.payment_analysis.name", "schemas.payment_analysis.title", "is nothing that"),
    "unknown variable": (ETL, "${var.catalog}", "${var.katalog}", "${var.katalog} is no variable"),
    "unknown word": (APP, "current_user.userName", "current_user.mail", "is nothing the bundle knows"),
    "unknown task": (JOB_4, "- task_key: prepare_dashboards\n          env", "- task_key: prepare\n          env",
                     "depends on prepare_dashboards, which is no task"),
    "a circle": (JOB_4, "- task_key: prepare_dashboards\n          env",
                 "- task_key: prepare_dashboards\n          depends_on: [{task_key: publish_dashboards}]\n          env",
                 "wait for each other"),
    "two tasks of one key": (JOB_4, "task_key: publish_dashboards", "task_key: prepare_dashboards", "of one key"),
    "unknown environment": (JOB_1, "environment_key: default\n          timeout_seconds: 120",
                            "environment_key: serverless\n          timeout_seconds: 120",
                            "wants environment_key serverless"),
    "unknown parameter": (JOB_4, "task: publish_dashboards", 'task: "{{job.parameters.board}}"',
                          "{{job.parameters.board}} is no parameter"),
    "unbound value": (APP, "value_from: sql-warehouse", "value_from: warehouse", "from warehouse, which is not bound"),
    "two values": (APP, "value_from: sql-warehouse", "value: x\n            value_from: sql-warehouse", "needs either"),
    "bound twice": (APP, "name: job-2", "name: job-1", "has two resources job-1"),
    "a notebook that is not there": ("job_5_train_models_and_serving.job.yml", "notebooks/train_models.py",
                                     "notebooks/train.py", "../notebooks/train.py is not there"),
    "a source that is not there": (ETL, "pipelines/payment_analysis_etl.py", "pipelines/etl.py", "etl.py is not there"),
    "a dashboard that is not there": ("optional/payment_analysis.dashboards.yml", "daily_trends.lvdash.json",
                                      "daily.lvdash.json", "../../dashboards/daily.lvdash.json is not there"),
    "a key of another kind": (JOB_4, "job_4_deploy_dashboards:", "payment_analysis_etl:", "has the key of"),
    "a key that is written twice": (JOB_4, "max_concurrent_runs: 1", "max_concurrent_runs: 1\n      name: twice",
                                    "name is written twice"),
    "a setting in the wrong file": (JOB_4, "resources:\n", "targets: {}\nresources:\n", "targets belongs into"),
}  # fmt: skip


@pytest.fixture
def copied(repository: Path, tmp_path: Path) -> Path:
    for part in PARTS:
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (repository / part).is_dir() else shutil.copy
        copy(repository / part, tmp_path / part)
    return tmp_path


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found_and_named(copied: Path, mistake: str) -> None:
    file, right, wrong, said = MISTAKES[mistake]
    path = copied / "resources" / file
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")

    faults = bundle_faults(copied)

    assert [fault for fault in faults if said in fault], faults


def test_a_dashboard_that_is_not_one_is_found(copied: Path) -> None:
    path = copied / "dashboards" / "daily_trends.lvdash.json"
    path.write_text('{"datasets": [', encoding="utf-8")

    assert any(fault.startswith("daily_trends.lvdash.json: ") for fault in bundle_faults(copied))


def test_a_file_that_is_not_yaml_is_an_error_that_names_it(copied: Path) -> None:
    (copied / "resources" / APP).write_text("resources: [", encoding="utf-8")

    with pytest.raises(BadFile, match=APP):
        read_bundle(copied)


def test_parts_are_switched_by_their_names() -> None:
    assert chosen() == ["dashboards"]
    assert chosen(["serving"], ["dashboards"]) == ["serving"]
    with pytest.raises(NotFound, match="no optional part boards"):
        chosen(["boards"])
