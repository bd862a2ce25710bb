"""The grid of a page: everything within twelve columns, nothing over another, no hole between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.dashboards.dashboard import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payment_analysis.dashboards.dashboard import Page


def grid_faults(page: Page) -> Iterator[tuple[str, str]]:
    """Every place on a page that is taken twice, beyond the edge, or left empty."""
    cells: dict[tuple[int, int], str] = {}
    for widget in page.widgets:
        place, at = f"{page.name}/{widget.name}", widget.position
        if min(at.x, at.y) < 0 or min(at.width, at.height) < 1 or at.x + at.width > COLUMNS:
            yield place, f"it lies beyond the {COLUMNS} columns of the grid"
            continue
        taken = {(x, y) for x in range(at.x, at.x + at.width) for y in range(at.y, at.y + at.height)}
        for other in sorted({cells[cell] for cell in taken & cells.keys()}):
            yield place, f"it overlaps {other}"
        cells |= dict.fromkeys(taken, widget.name)
    if page.is_filters or not cells:
        return
    bottom = max(y for _, y in cells)
    empty = {y: [x for x in range(COLUMNS) if (x, y) not in cells] for y in range(bottom + 1)}
    for y, holes in empty.items():
        if holes:
            yield f"page {page.name}", f"row {y} is empty from column {holes[0]}: move or widen a widget"
            return
