"""Delta tables in one folder: open, list, commit. What is committed is decided by the stages above.

Every commit that changes data carries the table's next *generation* as an application transaction. It does two jobs.
It is the fence: of two writers that start from one snapshot the second is refused. And it is the position others read
from: compaction makes new versions but no new generation, so nobody mistakes it for new rows.

Every commit that takes files away carries the next *layout* as well. delta-rs sees no conflict between a compaction
and who then rewrites one of the compacted files from the snapshot before: the rows of that file would be there twice.

Measured rules: open the table anew for each commit (a kept handle slows from 43 to 188 ms over 3,000 commits), no hooks
on the hot path, never fork after delta-rs was used.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Transaction
from deltalake.exceptions import CommitFailedError
from deltalake.transaction import AddAction, RemoveAction

from payment_analysis.domain.errors import Conflict, NotBuilt
from payment_analysis.lakehouse.data_file import CLUSTER_COLUMN, DataFile, room_in
from payment_analysis.lakehouse.log_entry import damage, entry_of, is_readable
from payment_analysis.lakehouse.schema import delta_columns, delta_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from payment_analysis.lakehouse.schema import Columns

Result = TypeVar("Result")

GENERATION: Final = "generation"
LAYOUT: Final = "layout"
DEFINITION: Final = "definition"
COMMIT_TRIES: Final = 5  # a writer that lost a race starts again from the new snapshot
_NO_HOOKS: Final = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)
_CONFIGURATION: Final = {
    "delta.logRetentionDuration": "interval 1 days",
    "delta.deletedFileRetentionDuration": "interval 1 hours",
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of a table: its files and its positions."""

    name: str
    version: int
    files: tuple[DataFile, ...]
    table: DeltaTable = field(repr=False)

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(file.path for file in self.files)

    @property
    def generation(self) -> int:
        return self.position(GENERATION) or 0

    def position(self, application: str) -> int | None:
        """The last version committed under an application id."""
        return self.table.transaction_version(application)


