"""Our own format: what it accepts besides the plain case, and what it says aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from tests.ingest.reading import NOW, faults, fields

from payment_analysis.domain.attempt import FIELDS
from payment_analysis.ingest.file import read_file
from payment_analysis.ingest.typed import SQL_TYPES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ingest.reading import Read

HEADER = "transaction_id,amount,currency,event_timestamp,result"
PROVENANCE = ["_event_key", "_origin", "_source", "_source_file", "_source_row", "_ingested_at"]


def test_amounts_may_come_in_major_units(read: Read) -> None:
    staged = read(
        f"{HEADER}\na,12.5,EUR,2026-10-01,approved\nb,12,JPY,2026-10-01,approved\nc,1.234,KWD,2026-10-01,ok\n",
        "canonical",
    )

    assert [row["amount_minor"] for row in fields(staged.accepted)] == [1250, 12, 1234]


def test_other_columns_are_ignored_and_named(read: Read) -> None:
    staged = read(f"{HEADER},colour\na,1,EUR,2026-10-01,approved,red\n", "canonical")

    assert staged.warnings == (
        "ignored columns: colour",
        "1 values of event_timestamp say no offset and are read as UTC",
    )


def test_a_time_with_an_offset_gives_no_warning(read: Read) -> None:
    staged = read(f"{HEADER}\na,1,EUR,2026-10-01T12:00:00+02:00,approved\n", "canonical")

    assert staged.warnings == ()
    assert fields(staged.accepted)[0]["event_timestamp"].hour == 10


def test_the_staged_columns_are_the_fields_and_their_provenance(read: Read) -> None:
    carried = f"{HEADER},fraud_score"
    staged = read(f"{carried}\na,1,EUR,2026-10-01Z,approved,\na,1,EUR,2026-10-01,approved,0.5\n", "canonical")

    schema = pq.read_schema(staged.accepted)
    names = carried.replace("amount", "amount_minor").split(",")
    assert schema.names == [field.name for field in FIELDS if field.name in names] + PROVENANCE
    assert schema.field("event_timestamp").type == pa.timestamp("us", tz="UTC")
    assert schema.field("_ingested_at").type == pa.timestamp("us", tz="UTC")
    assert schema.field("fraud_score").type == pa.decimal128(6, 4)
    assert set(SQL_TYPES) == {field.type for field in FIELDS}


def test_a_typed_parquet_column_of_another_type_is_converted(read: Read, tmp_path: Path) -> None:
    table = pa.table(
        {
            "transaction_id": [1, 2, 3],
            "amount": [12.5, 0.1, 0.001],
            "currency": pa.array(["eur"] * 3).dictionary_encode(),
            "event_timestamp": pa.array([1_790_000_000] * 3).cast(pa.timestamp("s")),
            "result": ["Approved", "declined", "declined"],
            "is_test": [0, 1, 0],
            "mcc": [5411, 5411, 5411],
            "card_network": ["VISA", None, "visa"],
        }
    )
    pq.write_table(table, tmp_path / "t.parquet")

    staged = read_file(tmp_path / "t.parquet", "canonical", None, tmp_path / "stage", now=NOW)

    names = ("transaction_id", "amount_minor", "currency", "result", "is_test", "mcc", "card_network")
    assert [tuple(row.get(name) for name in names) for row in fields(staged.accepted)] == [
        ("1", 1250, "EUR", "approved", False, "5411", "visa"),
        ("2", 10, "EUR", "declined", True, "5411", None),
    ]
    assert [(row, reason) for row, reason, _ in faults(staged)] == [(3, "amount_precision")]


def test_progress_goes_from_nothing_to_all(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(f"{HEADER}\n" + "a,1,EUR,2026-10-01,approved\n" * 10_000)
    shares: list[float] = []

    read_file(tmp_path / "f.csv", "canonical", None, tmp_path / "stage", progress=shares.append, now=NOW)

    assert shares == sorted(shares)
    assert shares[-1] == 1.0
