"""Similar payments: exact, in step with silver, and whole after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from payment_analysis.agents.similar.index import SimilarIndex
from payment_analysis.agents.similar.search import SimilarSearch, Wanted, nearest, read_words
from payment_analysis.agents.similar.segment import SHOWN
from payment_analysis.agents.similar.tool import COLUMNS, search_function, similar_tool
from payment_analysis.agents.similar.vector import SIZE, point
from payment_analysis.domain.errors import BadInput, NotFound
from payment_analysis.jobs.simulate import Order, simulate
from payment_analysis.lakehouse.dialect import parse
from payment_analysis.lakehouse.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.lakehouse.lakehouse import Lakehouse

END = datetime(2026, 11, 1, tzinfo=UTC)
LIKE = {"network": "visa", "issuer": "issuer_br_01", "issuer_country": "BR", "reporting_amount": 100.0}
KILLED = """
import sys
from pathlib import Path
from payment_analysis.agents.similar import index
from payment_analysis.lakehouse.home import Home
class Slow(index.SimilarIndex):
    def _made(self, path, file):
        print("making", flush=True)
        made = super()._made(path, file)
        sys.stdin.readline()
        return made
Slow(Home(Path(sys.argv[1])).lakehouse()).catch_up()
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("similar") / "home")
    simulate(made, Order(attempts=2_000, days=20, seed=41, end=END))
    made.lakehouse().build()
    return made


@pytest.fixture(scope="module")
def lakehouse(home: Home) -> Lakehouse:
    return home.lakehouse()


@pytest.fixture(scope="module")
def search(lakehouse: Lakehouse) -> SimilarSearch:
    return SimilarSearch(lakehouse, SimilarIndex(lakehouse))


def summaries(lakehouse: Lakehouse) -> set[str]:
    rows = lakehouse.rows("select transaction_id from v_transaction_summaries_for_search")
    return {row["transaction_id"] for row in rows}


def held(index: SimilarIndex) -> list[str]:
    return [name for segment in index.current() for name in segment.rows["transaction_id"].to_pylist()]


def test_the_same_is_nearest_and_a_near_amount_is_nearer_than_a_far_one() -> None:
    here = point(LIKE)

    assert here.shape == (SIZE,)
    assert here @ here == pytest.approx(1.0, abs=1e-6)
    assert here @ point({**LIKE, "reporting_amount": 120.0}) > here @ point({**LIKE, "reporting_amount": 900.0})
    assert here @ point({**LIKE, "issuer": "issuer_br_02"}) < 0.95
    assert not point({}).any()


def test_the_index_holds_every_summary_once(search: SimilarSearch, lakehouse: Lakehouse) -> None:
    names = held(search.index)

    assert len(names) == len(set(names))
    assert set(names) == summaries(lakehouse)


def test_the_search_through_chunks_finds_what_looking_at_all_finds(search: SimilarSearch) -> None:
    segments = search.index.current()
    every = np.concatenate([segment.points.astype(np.float32) for segment in segments])
    for place in range(0, len(every), 97):
        found = nearest(segments, every[place], Wanted({}), since_us=search.index.since_us, limit=7)
        assert [cosine for cosine, *_ in found] == pytest.approx(sorted(every @ every[place])[:-8:-1], abs=2e-3)


def test_what_is_like_an_attempt_is_not_of_its_own_payment(search: SimilarSearch, lakehouse: Lakehouse) -> None:
    (retry,) = lakehouse.rows(
        "select transaction_id, payment_id from payments_enriched_silver where is_retry and is_sale limit 1"
    )

    found = search.like_attempt(retry["transaction_id"], 10)

    assert len(found.rows) == 10
    assert retry["payment_id"] not in {row["payment_id"] for row in found.rows}
    cosines = [row["similarity"] for row in found.rows]
    assert cosines == sorted(cosines, reverse=True)
    assert set(found.rows[0]) == {"similarity", *SHOWN}


def test_words_are_values_and_a_summary_finds_itself(search: SimilarSearch, lakehouse: Lakehouse) -> None:
    (declined,) = lakehouse.rows(
        "select transaction_id, summary_text from v_transaction_summaries_for_search "
        "where outcome = 'declined' and network = 'visa' limit 1"
    )

    found = search.like_text(declined["summary_text"], 5)
    plain = read_words("visa declined, in BR or so, about 250 BRL", search.index.current())

    assert {row["outcome"] for row in found.rows} == {"declined"}
    assert found.understood["network"] == "visa"
    assert (plain.attributes["network"], plain.attributes["issuer_country"], plain.outcome) == (
        "visa",
        "BR",
        "declined",
    )
    assert plain.attributes["reporting_amount"] == pytest.approx(250.0)


def test_what_cannot_be_searched_is_said(search: SimilarSearch) -> None:
    tool = similar_tool(search)
    for given in ({}, {"text": "visa", "transaction_id": "a"}, {"text": "'; drop table users; --"}):
        with pytest.raises(BadInput):
            tool.compute(tool.read(given), None)
    with pytest.raises(NotFound):
        search.like_attempt("nobody", 5)
    with pytest.raises(BadInput, match="characters"):
        search.like_text("visa " * 200_000, 5)


def test_the_tool_gives_its_columns_and_sql_that_shows_the_same(search: SimilarSearch, lakehouse: Lakehouse) -> None:
    tool = similar_tool(search)

    rows, sql = tool.compute(tool.read({"text": "mastercard declined"}), None)

    assert set(rows[0]) == set(COLUMNS)
    assert {row["transaction_id"] for row in lakehouse.rows(sql)} == {row["transaction_id"] for row in rows}


def test_the_function_for_the_workspace_reads_the_index() -> None:
    statement = search_function("main", "payments", "main.payments.similar_transactions_index")

    assert "VECTOR_SEARCH(index => 'main.payments.similar_transactions_index'" in statement
    parse(statement.split("RETURN\n", 1)[1])


def test_new_attempts_are_found_after_catching_up_with_the_new_files_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    simulate(home, Order(attempts=400, days=10, seed=42, end=END))
    home.lakehouse().build()
    index = SimilarIndex(home.lakehouse())
    index.catch_up()
    simulate(home, Order(attempts=300, days=5, seed=42, end=END + timedelta(days=5)))
    home.lakehouse().build()

    done = index.catch_up()
    again = index.catch_up()

    assert done.made >= 1
    assert (again.made, again.removed) == (0, 0)
    assert sorted(held(index)) == sorted(summaries(home.lakehouse()))


def test_a_kill_leaves_a_whole_index_that_catches_up(home: Home, lakehouse: Lakehouse) -> None:
    folder = home.lakehouse().folder / "similar"
    for file in folder.glob("*"):
        file.unlink()
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(home.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"making\n"
        time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
    torn = folder / f"{home.lakehouse().files('payments_enriched_silver')[0].path.stem}.arrow"
    folder.mkdir(exist_ok=True)
    torn.write_bytes(torn.read_bytes()[:1000] if torn.exists() else b"ARROW1")  # worse than a kill can leave it
    index = SimilarIndex(lakehouse)

    done = index.catch_up()

    assert done.made >= 1
    assert sorted(held(index)) == sorted(summaries(lakehouse))
