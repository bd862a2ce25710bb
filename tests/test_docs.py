"""What the documents promise is there, and what they paste is what the program prints."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from payment_analysis.cli.door import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)")


def document_check(repository: Path, part: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/document.py", "--check", part]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)


def test_the_tables_are_documented_as_they_are_defined(repository: Path) -> None:
    done = document_check(repository, "tables")

    assert done.returncode == 0, f"run `make docs`\n{done.stdout}{done.stderr}"


def test_the_api_is_described_as_it_is(repository: Path) -> None:
    done = document_check(repository, "openapi")

    assert done.returncode == 0, f"run `make docs`\n{done.stdout[:5000]}{done.stderr}"


def test_the_output_in_the_readme_is_what_the_program_prints(repository: Path) -> None:
    done = document_check(repository, "readme")

    assert done.returncode == 0, f"run `make docs`\n{done.stdout}{done.stderr}"


def test_every_command_of_the_readme_exists(repository: Path) -> None:
    readme = (repository / "README.md").read_text()
    targets = set(re.findall(r"^([a-z-]+):", (repository / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"payment-analysis ([a-z]+)", readme)) <= set(COMMANDS)
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", readme, re.MULTILINE)) <= targets


def test_every_command_and_no_other_is_a_door_in_the_readme(repository: Path) -> None:
    doors = (repository / "README.md").read_text().split("## Doors")[1].split("\n## ")[0]

    assert set(re.findall(r"payment-analysis ([a-z]+)", doors)) == set(COMMANDS)


@pytest.mark.parametrize("name", ["README.md", "docs/architecture.md", "docs/glossary.md", "docs/benchmarks.md"])
def test_every_link_leads_somewhere(repository: Path, name: str) -> None:
    page = repository / name
    targets = LINK.findall(page.read_text())

    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_changelog_begins_with_the_newest_version(repository: Path) -> None:
    headings = re.findall(r"^## (.+)$", (repository / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert headings
    assert re.fullmatch(r"Unreleased|\d+\.\d+\.\d+ · \d{4}-\d{2}-\d{2}", headings[0])
