"""Start, stop and look at the pipelines: background processes of their own, one per name and home.

    start(home, "payment_analysis_etl")      → the process runs, or already did
    status(home, "payment_analysis_etl")     → state, lag_s, rows_per_s, last_error, since
    stop(home, "payment_analysis_etl")       → the batch at hand is finished, then it ends

<home>/pipelines/<name>.log    what it printed; beside it is what it says of itself (lakehouse/pipeline_state.py)
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import Unavailable
from payment_analysis.lakehouse.pipeline_state import (
    FOLDER,
    PIPELINES,
    PipelineState,
    PipelineStatus,
    file_of,
    is_held,
    known,
    status,
)

if TYPE_CHECKING:
    from payment_analysis.lakehouse.home import Home

__all__ = ["PIPELINES", "PipelineState", "PipelineStatus", "start", "status", "stop"]
START_SECONDS_MAX: Final = 30.0  # loading the engines takes three on a busy machine
STOP_SECONDS_MAX: Final = 180.0  # the batch at hand and the last settlement: payments of millions of attempts
LOOK_SECONDS: Final = 0.1


def start(home: Home, name: str) -> PipelineStatus:
    """Start a pipeline in the background; one that runs is left alone."""
    known(name)
    if is_held(file_of(home, name, "lock")):
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
    with file_of(home, name, "log").open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    until = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < until:
        if process.poll() is not None:
            raise Unavailable(f"pipeline {name} ended while it started", hint=f"read {file_of(home, name, 'log')}")
        if is_held(file_of(home, name, "lock")):
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
    while is_held(file_of(home, name, "lock")):
        if time.monotonic() > until:
            raise Unavailable(f"pipeline {name} did not end in {STOP_SECONDS_MAX:.0f} s", hint="look at its status")
        time.sleep(LOOK_SECONDS)
    return status(home, name)
