"""Set-up on a machine that has Python and nothing else, without leaving this one."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from scripts.bootstrap import has_library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def index(answers: dict[str, bytes]) -> Iterator[str]:
    """A package index on this machine that answers these paths."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answers.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/simple"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def checkout(repository: Path, tmp_path: Path) -> Path:
    """A checkout that holds the script alone, and beside it a Python that has no pip."""
    (tmp_path / "checkout" / "scripts").mkdir(parents=True)
    shutil.copy(repository / "scripts" / "bootstrap.py", tmp_path / "checkout" / "scripts")
    (tmp_path / "no_pip" / "pip").mkdir(parents=True)
    (tmp_path / "no_pip" / "pip" / "__init__.py").write_text("raise ImportError('this machine has no pip')")
    return tmp_path / "checkout"


def bootstrap(
    checkout: Path, *arguments: str, index_url: str = "http://127.0.0.1:9/simple"
) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": "",
        "HOME": str(checkout),
        "PYTHONPATH": str(checkout.parent / "no_pip"),
        "PIP_INDEX_URL": index_url,
    }
    return subprocess.run(
        [sys.executable, "scripts/bootstrap.py", *arguments],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_without_a_network_the_next_step_is_named(checkout: Path) -> None:
    done = bootstrap(checkout)

    assert done.returncode == 1
    assert "uv is not installed and cannot be fetched from 127.0.0.1" in done.stderr
    assert "PIP_INDEX_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mirror_that_serves_another_file_under_the_name_is_refused(checkout: Path) -> None:
    names = {
        "Linux": "uv-0.13.9-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl uv-0.13.9-py3-none-manylinux_2_28_aarch64.whl",
        "Darwin": "uv-0.13.9-py3-none-macosx_11_0_arm64.whl uv-0.13.9-py3-none-macosx_10_12_x86_64.whl",
    }[platform.system()].split()
    page = "".join(f'<a href="../../files/{name}#sha256=00">{name}</a>' for name in names).encode()

    with index({"/simple/uv/": page} | {f"/files/{name}": b"not a wheel" for name in names}) as url:
        done = bootstrap(checkout, index_url=url)

    assert done.returncode == 1
    assert "Do not use this index" in done.stderr
    assert list((checkout / ".tools").rglob("uv")) == []


def test_a_mirror_without_the_version_is_named(checkout: Path) -> None:
    with index({"/simple/uv/": b'<a href="uv-0.1.0-py3-none-any.whl">uv-0.1.0</a>'}) as url:
        done = bootstrap(checkout, index_url=url)

    assert done.returncode == 1
    assert f"{url}/uv/ does not offer uv-" in done.stderr


def test_an_unknown_argument_is_a_usage_error(checkout: Path) -> None:
    done = bootstrap(checkout, "--devel")

    assert done.returncode == 2
    assert "--devel" in done.stderr


def test_a_library_the_loader_finds_is_not_installed_again() -> None:
    assert has_library("c")
    assert not has_library("no_library_has_this_name")
