"""Every row of docs/coverage.md leads somewhere, and the page is what the list says."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest
from scripts.coverage_list import COVERAGE, NAMED, Covered, coverage_page

from payment_analysis.cli.door import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("row", COVERAGE, ids=lambda row: row.system)
def test_a_row_leads_to_a_command_and_a_page_that_are_there(row: Covered, repository: Path) -> None:
    first, *rest = shlex.split(row.command)
    places = (repository / "src/payment_analysis/ui/src/shell/places.ts").read_text(encoding="utf-8")
    routes = repository / "src/payment_analysis/ui/src/routes"

    if first.startswith("scripts/"):
        assert (repository / first).is_file()
    elif first == "payment-analysis":
        assert rest[0] in COMMANDS
    else:
        assert first == "apx"
    if row.page:
        name = row.page.removeprefix("/") or "index"
        assert f"to: '{row.page}'" in places or (routes / f"{name}.tsx").is_file(), row.page


def test_the_page_is_what_the_list_says(repository: Path) -> None:
    assert (repository / "docs/coverage.md").read_text(encoding="utf-8") == coverage_page()


def test_every_system_has_its_row() -> None:
    assert set(NAMED.values()) <= {row.system for row in COVERAGE}


def test_the_documents_name_what_the_list_says_they_name(shared_data: Path) -> None:
    documents = "".join(path.read_text(encoding="utf-8") for path in (shared_data.parent / "requirements").iterdir())

    assert [name for name in NAMED if name not in documents] == []
    scripts = set(re.findall(r"\| \*\*(\w+\.(?:py|sh))\*\* \|", documents))
    covered = " ".join(row.command for row in COVERAGE)
    assert [name for name in scripts if name not in covered] == []
