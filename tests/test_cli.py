"""The command line as a contract: what it prints where, and with which exit code it ends."""

from __future__ import annotations

import csv
import io
import json
import socket
import time
from pathlib import Path

import pytest
from tests.installation import Installation

from payment_analysis.cli.door import COMMANDS

ATTEMPTS = [
    {"transaction_id": f"t{number}", "amount_minor": 1000, "currency": "EUR", "result": result, "psp": "North",
     "event_timestamp": f"2026-03-01T10:0{number}:00Z"}
    for number, result in enumerate(["approved", "declined", "approved", "declined"])
]  # fmt: skip


@pytest.fixture
def empty(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "home")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A home with four attempts, built."""
    folder = tmp_path_factory.mktemp("cli")
    installation = Installation(folder / "home")
    installation.json("ingest", attempts_file(folder / "attempts.jsonl"), "--format", "canonical")
    installation.json("build")
    return installation


def attempts_file(path: Path, prefix: str = "") -> Path:
    lines = [json.dumps(attempt | {"transaction_id": prefix + str(attempt["transaction_id"])}) for attempt in ATTEMPTS]
    path.write_text("\n".join(lines) + "\n")
    return path


USAGE = {
    "no such command": (["bild"], "bild"),
    "no such format": (["ingest", "x.csv", "--format", "exel"], "canonical, stripe, adyen, csv"),
    "a csv without a mapping": (["ingest", "x.csv", "--format", "csv"], "psp2019"),
    "no such mapping": (["ingest", "x.csv", "--format", "csv", "--mapping", "nobody"], "nobody"),
    "a mapping for a known format": (["ingest", "x.json", "--format", "stripe", "--mapping", "psp2019"], "stripe"),
    "no such engine": (["build", "--engine", "flink"], "duckdb, spark"),
    "two forms of output": (["query", "select 1", "--json", "--csv"], "--csv"),
    "a reset that is not meant": (["reset"], "--yes"),
    "no such network": (["classify", "51", "--network", "visum"], "visum"),
}


@pytest.mark.parametrize("case", USAGE)
def test_wrong_usage_ends_with_2_and_names_what_is_wrong(empty: Installation, case: str) -> None:
    arguments, named = USAGE[case]

    done = empty.run(*arguments)

    assert done.code == 2
    assert named in done.complaint
    assert not empty.home.exists()


@pytest.mark.parametrize("arguments", [["report"], ["build"], ["query", "select * from v_metric_bridge"]], ids=str)
def test_before_anything_is_taken_in_the_next_step_is_named(empty: Installation, arguments: list[str]) -> None:
    done = empty.start(*arguments)

    assert done.code == 1
    assert done.err.startswith("Error: ")
    assert "Fix: " in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(empty: Installation, command: str) -> None:
    done = empty.run(command, "--help")

    assert done.code == 0
    assert f"payment-analysis {command}" in done.out


def test_one_bad_file_does_not_stop_the_others(empty: Installation, tmp_path: Path) -> None:
    good, bad = attempts_file(tmp_path / "good.jsonl"), tmp_path / "bad.jsonl"
    bad.write_text("this is not JSON\n")

    done = empty.run("ingest", tmp_path / "missing.jsonl", bad, good, "--format", "canonical", "--json")
    intake = json.loads(done.out)

    assert done.code == 1
    assert {one["file"] for one in intake["taken"]} >= {str(good)}
    assert str(tmp_path / "missing.jsonl") in {one["file"] for one in intake["refused"]}
    assert sum(one["added"] for one in intake["taken"]) == len(ATTEMPTS)


def test_the_home_is_taken_before_or_after_the_command(filled: Installation, tmp_path: Path) -> None:
    elsewhere = Installation(tmp_path / "elsewhere")
    sql = "select count(*) as attempts from payments_enriched_silver"

    before = filled.run("query", sql, "--csv")
    after = elsewhere.run("query", sql, "--csv", "--home", filled.home)

    assert before.out == after.out == "attempts\n4\n"


def test_a_question_is_answered_as_table_json_or_csv(filled: Installation) -> None:
    sql = "select result, count(*) as attempts from payments_enriched_silver group by result order by result"

    table = filled.run("query", sql).out.split()
    rows = filled.query(sql)
    written = list(csv.reader(io.StringIO(filled.run("query", sql, "--csv").out)))

    assert table == ["result", "attempts", "approved", "2", "declined", "2"]
    assert rows == [{"result": "approved", "attempts": 2}, {"result": "declined", "attempts": 2}]
    assert written == [["result", "attempts"], ["approved", "2"], ["declined", "2"]]


def test_a_question_that_changes_something_is_refused(filled: Installation) -> None:
    done = filled.run("query", "drop table payments_enriched_silver")

    assert done.code == 1
    assert "Error: " in done.err


def test_an_answer_that_was_cut_says_so(filled: Installation) -> None:
    done = filled.run("query", "select transaction_id from payments_enriched_silver", "--limit", "2", "--csv")

    assert done.out.count("\n") == 3
    assert "--limit" in done.err


def test_the_report_is_printed_written_and_read_by_programs(filled: Installation, tmp_path: Path) -> None:
    page = tmp_path / "report.html"

    printed = filled.run("report")
    written = filled.run("report", "--html", page)
    read = filled.json("report", "--as-of", "2026-03-01T11:00:00")

    assert (printed.code, written.code) == (0, 0)
    assert "Payment approval report" in printed.out
    assert page.read_text().startswith("<!doctype html>")
    assert read["overview"]["attempts"] == len(ATTEMPTS)
    assert read["made_at"] == "2026-03-01T11:00:00+00:00"


def test_a_decline_is_explained(empty: Installation) -> None:
    answer = empty.json("classify", "51", "--network", "visa", "--on", "2026-03-01")

    assert (answer["reason"], answer["standard"]) == ("insufficient_funds", "FUNDS_OR_LIMIT")
    assert answer["retryable"] is True


def test_an_unknown_decline_never_invites_a_retry(empty: Installation) -> None:
    answer = empty.json("classify", "QQ", "--network", "visa", "--on", "2026-03-01")

    assert (answer["known"], answer["retryable"]) == (False, False)


def test_the_doctor_finds_a_sound_installation(filled: Installation) -> None:
    findings = filled.json("doctor")

    assert [finding for finding in findings if not finding["ok"]] == []
    assert "4 attempts" in findings[-1]["detail"]


def test_reset_deletes_a_home_and_nothing_else(empty: Installation, tmp_path: Path) -> None:
    letters = Installation(tmp_path / "letters")
    letters.home.mkdir()
    (letters.home / "dear_friend.txt").write_text("…")
    empty.json("ingest", attempts_file(tmp_path / "attempts.jsonl"), "--format", "canonical")

    assert empty.run("reset", "--yes").code == 0
    assert letters.run("reset", "--yes").code == 1
    assert not empty.home.exists()
    assert (letters.home / "dear_friend.txt").exists()


def test_a_folder_of_somebody_else_is_not_used_as_a_home(tmp_path: Path) -> None:
    letters = Installation(tmp_path / "letters")
    letters.home.mkdir()
    (letters.home / "dear_friend.txt").write_text("…")

    done = letters.run("ingest", attempts_file(tmp_path / "attempts.jsonl"), "--format", "canonical")

    assert done.code == 1
    assert "--home" in done.complaint


def test_a_taken_port_is_named_with_the_fix(filled: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = filled.run("serve", "--port", str(other.getsockname()[1]))

    assert done.code == 1
    assert "--port" in done.err


def test_the_examples_step_aside_for_a_file_of_ones_own(empty: Installation, tmp_path: Path) -> None:
    own = attempts_file(tmp_path / "own.jsonl", prefix="own-")
    counted = "select count(*) as attempts from payments_enriched_silver"

    with empty.up("--examples"):
        examples = empty.query(counted)[0]["attempts"]
    with empty.up("--examples"):
        again = empty.query(counted)[0]["attempts"]
    with empty.up("--data", own, "--format", "canonical"):
        only_own = empty.query(counted)[0]["attempts"]
    with empty.up():
        still_own = empty.query(counted)[0]["attempts"]

    assert examples == again > len(ATTEMPTS)
    assert only_own == still_own == len(ATTEMPTS)


def test_without_data_a_world_is_shown_until_there_is_some(empty: Installation, tmp_path: Path) -> None:
    own = attempts_file(tmp_path / "own.jsonl", prefix="own-")
    counted = "select count(*) as attempts from payments_enriched_silver"
    small = ("--attempts", "300", "--days", "5")

    with empty.up(*small, "--no-live"):
        world = empty.query(counted)[0]["attempts"]
    with empty.up("--data", own, "--format", "canonical", "--no-live"):
        only_own = empty.query(counted)[0]["attempts"]

    assert world == 300
    assert only_own == len(ATTEMPTS)


def test_the_world_goes_on_live_beside_the_page_and_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    empty = Installation(Path(".payment-analysis"))  # not absolute, as `make up` has it
    with empty.up("--attempts", "300", "--days", "5"):
        until = time.monotonic() + 120
        while empty.query("select count(*) as attempts from payments_enriched_silver")[0]["attempts"] <= 300:
            assert time.monotonic() < until, empty.run("pipeline", "status", "payment_realtime_pipeline").out
            time.sleep(1)
        # The first rows are seen before the turn that brought them has ended, and only then the pipeline says so.
        while (during := empty.json("pipeline", "status", "payment_realtime_pipeline"))["state"] == "starting":
            assert time.monotonic() < until, during
            time.sleep(0.2)
    after = empty.json("pipeline", "status", "payment_realtime_pipeline")

    assert (during["state"], after["state"]) == ("running", "stopped")
