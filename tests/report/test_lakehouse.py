"""The report of a real export, asked of the real lakehouse."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from payment_analysis.domain.metrics import Rate
from payment_analysis.jobs.ingest import Export, ingest
from payment_analysis.lakehouse.home import Home
from payment_analysis.report import Report, build_report, to_json

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.lakehouse.lakehouse import Lakehouse

NOW = datetime(2019, 2, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def lakehouse(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Lakehouse:
    home = Home(tmp_path_factory.mktemp("report") / "home")
    ingest(home, [Export(shared_data / "psp_attempts_2019_01.csv", "csv", "psp2019")])
    home.lakehouse().build()
    return home.lakehouse()


@pytest.fixture(scope="module")
def report(lakehouse: Lakehouse) -> Report:
    return build_report(lakehouse, now=NOW)


@pytest.mark.parametrize("key", [Rate.ATTEMPT_RATE, Rate.FIRST_ATTEMPT_RATE, Rate.PAYMENT_RATE, Rate.ACCEPTANCE_RATE])
def test_the_report_and_the_gold_view_give_one_rate(lakehouse: Lakehouse, report: Report, key: Rate) -> None:
    (row,) = lakehouse.rows("select numerator, denominator from v_metric_bridge where step = :step", {"step": key})

    rate = report.bridge.measure(key).rate
    assert (rate.successes, rate.trials) == (row["numerator"], row["denominator"])


def test_the_printed_sql_passes_the_guard_for_sql_from_outside(lakehouse: Lakehouse, report: Report) -> None:
    printed = [
        sql
        for section in to_json(report).values()
        if isinstance(section, dict)
        for sql in section.get("sql", {}).values()
    ]

    assert all(lakehouse.query(sql, limit=1).columns for sql in printed)


def test_an_export_without_codes_is_told_so_and_never_guessed(report: Report) -> None:
    assert report.declines.unexplained_share == 1.0
    assert {"decline_code_raw", "card_token_id"} <= {item.dimension for item in report.overview.missing}
    assert not report.exposure.computable


def test_the_dearest_provider_leads_on_first_attempts_and_on_the_common_mix(report: Report) -> None:
    best = report.providers.providers[0]

    assert best.psp == "Goldcard"
    assert best.adjusted is not None
    assert best.adjusted.low > max(other.adjusted.high for other in report.providers.providers[1:] if other.adjusted)


def test_recoverable_value_stays_within_what_was_lost(report: Report) -> None:
    recoverable, lost = report.actions.recoverable, report.bridge.lost_value

    assert recoverable is not None
    assert lost is not None
    assert 0 < recoverable.low.amount_minor < recoverable.high.amount_minor < lost.amount_minor
