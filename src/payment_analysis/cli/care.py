"""`doctor` and `reset`: the installation itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from payment_analysis.cli.options import HomeOption, JsonOption
from payment_analysis.cli.screen import err, out, print_json, print_table
from payment_analysis.jobs.doctor import examine, mend
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.place import HOME
from payment_analysis.store.database import FOLDER
from payment_analysis.store.server import Server


def doctor(
    home: HomeOption = HOME,
    repair: Annotated[
        bool, typer.Option("--repair", help="First mend tables whose newest commit is damaged; stop writers before.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check the installation; exit code 1 when something needs care.

    [bold]Examples[/]

    payment-analysis doctor --json

    payment-analysis doctor --repair
    """
    for one in mend(Home(home)) if repair else ():
        err().print(f"{one.table}: entry set aside as {one.set_aside}; {one.rows:,} rows taken up again")
    findings = examine(Home(home))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        rows = [(finding.check, "ok" if finding.ok else "FAILED", finding.detail) for finding in findings]
        print_table(("check", "state", "found"), rows)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def reset(
    home: HomeOption = HOME,
    yes: Annotated[bool, typer.Option("--yes", help="Really delete it; without this nothing happens.")] = False,
) -> None:
    """Delete the home: everything that was ingested and built.

    [bold]Example[/]

    payment-analysis reset --yes
    """
    if not yes:
        raise typer.BadParameter(f"This deletes {home} with all ingested data. Say so with --yes.")
    place = Home(home)
    if place.exists:
        Server(home / FOLDER).end()
    place.delete()
    out().print(f"Deleted {home}.")
