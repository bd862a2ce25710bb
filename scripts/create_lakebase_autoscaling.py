"""Make the Lakebase project, branch and endpoint where they are missing: what job 1 does, without the job."""

from __future__ import annotations

import argparse
import sys

from payment_analysis.domain.errors import PaymentAnalysisError
from payment_analysis.workspace.connection import connect_as_environment
from payment_analysis.workspace.lakebase import Lakebase


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project-id", default="payment-analysis-db")
    parser.add_argument("--branch-id", default="production")
    parser.add_argument("--endpoint-id", default="primary")
    parser.add_argument("--dry-run", action="store_true", help="only say what it would look for")
    given = parser.parse_args(arguments)
    try:
        place = Lakebase(connect_as_environment(), given.project_id, given.branch_id, given.endpoint_id)
        made = [] if given.dry_run else place.ensure()
    except PaymentAnalysisError as error:
        print(f"{error.message}\n{error.hint}", file=sys.stderr)
        return 1
    print(f"made {', '.join(made)}" if made else f"{place.name}{' is wanted' if given.dry_run else ' is there'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
