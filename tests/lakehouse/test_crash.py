"""kill -9 at random moments: nothing is lost, nothing is there twice, and the rest is done by running it again."""

from __future__ import annotations

import subprocess
import sys
import time
from random import Random
from typing import TYPE_CHECKING

from tests.lakehouse.crash_child import BATCHES, batch
from tests.lakehouse.small import BRONZE, LATEST, PAYMENTS, plain_lakehouse
from tests.lakehouse.test_incremental import content

from payment_analysis.lakehouse.bronze import LANDING

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 10


def start(home: Path, repository: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.lakehouse.crash_child", str(home)]
    process = subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_kill_9_loses_and_duplicates_nothing(tmp_path: Path, repository: Path) -> None:
    random = Random(9)
    for _ in range(KILLS):
        process = start(tmp_path, repository)
        time.sleep(random.uniform(0.0, 1.5))
        process.kill()
        process.communicate()
    process = start(tmp_path, repository)
    process.communicate()
    assert process.returncode == 0

    lakehouse = plain_lakehouse(tmp_path, BRONZE, LATEST, PAYMENTS)
    landed = [str(row["_event_key"]) for row in lakehouse.rows(f"select _event_key from {LANDING}")]
    sent = {str(row["_event_key"]) for number in range(BATCHES) for row in batch(number)}
    assert sorted(landed) == sorted(sent)
    (bronze,) = lakehouse.rows("select count(*) as n, count(distinct _event_key) as k from events_bronze")
    assert bronze == {"n": len(sent) - BATCHES, "k": len(sent) - BATCHES}
    assert lakehouse.rows("select count(*) as n from payments_quarantine_bronze") == [{"n": BATCHES}]
    built_up = content(lakehouse, ["attempts_silver", "paid_silver"])
    lakehouse.build(full_refresh=True)
    assert built_up == content(lakehouse, ["attempts_silver", "paid_silver"])
