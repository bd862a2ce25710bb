"""The process that `test_crash` kills: it lands every batch and builds after each, from the start, every time."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

from tests.lakehouse.small import BRONZE, LATEST, PAYMENTS, at, attempt, land, plain_lakehouse

BATCHES = 25
ROWS = 12


def batch(number: int) -> list[dict[str, object]]:
    """Equal for equal numbers: new attempts, a repetition of an older one, a later state and a row bronze refuses."""
    random = Random(number)
    rows = [
        attempt(f"a{number}-{n}", payment_id=f"p{random.randrange(200)}", event_timestamp=at(number))
        for n in range(ROWS)
    ]
    rows.append(attempt(f"bad{number}", amount_minor=-1))
    if number:
        before = batch(number - 1)
        rows += [before[0], attempt(f"a{number - 1}-1", payment_id="moved", result="declined", updated_at=at(500))]
    return rows


def main(home: Path) -> None:
    lakehouse = plain_lakehouse(home, BRONZE, LATEST, PAYMENTS)
    print("ready", flush=True)
    for number in range(BATCHES):
        land(lakehouse, batch(number), f"batch {number}")
        lakehouse.build()
    print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
