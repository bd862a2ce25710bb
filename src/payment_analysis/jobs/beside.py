"""What works beside the page while `up` runs: the pipeline, the live world, and the first training.

The live world is a thread, so it ends with `up` however `up` ends. Pipeline and training are processes of their own: a
pipeline goes on where it stood when `up` is run again, and a training ends by itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import PaymentAnalysisError
from payment_analysis.jobs.pipelines import control
from payment_analysis.jobs.simulate import FACTS, FOLDER
from payment_analysis.jobs.stream import StreamOrder, stream
from payment_analysis.jobs.up import holds_only_a_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from payment_analysis.lakehouse.home import Home

PIPELINE: Final = "payment_realtime_pipeline"
RATE: Final = 2.0  # attempts a second: enough to watch, few enough not to drown the history in an hour
MINUTES: Final = 24.0 * 60.0
END_SECONDS_MAX: Final = 30.0
POLITE: Final = 10  # training gives way to the page


class Ended(Exception):
    """The block is over: raised where the live world waits for its next event."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Which of them to run."""

    world: int | None  # the seed of the simulated world that goes on live; None where the data is real
    trains: bool

    @classmethod
    def of(cls, home: Home) -> Beside:
        """A world goes on where everything is simulated; models are trained where there are none."""
        return cls(_seed(home) if holds_only_a_world(home) else None, not (home.path / "mlflow").exists())


def _seed(home: Home) -> int | None:
    """The seed of the world that landed; a home holds the people of one."""
    told = sorted((home.path / FOLDER).glob(f"*/{FACTS}"))
    return int(json.loads(told[0].read_text(encoding="utf-8"))["seed"]) if told else None


@contextmanager
def beside(home: Home, wanted: Beside, warn: Callable[[str], None]) -> Iterator[None]:
    """Start them, and end them with the block; `warn` is told what could not go on."""
    control.start(home, PIPELINE)
    ending = threading.Event()
    live = threading.Thread(target=_go_on, args=(home, wanted.world, ending, warn), name="live world", daemon=True)
    live.start()
    training = _train(home) if wanted.trains else None
    try:
        yield
    finally:
        ending.set()
        if training is not None:
            _end(training)
        live.join(END_SECONDS_MAX)
        control.stop(home, PIPELINE)


def stop_pipelines(home: Home) -> None:
    """End those that an `up` which was killed left running."""
    for name in control.PIPELINES:
        control.stop(home, name)


def _go_on(home: Home, seed: int | None, ending: threading.Event, warn: Callable[[str], None]) -> None:
    if seed is None:
        return

    def pause(seconds: float) -> None:
        if ending.wait(seconds):
            raise Ended

    try:
        stream(home, StreamOrder(RATE, MINUTES, seed, datetime.now(UTC)), sleep=pause)
    except Ended:
        return
    except PaymentAnalysisError as error:
        warn(f"the live world stopped: {error.message}; {error.hint}")


def _train(home: Home) -> subprocess.Popen[bytes]:
    """`train` in the background; what it prints is kept in the home."""
    command = [sys.executable, "-m", "payment_analysis.cli", "train", "--home", str(home.path.resolve())]
    with (home.path / "training.log").open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    os.setpriority(os.PRIO_PROCESS, process.pid, POLITE)
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=END_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
