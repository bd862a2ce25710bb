"""The dashboard files by name, for tests that are repeated for each of them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tests.conftest import REPOSITORY

from payment_analysis.dashboards.reading import read, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payment_analysis.dashboards.dashboard import Dashboard, Page

FILES = sorted((REPOSITORY / "dashboards").glob("*.lvdash.json"))
BOARDS: dict[str, Dashboard] = {board.id: board for board in map(read_file, FILES)}
PAGES: list[tuple[Dashboard, Page]] = [(board, page) for board in BOARDS.values() for page in board.pages]
PAGE_NAMES = [f"{board.id}/{page.name}" for board, page in PAGES]


def changed(board: str) -> Any:
    """A copy of a parsed file, to be spoilt."""
    return copy.deepcopy(dict(BOARDS[board].raw))


def reread(raw: Any) -> Dashboard:
    return read("spoilt", raw)


def widgets(raw: Any) -> Iterator[dict[str, Any]]:
    """Every widget of a parsed file."""
    for page in raw["pages"]:
        for item in page["layout"]:
            yield item["widget"]


def widget(raw: Any, name: str) -> dict[str, Any]:
    return next(one for one in widgets(raw) if one["name"] == name)
