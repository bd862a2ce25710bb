"""A file that cannot be read is one error that names it and the fix; nothing staged remains."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.ingest.reading import PSP2019_HEADER, PSP2019_ROW

from payment_analysis.domain.errors import BadFile, BadInput
from payment_analysis.ingest.file import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ingest.reading import Read

GOOD = "\n".join([PSP2019_HEADER, *[PSP2019_ROW] * 2000, ""])
OBJECTS = json.dumps([{"id": f"ch_{number}", "object": "charge"} for number in range(50)])
ZSTD = bytes(pa.Codec("zstd").compress(GOOD.encode(), asbytes=True))
PACKED = gzip.compress(GOOD.encode())

FILES: dict[str, tuple[bytes, str, str | None, str, str]] = {
    # name: content, format, mapping, file name, what the message says
    "empty": (b"", "csv", "psp2019", "f.csv", "is empty"),
    "only a byte-order mark": (b"\xef\xbb\xbf", "csv", "psp2019", "f.csv", "holds no text"),
    "only a header": (PSP2019_HEADER.encode(), "csv", "psp2019", "f.csv", "has a header and no rows"),
    "not UTF-8": (GOOD.replace("Germany", "Österreich").encode("latin-1"), "csv", "psp2019", "f.csv", "line 2"),
    "UTF-16": (GOOD.encode("utf-16"), "csv", "psp2019", "f.csv", "UTF-16"),
    "a zero byte": (GOOD.replace("Visa", "Vi\0sa").encode(), "csv", "psp2019", "f.csv", "zero byte in line 2"),
    "truncated gzip": (PACKED[:-20], "csv", "psp2019", "f.csv.gz", "truncated gzip"),
    "broken gzip": (PACKED[:60] + b"xxxx" + PACKED[64:], "csv", "psp2019", "f.csv.gz", "gzip"),
    "truncated zstd": (ZSTD[:-10], "csv", "psp2019", "f.csv.zst", "truncated zstd"),
    "not packed": (GOOD.encode(), "csv", "psp2019", "f.csv.gz", "not packed"),
    "an Excel workbook": (b"PK\x03\x04rest", "csv", "psp2019", "f.csv", "Excel"),
    "another CSV": (b"a,b\n1,2\n", "csv", "psp2019", "f.csv", "no header line"),
    "a missing column": (GOOD.replace("PSP", "route").encode(), "csv", "psp2019", "f.csv", "no column 'PSP'"),
    "a column twice": (GOOD.replace("card", "PSP").encode(), "csv", "psp2019", "f.csv", "'PSP' more than once"),
    "Parquet as csv": (b"PAR1PAR1", "csv", "psp2019", "f.csv", "is a Parquet file"),
    "truncated Parquet": (b"PAR1" + b"x" * 100, "canonical", None, "f.parquet", "truncated Parquet"),
    "CSV named Parquet": (GOOD.encode(), "canonical", None, "f.parquet", "truncated Parquet"),
    "truncated JSON list": (OBJECTS[:-30].encode(), "stripe", None, "f.json", "truncated JSON"),
    "an empty JSON list": (b"[]", "stripe", None, "f.json", "holds no objects"),
    "a number": (b"17\n", "stripe", None, "f.json", "no header line"),
    "canonical without a result": (b"transaction_id,amount\na,1\n", "canonical", None, "f.csv", "currency, event_timestamp, result"),
    "an Adyen file without amounts": (b"Psp Reference,Currency\nx,EUR\n", "adyen", None, "f.csv", "'Amount'"),
    "a Stripe file without a status": (b"id,Amount,Currency\nx,1,eur\n", "stripe", None, "f.csv", "Created date (UTC)"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_a_bad_file_is_one_clear_error_and_leaves_nothing(read: Read, tmp_path: Path, kind: str) -> None:
    content, format_, mapping, name, says = FILES[kind]

    with pytest.raises(BadFile) as raised:
        read(content, format_, mapping, name=name)

    assert says in raised.value.message
    assert raised.value.hint
    assert list((tmp_path / "stage").iterdir()) == []


def test_a_truncated_parquet_of_real_size_is_a_bad_file(read: Read, tmp_path: Path) -> None:
    pq.write_table(pa.table({"transaction_id": [str(number) for number in range(10_000)]}), tmp_path / "whole.parquet")
    half = (tmp_path / "whole.parquet").read_bytes()[:20_000]

    with pytest.raises(BadFile, match="truncated"):
        read(half, "canonical", name="half.parquet")


def test_a_path_that_is_no_file_is_a_bad_file(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="does not exist"):
        read_file(tmp_path / "nothing.csv", "csv", "psp2019", tmp_path / "stage")
    with pytest.raises(BadFile, match="is a directory"):
        read_file(tmp_path, "csv", "psp2019", tmp_path / "stage")


def test_formats_and_mappings_must_fit_together(read: Read) -> None:
    with pytest.raises(BadInput, match="'paypal' is unknown"):
        read(GOOD, "paypal")
    with pytest.raises(BadInput, match="takes no mapping"):
        read(GOOD, "stripe", "psp2019")
