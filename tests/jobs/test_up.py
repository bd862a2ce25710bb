"""What `up` takes in."""

from __future__ import annotations

from pathlib import Path

from payment_analysis.jobs.ingest import Export
from payment_analysis.jobs.up import wanted_exports
from payment_analysis.lakehouse.home import Home

OWN = (Export(Path("own.csv"), "canonical"),)
EXAMPLES = (Export(Path("example.csv"), "canonical"),)


def test_a_given_file_is_taken_in_and_no_example_beside_it(tmp_path: Path) -> None:
    assert wanted_exports(Home(tmp_path / "home"), OWN, EXAMPLES) == (OWN, False)


def test_a_new_home_begins_with_the_examples(tmp_path: Path) -> None:
    assert wanted_exports(Home(tmp_path / "home"), (), EXAMPLES) == (EXAMPLES, True)


def test_a_home_with_own_data_takes_in_no_examples(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    home.own().landing.ensure()

    assert wanted_exports(home, (), EXAMPLES) == ((), False)
    assert not home.shows_examples


def test_examples_answer_only_while_nothing_else_has_landed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    home.examples().landing.ensure()
    before = home.shows_examples

    home.own().landing.ensure()

    assert (before, home.shows_examples) == (True, False)
