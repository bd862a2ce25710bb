"""The tail of a table's log: which data files each generation added, read forward, one small file per commit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.domain.errors import Conflict
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

    def __init__(self, store: DeltaStore, snapshot: Snapshot, *, since: int | None = None) -> None:
        """Begin after the snapshot, or after an older generation `since`: writers do not wait for a reader."""
        self._folder = store.folder(snapshot.name)
        self._version = snapshot.version
        if since is not None and snapshot.generation != since:
            self._version = self._back_to(since)

    def read(self) -> list[Grown]:
        """What was committed since the last time."""
        found = []
        while (entry := self._entry(self._version + 1)).exists():
            self._version += 1
            grown = self._grown(entry)
            if grown:
                found.append(grown)
        return found

    def _back_to(self, since: int) -> int:
        for version in range(self._version, -1, -1):
            entry = self._entry(version)
            if not entry.exists():
                break
            grown = self._grown(entry)
            if grown is not None and grown.generation <= since:
                return version
        else:
            return -1  # every generation came after it
        raise Conflict(
            f"the log of {self._folder.name} no longer tells what came after generation {since}",
            hint="the pipeline builds what there is and starts again by itself",
        )

    def _entry(self, version: int) -> Path:
        return self._folder / "_delta_log" / f"{version:020}.json"

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
