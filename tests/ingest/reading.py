"""What the tests of this room share: how a staged file is looked at."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.ingest.file import Staged

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
VISA = "4" + "1" * 15
PSP2019_HEADER = "tmsp,country,amount,success,PSP,3D_secured,card"
PSP2019_ROW = "2019-01-01 00:01:11,Germany,89,0,UK_Card,0,Visa"


class Read(Protocol):
    """Write text to a file and read it."""

    def __call__(self, text: str | bytes, format_: str, mapping: Any = None, *, name: str = "file.csv") -> Staged: ...


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a staged file, in the order of the source."""
    found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return sorted(found, key=lambda row: row["_source_row"])


def fields(path: Path) -> list[dict[str, Any]]:
    """The rows without provenance and without nulls."""
    return [{k: v for k, v in row.items() if v is not None and not k.startswith("_")} for row in rows(path)]


def faults(staged: Staged) -> list[tuple[int, str, str | None]]:
    """Source row, reason and field of every rejected row."""
    return [(row["_source_row"], row["reason"], row["field"]) for row in rows(staged.rejected)]
