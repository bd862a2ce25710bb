"""The example exports are what their script writes, and every one is read without a word."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.ingest.reading import NOW, fields

from payment_analysis.ingest.file import read_file
from payment_analysis.ingest.format import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = {
    "canonical.jsonl": ("canonical", None),
    "gateway.csv": ("csv", "gateway.mapping.yml"),
    "stripe_charges.json": ("stripe", None),
    "stripe_payments.csv": ("stripe", None),
    "adyen_received_payments.csv": ("adyen", None),
}


def test_the_script_writes_them_again_without_a_difference(repository: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "scripts.make_examples", tmp_path], check=True, cwd=repository)

    assert {path.name for path in tmp_path.iterdir()} == set(EXAMPLES)
    for name in EXAMPLES:
        assert (tmp_path / name).read_bytes() == (repository / "examples" / name).read_bytes(), name


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_read_whole(repository: Path, tmp_path: Path, name: str) -> None:
    format_, mapping = EXAMPLES[name]
    path = repository / "examples" / mapping if mapping else None

    staged = read_file(repository / "examples" / name, format_, path, tmp_path, now=NOW)

    assert (staged.by_reason, staged.unknown, staged.warnings) == ({}, (), ())
    rows = fields(staged.accepted)
    assert 30 <= len(rows) <= 200
    assert {row["currency"] for row in rows} == {"EUR", "BRL"}
    assert {row["result"] for row in rows} == {"approved", "declined"}
    assert len({row["payment_id"] for row in rows}) < len(rows), "some payments are tried again"
    assert all("2026-10-01" <= row["event_timestamp"].isoformat() < "2026-11-01" for row in rows)


def test_there_is_an_example_of_every_format() -> None:
    assert {format_ for format_, _ in EXAMPLES.values()} == set(FORMATS)
