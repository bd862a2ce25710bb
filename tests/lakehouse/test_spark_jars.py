"""The jars of Delta: fetched once, never trusted unseen."""

from __future__ import annotations

from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from payment_analysis.lakehouse.spark.jars import DELTA, JARS, NoJars, delta_jars

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = b"a jar"
ONE = {"delta-storage": sha256(CONTENT).hexdigest()}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository" / "io" / "delta" / "delta-storage" / DELTA
    folder.mkdir(parents=True)
    (folder / f"delta-storage-{DELTA}.jar").write_bytes(CONTENT)
    return tmp_path / "repository"


def test_a_jar_is_fetched_once(tmp_path: Path, repository: Path) -> None:
    (jar,) = delta_jars(tmp_path / "jars", repository=repository.as_uri(), jars=ONE)
    again = delta_jars(tmp_path / "jars", repository="file:///nowhere", jars=ONE)

    assert jar.read_bytes() == CONTENT
    assert again == (jar,)


def test_a_jar_with_other_content_is_refused_and_not_kept(tmp_path: Path, repository: Path) -> None:
    with pytest.raises(NoJars, match="expected 0000"):
        delta_jars(tmp_path / "jars", repository=repository.as_uri(), jars={"delta-storage": "0000"})

    assert list((tmp_path / "jars").iterdir()) == []


def test_a_repository_out_of_reach_is_named_with_the_way_around(tmp_path: Path) -> None:
    with pytest.raises(NoJars, match="nowhere/io/delta/delta-storage") as caught:
        delta_jars(tmp_path / "jars", repository="file:///nowhere", jars=ONE)

    assert "DEFAULT_ARTIFACT_REPOSITORY" in caught.value.hint


def test_the_jars_are_made_for_the_spark_that_is_installed() -> None:
    major, minor, *_ = version("pyspark").split(".")

    assert f"delta-spark_{major}.{minor}_2.13" in JARS
