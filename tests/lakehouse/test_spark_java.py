"""Java for Spark is found where a machine may have it, and where there is none the way to it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from payment_analysis.lakehouse.spark.java import NoJava, find_java

NOWHERE = Path("nowhere/java")


def java(folder: Path, version: str) -> Path:
    """A command that answers `-version` as this Java would."""
    command = folder / "bin" / "java"
    command.parent.mkdir(parents=True)
    command.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2026-01-20' >&2\n")
    command.chmod(0o755)
    return command


def test_java_home_goes_before_the_path(tmp_path: Path) -> None:
    at_home, on_path = java(tmp_path / "home", "21.0.2"), java(tmp_path / "other", "17.0.15")

    found = find_java({"JAVA_HOME": str(at_home.parents[1]), "PATH": str(on_path.parent)}, wheel=NOWHERE)

    assert (found.path, found.version) == (at_home, 21)


@pytest.mark.parametrize("unfit", ["1.8.0_402", "11.0.2", "26"])
def test_a_java_that_spark_does_not_run_on_is_passed_over(tmp_path: Path, unfit: str) -> None:
    at_home, in_wheel = java(tmp_path / "home", unfit), java(tmp_path / "wheel", "25.0.2")

    found = find_java({"JAVA_HOME": str(at_home.parents[1]), "PATH": ""}, wheel=in_wheel)

    assert (found.path, found.version) == (in_wheel, 25)


def test_without_any_fitting_java_the_error_names_what_was_tried_and_the_command(tmp_path: Path) -> None:
    at_home = java(tmp_path / "home", "11.0.2")

    with pytest.raises(NoJava, match=r"version 11.*nowhere/java \(does not run\)") as caught:
        find_java({"JAVA_HOME": str(at_home.parents[1]), "PATH": ""}, wheel=NOWHERE)

    assert "uv sync --group spark" in caught.value.hint
    assert "apt-get install openjdk-17-jre-headless" in caught.value.hint


def test_this_machine_has_a_java_for_spark() -> None:
    assert find_java().version >= 17


def test_the_wheel_alone_is_enough() -> None:
    assert find_java({"PATH": ""}).version >= 17
