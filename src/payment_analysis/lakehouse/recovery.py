"""After the newest commit of a table was damaged, by a disk or a power cut: nothing that landed is lost.

    damaged(store)                 → the tables whose newest log entry cannot be read
    repair(store, kept, computed)  → the entry is set aside, and what depends on it is made anew

A table that keeps what came from outside gets the rows of its data files that no commit names: the lost commit's among
them, and at most those of a writer that died before its commit and will say them again; a known key is added once.
Tables that are computed are removed: the next build makes them anew. Nobody else may write meanwhile.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from payment_analysis.lakehouse.delta import DEFINITION
from payment_analysis.lakehouse.log_entry import entry_of, is_readable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from payment_analysis.lakehouse.delta import DeltaStore
    from payment_analysis.lakehouse.landing import Landing

_PARQUET_END: Final = b"PAR1"  # a file without it was never finished


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was done to one table."""

    table: str
    set_aside: Path  # where the entry that could not be read lies now
    rows: int  # taken up from data files; 0 for a table that is made anew


def damaged(store: DeltaStore) -> dict[str, Path]:
    """The tables whose newest log entry cannot be read, each with the entry."""
    found = {}
    for name in sorted(folder.name for folder in store.root.glob("*")):
        version = store.version(name)
        if version is not None and not is_readable(entry := entry_of(store.folder(name), version)):
            found[name] = entry
    return found


def repair(
    store: DeltaStore, kept: Iterable[Landing], computed: Iterable[str], *, aside: Path, partials: Path
) -> tuple[Repaired, ...]:
    """Set the damaged entries aside, take up what they had brought, and remove what is computed."""
    landings = {landing.name: landing for landing in kept}
    done = []
    for name, entry in damaged(store).items():
        aside.mkdir(parents=True, exist_ok=True)
        place = aside / f"{name}-{entry.name}"
        shutil.move(entry, place)
        rows = _taken_up(store, landings[name], entry.name) if name in landings else 0
        done.append(Repaired(name, place, rows))
    if done:
        for name in computed:
            shutil.rmtree(store.folder(name), ignore_errors=True)
        shutil.rmtree(partials, ignore_errors=True)
        for name in landings:
            if store.version(name) is not None:
                store.commit(store.snapshot(name), (), positions={DEFINITION: 0}, data_change=False)
    return tuple(done)


def _taken_up(store: DeltaStore, landing: Landing, entry: str) -> int:
    """Append the rows of finished data files that no commit names; the number of rows that were not known."""
    if store.version(landing.name) is None:  # the entry was the table's first
        return 0
    named = set(store.snapshot(landing.name).paths)
    orphans = [path for path in sorted(store.folder(landing.name).glob("*.parquet")) if path not in named]
    finished = [path for path in orphans if _is_finished(path)]
    return landing.append(finished, batch_id=f"repaired {entry}").added if finished else 0


def _is_finished(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - len(_PARQUET_END)))
        return file.read() == _PARQUET_END
