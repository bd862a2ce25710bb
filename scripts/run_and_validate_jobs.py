"""Run the workspace's jobs in order, or say how they stand: `run_and_validate_jobs.py [status] [--job KEY]`."""

from __future__ import annotations

import argparse
import os
import sys
import time

from payment_analysis.domain.errors import PaymentAnalysisError
from payment_analysis.domain.workflow import JOBS, RunState
from payment_analysis.workspace.connection import connect_as_environment
from payment_analysis.workspace.runs import WorkspaceJobs

PLACE = {"catalog": "DATABRICKS_CATALOG", "schema": "DATABRICKS_SCHEMA"}  # a job parameter and its variable


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", nargs="?", choices=("run", "status"), default="run")
    parser.add_argument("--job", action="append", help="only this one; may be given several times")
    parser.add_argument("--dry-run", action="store_true", help="only say which jobs would run")
    parser.add_argument("--no-wait", action="store_true", help="start and leave")
    parser.add_argument("--poll-seconds", type=float, default=5.0)
    given = parser.parse_args(arguments)
    try:
        jobs = WorkspaceJobs(connect_as_environment(), os.environ)
        wanted = [job.key for job in JOBS if not given.job or job.key in given.job]
        if given.action == "status" or given.dry_run:
            return status(jobs, wanted)
        return all_done(jobs, wanted, given)
    except PaymentAnalysisError as error:
        print(f"{error.message}\n{error.hint}", file=sys.stderr)
        return 1


def status(jobs: WorkspaceJobs, wanted: list[str]) -> int:
    for one in jobs.standings():
        if one.key in wanted:
            print(f"{one.key}: {one.last.state if one.last else 'never run'} {one.id or 'is not deployed'}")
    return 0


def all_done(jobs: WorkspaceJobs, wanted: list[str], given: argparse.Namespace) -> int:
    place = {name: os.environ[variable] for name, variable in PLACE.items() if os.environ.get(variable)}
    for key in wanted:
        run = jobs.run(key, place, "script")
        print(f"{key}: run {run.id} {run.url}")
        while not given.no_wait and not run.state.is_over:
            time.sleep(given.poll_seconds)
            run = jobs.get(run.id)
        if not given.no_wait:
            print(f"{key}: {run.state} {run.error}")
            if run.state is not RunState.SUCCEEDED:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
