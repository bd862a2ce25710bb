"""The index: one segment per data file of silver, so that it can be behind and never wrong.

A data file never changes and has one name, and the segment made of it has the same. To catch up is to make the
segments that are missing and to delete those whose file silver no longer names: whoever is killed on the way leaves
segments that are whole, and the next one goes on. Two processes that catch up at once do the same work, once too often.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

import pyarrow as pa

from payment_analysis.agents.similar.segment import SUFFIX, Segment, read_segment, write_segment
from payment_analysis.agents.similar.source import ATTEMPTS, question
from payment_analysis.domain.errors import NotBuilt
from payment_analysis.lakehouse.background import begin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from payment_analysis.lakehouse.data_file import DataFile

KEPT: Final = timedelta(days=30)  # as far back as the summaries go
FOLDER: Final = "similar"
WRITING_SECONDS_MAX: Final = 3_600.0


@runtime_checkable
class FileWarehouse(Protocol):
    """A lakehouse on this machine, whose data files can be asked one by one."""

    @property
    def folder(self) -> Path: ...
    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[dict[str, Any]]: ...
    def version(self, name: str) -> int | None: ...
    def files(self, name: str) -> tuple[DataFile, ...]: ...
    def table_of_files(self, sql: str, name: str, paths: Iterable[Path]) -> pa.Table: ...


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """What it took to catch up, and what can be searched now."""

    made: int
    removed: int
    attempts: int


class SimilarIndex:
    """The index of one lakehouse. Threads may search while one of them catches up."""

    def __init__(self, warehouse: FileWarehouse) -> None:
        self._warehouse = warehouse
        self._folder = warehouse.folder / FOLDER
        self._segments: dict[str, Segment] = {}
        self._version: int | None = None
        self._as_of: datetime | None = None
        self._catching_up = threading.Lock()

    @property
    def segments(self) -> tuple[Segment, ...]:
        """What can be searched."""
        return tuple(self._segments.values())

    @property
    def since_us(self) -> int:
        """Attempts from this instant on can be found; the clock of the data goes on, and segments stay."""
        assert self._as_of is not None, "an index that caught up knows the time"
        return int((self._as_of - KEPT).timestamp() * 1_000_000)

    @property
    def as_of(self) -> datetime | None:
        """The newest attempt when the index caught up."""
        return self._as_of

    def current(self) -> tuple[Segment, ...]:
        """What can be searched: at first everything there is; later at once, catching up beside it."""
        version = self._warehouse.version(ATTEMPTS)
        if version is None:
            raise NotBuilt(f"table {ATTEMPTS} is not built yet", hint="run `payment-analysis build`")
        if self._version is None:
            self.catch_up()
        elif version != self._version and not self._catching_up.locked():
            begin(self.catch_up, name="similar payments")
        return self.segments

    def catch_up(self) -> CaughtUp:
        """Make what is missing, delete what is no longer named, and map the rest."""
        with self._catching_up:
            version = self._warehouse.version(ATTEMPTS)
            (clock,) = self._warehouse.rows("select as_of from data_clock")
            if version is None or clock["as_of"] is None:
                return CaughtUp(0, 0, 0)
            since = clock["as_of"] - KEPT
            files = [file for file in self._warehouse.files(ATTEMPTS) if file.latest is None or file.latest > since]
            wanted = {f"{file.path.stem}{SUFFIX}": file for file in files}
            made = 0
            held = dict(self._segments)
            for name, file in wanted.items():
                if name not in held:
                    found = self._found(self._folder / name)
                    made += found is None
                    held[name] = found or self._made(self._folder / name, file.path)
            self._segments = {name: held[name] for name in wanted}
            self._version, self._as_of = version, clock["as_of"]
            removed = self._cleared(wanted.keys())
            return CaughtUp(made, removed, sum(len(one) for one in self.segments))

    @staticmethod
    def _found(path: Path) -> Segment | None:
        """The segment that lies there; one that is not whole is made again."""
        try:
            return read_segment(path)
        except (FileNotFoundError, pa.ArrowInvalid):
            return None

    def _made(self, path: Path, file: Path) -> Segment:
        write_segment(self._warehouse.table_of_files(question(), ATTEMPTS, [file]), path)
        return read_segment(path)

    def _cleared(self, wanted: Iterable[str]) -> int:
        """Delete the rest; a mapped file stays readable for whoever maps it."""
        rest = set(self._folder.glob(f"*{SUFFIX}")) - {self._folder / name for name in wanted}
        rest |= {path for path in self._folder.glob("*.writing") if _is_old(path)}  # of a process that was killed
        for path in rest:
            path.unlink(missing_ok=True)
        return len(rest)


def _is_old(path: Path) -> bool:
    """Whether nobody can still be writing it."""
    try:
        return time.time() - path.stat().st_mtime > WRITING_SECONDS_MAX
    except FileNotFoundError:
        return False
