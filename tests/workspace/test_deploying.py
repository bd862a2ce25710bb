"""What deploys: requirements, versions, the start of the app, optional parts, and what `prepare` writes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from scripts.sync_requirements_from_lock import text

from payment_analysis.jobs.prepare import prepare
from payment_analysis.lakehouse.table import load_tables
from payment_analysis.workspace.bundle import read_bundle, switch_on

if TYPE_CHECKING:
    from pathlib import Path

EXACT = re.compile(r"\d+(\.\d+)*([-.]?\w+)*")


@pytest.fixture(scope="module")
def project(repository: Path) -> dict[str, Any]:
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))


def test_requirements_are_those_of_the_lock(repository: Path) -> None:
    assert (repository / "requirements.txt").read_text(encoding="utf-8") == text()


def test_every_direct_dependency_has_one_exact_version_everywhere(repository: Path, project: dict[str, Any]) -> None:
    pinned = dict(line.split("==") for line in text().splitlines()[1:])
    for one in project["project"]["dependencies"]:
        name, version = re.split(r"==", one.split(";")[0].strip())
        name = re.sub(r"\[.*\]", "", name)
        assert pinned[name] == version.strip()


def test_the_runtimes_are_those_of_databricks_apps(repository: Path, project: dict[str, Any]) -> None:
    pages = json.loads((repository / "src/payment_analysis/ui/package.json").read_text(encoding="utf-8"))

    assert (repository / ".python-version").read_text(encoding="utf-8") == "3.11\n"
    assert project["project"]["requires-python"] == ">=3.11"
    assert pages["engines"] == {"node": ">=22.0.0"}
    for versions in (pages["dependencies"], pages["devDependencies"]):
        assert [name for name, version in versions.items() if not EXACT.fullmatch(version)] == []


def test_the_app_starts_alike_by_its_file_and_by_the_bundle(repository: Path) -> None:
    file = yaml.safe_load((repository / "app.yml").read_text(encoding="utf-8"))
    bundled = read_bundle(repository).of_kind("apps")["payment_analysis_app"].body["config"]

    assert file["command"] == bundled["command"]
    assert [(one["name"], one.get("valueFrom")) for one in file["env"]] == [
        (one["name"], one.get("value_from")) for one in bundled["env"]
    ]


def test_optional_parts_are_switched_by_files(repository: Path, tmp_path: Path) -> None:
    shutil.copytree(repository / "resources", tmp_path / "resources")
    switch_on(tmp_path, ["serving"])
    switch_on(tmp_path, ["dashboards"])

    assert [path.name for path in (tmp_path / ".build/resources").iterdir()] == ["payment_analysis.dashboards.yml"]


def test_prepare_writes_everything_for_one_place(tmp_path: Path) -> None:
    done = prepare(tmp_path, "main", "dev_ana_payment_analysis")

    views = [table for table in load_tables().values() if table.kind == "view"]
    gold = (tmp_path / "transform/gold_views.sql").read_text(encoding="utf-8")
    assert len(done.dashboards) == len(list((tmp_path / "dashboards").iterdir())) == 12
    assert gold.startswith("use catalog `main`;\n\nuse schema `dev_ana_payment_analysis`;\n\n")
    assert gold.count("create or replace view") == len(views)
    for path in (tmp_path / "dashboards").iterdir():
        datasets = json.loads(path.read_text(encoding="utf-8"))["datasets"]
        assert {(one["catalog"], one["schema"]) for one in datasets} == {("main", "dev_ana_payment_analysis")}
    for path in (tmp_path / "genie").iterdir():
        tables = json.loads(path.read_text(encoding="utf-8"))["data_sources"]["tables"]
        assert {one["identifier"].rsplit(".", 1)[0] for one in tables} == {"main.dev_ana_payment_analysis"}


def test_a_catalog_that_is_no_name_is_refused(tmp_path: Path) -> None:
    from payment_analysis.domain.errors import BadInput

    with pytest.raises(BadInput, match="is no name of a catalog or schema"):
        prepare(tmp_path, "main`; drop schema x", "payment_analysis")


def test_the_shell_script_says_how_it_is_used(repository: Path) -> None:
    done = subprocess.run(
        [str(repository / "scripts/bundle.sh"), "fly"], capture_output=True, text=True, check=False, cwd=repository
    )

    assert done.returncode == 2
    assert "validate|deploy|verify [dev|prod]" in done.stdout


def test_a_deployment_is_prepared_and_checked_without_a_workspace(repository: Path) -> None:
    done = subprocess.run(
        [sys.executable, "scripts/prepare_bundle.py", "--with", "serving"],
        capture_output=True,
        text=True,
        check=False,
        cwd=repository,
    )

    assert done.returncode == 0, done.stderr
    assert "parts: dashboards, serving" in done.stdout
