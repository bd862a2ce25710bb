"""A batch of landing in Arrow: files that differ in their columns are one batch with all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from payment_analysis.lakehouse.data_file import write_arrow
from payment_analysis.lakehouse.stream import landed

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = {"name": "string", "word": "string", "other": "string", "count": "int"}


def test_files_that_lack_columns_are_read_with_nulls_there(tmp_path: Path) -> None:
    many = pa.table({"name": [f"n{row}" for row in range(1000)], "word": ["one", "two"] * 500})
    few = pa.table({"name": ["last"], "other": ["three"], "count": pa.array([3], pa.int32())})
    files = [*write_arrow(many, tmp_path), *write_arrow(few, tmp_path)]

    rows = landed.read([file.path for file in files], COLUMNS)

    assert rows.schema.names == list(COLUMNS)
    assert rows.slice(998).to_pylist() == [
        {"name": "n998", "word": "one", "other": None, "count": None},
        {"name": "n999", "word": "two", "other": None, "count": None},
        {"name": "last", "word": None, "other": "three", "count": 3},
    ]