class DeltaStore:
    """The Delta tables of one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._newest: dict[str, int] = {}  # the versions seen last: the log is looked through forward from there

    def folder(self, name: str) -> Path:
        """Where a table lives."""
        return self.root / name

    def version(self, name: str) -> int | None:
        """The newest version, from the names in the log alone: cheap enough to ask before every query.

        A stream's log has thousands of names in an hour, so they are listed once and then looked for one by one.
        """
        folder, version = self.folder(name), self._newest.get(name)
        if version is None or not entry_of(folder, version).exists():  # a log that was cleaned up, or begun anew
            log = folder / "_delta_log"
            names = [one.name for one in os.scandir(log)] if log.is_dir() else []  # a path each takes ten times as long
            version = max((int(one[:20]) for one in names if one[:20].isdigit()), default=None)
        else:
            while entry_of(folder, version + 1).exists():
                version += 1
        if version is not None:
            self._newest[name] = version
        return version

    def create(self, name: str, columns: Columns, description: str = "") -> None:
        """Create the table when it does not exist yet."""
        if self.version(name) is not None:
            return
        skipping = {"delta.dataSkippingStatsColumns": CLUSTER_COLUMN} if CLUSTER_COLUMN in columns else {}
        DeltaTable.create(
            self.folder(name),
            delta_schema(columns),
            mode="ignore",
            description=description,
            configuration=_CONFIGURATION | skipping,
        )

    def widen(self, name: str, columns: Columns) -> None:
        """Add the columns that the table was made without; its rows have nulls there."""
        retried(lambda: self._widen(name, columns))

    def _widen(self, name: str, columns: Columns) -> None:
        table = self.snapshot(name).table
        held = delta_columns(table.schema())
        if not (missing := {column: word for column, word in columns.items() if column not in held}):
            return
        try:
            table.alter.add_columns(delta_schema(missing).fields, post_commithook_properties=_NO_HOOKS)
        except CommitFailedError as error:
            raise Conflict(
                f"another process changed table {name}", hint="run the command again; it goes on from what is committed"
            ) from error

    def snapshot(self, name: str) -> Snapshot:
        """The newest version of a table."""
        version = self.version(name)
        if version is None:
            raise NotBuilt(f"table {name} does not exist yet", hint="run `payment-analysis build`")
        entry = entry_of(self.folder(name), version)
        if not is_readable(entry):
            raise damage(name, entry)
        table = DeltaTable(self.folder(name))
        return Snapshot(name, table.version(), tuple(_data_files(self.folder(name), table)), table)

    def commit(
        self,
        snapshot: Snapshot,
        add: Iterable[DataFile],
        *,
        remove: Iterable[Path] = (),
        positions: Mapping[str, int] | None = None,
        data_change: bool = True,
    ) -> None:
        """Add and remove files in one commit, together with the positions it was computed from."""
        now = int(time.time() * 1000)
        folder, gone = self.folder(snapshot.name), frozenset(remove)
        if not gone <= frozenset(snapshot.paths if gone else ()):
            raise _outrun(snapshot)
        actions: list[AddAction | RemoveAction] = [
            RemoveAction(path.relative_to(folder).as_posix(), data_change=data_change, deletion_timestamp=now)
            for path in sorted(gone)
        ]
        actions.extend(_add_action(file, folder, now, data_change=data_change) for file in add)
        self._write(snapshot, actions, "append", snapshot.table.schema(), positions, data_change=data_change)

    def replace(
        self, snapshot: Snapshot, files: Iterable[DataFile], columns: Columns, *, positions: Mapping[str, int]
    ) -> None:
        """Let the table be exactly these files, with these columns, in one commit."""
        now = int(time.time() * 1000)
        actions: list[AddAction | RemoveAction] = [
            _add_action(file, self.folder(snapshot.name), now, data_change=True) for file in files
        ]
        self._write(snapshot, actions, "overwrite", delta_schema(columns), positions, data_change=True)

    def _write(
        self,
        snapshot: Snapshot,
        actions: list[AddAction | RemoveAction],
        mode: str,
        schema: object,
        positions: Mapping[str, int] | None,
        *,
        data_change: bool,
    ) -> None:
        applications = dict(positions or {})
        if data_change:
            applications[GENERATION] = snapshot.generation + 1
        if mode == "overwrite" or any(isinstance(action, RemoveAction) for action in actions):
            applications[LAYOUT] = (snapshot.position(LAYOUT) or 0) + 1
        properties = CommitProperties(app_transactions=[Transaction(name, at) for name, at in applications.items()])
        try:
            with room_in(self.folder(snapshot.name)):
                snapshot.table.create_write_transaction(
                    actions,
                    mode,
                    schema,  # type: ignore[arg-type] # deltalake's Schema, which its own stub calls an Arrow one
                    commit_properties=properties,
                    post_commithook_properties=_NO_HOOKS,
                )
        except CommitFailedError as error:
            raise _outrun(snapshot) from error

    def files_since(self, snapshot: Snapshot, generation: int) -> tuple[Path, ...] | None:
        """Files added after a generation, compaction aside; None when the log no longer reaches back that far."""
        found = self._changes(snapshot, generation)
        return found[0] if found is not None and all(path.exists() for path in found[0]) else None

    def changes_since(self, snapshot: Snapshot, generation: int) -> tuple[tuple[Path, ...], tuple[Path, ...]] | None:
        """Files added and files removed after a generation, compaction aside; None when they are not known any more.

        Rows of the added less rows of the removed are what changed: a file that came and went again is in both.
        """
        found = self._changes(snapshot, generation)
        return found if found is not None and all(path.exists() for side in found for path in side) else None

    def _changes(self, snapshot: Snapshot, generation: int) -> tuple[tuple[Path, ...], tuple[Path, ...]] | None:
        folder = self.folder(snapshot.name)
        added: list[Path] = []
        removed: list[Path] = []
        for version in range(snapshot.version, -1, -1):
            if generation == snapshot.generation:
                break
            entry = folder / "_delta_log" / f"{version:020}.json"
            if not entry.exists():
                return None
            actions = [json.loads(line) for line in entry.read_text().splitlines()]
            if any(_generation(action) == generation for action in actions):
                break
            added.extend(folder / a["add"]["path"] for a in actions if a.get("add", {}).get("dataChange"))
            removed.extend(folder / a["remove"]["path"] for a in actions if a.get("remove", {}).get("dataChange"))
        return tuple(reversed(added)), tuple(reversed(removed))


def retried(attempt: Callable[[], Result], *, again: Callable[[], None] = lambda: None) -> Result:
    """Run an attempt, and run it again from a new snapshot when it lost a race against another writer."""
    for _ in range(COMMIT_TRIES - 1):
        try:
            return attempt()
        except Conflict:
            again()
    return attempt()


def _outrun(snapshot: Snapshot) -> Conflict:
    return Conflict(
        f"another process changed table {snapshot.name} after version {snapshot.version}",
        hint="run the command again; it goes on from what is committed",
    )


def fingerprint(*parts: object) -> int:
    """A content hash that fits the version of an application transaction (63 bits)."""
    return int(hashlib.sha256(repr(parts).encode()).hexdigest()[:15], 16)


def _data_files(folder: Path, table: DeltaTable) -> list[DataFile]:
    added = table.get_add_actions(flatten=True)
    columns = {name: added.column(name).to_pylist() for name in added.schema.names}
    blank = [None] * len(columns["path"])
    return [
        DataFile(folder / path, rows, size, earliest, latest)
        for path, rows, size, earliest, latest in zip(
            columns["path"],
            columns["num_records"],
            columns["size_bytes"],
            columns.get(f"min.{CLUSTER_COLUMN}", blank),
            columns.get(f"max.{CLUSTER_COLUMN}", blank),
            strict=True,
        )
    ]


def statistics_of(file: DataFile) -> dict[str, object]:
    """What the log says of a file's rows."""
    if not (file.earliest and file.latest):
        return {"numRecords": file.rows}
    return {
        "numRecords": file.rows,
        "minValues": {CLUSTER_COLUMN: file.earliest.isoformat()},
        "maxValues": {CLUSTER_COLUMN: file.latest.isoformat()},
        "nullCount": {CLUSTER_COLUMN: 0},
    }


def _add_action(file: DataFile, folder: Path, now_ms: int, *, data_change: bool) -> AddAction:
    name = file.path.relative_to(folder).as_posix()
    return AddAction(name, file.size_bytes, {}, now_ms, data_change, json.dumps(statistics_of(file)))


def _generation(action: Mapping[str, Mapping[str, object]]) -> object:
    transaction = action.get("txn", {})
    return transaction.get("version") if transaction.get("appId") == GENERATION else None
