"""Rules of the grammar that were found on exported dashboards; they lie beside the checkout and are not ours."""

from __future__ import annotations

import json
import runpy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def published_schema(shared_data: Path) -> Any:
    """The schema of the subset that Databricks is known to accept."""
    return json.loads((shared_data.parent / "databricks" / "lvdash_subset.schema.json").read_text(encoding="utf-8"))


def published_faults(shared_data: Path, raw: Mapping[str, Any]) -> list[str]:
    """What the linter beside the checkout says."""
    found: list[str] = runpy.run_path(str(shared_data.parent / "databricks" / "lint_lvdash.py"))["lint"](raw)
    return found
