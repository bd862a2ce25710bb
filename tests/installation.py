"""The command as a person runs it: a process of its own, a home of its own, a free port."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest

from payment_analysis.cli.door import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DOOR = [sys.executable, "-m", "payment_analysis.cli"]


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    code: object
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """What it said on standard error, in one line and without the frame."""
        return " ".join(self.err.replace("│", " ").split())


@dataclass(frozen=True)
class Installation:
    """One home, and the ways into it."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"PAYMENT_ANALYSIS_HOME": str(self.home), "COLUMNS": "160", "NO_COLOR": "1", "TERM": "dumb"}

    def run(self, *arguments: str | Path) -> Done:
        """Run one command in this process, which has loaded the engines already."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main(["--home", str(self.home), *map(str, arguments)])
        return Done(ended.value.code, out.getvalue(), err.getvalue())

    def start(self, *arguments: str | Path) -> Done:
        """Run one command in a process of its own."""
        command = [*DOOR, *map(str, arguments)]
        done = subprocess.run(
            command,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd=self.home.parent,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def json(self, *arguments: str | Path) -> Any:
        done = self.run(*arguments, "--json")
        assert done.code == 0, done.err
        return json.loads(done.out)

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Rows of one question, columns by name."""
        answer = self.json("query", sql)
        return [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]

    @contextmanager
    def up(self, *arguments: str | Path) -> Iterator[str]:
        """The application's sign-in link while it runs; it must end cleanly on Ctrl-C."""
        command = [*DOOR, "up", "--port", "0", *map(str, arguments)]
        with subprocess.Popen(
            command,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.home.parent,
        ) as running:
            try:
                yield address(running)
            finally:
                running.send_signal(signal.SIGINT)
                _, complaints = running.communicate(timeout=60)
        assert running.returncode == 0, complaints


def address(running: subprocess.Popen[str]) -> str:
    assert running.stdout is not None
    for line in running.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+/sign-in\S+", line):
            return found[0]
    assert running.stderr is not None
    raise AssertionError(f"`up` ended before it served: {running.stderr.read()}")


def visitor(link: str) -> Callable[[str], str]:
    """Open the sign-in link; gives the way to fetch a path, with the session kept."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    opener.open(link, timeout=60).close()

    def fetch(path: str) -> str:
        with opener.open(urljoin(link, path), timeout=60) as answer:
            return str(answer.read().decode())

    return fetch
