"""A simulated history on its way into the lakehouse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from tests.installation import Installation

from payment_analysis.jobs.report import read_report
from payment_analysis.jobs.simulate import Order, simulate
from payment_analysis.lakehouse.home import Home

if TYPE_CHECKING:
    from pathlib import Path

ATTEMPTS, DAYS, SEED = 3_000, 30, 7
END = datetime(2026, 11, 1, tzinfo=UTC)
ORDER = Order(ATTEMPTS, DAYS, SEED, END)
COMMAND = ("simulate", "--attempts", str(ATTEMPTS), "--days", str(DAYS), "--seed", str(SEED), "--end", "2026-11-01")


@dataclass(frozen=True)
class Twice:
    """A home that was told to simulate the same history twice, and built."""

    installation: Installation
    first: Any
    second: Any

    @property
    def home(self) -> Home:
        return Home(self.installation.home)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Twice:
    installation = Installation(tmp_path_factory.mktemp("simulated") / "home")
    first, second = installation.json(*COMMAND), installation.json(*COMMAND)
    installation.json("build")
    return Twice(installation, first, second)


def landed(home: Path) -> list[dict[str, Any]]:
    return Home(home).lakehouse().rows("select * from payments_stream_input order by _event_key")


def test_what_was_written_has_landed(world: Twice) -> None:
    (counted,) = world.installation.query(
        "select count(*) as events, count(distinct transaction_id) as attempts from payments_stream_input"
    )

    assert counted == {"events": world.first["facts"]["rows"], "attempts": ATTEMPTS}
    assert world.first["added"] == world.first["facts"]["rows"]


def test_the_same_history_a_second_time_adds_nothing(world: Twice) -> None:
    assert world.second["added"] == 0
    assert world.second["already_known"] == world.first["added"]
    assert world.second["facts"] == world.first["facts"]


def test_its_facts_are_what_the_built_tables_say(world: Twice) -> None:
    (told,) = world.installation.query(
        "select count_if(is_approved) / count(*) as rate from payments_enriched_silver where is_authorization"
    )

    assert told["rate"] == pytest.approx(world.first["facts"]["approval_rate"], abs=1e-9)
    assert 0 <= world.first["facts"]["fraud_share"] < 0.02
    assert world.first["facts"]["start"] == "2026-10-02T00:00:00+00:00"


def test_every_attempt_in_silver_is_simulated_and_knows_its_merchant(world: Twice) -> None:
    rows = world.installation.query(
        "select _origin, count(*) as attempts, count(merchant_name) as named, count(merchant_risk_tier) as rated "
        "from payments_enriched_silver group by _origin"
    )
    landed_origins = world.installation.query("select distinct _origin from payments_stream_input")

    assert rows == [{"_origin": "simulated", "attempts": ATTEMPTS, "named": ATTEMPTS, "rated": ATTEMPTS}]
    assert landed_origins == [{"_origin": "simulated"}]


def test_the_report_says_that_the_data_is_simulated(world: Twice) -> None:
    report = read_report(world.home, now=END)

    assert report.overview.is_simulated
    assert "[simulated data]" in world.installation.run("report").out


def test_truth_and_decisions_lie_beside_the_lakehouse_and_never_in_it(world: Twice) -> None:
    (folder,) = (world.installation.home / "simulation").iterdir()
    truth = pq.read_table(folder / "truth" / "attempts")
    decisions = pq.read_table(folder / "decisions")
    tables = {path.name for path in (world.installation.home / "lakehouse" / "tables").iterdir()}

    assert str(folder) == world.first["folder"]
    assert truth.num_rows == decisions.num_rows == ATTEMPTS
    assert not (folder / "events").exists()
    assert not any("truth" in name or "decision" in name for name in tables)


def test_equal_orders_give_equal_rows_in_another_home(world: Twice, tmp_path: Path) -> None:
    simulate(Home(tmp_path / "other"), ORDER)

    assert landed(tmp_path / "other") == landed(world.installation.home)


def test_a_run_that_died_after_landing_is_finished_by_the_next(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    first = simulate(home, ORDER)
    first.folder.rename(tmp_path / "as if it had never got its name")

    second = simulate(home, ORDER)

    assert (second.added, second.already_known) == (0, first.added)
    assert (second.folder / "history.json").exists()


def test_a_second_world_in_the_same_home_is_refused_before_anything_lands(world: Twice) -> None:
    before = len(landed(world.installation.home))

    done = world.installation.start("simulate", "--attempts", "10", "--days", "1", "--seed", "8")

    assert done.code == 1
    assert "seed 8" in done.complaint
    assert "--home" in done.complaint
    assert len(landed(world.installation.home)) == before


def test_without_an_end_the_history_ends_where_today_begins(tmp_path: Path) -> None:
    facts = Installation(tmp_path / "home").json("simulate", "--attempts", "20", "--days", "1", "--seed", "7")["facts"]

    end = datetime.fromisoformat(facts["end"])
    assert (end.hour, end.minute, end.second, end.microsecond) == (0, 0, 0, 0)
    assert abs((datetime.now(UTC) - end).total_seconds()) < 2 * 86_400


def test_the_numbers_are_printed_for_a_person(world: Twice) -> None:
    printed = world.installation.run(*COMMAND).out

    assert "3,000 in " in printed
    assert "2026-10-02 00:00 to 2026-11-01 00:00 UTC" in printed
    assert world.first["folder"] in printed
