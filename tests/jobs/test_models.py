"""Training and evaluation from a home and from files, as the command line does them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from payment_analysis.cli.door import main
from payment_analysis.domain.errors import NotFound
from payment_analysis.jobs.evaluate import simulation_of
from payment_analysis.jobs.train import train
from payment_analysis.lakehouse.home import Home
from payment_analysis.ml.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

FEES = """
Moneycard: {approved: 5, declined: 2}
Goldcard: {approved: 10, declined: 5}
UK_Card: {approved: 3, declined: 1}
Simplecard: {approved: 1, declined: 0.5}
"""
ROWS = 5_000  # of January 2019, learned on the first part and judged on the second


def run(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0


def test_a_model_nobody_knows_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no model guess"):
        train(Home(tmp_path), ["guess"])


@pytest.fixture(scope="module")
def january(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    folder = tmp_path_factory.mktemp("january")
    header, *rows = (shared_data / "psp_attempts_2019_01.csv").read_text().splitlines()[: ROWS + 1]
    first, last, fees = folder / "first.csv", folder / "last.csv", folder / "fees.yml"
    first.write_text("\n".join([header, *rows[: ROWS * 2 // 3]]) + "\n")
    last.write_text("\n".join([header, *rows[ROWS * 2 // 3 :]]) + "\n")
    fees.write_text(FEES)
    return first, last, fees


def test_routing_is_judged_on_any_split_of_any_export(
    january: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, last, fees = map(str, january)
    files = ["--train", first, "--test", last, "--format", "csv", "--mapping", "psp2019", "--fees", fees]

    run(["evaluate", "routing", *files, "--margin", "0.10", "--home", str(tmp_path / "home"), "--json"])
    told = json.loads(capsys.readouterr().out)
    by_name = {one["name"]: one for one in told["comparison"]["objectives"]}
    policies = {one["policy"] for one in by_name["net value"]["per_attempt"]}

    assert set(by_name) == {"approval", "net value", "net value at equal fees"}
    assert policies >= {
        "logged policy",
        "always Goldcard",
        "success-rate window",
        "Thompson sampling",
        "ours, for net value",
    }
    assert "estimated" in told["comparison"]["warnings"][0]
    assert all(one["per"] in {"attempt", "payment"} for one in by_name["net value"]["differences"])
    assert len(told["findings"]) == sum(len(one["differences"]) for one in by_name.values())


def test_train_registers_a_champion_and_models_shows_it(
    january: tuple[Path, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = str(tmp_path / "home")
    run(["ingest", str(january[0]), "--format", "csv", "--mapping", "psp2019", "--home", home])
    run(["build", "--home", home])
    capsys.readouterr()

    run(["train", "--model", "approval_propensity_model", "--home", home, "--json"])
    trained = json.loads(capsys.readouterr().out)
    run(["models", "--home", home, "--json"])
    held = json.loads(capsys.readouterr().out)

    (registered,) = trained["registered"]
    assert registered["promoted"]
    assert held["approval_propensity_model"][0]["aliases"] == ["champion"]
    assert Registry(tmp_path / "home").champion("approval_propensity_model") == 1
    assert simulation_of(Home(tmp_path / "home")) is None


def test_models_says_so_when_nothing_is_trained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["models", "--home", str(tmp_path / "home")])

    assert "No model is trained yet" in capsys.readouterr().err
