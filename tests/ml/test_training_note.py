"""How far training is can be read by another process, also when the one that trained was killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from payment_analysis.ml.training_note import last_training, noted

if TYPE_CHECKING:
    from pathlib import Path

KILLED = """
import os, signal, sys
from pathlib import Path
from payment_analysis.ml.training_note import noted
with noted(Path(sys.argv[1])) as tell:
    tell("training approval_propensity_model", 0.4)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_nobody_trained_here_yet(tmp_path: Path) -> None:
    assert last_training(tmp_path / "home") is None


def test_what_is_told_is_read_while_it_runs_and_after(tmp_path: Path) -> None:
    with noted(tmp_path) as tell:
        tell("reading attempts", 0.1)
        during = last_training(tmp_path)
    after = last_training(tmp_path)

    assert during is not None
    assert after is not None
    assert (during.doing, during.share, during.is_running) == ("reading attempts", 0.1, True)
    assert (after.is_running, after.is_over, after.problem) == (False, True, "")


def test_a_training_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no lessons"), noted(tmp_path):
        raise ValueError("no lessons")

    ended = last_training(tmp_path)
    assert ended is not None
    assert (ended.is_over, ended.problem) == (True, "no lessons")


def test_a_training_that_was_killed_does_not_run(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)

    killed = last_training(tmp_path)
    assert done.returncode == -signal.SIGKILL
    assert killed is not None
    assert (killed.share, killed.is_over, killed.is_running) == (0.4, False, False)
