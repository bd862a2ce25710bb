"""Make the tables: bronze, silver, and what gold stands on, by the engine of this house or by Spark."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Literal

from payment_analysis.domain.errors import NotBuilt, Unavailable
from payment_analysis.jobs.pipelines import ETL

if TYPE_CHECKING:
    from collections.abc import Callable

    from payment_analysis.lakehouse.home import Home
    from payment_analysis.lakehouse.report import BuildReport, Progress

Engine = Literal["duckdb", "spark"]
ENGINES: Final[tuple[Engine, ...]] = ("duckdb", "spark")


def build(
    home: Home,
    *,
    engine: Engine = "duckdb",
    full_refresh: bool = False,
    check_views: bool = False,
    reporting_currency: str | None = None,
    partials: bool = True,
    progress: Callable[[Progress], None] | None = None,
) -> BuildReport:
    """Bring every table up to what has landed; without anything landed there is nothing to build.

    `partials`: bring up what gold answers fast from, too. Until somebody does, gold answers the same, slower.
    """
    if not home.exists:
        raise NotBuilt(
            f"There is no data in {home.path}.",
            hint="Take an export in first: payment-analysis ingest FILE --format stripe.",
        )
    if engine == "spark":
        return _build_on_spark(home, reporting_currency=reporting_currency, progress=progress)
    lakehouse = home.lakehouse()
    report = lakehouse.build(
        full_refresh=full_refresh,
        check_views=check_views,
        reporting_currency=reporting_currency,
        progress=progress,
    )
    if partials:
        lakehouse.refresh_partials()
        lakehouse.keep_views()
    return report


def _build_on_spark(
    home: Home, *, reporting_currency: str | None, progress: Callable[[Progress], None] | None
) -> BuildReport:
    """Make every table anew beside ours, which stay what the house answers from."""
    if find_spec("pyspark") is None:
        raise Unavailable("Spark is not installed here.", hint="In a checkout: uv sync --inexact --group spark.")
    from payment_analysis.lakehouse.spark.build import build_on_spark  # noqa: PLC0415 - loaded when it is asked for

    return build_on_spark(home.folder, ETL, reporting_currency=reporting_currency, progress=progress)
