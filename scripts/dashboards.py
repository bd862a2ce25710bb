"""`dashboards.py prepare|validate-assets|publish --catalog C --schema S`: what a deployment shows."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from payment_analysis.domain.errors import PaymentAnalysisError
from payment_analysis.jobs.doors.boards import missing_tables
from payment_analysis.jobs.prepare import prepare
from payment_analysis.jobs.task import there
from payment_analysis.workspace.connection import connect_as_environment
from payment_analysis.workspace.unity import Unity

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=("prepare", "validate-assets", "publish"))
    parser.add_argument("--catalog", default="main")
    parser.add_argument("--schema", default="payment_analysis")
    parser.add_argument("--warehouse-id", default="")
    parser.add_argument("--path", default="/Workspace/Shared/payment-analysis/dashboards")
    parser.add_argument("--folder", type=Path, default=ROOT / ".build")
    given = parser.parse_args(arguments)
    try:
        return ACTIONS[given.action](given)
    except PaymentAnalysisError as error:
        print(f"{error.message}\n{error.hint}", file=sys.stderr)
        return 1


def write(given: argparse.Namespace) -> int:
    done = prepare(given.folder, given.catalog, given.schema)
    place = f"{given.catalog}.{given.schema}"
    print(f"{len(done.dashboards)} dashboards and {done.statements} statements for {place} in {done.folder}")
    return 0


def validate(given: argparse.Namespace) -> int:
    """Every table and view that a dashboard reads is in the schema."""
    missing = missing_tables(Unity(connect_as_environment(), given.catalog, given.schema).tables())
    for name in sorted(missing):
        print(f"missing: {given.catalog}.{given.schema}.{name}", file=sys.stderr)
    print("run job 3 in the same catalog and schema" if missing else "every table and view is there")
    return 1 if missing else 0


def publish(given: argparse.Namespace) -> int:
    values = {"catalog": given.catalog, "schema": given.schema, "warehouse_id": given.warehouse_id}
    there("publish_dashboards", values | {"dashboards_path": given.path}, say=print)
    return 0


ACTIONS = {"prepare": write, "validate-assets": validate, "publish": publish}

if __name__ == "__main__":
    sys.exit(main())
