"""Threads that ask an engine beside the main one.

An interpreter that ends while a thread is inside an engine's own code aborts the whole process, so whoever ends one
waits for them first. They are daemons all the same: one that never answers must not keep the process alive.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

LATER: Final = 5  # as `nice` counts; at 15 one that holds the interpreter's lock gets no processor to let go of it

_working: Final = set[threading.Thread]()


def begin(work: Callable[[], object], *, name: str) -> threading.Thread:
    """Run `work` in a thread of its own from now on."""
    for ended in [one for one in _working if not one.is_alive()]:
        _working.discard(ended)
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    _working.add(thread)
    return thread


def stand_back() -> None:
    """Let other threads have the processors first."""
    if sys.platform == "linux":  # elsewhere a priority belongs to a process and not to a thread
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LATER)


def wait_for_all(seconds_max: float) -> list[str]:
    """Wait until all have ended, together at most so long; the names of those that still work."""
    end = time.monotonic() + seconds_max
    for thread in list(_working):
        thread.join(max(0.0, end - time.monotonic()))
    return sorted(thread.name for thread in _working if thread.is_alive())
