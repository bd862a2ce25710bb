"""What `bundle.sh` does before it deploys: write `.build`, switch the optional parts, and check the bundle."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from payment_analysis.domain.errors import PaymentAnalysisError
from payment_analysis.jobs.bundle import bundle_faults
from payment_analysis.jobs.prepare import prepare
from payment_analysis.workspace.bundle import chosen, read_bundle, switch_on

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", default="dev")
    parser.add_argument("--with", dest="on", action="append", default=[])
    parser.add_argument("--without", dest="off", action="append", default=[])
    parser.add_argument("--var", dest="values", action="append", default=[])
    given = parser.parse_args()
    try:
        parts = chosen(given.on, given.off)
        values = variables(read_bundle(ROOT, parts).settings, given.target)
        values |= dict(one.split("=", 1) for one in given.values)
        done = prepare(ROOT / ".build", values["catalog"], values["schema"])
        switch_on(ROOT, parts)
        faults = bundle_faults(ROOT, parts)
    except PaymentAnalysisError as error:
        print(f"{error.message}\n{error.hint}", file=sys.stderr)
        return 1
    for fault in faults:
        print(fault, file=sys.stderr)
    told = ", ".join(parts) or "none"
    print(f"Prepared {len(done.dashboards)} dashboards, {done.statements} statements; parts: {told}.")
    return 1 if faults else 0


def variables(settings: Mapping[str, Any], target: str) -> dict[str, str]:
    """The values of a target: its own over the usual ones."""
    usual = {name: str(one.get("default", "")) for name, one in settings["variables"].items()}
    own = settings["targets"][target].get("variables", {})
    return usual | {name: str(value) for name, value in own.items()}


if __name__ == "__main__":
    sys.exit(main())
