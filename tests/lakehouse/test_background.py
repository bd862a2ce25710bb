"""Threads inside an engine when the process ends."""

from __future__ import annotations

import subprocess
import sys
import threading

from payment_analysis.lakehouse.background import begin, wait_for_all

ENDS_INSIDE = """
import sys
import duckdb
from payment_analysis.cli import door
from payment_analysis.lakehouse.background import begin

def ask():
    while True:
        duckdb.connect().execute("select sum(hash(range)) from range(10000000)").fetchall()

begin(ask, name="a question again and again")
door.app = lambda arguments: sys.exit(int(arguments[0]))
door.main(sys.argv[1:])
"""


def test_what_still_works_is_named() -> None:
    going_on = threading.Event()
    begin(going_on.wait, name="patient")
    assert wait_for_all(0.01) == ["patient"]
    going_on.set()
    assert wait_for_all(5.0) == []


def test_a_process_ends_with_its_own_code_while_a_thread_asks_an_engine() -> None:
    for code in (0, 3):
        ended = subprocess.run(
            [sys.executable, "-c", ENDS_INSIDE, str(code)], capture_output=True, text=True, timeout=60, check=False
        )
        assert (ended.returncode, ended.stderr) == (code, "")
