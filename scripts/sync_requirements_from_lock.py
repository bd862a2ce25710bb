"""Write requirements.txt from uv.lock: what the application needs on Databricks Apps, as it is locked."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parents[1]
# Python 3.11 on Ubuntu 22.04, as the platform has it.
THERE = {
    "python_version": "3.11", "python_full_version": "3.11.0", "sys_platform": "linux", "platform_system": "Linux",
    "platform_machine": "x86_64", "os_name": "posix", "implementation_name": "cpython",
    "platform_python_implementation": "CPython", "extra": "",
}  # fmt: skip
HEAD = (
    "# Written by scripts/sync_requirements_from_lock.py from uv.lock; run it after `uv lock`, and never edit this.\n"
)


def requirements(lock: dict[str, Any], project: str = "payment-analysis") -> dict[str, str]:
    """Name and version of everything the project stands on, its development tools left out."""
    packages = {one["name"]: one for one in lock["package"] if applies(one)}
    found: dict[str, str] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = [(project, ())]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        package = packages[name]
        if name != project:
            found[name] = package["version"]
        wanted = list(package.get("dependencies", []))
        for extra in extras:
            wanted += package.get("optional-dependencies", {}).get(extra, [])
        waiting += [(one["name"], tuple(one.get("extra", ()))) for one in wanted if here(one.get("marker"))]
    return dict(sorted(found.items()))


def applies(package: dict[str, Any]) -> bool:
    """One of several locked versions is for another platform."""
    markers = package.get("resolution-markers")
    return markers is None or any(here(one) for one in markers)


def here(marker: str | None) -> bool:
    return marker is None or Marker(marker).evaluate(THERE)


def text() -> str:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    return HEAD + "".join(f"{name}=={version}\n" for name, version in requirements(lock).items())


def main() -> int:
    (ROOT / "requirements.txt").write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
