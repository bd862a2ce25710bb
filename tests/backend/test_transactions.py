"""Every attempt is found once, whatever the order; what somebody types is a value and never SQL."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

from payment_analysis.backend.attempt_search import FACETS, SORT_KEYS, Sort, read_cursor, write_cursor
from payment_analysis.backend.routes.transactions import _cell
from payment_analysis.domain.errors import BadInput

if TYPE_CHECKING:
    from tests.backend.conftest import Place


def everything(place: Place, query: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after = ""
    while True:
        answer = place.admin.get(f"/api/transactions?{query}{after}").json()
        rows += answer["rows"]
        if answer["next"] is None:
            return rows
        after = f"&after={answer['next']}"


def counted(place: Place, condition: str = "true") -> int:
    (row,) = place.lakehouse.rows(f"select count(*) as n from payments_enriched_silver where {condition}")
    return int(row["n"])


@pytest.mark.parametrize("descending", [True, False], ids=["down", "up"])
@pytest.mark.parametrize("sort", Sort, ids=str)
def test_the_pages_hold_every_attempt_once(place: Place, sort: Sort, descending: bool) -> None:
    rows = everything(place, f"sort={sort}&descending={descending}&limit=97")

    assert len({row["transaction_id"] for row in rows}) == len(rows) == counted(place)


def test_every_sort_has_its_key() -> None:
    assert set(SORT_KEYS) == set(Sort)


def test_the_newest_comes_first(place: Place) -> None:
    times = [row["event_timestamp"] for row in everything(place, "limit=500")]

    assert times == sorted(times, reverse=True)


def test_a_filter_finds_what_sql_finds(place: Place) -> None:
    rows = everything(place, "result=declined&reason=FUNDS_OR_LIMIT&network=visa&limit=500")
    same = "result = 'declined' and decline_reason_standard = 'FUNDS_OR_LIMIT' and card_network = 'visa'"

    assert len(rows) == counted(place, same) > 0
    assert {row["result"] for row in rows} == {"declined"}


def test_the_facets_add_up(place: Place) -> None:
    answer = place.admin.get("/api/transactions/facets?network=visa").json()
    sums = {facet: sum(value["attempts"] for value in answer["values"] if value["facet"] == facet) for facet in FACETS}

    assert sums == dict.fromkeys(FACETS, answer["attempts"])
    assert answer["attempts"] == counted(place, "card_network = 'visa'")


def test_the_csv_holds_the_whole_filter_and_its_source(place: Place) -> None:
    answer = place.admin.get("/api/transactions.csv?result=approved")
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert len(rows) == counted(place, "result = 'approved'")
    assert answer.headers["x-data-source"] == "user"
    assert answer.headers["x-data-as-of"].endswith("Z")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x"])
def test_a_spreadsheet_runs_nothing_of_the_csv(text: str) -> None:
    assert _cell(text) == f"'{text}"


INJECTIONS = (
    "x' or '1'='1",
    "x') or true --",
    "'; drop table payments_enriched_silver; --",
    '"; select 1; --',
    "\\' or 1=1 --",
)


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_is_typed_is_never_sql(place: Place, text: str) -> None:
    found = place.admin.get("/api/transactions", params={"q": text})
    scoped = place.admin.get("/api/transactions", params={"merchant": text})
    payment = place.admin.get("/api/payments/" + text.replace("/", ""))

    assert (found.status_code, found.json()["rows"]) == (200, [])
    assert (scoped.status_code, scoped.json()["rows"]) == (200, [])
    assert payment.status_code == 404
    assert counted(place) > 0


def test_one_payment_is_told_step_by_step(place: Place) -> None:
    (payment,) = place.lakehouse.rows(
        "select payment_id, attempts from payments_silver order by attempts desc, 1 limit 1"
    )
    answer = place.admin.get(f"/api/payments/{payment['payment_id']}").json()
    by_attempt = place.admin.get(f"/api/payments/{answer['attempts'][-1]['transaction_id']}").json()

    assert len(answer["attempts"]) == payment["attempts"] > 1
    assert answer["steps"] == by_attempt["steps"]
    assert [step["stage"] for step in answer["steps"]].count("answer") == payment["attempts"]
    assert all(step["sentence"].endswith(".") for step in answer["steps"])


def test_a_cursor_is_read_back_as_it_was_written() -> None:
    for key in (1_700_000_000_000_001, 12.34, -1):
        assert read_cursor(write_cursor({"sort_key": key, "transaction_id": "a1"})) == (key, "a1")


@pytest.mark.parametrize("cursor", ["x", "e30=", "WzFd", "W251bGwsICJhIl0="])
def test_a_cursor_of_somebody_elses_making_is_refused(cursor: str) -> None:
    with pytest.raises(BadInput, match="place of a row"):
        read_cursor(cursor)
