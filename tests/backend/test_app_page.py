"""The built pages: one page for every address of theirs, and never anything else of the disk."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from starlette.requests import Request
from tests.backend.fakes import Memory, ask

from payment_analysis.backend.routes.app_page import BUILT, FOREVER, POLICY, built_file, built_page
from payment_analysis.domain.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from pathlib import Path


def asked(accepts: str = "") -> Request:
    return Request({"type": "http", "method": "GET", "path": "/", "headers": [(b"accept-encoding", accepts.encode())]})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "index.js").write_text("1")
    (tmp_path / "index.js.gz").write_bytes(gzip.compress(b"1"))
    (tmp_path / "secret.py").write_text("2")
    return tmp_path


@pytest.mark.parametrize("path", ["/", "/transactions", "/dashboards/executive_overview", "/no/such/page"])
def test_an_address_of_the_pages_gives_the_page_or_says_that_it_is_not_built(path: str) -> None:
    answer = ask(Memory(), path)

    if (BUILT / "index.html").is_file():
        assert answer.headers["content-security-policy"] == POLICY
        assert '<div id="root">' in answer.text
    else:
        assert answer.status_code == 503
        assert "make ui" in answer.json()["hint"]


@pytest.mark.parametrize("path", ["/api/nothing", "/docs/nothing.js", "/assets/nothing.js", "/nothing.png"])
def test_what_is_no_page_is_not_answered_with_one(path: str) -> None:
    answer = ask(Memory(), path)

    assert answer.status_code in {403, 404}
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_built_file_is_kept_for_ever_and_comes_compressed_where_that_is_taken(folder: Path) -> None:
    plain, packed = (
        built_file(asked(), folder, "index.js", FOREVER),
        built_file(asked("gzip"), folder, "index.js", FOREVER),
    )

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["cache-control"] == FOREVER
    assert packed.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("name", ["secret.py", "../index.js", "nothing.js", ".sources", "index.js.gz"])
def test_no_other_file_is_given(folder: Path, name: str) -> None:
    with pytest.raises(NotFound):
        built_file(asked(), folder, name, FOREVER)


def test_the_policy_allows_nothing_inline() -> None:
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY


def test_without_the_built_pages_the_next_step_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="not built"):
        built_page(tmp_path, "transactions")
