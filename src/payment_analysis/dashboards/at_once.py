"""Several questions at the same time: an engine plans each on one core, and a warehouse elsewhere makes us wait."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Answer = TypeVar("Answer")

AT_ONCE: Final = 4  # of all who ask: more would only share two cores among themselves


def at_once(questions: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """The answers in the order of the questions; each is asked in the context of the caller, who says who that is.

    What a question raises is raised here, after all of them have ended.
    """
    if len(questions) < 2:
        return [one() for one in questions]
    asked = [_pool().submit(copy_context().run, one) for one in questions]
    for one in asked:
        one.exception()
    return [one.result() for one in asked]


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="dashboard")
