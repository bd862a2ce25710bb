"""What `up` begins with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from payment_analysis.jobs.examples import EXAMPLES
from payment_analysis.jobs.ingest import Export, ingest
from payment_analysis.jobs.simulate import Order, simulate
from payment_analysis.jobs.up import Beginning, beginning
from payment_analysis.lakehouse.home import Home

OWN = (Export(Path("own.csv"), "canonical"),)
WORLD = Order(200, 3, 7, datetime(2026, 3, 1, tzinfo=UTC))


def test_a_new_home_begins_with_a_simulated_world(tmp_path: Path) -> None:
    assert beginning(Home(tmp_path / "home"), (), (), WORLD) == Beginning(world=WORLD)


def test_a_new_home_begins_with_the_examples_when_they_are_asked_for(tmp_path: Path) -> None:
    assert beginning(Home(tmp_path / "home"), (), EXAMPLES, WORLD) == Beginning(EXAMPLES, are_examples=True)


def test_a_given_file_is_taken_in_and_nothing_beside_it(tmp_path: Path) -> None:
    assert beginning(Home(tmp_path / "home"), OWN, EXAMPLES, WORLD) == Beginning(OWN)


def test_a_home_that_holds_data_goes_on_with_it(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    home.own().landing.ensure()

    assert beginning(home, (), EXAMPLES, WORLD) == Beginning()
    assert not home.shows_examples


def test_real_data_sets_a_world_aside_and_never_stands_among_it(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    simulate(home, WORLD)

    begun = beginning(home, OWN, (), WORLD)
    place = home.set_aside()

    assert begun.sets_world_aside
    assert not home.has_own_data
    assert (place / "tables").is_dir()


def test_real_data_beside_real_data_stays(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    ingest(home, EXAMPLES[:1])

    assert not beginning(home, OWN, (), WORLD).sets_world_aside


def test_examples_answer_only_while_nothing_else_has_landed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    home.examples().landing.ensure()
    before = home.shows_examples

    home.own().landing.ensure()

    assert (before, home.shows_examples) == (True, False)
