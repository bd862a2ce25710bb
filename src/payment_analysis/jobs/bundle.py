"""The bundle, checked as a whole: its names and files here, its dashboards by the dashboards' own linter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.dashboards.lint import faults as dashboard_faults
from payment_analysis.dashboards.reading import SUFFIX, read_file
from payment_analysis.domain.errors import BadFile
from payment_analysis.workspace.bundle import SWITCHES, read_bundle
from payment_analysis.workspace.bundle_lint import faults

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def bundle_faults(root: Path, parts: Sequence[str] = tuple(SWITCHES)) -> list[str]:
    """What is wrong with the bundle in a folder, with these optional parts switched on."""
    return faults(read_bundle(root, parts), {SUFFIX: _dashboard})


def _dashboard(path: Path) -> list[str]:
    try:
        return [str(fault) for fault in dashboard_faults(read_file(path))]
    except BadFile as error:
        return [error.message]
