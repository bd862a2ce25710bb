"""The fixture `read`: text in, staged files out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.ingest.reading import NOW

from payment_analysis.ingest.file import Staged, read_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ingest.reading import Read


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reads(text: str | bytes, format_: str, mapping: Any = None, *, name: str = "file.csv") -> Staged:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_file(path, format_, mapping, tmp_path / "stage", now=NOW)

    return reads
