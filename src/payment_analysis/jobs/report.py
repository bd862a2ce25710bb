"""Compute the report of a home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payment_analysis.report.report import build_report

if TYPE_CHECKING:
    from datetime import datetime

    from payment_analysis.lakehouse.home import Home
    from payment_analysis.report.report import Report


def read_report(
    home: Home, *, now: datetime, zone: str = "UTC", since: datetime | None = None, until: datetime | None = None
) -> Report:
    """The report of the attempts in [since, until), by default of all."""
    return build_report(home.lakehouse(), now=now, zone=zone, since=since, until=until)
