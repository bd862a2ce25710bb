"""`apx dev|build`, as the documents call them: the pages and the wheel built, or both ends started for development.

The tool of that name is not on the package index; this does what the documents need of it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

BUILD = Path(".build")


def main(arguments: list[str] | None = None) -> None:
    """Run one of the two, in the folder of the checkout."""
    parser = argparse.ArgumentParser(prog="apx", description=__doc__)
    parser.add_argument("action", choices=("dev", "build"))
    action = parser.parse_args(arguments).action
    if not Path("scripts/build_ui.py").exists():
        parser.error("run it in the folder of pyproject.toml")
    sys.exit(build() if action == "build" else dev())


def build() -> int:
    """The pages into the package, the package into `.build`; the wheel's own hook builds the pages."""
    tool = uv()
    for old in BUILD.glob("*.whl"):
        old.unlink()
    return subprocess.run([tool, "build", "--wheel", "--out-dir", str(BUILD)], check=False).returncode


def dev() -> int:
    """The pages are built when one of their sources changed; the application starts again when one of its own did."""
    subprocess.run([sys.executable, "scripts/build_ui.py"], check=True)
    command = [sys.executable, "-m", "uvicorn", "payment_analysis.backend.app:app", "--port", "8000", "--reload"]
    return subprocess.run([*command, "--reload-dir", "src/payment_analysis"], check=False).returncode


def uv() -> str:
    """Uv on the PATH, or the one this checkout brought along."""
    return shutil.which("uv") or next((str(path) for path in sorted(Path(".tools").glob("uv-*/uv"))), "uv")
