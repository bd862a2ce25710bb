"""The tail of a table's log: which data files each generation added, read forward, one small file per commit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.lakehouse.delta import GENERATION

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.lakehouse.delta import DeltaStore, Snapshot


@dataclass(frozen=True, slots=True)
class Grown:
    """The files that one generation added, and their rows."""

    generation: int
    files: tuple[Path, ...]
    rows: int


class LogTail:
    """Follows a table that only grows; compaction makes versions without a generation and is passed over."""

    def __init__(self, store: DeltaStore, snapshot: Snapshot) -> None:
        self._folder = store.folder(snapshot.name)
        self._version = snapshot.version

    def read(self) -> list[Grown]:
        """What was committed since the last time."""
        found = []
        while (entry := self._folder / "_delta_log" / f"{self._version + 1:020}.json").exists():
            self._version += 1
            grown = self._grown(entry)
            if grown:
                found.append(grown)
        return found

    def _grown(self, entry: Path) -> Grown | None:
        generation, files, rows = None, [], 0
        for line in entry.read_text(encoding="utf-8").splitlines():
            action = json.loads(line)
            transaction, added = action.get("txn", {}), action.get("add")
            if transaction.get("appId") == GENERATION:
                generation = int(transaction["version"])
            if added and added["dataChange"]:
                files.append(self._folder / added["path"])
                rows += int(json.loads(added["stats"])["numRecords"])
        return Grown(generation, tuple(files), rows) if generation is not None and files else None
