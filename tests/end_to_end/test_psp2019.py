"""A real export, from the file to the page, against an independent computation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from tests.installation import Installation, visitor

if TYPE_CHECKING:
    from pathlib import Path

ATTEMPTS = 26_304
PAYMENTS = 14_300


@pytest.fixture(scope="module")
def export(shared_data: Path) -> Path:
    return shared_data / "psp_attempts_2019_01.csv"


@pytest.fixture(scope="module")
def attempts(export: Path) -> pd.DataFrame:
    """The same file read by pandas, with the sixty-second rule written a second time."""
    rows = pd.read_csv(export, parse_dates=["tmsp"])
    rows = rows.sort_values(["country", "amount", "tmsp"], kind="stable")
    opens = ~(rows.groupby(["country", "amount"])["tmsp"].diff() <= pd.Timedelta(seconds=60))
    return rows.assign(opens=opens, payment=opens.cumsum())


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation(tmp_path_factory.mktemp("psp2019") / "home")


@pytest.fixture(scope="module")
def served(installation: Installation, export: Path) -> dict[str, Any]:
    """What the application answered over HTTP while `up` ran."""
    with installation.up("--data", export, "--format", "csv", "--mapping", "psp2019") as link:
        fetch = visitor(link)
        return {
            "page": fetch("/report"),
            "health": json.loads(fetch("/api/v1/healthcheck")),
            "report": json.loads(fetch("/api/report")),
            "openapi": json.loads(fetch("/openapi.json")),
            "docs": fetch("/docs"),
        }


def rate(report: dict[str, Any], key: str) -> tuple[int, int]:
    (measure,) = [one for one in report["bridge"]["measures"] if one["key"] == key]
    return measure["rate"]["successes"], measure["rate"]["trials"]


def test_every_attempt_and_payment_is_counted(served: dict[str, Any], attempts: pd.DataFrame) -> None:
    overview = served["report"]["overview"]

    assert (len(attempts), attempts["payment"].nunique()) == (ATTEMPTS, PAYMENTS)
    assert (overview["attempts"], overview["payments"]) == (ATTEMPTS, PAYMENTS)
    assert served["health"]["data"]["attempts"] == ATTEMPTS


def test_the_three_rates_agree_to_the_last_row(served: dict[str, Any], attempts: pd.DataFrame) -> None:
    first = attempts[attempts["opens"]]
    payments = attempts.groupby("payment")["success"].max()

    assert rate(served["report"], "attempt_rate") == (attempts["success"].sum(), len(attempts))
    assert rate(served["report"], "first_attempt_rate") == (first["success"].sum(), len(first))
    assert rate(served["report"], "payment_rate") == (payments.sum(), len(payments))
    assert (round(payments.mean(), 4), round(first["success"].mean(), 4)) == (0.3721, 0.2032)


def test_every_provider_agrees_to_the_last_row(served: dict[str, Any], attempts: pd.DataFrame) -> None:
    reported = {
        provider["psp"]: tuple(
            provider[which][part] for which in ("first_attempts", "all_attempts") for part in ("successes", "trials")
        )
        for provider in served["report"]["providers"]["providers"]
    }
    counted = {
        psp: (*rows[rows["opens"]]["success"].agg(["sum", "size"]), *rows["success"].agg(["sum", "size"]))
        for psp, rows in attempts.groupby("PSP")
    }

    assert reported == counted


def test_the_page_and_the_api_page_are_served(served: dict[str, Any]) -> None:
    assert "26,304" in served["page"]
    assert "<svg" in served["page"]
    assert 'style="' not in served["page"]
    assert served["health"]["status"] == "healthy"
    assert "/api/report" in served["openapi"]["paths"]
    assert "swagger-ui-bundle.js" in served["docs"]


@pytest.mark.usefixtures("served")
def test_the_table_of_attempts_agrees_too(installation: Installation, attempts: pd.DataFrame) -> None:
    sql = (
        "select psp, count(*) as attempts, count_if(is_approved) as approved from payments_enriched_silver group by psp"
    )
    counted = attempts.groupby("PSP")["success"].agg(["size", "sum"])

    rows = {row["psp"]: (row["attempts"], row["approved"]) for row in installation.query(sql)}

    assert rows == {psp: (one["size"], one["sum"]) for psp, one in counted.iterrows()}


@pytest.mark.usefixtures("served")
def test_the_same_file_again_adds_nothing(installation: Installation, export: Path) -> None:
    intake = installation.json("ingest", export, "--format", "csv", "--mapping", "psp2019")

    assert [(one["rows_read"], one["added"], one["quarantined"]) for one in intake["taken"]] == [(ATTEMPTS, 0, 0)]


def damaged(line: str, how: int) -> str:
    """One row of the export, spoilt in one of seven ways."""
    time, country, amount, success, psp, secured, card = line.split(",")
    pan = "4" + "1" * 15
    return [
        f"2019-13-45 00:00:00,{country},{amount},{success},{psp},{secured},{card}",
        f"{time},{country},-5,{success},{psp},{secured},{card}",
        f"{time},{country},many,{success},{psp},{secured},{card}",
        f"{time},{country},{amount},maybe,{psp},{secured},{card}",
        f"{time},{country},{amount},{success}",
        f"{time},{country},{amount},{success},{pan},{secured},{card}",
        f",{country},{amount},{success},{psp},{secured},{card}",
    ][how]


REASONS = [
    "not_a_time",
    "negative_amount",
    "not_a_number",
    "unknown_value",
    "too_few_columns",
    "pan_found",
    "missing_required",
]
DAMAGED_LINES = [100 * (how + 1) for how in range(7)]  # 1-based; the header is line 1


@pytest.mark.usefixtures("served")
def test_seven_damaged_rows_are_kept_aside_and_no_other(
    installation: Installation, export: Path, tmp_path: Path
) -> None:
    lines = export.read_text().splitlines()
    for how, number in enumerate(DAMAGED_LINES):
        lines[number - 1] = damaged(lines[number - 1], how)
    copy = tmp_path / "damaged.csv"
    copy.write_text("\n".join(lines) + "\n")

    intake = installation.json("ingest", copy, "--format", "csv", "--mapping", "psp2019")
    again = installation.json("ingest", copy, "--format", "csv", "--mapping", "psp2019")
    kept = installation.query(
        "select _source_row, reason, detail, record from payments_quarantine_bronze order by _source_row"
    )

    assert [(one["rows_read"], one["added"], one["quarantined"]) for one in intake["taken"]] == [(ATTEMPTS, 0, 7)]
    assert [(one["added"], one["quarantined"]) for one in again["taken"]] == [(0, 7)]
    assert [(row["_source_row"], row["reason"]) for row in kept] == list(zip(DAMAGED_LINES, REASONS, strict=True))
    assert all(row["detail"].endswith(".") for row in kept)
    assert "4" + "1" * 15 not in json.dumps(kept)
