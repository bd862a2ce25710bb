"""Which release this is, installed or run from its sources, as a Databricks App does."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[3]


def release() -> str:
    """The version of the package."""
    try:
        return version("payment-analysis")
    except PackageNotFoundError:
        text = (SOURCES / "pyproject.toml").read_text(encoding="utf-8")
        return str(tomllib.loads(text)["project"]["version"])
