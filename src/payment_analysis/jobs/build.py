"""Make the tables: bronze, silver, and what gold stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.domain.errors import NotBuilt

if TYPE_CHECKING:
    from collections.abc import Callable

    from payment_analysis.lakehouse.home import Home
    from payment_analysis.lakehouse.report import BuildReport, Progress


def build(
    home: Home,
    *,
    full_refresh: bool = False,
    check_views: bool = False,
    reporting_currency: str | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> BuildReport:
    """Bring every table up to what has landed; without anything landed there is nothing to build."""
    if not home.exists:
        raise NotBuilt(
            f"There is no data in {home.path}.",
            hint="Take an export in first: payment-analysis ingest FILE --format stripe.",
        )
    return home.lakehouse().build(
        full_refresh=full_refresh,
        check_views=check_views,
        reporting_currency=reporting_currency,
        progress=progress,
    )
