"""Delta Lake for Spark: a few jars of Maven Central, fetched once into the environment and checked by their digest."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

# Where Spark itself looks: https://spark.apache.org/docs/latest/configuration.html (DEFAULT_ARTIFACT_REPOSITORY).
REPOSITORY: Final = os.environ.get("DEFAULT_ARTIFACT_REPOSITORY") or "https://repo1.maven.org/maven2"
DELTA: Final = "4.4.0"  # its jars are made for Spark 4.2
# Artifact and sha256. The other artifacts that Delta names are part of Spark or are for a catalog server.
JARS: Final[Mapping[str, str]] = {
    "delta-spark_4.2_2.13": "27d4fd8b1f879535c573ed1c718177d6a27f24d3e626ba02e216369725721ead",
    "delta-storage": "c46735481fa8e326b0957be02b4420cbcab4b325bb08009b7f2045a95133f1cc",
    "delta-kernel-api": "ee9b5a14ac3b7efdff4d61a58478fe8eb0e5a3fbca43889dca7290795fe79a11",
    "delta-kernel-defaults": "225c975199e4718b38ee5b7e6da7f19e9585024262b2cec2656b32151a856b0b",
    "delta-kernel-unitycatalog": "cea22dfb4ac562b3cd27bf652697750e8336009d73fb06631363aaaad5345ffa",
}
SECONDS_MAX: Final = 60


class NoJars(Unavailable):
    """Delta for Spark is not here and cannot be fetched; Parquet still works."""


def default_folder() -> Path:
    """Inside the Python environment, as Spark is: it goes when the environment goes."""
    return Path(sys.prefix) / "share" / "payment-analysis" / "jars"


def delta_jars(
    folder: Path | None = None, *, repository: str = REPOSITORY, jars: Mapping[str, str] = JARS
) -> tuple[Path, ...]:
    """The jars of Delta; what is missing is fetched."""
    folder = folder or default_folder()
    return tuple(_jar(folder / f"{name}-{DELTA}.jar", name, digest, repository) for name, digest in jars.items())


def _jar(path: Path, artifact: str, digest: str, repository: str) -> Path:
    if path.exists():
        return path
    url = f"{repository.rstrip('/')}/io/delta/{artifact}/{DELTA}/{path.name}"
    hint = "connect to the network or name a mirror in DEFAULT_ARTIFACT_REPOSITORY; without them tables are Parquet"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with urllib.request.urlopen(url, timeout=SECONDS_MAX) as answer:
            content = answer.read()
    except OSError as error:
        raise NoJars(f"{url} cannot be fetched: {error}", hint=hint) from error
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise NoJars(f"{url} has sha256 {found}, expected {digest}", hint="do not use this repository; " + hint)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    return Path(file.name).replace(path)
