"""What the pipelines of a home say of themselves: continuous builds, each a process of its own.

<home>/pipelines/<name>.lock   held by the process for as long as it lives: the operating system lets go of a dead one
<home>/pipelines/<name>.json   what it last said of itself
"""

from __future__ import annotations

import fcntl
import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from payment_analysis.lakehouse.home import Home

PIPELINES: Final = ("payment_analysis_etl", "payment_realtime_pipeline")
FOLDER: Final = "pipelines"


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


def status(home: Home, name: str) -> PipelineStatus:
    """What a pipeline last said; one that ended without a word is dead."""
    known(name)
    try:
        said = json.loads(file_of(home, name, "json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return PipelineStatus(name, PipelineState.STOPPED)
    told = PipelineStatus(**{**said, "state": PipelineState(said["state"])})
    if told.state is not PipelineState.STOPPED and not is_held(file_of(home, name, "lock")):
        return PipelineStatus(**{**asdict(told), "state": PipelineState.DEAD, "rows_per_s": 0.0})
    return told


def tell(home: Home, told: PipelineStatus) -> None:
    """Write down what a pipeline says of itself, all at once."""
    path = file_of(home, told.name, "json")
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(told), indent=2) + "\n", encoding="utf-8")
    draft.replace(path)


@contextmanager
def holding(home: Home, name: str) -> Iterator[bool]:
    """Hold a name for as long as this process lives; false when another process holds it."""
    path = file_of(home, name, "lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def is_held(path: Path) -> bool:
    try:
        with path.open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def file_of(home: Home, name: str, kind: str) -> Path:
    return home.path / FOLDER / f"{name}.{kind}"


def known(name: str) -> None:
    if name not in PIPELINES:
        raise NotFound(f"there is no pipeline {name}", hint=f"known are {' and '.join(PIPELINES)}")
