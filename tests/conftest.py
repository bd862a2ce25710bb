"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real and rule data that lies beside the checkout and is never committed."""
    folder = REPOSITORY.parent / "shared" / "data"
    assert folder.is_dir(), f"tests need the data folder {folder}"
    return folder
