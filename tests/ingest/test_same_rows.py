"""Laws: how a file is written, packed, ordered or cut does not change which attempts it holds."""

from __future__ import annotations

import gzip
import json
import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.ingest.reading import PSP2019_HEADER, PSP2019_ROW, fields, rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ingest.reading import Read

MAPPING = """
description: a shop
file: {{separator: "{separator}", decimal_mark: "{mark}", time_zone: Europe/Berlin}}
columns:
  transaction_id: id
  event_timestamp: at
  amount: amount
  currency: currency
  result: result
  decline_reason: reason
"""
ROWS = [
    ("a", "2026-10-01 12:00:00", "1234.50", "EUR", "approved", ""),
    ("b", "2026-10-25 02:30:00", "0.05", "eur", "declined", 'say "no", please; now'),
    ("c", "2026-10-25T12:00:00+00:00", "1200", "JPY", "declined", "two\nlines"),
]
HEADER = ("id", "at", "amount", "currency", "result", "reason")


def written(separator: str = ",", mark: str = ".", end: str = "\n", *, quote_all: bool = False) -> str:
    def cell(text: str) -> str:
        needs = quote_all or any(letter in text for letter in f'{separator}"\n')
        return '"' + text.replace('"', '""') + '"' if needs else text

    lines = [HEADER, *((a, b, c.replace(".", mark), *rest) for a, b, c, *rest in ROWS)]
    return "".join(separator.join(cell(text) for text in line) + end for line in lines)


def packed(text: str, codec: str) -> bytes:
    return pa.Codec(codec).compress(text.encode(), asbytes=True) if codec != "gzip" else gzip.compress(text.encode())


VARIANTS: dict[str, tuple[str | bytes, str, str, str]] = {
    "semicolons": (written(";"), ";", ".", "f.csv"),
    "tabs": (written("\t"), "tab", ".", "f.tsv"),
    "pipes": (written("|"), "|", ".", "f.csv"),
    "decimal comma": (written(";", ","), ";", ",", "f.csv"),
    "decimal comma and groups": (written(";", ",").replace("1234,50", "1.234,50"), ";", ",", "f.csv"),
    "groups": (written(";").replace("1234.50", "1,234.50"), ";", ".", "f.csv"),
    "quoted": (written(quote_all=True), ",", ".", "f.csv"),
    "carriage returns": (written(end="\r\n"), ",", ".", "f.csv"),
    "mixed line ends": (written().replace("EUR,approved,\n", "EUR,approved,\r\n"), ",", ".", "f.csv"),
    "no last line end": (written().rstrip("\n"), ",", ".", "f.csv"),
    "blank lines": (written().replace("EUR,approved,\n", "EUR,approved,\n\n\n"), ",", ".", "f.csv"),
    "byte-order mark": ("\ufeff" + written(), ",", ".", "f.csv"),
    "gzip": (packed(written(), "gzip"), ",", ".", "f.csv.gz"),
    "gzip without a name": (packed(written(), "gzip"), ",", ".", "f.csv"),
    "gzip in two members": (packed(written()[:60], "gzip") + packed(written()[60:], "gzip"), ",", ".", "f.csv.gz"),
    "zstd": (packed(written(), "zstd"), ",", ".", "f.csv.zst"),
    "gzip with byte-order mark": (packed("\ufeff" + written(";"), "gzip"), ";", ".", "f.csv.gz"),
}


def shop(tmp_path: Path, separator: str = ",", mark: str = ".") -> Path:
    path = tmp_path / "shop.yml"
    path.write_text(MAPPING.format(separator=separator, mark=mark))
    return path


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_same_rows_written_in_another_way_are_the_same_attempts(read: Read, tmp_path: Path, variant: str) -> None:
    text, separator, mark, name = VARIANTS[variant]
    plain = read(written(), "csv", shop(tmp_path))

    other = read(text, "csv", shop(tmp_path, separator, mark), name=name)

    assert other.rows_accepted == len(ROWS), rows(other.rejected)
    assert fields(other.accepted) == fields(plain.accepted)
    assert [row["_event_key"] for row in rows(other.accepted)] == [row["_event_key"] for row in rows(plain.accepted)]


