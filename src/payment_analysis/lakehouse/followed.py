"""A table that is asked about again and again: its log is read forward, and each entry once.

Opening a table takes 12 ms and more with every entry since its checkpoint; a stream commits several times a second.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from payment_analysis.domain.errors import NotBuilt
from payment_analysis.lakehouse.log_entry import entry_of
from payment_analysis.lakehouse.schema import delta_columns
from payment_analysis.lakehouse.stream.head import Head

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.lakehouse.delta import DeltaStore
    from payment_analysis.lakehouse.stream.head import Grown

GROWN_MAX: Final = 10_000  # generations that are remembered; what was before them is in the log


class Followed:
    """One table as it is at the last look."""

    def __init__(self, store: DeltaStore, name: str, *, grown_max: int = GROWN_MAX) -> None:
        self._store, self._name, self._grown_max = store, name, grown_max
        self._folder = store.folder(name)
        self._open()

    def _open(self) -> None:
        if self._store.version(self._name) is None:
            raise not_built(self._name)
        self._opened = self._store.snapshot(self._name)
        self.head = Head(self._store, self._opened)
        self.columns = delta_columns(self._opened.table.schema())
        self._grown: deque[Grown] = deque()
        self._remembered = self._opened.generation  # every generation after this one is in `_grown`
        self._stamp = self._stamped()

    def look(self) -> None:
        """Take up what was committed since the last look."""
        newest, known = self._store.version(self._name), self.head.version
        if newest is None:
            raise not_built(self._name)
        if newest < known or self._stamp != self._stamped():  # it was made anew
            self._open()
        elif newest > known:
            if entry_of(self._folder, known + 1).exists():
                self._grown.extend(self.head.advance())
            if self.head.is_redefined or self.head.version < newest:  # or its log was cleaned up meanwhile
                self._open()
            while len(self._grown) > self._grown_max:
                self._remembered = self._grown.popleft().generation
            self._stamp = self._stamped()

    def _stamped(self) -> tuple[int, int] | None:
        """What tells the entry of the known version from another of that number; none when it was cleaned up."""
        try:
            seen = entry_of(self._folder, self.head.version).stat()
        except FileNotFoundError:
            return None
        return seen.st_ino, seen.st_mtime_ns

    def changes_since(self, generation: int) -> tuple[tuple[Path, ...], tuple[Path, ...]] | None:
        """Files added and files removed after a generation, compaction aside; None when they are not known any more."""
        if generation > self.head.generation:
            return None
        added: list[Path] = []
        removed: list[Path] = []
        if generation < self._remembered:
            earlier = self._earlier(generation)
            if earlier is None:
                return None
            added, removed = map(list, earlier)
        for grown in self._grown:
            if grown.generation > generation:
                added.extend(file.path for file in grown.files)
                removed.extend(grown.removed)
        return tuple(added), tuple(removed)

    def _earlier(self, generation: int) -> tuple[tuple[Path, ...], tuple[Path, ...]] | None:
        """The changes that the log alone remembers."""
        if self._remembered > self._opened.generation:
            self._open()
        return self._store.changes_since(self._opened, generation)


def not_built(name: str) -> NotBuilt:
    """The error of who asks for a table that does not exist."""
    return NotBuilt(f"table {name} is not built yet", hint="run `payment-analysis build`")
