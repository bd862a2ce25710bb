"""Build the pages into src/payment_analysis/__dist__ with a Node that comes as a wheel; nothing to do costs nothing.

python scripts/build_ui.py            build when a source changed since the last build
python scripts/build_ui.py --check    lint, types and unit tests of the pages, then build
"""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UI = ROOT / "src" / "payment_analysis" / "ui"
BUILT = ROOT / "src" / "payment_analysis" / "__dist__"
STAMP = BUILT / ".sources"
PACKED = {".js", ".css", ".svg", ".json"}
NOT_SOURCES = {"node_modules", ".vite", ".tanstack"}


class BuildFailed(Exception):
    """What went wrong and the next step, for a person at a terminal."""


def sources() -> list[Path]:
    return sorted(
        path for path in UI.rglob("*") if path.is_file() and not NOT_SOURCES & set(path.relative_to(UI).parts)
    )


def fingerprint(files: list[Path]) -> str:
    """One hash over names and contents."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(UI)}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def node_tools() -> dict[str, str]:
    """The environment in which `node` and `npm` are those of the locked wheel."""
    tools = ROOT / ".venv" / "bin"  # not of the running Python: a wheel is built in an environment of its own
    if not (tools / "npm").exists():
        say("Fetching Node as a wheel into .venv/")
        done = subprocess.run([sys.executable, str(ROOT / "scripts" / "bootstrap.py"), "--ui"], cwd=ROOT, check=False)
        if done.returncode != 0 or not (tools / "npm").exists():
            raise BuildFailed("Node could not be installed; the message is above.")
    return {
        "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}",
        "NODE_USE_SYSTEM_CA": "1",  # a company's own certificates are the machine's, and Node has a list of its own
        "npm_config_update_notifier": "false",
    }


def npm(*arguments: str, **settings: str) -> None:
    """Run npm in the folder of the pages; what it says is shown only when it fails."""
    done = subprocess.run(
        ["npm", *arguments],
        cwd=UI,
        env=os.environ | node_tools() | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BuildFailed(f"npm {' '.join(arguments)} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")


def install() -> None:
    """What package-lock.json names, once per lock file."""
    lock = fingerprint([UI / "package-lock.json"])
    mark = UI / "node_modules" / ".lock"
    if mark.is_file() and mark.read_text(encoding="utf-8") == lock:
        return
    say("Installing the locked packages of the pages")
    npm("ci", "--no-audit", "--no-fund", "--ignore-scripts")
    mark.write_text(lock, encoding="utf-8")


def pack() -> None:
    """Put a compressed copy beside every text file, so that serving costs no work."""
    for file in BUILT.rglob("*"):
        if file.suffix in PACKED:
            file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))


def build() -> bool:
    """Build unless the last build was of the same sources; say whether there was something to do."""
    wanted = fingerprint(sources())
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted:
        return False
    started = time.monotonic()
    install()
    npm("run", "build")
    pack()
    STAMP.write_text(wanted, encoding="utf-8")
    say(f"Built the pages in {time.monotonic() - started:.0f} s")
    return True


def check() -> None:
    install()
    for task in ("lint", "typecheck", "test"):
        npm("run", task)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    try:
        if arguments == ["--check"]:
            check()
        build()
    except BuildFailed as failure:
        say(str(failure))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