def test_a_separator_that_is_not_stated_is_found(read: Read, tmp_path: Path) -> None:
    mapping = shop(tmp_path)
    mapping.write_text(mapping.read_text().replace('separator: ",", ', ""))

    assert [read(written(sign), "csv", mapping).rows_accepted for sign in ",;\t|"] == [3] * 4


def test_local_times_become_instants(read: Read, tmp_path: Path) -> None:
    staged = read(written(), "csv", shop(tmp_path))

    times = [row["event_timestamp"].isoformat() for row in fields(staged.accepted)]
    assert times == ["2026-10-01T10:00:00+00:00", "2026-10-25T01:30:00+00:00", "2026-10-25T12:00:00+00:00"]


def test_minor_units_follow_the_currency(read: Read, tmp_path: Path) -> None:
    staged = read(written(), "csv", shop(tmp_path))

    assert [(row["amount_minor"], row["currency"]) for row in fields(staged.accepted)] == [
        (123450, "EUR"),
        (5, "EUR"),
        (1200, "JPY"),
    ]


def test_the_order_of_rows_changes_nothing(read: Read) -> None:
    lines = [PSP2019_ROW.replace("89", str(amount % 7)) for amount in range(200)]
    staged = read("\n".join([PSP2019_HEADER, *lines]), "csv", "psp2019")
    random.Random(1).shuffle(lines)

    shuffled = read("\n".join([PSP2019_HEADER, *lines]), "csv", "psp2019", name="shuffled.csv")

    assert keys(shuffled.accepted) == keys(staged.accepted)


def test_identical_rows_without_an_id_stay_apart_and_overlapping_files_share_their_keys(read: Read) -> None:
    other = PSP2019_ROW.replace("89", "90")
    first = read("\n".join([PSP2019_HEADER, *[PSP2019_ROW] * 3]), "csv", "psp2019")

    second = read("\n".join([PSP2019_HEADER, other, *[PSP2019_ROW] * 2]), "csv", "psp2019", name="second.csv")

    assert len(keys(first.accepted)) == len(keys(second.accepted)) == 3
    assert len(keys(first.accepted) & keys(second.accepted)) == 2


def test_the_same_file_read_in_the_same_way_is_the_same_batch(read: Read, tmp_path: Path) -> None:
    first = read(written(), "csv", shop(tmp_path))
    again = read(written(), "csv", shop(tmp_path), name="copy.csv")
    otherwise = read(written(), "csv", shop(tmp_path, mark=","), name="copy.csv")

    assert again.batch_id == first.batch_id != otherwise.batch_id


EVENTS: list[dict[str, Any]] = [
    {
        "transaction_id": "a",
        "amount_minor": 100,
        "currency": "EUR",
        "result": "approved",
        "fraud_score": 0.5,
        "mcc": "0742",
    },
    {"transaction_id": "b", "amount_minor": 7, "currency": "JPY", "result": "declined", "is_test": True, "eci": "05"},
]


def test_canonical_rows_are_equal_in_every_notation(read: Read, tmp_path: Path) -> None:
    at = "2026-10-01T12:00:00.25Z"
    names = sorted({name for event in EVENTS for name in event} | {"event_timestamp"})
    lines = [{**event, "event_timestamp": at} for event in EVENTS]
    table = [",".join(names), *(",".join(str(line.get(name, "")) for name in names) for line in lines)]
    typed = pa.table(
        {name: [line.get(name) for line in lines] for name in names if name not in ("event_timestamp", "fraud_score")}
        | {
            "event_timestamp": pa.array([at] * 2).cast(pa.timestamp("us", tz="UTC")),
            "fraud_score": pa.array([Decimal("0.5"), None], pa.decimal128(6, 4)),
        }
    )
    pq.write_table(typed, tmp_path / "typed.parquet")

    staged = [
        read("\n".join(map(json.dumps, lines)), "canonical", name="f.jsonl"),
        read(json.dumps(lines), "canonical", name="f.json"),
        read("\n".join(table), "canonical", name="f.csv"),
        read((tmp_path / "typed.parquet").read_bytes(), "canonical", name="f.parquet"),
    ]

    assert [one.rows_accepted for one in staged] == [2] * 4, [rows(one.rejected) for one in staged]
    assert len({frozenset(keys(one.accepted)) for one in staged}) == 1


def keys(path: Path) -> set[str]:
    return {row["_event_key"] for row in rows(path)}
