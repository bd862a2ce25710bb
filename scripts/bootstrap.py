"""Set the checkout up with nothing but Python 3.11: find or fetch uv, then let it install what the lock file names.

python3 scripts/bootstrap.py          the product
python3 scripts/bootstrap.py --dev    the product and the tools that check it
python3 scripts/bootstrap.py --ui     the product and the Node that builds its pages
"""

from __future__ import annotations

import contextlib
import ctypes.util
import hashlib
import html
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / ".tools"

UV_VERSION = "0.13.9"
UV_VERSION_MIN = (0, 9, 0)  # the oldest uv that was seen to accept this uv.lock
# One row per (system, machine, C library): the wheel's platform tag and its sha256 as PyPI publishes it.
UV_WHEELS: dict[tuple[str, str, str], tuple[str, str]] = {
    ("linux", "x86_64", "glibc"): (
        "manylinux_2_17_x86_64.manylinux2014_x86_64",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    ("linux", "aarch64", "glibc"): (
        "manylinux_2_28_aarch64",
        "ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375",
    ),
    ("linux", "x86_64", "musl"): (
        "musllinux_1_1_x86_64",
        "2c45530751517d6c3bbc69a19473f6effe47cce047bede01ffd8af7ea7b36b25",
    ),
    ("linux", "aarch64", "musl"): (
        "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    ),
    ("darwin", "arm64", ""): (
        "macosx_11_0_arm64",
        "66c512266d633bef48384a1f53003f41f2a8e7b36fe6e7fbfd3e0fd52d96fa63",
    ),
    ("darwin", "x86_64", ""): (
        "macosx_10_12_x86_64",
        "c16ed11e013557536b3e60065f1b912f6407bd6518e041b961e23ef9e6b4fbf5",
    ),
}

# Parts that only root can install. LightGBM's wheel brings everything but the OpenMP runtime.
BREW_LIBRARIES = ("/opt/homebrew/opt/libomp/lib", "/usr/local/opt/libomp/lib")
SYSTEM_LIBRARIES = {"gomp": "libgomp1"} if sys.platform == "linux" else {"omp": "libomp"}
# The tests look at the pages in a real browser: where it may be, and the package that brings it.
BROWSER = (
    ("chromium", ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"))
    if sys.platform == "linux"
    else (
        "--cask chromium",
        (
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        ),
    )
)


class SetupFailed(Exception):
    """What went wrong and the next step, for a person at a terminal."""


def wheel_of_this_machine() -> tuple[str, str]:
    """File name and sha256 of the pinned uv for this machine."""
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine) if system == "linux" else machine
    libc = "" if system != "linux" else "glibc" if platform.libc_ver()[0] == "glibc" else "musl"
    try:
        tag, sha256 = UV_WHEELS[system, machine, libc]
    except KeyError:
        raise SetupFailed(
            f"No pinned uv for {system} {machine} {libc}. Install uv (https://docs.astral.sh/uv/) and run again."
        ) from None
    return f"uv-{UV_VERSION}-py3-none-{tag}.whl", sha256


def uv_on_path() -> str | None:
    """An installed uv that is new enough for the lock file."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    answer = subprocess.run([uv, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"uv (\d+)\.(\d+)\.(\d+)", answer.stdout)
    return uv if version and tuple(int(part) for part in version.groups()) >= UV_VERSION_MIN else None


def download_with_pip(file_name: str, folder: Path) -> Path | None:
    """The wheel by pip, which honours the person's own index, proxy and certificate settings."""
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode != 0:
        return None
    wanted = ["download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(folder), f"uv=={UV_VERSION}"]
    subprocess.run([*pip, *wanted], capture_output=True, check=False)
    return folder / file_name if (folder / file_name).exists() else None


def download_from_index(file_name: str, folder: Path) -> Path:
    """The wheel from the simple index, HTML or JSON: both name the file's address in quotes."""
    settings = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
    index = next((os.environ[name] for name in settings if os.environ.get(name)), "https://pypi.org/simple")
    page_url = f"{index.rstrip('/')}/uv/"
    try:
        with urllib.request.urlopen(page_url, timeout=60) as answer:
            page = answer.read().decode()
        link = re.search(rf"""["']([^"']*/)?({re.escape(file_name)})(#[^"']*)?["']""", page)
        if link is None:
            raise SetupFailed(f"{page_url} does not offer {file_name}. Install uv yourself and run again.")
        url = urllib.parse.urljoin(page_url, html.unescape((link[1] or "") + link[2]))
        with urllib.request.urlopen(url, timeout=60) as answer, (folder / file_name).open("wb") as file:
            shutil.copyfileobj(answer, file)
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise SetupFailed(
            f"uv is not installed and cannot be fetched from {urllib.parse.urlsplit(index).hostname}: {error}.\n"
            "Connect to the network (behind a mirror set PIP_INDEX_URL, behind a private authority SSL_CERT_FILE), "
            "or put uv on the PATH, and run again."
        ) from error
    return folder / file_name


def fetch_uv() -> str:
    """The pinned uv in .tools, fetched once and checked against its sha256."""
    file_name, sha256 = wheel_of_this_machine()
    uv = TOOLS / f"uv-{UV_VERSION}" / "uv"
    if uv.exists():
        return str(uv)
    say(f"Fetching uv {UV_VERSION} into {TOOLS.name}/")
    uv.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TOOLS) as name:
        folder = Path(name)
        wheel = download_with_pip(file_name, folder) or download_from_index(file_name, folder)
        found = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if found != sha256:
            raise SetupFailed(f"{file_name} has sha256 {found}, expected {sha256}. Do not use this index; try again.")
        with zipfile.ZipFile(wheel) as archive:
            (folder / "uv").write_bytes(archive.read(f"uv-{UV_VERSION}.data/scripts/uv"))
        (folder / "uv").chmod(0o755)
        (folder / "uv").replace(uv)
    return str(uv)


def has_library(name: str) -> bool:
    """Whether the loader finds a library; Homebrew keeps libomp where only its own builds look."""
    if sys.platform == "darwin":
        return any(Path(place, f"lib{name}.dylib").exists() for place in BREW_LIBRARIES)
    return ctypes.util.find_library(name) is not None


def browser() -> str | None:
    """The browser of this machine that the tests use."""
    return next((place for place in BROWSER[1] if Path(place).exists()), None)


def install_system_parts(*, dev: bool) -> None:
    """Install what only root can install, or name the exact command."""
    missing = sorted(package for library, package in SYSTEM_LIBRARIES.items() if not has_library(library))
    if dev and browser() is None:
        missing.append(BROWSER[0])
    if not missing:
        return
    if sys.platform == "linux" and shutil.which("apt-get") and os.geteuid() == 0:
        say(f"Installing {', '.join(missing)}")
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
            done = subprocess.run(["apt-get", "-qq", *step], env=environment, stdout=subprocess.DEVNULL, check=False)
            if done.returncode != 0:
                raise SetupFailed(
                    f"apt-get {' '.join(step)} failed; its own message is above. Mend that and run again."
                )
        return
    install = "brew install" if sys.platform == "darwin" else "sudo apt-get install"
    raise SetupFailed(f"These parts need an administrator once: {install} {' '.join(missing)}")


def sync(uv: str, *, dev: bool, ui: bool = False) -> None:
    """Make .venv what uv.lock says; an existing .venv keeps its Python, and the product alone never removes tools."""
    wanted = ["--dev", "--group", "ui"] if dev else ["--no-dev", "--inexact"] + (["--group", "ui"] if ui else [])
    python = [] if (ROOT / ".venv" / "bin" / "python").exists() else ["--python", sys.executable]
    environment = {"UV_PYTHON_DOWNLOADS": "never", "UV_SYSTEM_CERTS": "1"} | os.environ
    environment.pop("VIRTUAL_ENV", None)
    first = not (ROOT / ".venv").exists()
    if first:
        say("Installing the locked packages into .venv/")
    quiet = [] if first and sys.stderr.isatty() else ["--quiet"]
    done = subprocess.run(
        [uv, "sync", "--locked", *quiet, *wanted, *python], cwd=ROOT, env=environment, check=False
    ).returncode
    if done != 0:
        raise SetupFailed(
            "uv could not install the locked packages; its own message is above. "
            "If the lock file is out of date after a change of pyproject.toml, run `uv lock`."
        )


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - an old Python is the case this line exists for
        say(f"Payment Analysis needs Python 3.11 or newer; this is {platform.python_version()} ({sys.executable}).")
        say("Install it (Debian: apt-get install python3.11, macOS: brew install python@3.11) and run again.")
        return 1
    if unknown := set(arguments) - {"--dev", "--ui"}:
        say(f"Unknown argument {min(unknown)}; only --dev and --ui are known.")
        return 2
    try:
        install_system_parts(dev="--dev" in arguments)
        sync(uv_on_path() or fetch_uv(), dev="--dev" in arguments, ui="--ui" in arguments)
    except SetupFailed as failure:
        say(str(failure))
        return 1
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
    sys.exit(130)
