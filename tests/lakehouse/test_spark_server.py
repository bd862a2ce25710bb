"""The Spark of a job lives as long as the job; a script that only listens stands in for the virtual machine."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

import pytest

from payment_analysis.domain.errors import Unavailable
from payment_analysis.lakehouse.spark.java import Java
from payment_analysis.lakehouse.spark.server import Spark, spark_server

if TYPE_CHECKING:
    from pathlib import Path

LISTENING = """
import socket, sys, time
port = next(a for a in sys.argv if a.startswith("-Dspark.connect.grpc.binding.port=")).partition("=")[2]
with socket.create_server(("127.0.0.1", int(port))):
    time.sleep(60)
"""


def stand_in(folder: Path, script: str) -> Java:
    command = folder / "java"
    command.write_text(f"#!{sys.executable}\n{script}")
    command.chmod(0o755)
    return Java(command, 25)


def listens(spark: Spark) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", spark.port)) == 0


def test_spark_is_there_within_the_block_and_gone_after_it(tmp_path: Path) -> None:
    with spark_server(stand_in(tmp_path, LISTENING), tmp_path / "tables", tmp_path / "scratch") as spark:
        within = listens(spark)

    assert (within, listens(spark)) == (True, False)


def test_a_spark_that_does_not_start_says_its_last_words(tmp_path: Path) -> None:
    java = stand_in(tmp_path, "print('no room on device'); raise SystemExit(1)")

    with (
        pytest.raises(Unavailable, match="no room on device"),
        spark_server(java, tmp_path / "tables", tmp_path / "scratch"),
    ):
        pass


def test_the_token_is_in_no_argument_and_in_no_text(tmp_path: Path) -> None:
    script = "import sys; print(' '.join(sys.argv)); " + LISTENING
    with spark_server(stand_in(tmp_path, script), tmp_path / "tables", tmp_path / "scratch") as spark:
        said = (tmp_path / "scratch" / "spark.log").read_text()

    assert spark.token not in said + repr(spark)


def test_tables_are_delta_with_its_jars_and_parquet_without(tmp_path: Path) -> None:
    assert Spark(1, "token", (tmp_path / "delta.jar",)).format == "delta"
    assert Spark(1, "token", ()).format == "parquet"
