"""The newest entry of a table's log: one that is empty or torn is said, and never read as a commit that did nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from payment_analysis.domain.errors import Damaged

if TYPE_CHECKING:
    from pathlib import Path


def entry_of(folder: Path, version: int) -> Path:
    """The log entry of a version of the table in a folder."""
    return folder / "_delta_log" / f"{version:020}.json"


def is_readable(entry: Path) -> bool:
    """Whether an entry's first and last lines are whole; one that a checkpoint has replaced is not needed."""
    if not entry.exists():
        return True
    lines = entry.read_bytes().strip().splitlines()
    return bool(lines) and all(_is_action(line) for line in (lines[0], lines[-1]))


def damage(table: str, entry: Path) -> Damaged:
    """The error, with the way out."""
    return Damaged(
        f"the newest commit of table {table} cannot be read: {entry}",
        hint="stop what writes, then run `payment-analysis doctor --repair` and `payment-analysis build`",
    )


def _is_action(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
