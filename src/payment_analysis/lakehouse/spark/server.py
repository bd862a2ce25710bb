"""A Spark of our own for one job: a Spark Connect server on this machine, gone when the job or its process is gone.

The virtual machine is started directly and not through `spark-submit`, which insists on a module that a Java from a
wheel does not have, and costs a second virtual machine.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from payment_analysis.lakehouse.spark.java import Java

SERVER: Final = "org.apache.spark.sql.connect.service.SparkConnectServer"
START_SECONDS_MAX: Final = 240  # 6 on a quiet machine, 40 were seen on a busy one
STOP_SECONDS_MAX: Final = 30
AUTHENTICATION: Final = "SPARK_CONNECT_AUTHENTICATE_TOKEN"  # the variable Spark Connect reads
# What Spark 4.2 asks of Java 17 and later (org.apache.spark.launcher.JavaModuleOptions), without its vector module.
_OPENED: Final = {
    "java.base": (
        "java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent "
        "java.util.concurrent.atomic jdk.internal.ref sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar"
    ),
    "java.security.jgss": "sun.security.krb5",
}
# The shell passes the end of its input on: when this process dies, however it dies, so does the virtual machine.
_WATCH: Final = 'exec 3<&0; "$@" </dev/null & java=$!; (cat <&3 >/dev/null; kill $java 2>/dev/null) & wait $java'


@dataclass(frozen=True, slots=True)
class Sizing:
    """How a Spark is set up for an amount of rows."""

    memory_mb: int
    partitions: int
    compiles: bool  # plans to Java classes, and those with the slow compiler of the virtual machine


MANY_ROWS: Final = Sizing(1500, 4, compiles=True)
# Sixty plans over 3,000 rows took 517 s of processor time compiled, 205 s interpreted.
FEW_ROWS: Final = Sizing(1000, 1, compiles=False)
FEW_ROWS_MAX: Final = 20_000
_INTERPRETED: Final[Mapping[str, object]] = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.databricks.delta.stats.collect": "false",
}


@dataclass(frozen=True, slots=True)
class Spark:
    """How to reach a running Spark."""

    port: int
    token: str = field(repr=False)
    jars: tuple[Path, ...]  # of Delta; none means that tables are Parquet

    @property
    def remote(self) -> str:
        """The address for `SparkSession.builder.remote`; it holds the token."""
        return f"sc://localhost:{self.port}/;token={self.token}"

    @property
    def format(self) -> str:
        """The format in which this Spark keeps tables."""
        return "delta" if self.jars else "parquet"


@contextmanager
def spark_server(
    java: Java, warehouse: Path, scratch: Path, jars: Sequence[Path] = (), *, sizing: Sizing = MANY_ROWS
) -> Iterator[Spark]:
    """Run Spark on two threads with its tables in the warehouse folder, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    spark = Spark(port, secrets.token_hex(16), tuple(jars))
    scratch.mkdir(parents=True, exist_ok=True)
    log = scratch / "spark.log"
    settings = _settings(spark, sizing, warehouse, scratch)
    command = ["sh", "-c", _WATCH, "spark", *_command(java, spark, sizing, settings, scratch)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=scratch,
            env=os.environ | {AUTHENTICATION: spark.token},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_it_listens(process, spark, log)
        yield spark
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _command(java: Java, spark: Spark, sizing: Sizing, settings: Mapping[str, object], scratch: Path) -> list[str]:
    package = importlib.util.find_spec("pyspark")
    if package is None or package.origin is None:
        raise Unavailable("pyspark is not installed", hint="in a checkout run `make test` or `uv sync --group spark`")
    classes = [*map(str, spark.jars), str(Path(package.origin).parent / "jars" / "*")]
    opened = [f"--add-opens={m}/{p}=ALL-UNNAMED" for m, packages in _OPENED.items() for p in packages.split()]
    quiet = ["--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"] if java.version > 23 else []
    quiet += [] if sizing.compiles else ["-XX:TieredStopAtLevel=1"]
    switches = ["-XX:+UseSerialGC", f"-Xmx{sizing.memory_mb}m", "-Duser.timezone=UTC", f"-Djava.io.tmpdir={scratch}"]
    defined = [f"-D{name}={value}" for name, value in settings.items()]
    return [str(java.path), *opened, *quiet, *switches, *defined, "-cp", os.pathsep.join(classes), SERVER]


def _settings(spark: Spark, sizing: Sizing, warehouse: Path, scratch: Path) -> dict[str, object]:
    delta = {
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.databricks.delta.snapshotPartitions": 1,
    }
    return {
        "spark.app.name": "payment-analysis",
        "spark.master": "local[2]",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": spark.port,
        "spark.local.dir": scratch,
        "spark.ui.enabled": "false",
        "spark.log.level": "WARN",
        "spark.sql.warehouse.dir": warehouse.resolve().as_uri(),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.sql.sources.default": spark.format,
        "spark.sql.shuffle.partitions": sizing.partitions,
        # Over a hundred derived columns the optimizer spends more on what it infers than the filters save.
        "spark.sql.constraintPropagation.enabled": "false",
        **({} if sizing.compiles else _INTERPRETED),
        **(delta if spark.jars else {}),
    }


def _wait_until_it_listens(process: subprocess.Popen[bytes], spark: Spark, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", spark.port), timeout=1):
            return
        time.sleep(0.1)
    said = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
    raise Unavailable(f"Spark did not start within {START_SECONDS_MAX} s; its last words:\n{said}", hint=f"see {log}")
