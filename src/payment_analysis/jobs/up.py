"""Everything before the page: data, then tables. Doing it again goes on where it stood."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.jobs.ingest import Export
    from payment_analysis.lakehouse.home import Home


def wanted_exports(home: Home, given: Sequence[Export], examples: Sequence[Export]) -> tuple[Sequence[Export], bool]:
    """What to take in, and whether these are the examples: they stand in only where nobody's own data is."""
    if given:
        return given, False
    return ((), False) if home.has_own_data else (examples, True)
