"""The head of a table that is followed for long: its newest version, known without opening the table anew.

An entry of the log is one small file. Others' entries are read forward, each once; our own is written by a link that
fails when its version exists, as Delta asks of a writer. A commit takes 1 ms however long the log is, where opening the
table takes 12 ms and more with every entry since its checkpoint.

The fence is that of `delta`: of two commits from one version that carry the same application the second is refused.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.domain.errors import Conflict
from payment_analysis.lakehouse.data_file import CLUSTER_COLUMN, DataFile, room_in
from payment_analysis.lakehouse.delta import GENERATION, LAYOUT, statistics_of
from payment_analysis.lakehouse.log_entry import damage, entry_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from payment_analysis.lakehouse.delta import DeltaStore, Snapshot

_ENGINE: Final = "payment-analysis"


@dataclass(frozen=True, slots=True)
class Grown:
    """The files that one generation added, and their rows; and the files it took away."""

    generation: int
    files: tuple[DataFile, ...]
    removed: tuple[Path, ...] = ()

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)


class Head:
    """One table's files and positions as they are now."""

    def __init__(self, store: DeltaStore, snapshot: Snapshot) -> None:
        self.name = snapshot.name
        self.folder = store.folder(snapshot.name)
        self._snapshot = snapshot
        self._version = snapshot.version
        self._files = {file.path: file for file in snapshot.files}
        self._positions: dict[str, int | None] = {}
        self.is_redefined = False  # since the snapshot its columns may have changed

    @property
    def version(self) -> int:
        return self._version

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self._files.values())

    @property
    def files(self) -> tuple[DataFile, ...]:
        return tuple(self._files.values())

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(self._files)

    @property
    def generation(self) -> int:
        return self.position(GENERATION) or 0

    def position(self, application: str) -> int | None:
        """The last version committed under an application id."""
        if application not in self._positions:  # asking the snapshot takes 4 ms
            self._positions[application] = self._snapshot.position(application)
        return self._positions[application]

    def advance(self) -> list[Grown]:
        """Read what others committed since the last time; compaction makes versions without a generation."""
        found = []
        while (entry := entry_of(self.folder, self._version + 1)).exists():
            grown = self._take_up(self._actions(entry))
            if grown:
                found.append(grown)
        return found

    def settle(self) -> None:
        """Take up compactions, on a table that only we write rows to."""
        if self.advance():
            raise self._outrun()

    def commit(
        self, add: Iterable[DataFile], *, remove: Iterable[Path] = (), positions: Mapping[str, int] | None = None
    ) -> None:
        """Add and remove files in one commit, together with the positions it was computed from."""
        now, gone = int(time.time() * 1000), sorted(remove)
        applications = {**(positions or {}), GENERATION: self.generation + 1}
        if gone:
            applications[LAYOUT] = (self.position(LAYOUT) or 0) + 1
        actions: list[dict[str, Any]] = [
            {
                "commitInfo": {
                    "timestamp": now,
                    "operation": "WRITE",
                    "operationParameters": {"mode": "Append", "partitionBy": "[]"},
                    "engineInfo": _ENGINE,
                }
            },
            *({"remove": _removed(path, self.folder, now)} for path in gone),
            *({"add": _added(file, self.folder, now)} for file in add),
            *({"txn": {"appId": name, "version": at}} for name, at in applications.items()),
        ]
        with room_in(self.folder):
            draft = self.folder / "_delta_log" / f"_commit_{uuid.uuid4()}.json.tmp"
            draft.write_text("\n".join(map(json.dumps, actions)) + "\n", encoding="utf-8")
            try:
                self._publish(draft, frozenset(gone), applications.keys())
            finally:
                draft.unlink()
        self._take_up(actions)

    def _publish(self, draft: Path, gone: frozenset[Path], applications: Iterable[str]) -> None:
        """Give the draft the next free version; refused when a version in between shares an application with it."""
        while True:
            if not gone <= self._files.keys():
                raise self._outrun()
            entry = entry_of(self.folder, self._version + 1)
            try:
                os.link(draft, entry)
            except FileExistsError:
                others = self._actions(entry)
                theirs = {action["txn"]["appId"] for action in others if "txn" in action}
                if not theirs.isdisjoint(applications) or any({"metaData", "protocol"} & a.keys() for a in others):
                    raise self._outrun() from None
                self._take_up(others)
            else:
                return

    def _actions(self, entry: Path) -> list[dict[str, Any]]:
        try:
            actions = [json.loads(line) for line in entry.read_text(encoding="utf-8").splitlines()]
        except ValueError as error:
            raise damage(self.name, entry) from error
        if not actions:
            raise damage(self.name, entry)
        return actions

    def _take_up(self, actions: list[dict[str, Any]]) -> Grown | None:
        """Be one version further; what it added when it was a generation."""
        self._version += 1
        generation, grown, removed = None, [], []
        for action in actions:
            if "txn" in action:
                self._positions[action["txn"]["appId"]] = int(action["txn"]["version"])
                if action["txn"]["appId"] == GENERATION:
                    generation = int(action["txn"]["version"])
            elif "remove" in action:
                path = self.folder / action["remove"]["path"]
                self._files.pop(path, None)
                if action["remove"]["dataChange"]:
                    removed.append(path)
            elif "add" in action:
                file = _data_file(action["add"], self.folder)
                self._files[file.path] = file
                if action["add"]["dataChange"]:
                    grown.append(file)
            elif "metaData" in action or "protocol" in action:
                self.is_redefined = True
        return None if generation is None else Grown(generation, tuple(grown), tuple(removed))

    def _outrun(self) -> Conflict:
        return Conflict(
            f"another process changed table {self.name} after version {self._version}",
            hint="what is committed is taken up, and the work goes on from there",
        )


def _removed(path: Path, folder: Path, now_ms: int) -> dict[str, Any]:
    name = path.relative_to(folder).as_posix()
    return {"path": name, "dataChange": True, "deletionTimestamp": now_ms, "extendedFileMetadata": False}


def _added(file: DataFile, folder: Path, now_ms: int) -> dict[str, Any]:
    return {
        "path": file.path.relative_to(folder).as_posix(),
        "partitionValues": {},
        "size": file.size_bytes,
        "modificationTime": now_ms,
        "dataChange": True,
        "stats": json.dumps(statistics_of(file)),
    }


def _data_file(added: Mapping[str, Any], folder: Path) -> DataFile:
    statistics = json.loads(added["stats"])
    earliest, latest = (statistics.get(side, {}).get(CLUSTER_COLUMN) for side in ("minValues", "maxValues"))
    return DataFile(
        folder / added["path"],
        int(statistics["numRecords"]),
        int(added["size"]),
        datetime.fromisoformat(earliest) if earliest else None,
        datetime.fromisoformat(latest) if latest else None,
    )
