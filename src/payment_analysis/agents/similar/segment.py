"""One piece of the index: the points of one data file of silver, in a file that is mapped and never changes.

Rows lie in order of what counts most, in chunks of a few hundred. Of each chunk the least and the greatest of every
number are known, and so is the most that a point in it can have in common with another: a search looks at the promising
chunks only, and is exact all the same.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from payment_analysis.agents.similar.vector import SIZE, WORDS, points
from payment_analysis.ml.arrays import microseconds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from payment_analysis.ml.arrays import Array

CHUNK_ROWS: Final = 256
ROWS_AT_ONCE: Final = 256 * CHUNK_ROWS
SHOWN: Final = (
    "transaction_id", "payment_id", "summary_text", "outcome", "decline_reason", "amount", "currency", "network",
    "merchant_segment", "issuer", "psp", "payment_solution", "created_at",
)  # fmt: skip
CODED: Final = ("outcome", "decline_reason")
VOCABULARY: Final = (*(block.name for block in WORDS), "decline_reason")
WORDS_MAX: Final = 5_000  # of an attribute that a question in words is searched for
SUFFIX: Final = ".arrow"


@dataclass(frozen=True)
class Segment:
    """The points of one data file, with what is shown of each."""

    rows: pa.Table
    points: Array  # half precision, in the file
    at_us: Array
    least: Array  # of each number, by chunk
    greatest: Array
    codes: Mapping[str, Array]  # of what an answer may be asked to be
    words: Mapping[str, tuple[str, ...]]  # values of each attribute
    rates: Mapping[str, float]  # the reporting currency's units for one of each currency

    def __len__(self) -> int:
        return len(self.at_us)


def write_segment(attempts: pa.Table, path: Path) -> None:
    """Write the segment of some attempts, in their order; another process sees all of it or nothing."""
    halves, limits = _points(attempts)
    rows = attempts.select([*SHOWN])
    for name in CODED:
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, name, rows[name].cast(pa.string()).combine_chunks().dictionary_encode())
    words = {name: _distinct(attempts[name]) for name in VOCABULARY}
    header = {"words": json.dumps(words), "rates": json.dumps(_rates(attempts)), "limits": limits.tobytes()}
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(halves.reshape(-1)), SIZE)
    table = rows.append_column("point", vectors).replace_schema_metadata(header)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{uuid.uuid4()}.writing")
    with pa.OSFile(str(beside), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    beside.replace(path)


def read_segment(path: Path) -> Segment:
    """Map a segment into memory; a file that is not whole is an error of Arrow's."""
    table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    header: dict[bytes, bytes] = table.schema.metadata
    column = table["point"].combine_chunks() if table.num_rows else None
    vectors = np.zeros((0, SIZE), np.float16) if column is None else column.flatten().to_numpy().reshape(-1, SIZE)
    least, greatest = np.frombuffer(header[b"limits"], np.float32).reshape(2, -1, SIZE)
    known: dict[str, list[str]] = json.loads(header[b"words"])
    rates: dict[str, float] = json.loads(header[b"rates"])
    return Segment(
        rows=table.drop_columns(["point"]),
        points=vectors,
        at_us=microseconds(table, "created_at"),
        least=least,
        greatest=greatest,
        codes={name: _codes(table[name]) for name in CODED},
        words={name: tuple(values) for name, values in known.items()},
        rates=rates,
    )


def _codes(column: pa.ChunkedArray) -> Array:
    """The codes of a column; -1 where it has no value."""
    if not len(column):
        return np.zeros(0, np.int32)
    return np.asarray(pc.fill_null(column.combine_chunks().indices, -1).to_numpy(zero_copy_only=False))


def code_of(segment: Segment, name: str, value: str) -> int:
    """The code of a value; one that no row has is -2."""
    column = segment.rows[name]
    words = column.chunk(0).dictionary.to_pylist() if len(column) else []
    return words.index(value) if value in words else -2


def _rates(attempts: pa.Table) -> dict[str, float]:
    ratio = pc.divide(attempts["reporting_amount"], attempts["amount"])
    usable = pa.table({"currency": attempts["currency"].cast(pa.string()), "rate": ratio})
    usable = usable.filter(pc.and_kleene(pc.is_finite(usable["rate"]), pc.is_valid(usable["currency"])))
    means = usable.group_by("currency").aggregate([("rate", "mean")])
    return dict(zip(means["currency"].to_pylist(), means["rate_mean"].to_pylist(), strict=True))


def _points(attempts: pa.Table) -> tuple[Array, Array]:
    """The points in half precision, and the least and the greatest of each chunk; so many at once as memory likes."""
    halves = np.zeros((attempts.num_rows, SIZE), np.float16)
    limits: list[Array] = [np.zeros((2, 0, SIZE), np.float32)]
    for start in range(0, attempts.num_rows, ROWS_AT_ONCE):
        part = points(attempts.slice(start, ROWS_AT_ONCE)).astype(np.float16)
        halves[start : start + len(part)] = part
        exact, starts = part.astype(np.float32), np.arange(0, len(part), CHUNK_ROWS)
        limits.append(np.stack([np.minimum.reduceat(exact, starts), np.maximum.reduceat(exact, starts)]))
    return halves, np.concatenate(limits, axis=1)


def _distinct(column: pa.ChunkedArray) -> list[str]:
    return [word for word in pc.unique(column.cast(pa.string())).to_pylist() if word][:WORDS_MAX]


def shown(segment: Segment, place: int) -> dict[str, Any]:
    """What is shown of a row."""
    return {name: segment.rows[name][place].as_py() for name in SHOWN}
