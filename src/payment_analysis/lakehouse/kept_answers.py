"""Answers that are kept while the tables they were read from stay at their versions: pages are asked for repeatedly.

What depends on the moment of asking is not kept, and neither are long answers.
"""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

Answer = TypeVar("Answer")

ANSWERS_MAX: Final = 1024  # all pages in three scopes are 400; of at most 2,000 rows each
ROWS_MAX: Final = 2000
_OF_THE_MOMENT: Final = re.compile(r"\b(current_(date|time\w*)|now|rand\w*|uuid)\b", re.IGNORECASE)


class KeptAnswers(Generic[Answer]):
    """The latest answers of one process."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[Mapping[str, int], Answer]] = {}
        self._lock = threading.Lock()

    def find(self, question: Hashable, versions: Mapping[str, int]) -> Answer | None:
        """The answer when it was read from these versions."""
        with self._lock:
            found = self._kept.get(question)
            if found is None or found[0] != versions:
                return None
            self._kept[question] = self._kept.pop(question)
        return found[1]

    def keep(self, question: Hashable, versions: Mapping[str, int], answer: Answer) -> None:
        """Keep an answer instead of the one that was not asked for the longest."""
        with self._lock:
            self._kept.pop(question, None)
            self._kept[question] = (versions, answer)
            while len(self._kept) > ANSWERS_MAX:
                self._kept.pop(next(iter(self._kept)))


def depends_on_the_moment(sql: str) -> bool:
    """Whether the same question to the same tables may have another answer."""
    return bool(_OF_THE_MOMENT.search(sql))
