"""Start, stop and look at the pipelines: background processes of their own, one per name and home.

    start(home, "payment_analysis_etl")      → the process runs, or already did
    status(home, "payment_analysis_etl")     → state, lag_s, rows_per_s, last_error, since
    stop(home, "payment_analysis_etl")       → the batch at hand is finished, then it ends

<home>/pipelines/<name>.lock   held by the process for as long as it lives: the operating system lets go of a dead one
<home>/pipelines/<name>.json   what it last said of itself
<home>/pipelines/<name>.log    what it printed
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from payment_analysis.lakehouse.home import Home

PIPELINES: Final = ("payment_analysis_etl", "payment_realtime_pipeline")
FOLDER: Final = "pipelines"
START_SECONDS_MAX: Final = 30.0  # loading the engines takes three on a busy machine
STOP_SECONDS_MAX: Final = 60.0  # the batch at hand and the last settlement
LOOK_SECONDS: Final = 0.1


class PipelineState(StrEnum):
    """What a pipeline is doing."""

    STOPPED = "stopped"
    STARTING = "starting"  # builds what there is and reads it into memory
    RUNNING = "running"
    WAITING = "waiting"  # another pipeline of the home does the work; this one goes on when it ends
    DEAD = "dead"  # ended without saying so


@dataclass(frozen=True, slots=True)
class PipelineStatus:
    """What a pipeline last said of itself."""

    name: str
    state: PipelineState
    pid: int | None = None
    since: str | None = None  # when it was started, a UTC instant
    lag_s: float | None = None  # from the arrival of the newest event taken to the moment it was visible
    rows_per_s: float = 0.0  # rows of silver a second, over the last ten seconds
    rows: int = 0  # since it was started
    waiting: int = 0  # rows that have landed and are not taken
    last_error: str | None = None


def start(home: Home, name: str) -> PipelineStatus:
    """Start a pipeline in the background; one that runs is left alone."""
    _known(name)
    if _is_held(_file(home, name, "lock")):
        return status(home, name)
    folder = home.create().path / FOLDER
    folder.mkdir(exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "payment_analysis.cli",
        "pipeline",
        "run",
        name,
        "--home",
        str(home.path.resolve()),
    ]
    with _file(home, name, "log").open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    until = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < until:
        if process.poll() is not None:
            raise Unavailable(f"pipeline {name} ended while it started", hint=f"read {_file(home, name, 'log')}")
        if _is_held(_file(home, name, "lock")):
            return status(home, name)
        time.sleep(LOOK_SECONDS)
    raise Unavailable(f"pipeline {name} did not start in {START_SECONDS_MAX:.0f} s", hint="look at its status again")


def stop(home: Home, name: str) -> PipelineStatus:
    """Let a pipeline finish the batch at hand and end."""
    found = status(home, name)
    if found.pid is None or found.state in {PipelineState.STOPPED, PipelineState.DEAD}:
        return found
    os.kill(found.pid, signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS_MAX
    while _is_held(_file(home, name, "lock")):
        if time.monotonic() > until:
            raise Unavailable(f"pipeline {name} did not end in {STOP_SECONDS_MAX:.0f} s", hint="look at its status")
        time.sleep(LOOK_SECONDS)
    return status(home, name)


def status(home: Home, name: str) -> PipelineStatus:
    """What a pipeline last said; one that ended without a word is dead."""
    _known(name)
    try:
        said = json.loads(_file(home, name, "json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return PipelineStatus(name, PipelineState.STOPPED)
    told = PipelineStatus(**{**said, "state": PipelineState(said["state"])})
    if told.state is not PipelineState.STOPPED and not _is_held(_file(home, name, "lock")):
        return PipelineStatus(**{**asdict(told), "state": PipelineState.DEAD, "rows_per_s": 0.0})
    return told


def tell(home: Home, told: PipelineStatus) -> None:
    """Write down what a pipeline says of itself, all at once."""
    path = _file(home, told.name, "json")
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(told), indent=2) + "\n", encoding="utf-8")
    draft.replace(path)


@contextmanager
def holding(home: Home, name: str) -> Iterator[bool]:
    """Hold a name for as long as this process lives; false when another process holds it."""
    path = _file(home, name, "lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _is_held(path: Path) -> bool:
    try:
        with path.open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _file(home: Home, name: str, kind: str) -> Path:
    return home.path / FOLDER / f"{name}.{kind}"


def _known(name: str) -> None:
    if name not in PIPELINES:
        raise NotFound(f"there is no pipeline {name}", hint=f"known are {' and '.join(PIPELINES)}")
