"""What changed between two sets of files: rows of the one that are not in the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.lakehouse.data_file import rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def differing(
    added: Sequence[Path], removed: Sequence[Path], types: Mapping[str, str], by: str, columns: Sequence[str]
) -> str:
    """The values of a column whose rows are not the same on both sides, as a SELECT.

    Rows are told apart by a 64-bit hash of some columns, summed: a file that was only written again does not count.
    """
    hashed = f"select {by}, hash({', '.join(column for column in columns if column in types)})::hugeint as content"
    sides = [f"{hashed}, {sign} as side from ({rows_of(paths, types)})" for sign, paths in ((1, added), (-1, removed))]
    return (
        f"select {by} from ({' union all '.join(sides)}) group by {by}"
        " having sum(side) <> 0 or sum(side * content) <> 0"
    )
