"""`job`: the seven numbered jobs of the documents, on this machine or in a workspace."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from payment_analysis.cli.options import HomeOption, JsonOption
from payment_analysis.cli.screen import err, out, print_json, print_table, warn
from payment_analysis.domain.workflow import JOBS, RunState, job_of
from payment_analysis.jobs.runner import run_job
from payment_analysis.jobs.work import Machine
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.place import HOME
from payment_analysis.store.database import Database
from payment_analysis.store.runs import last_run, state_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.domain.workflow import Job
    from payment_analysis.jobs.runner import JobDone


def job(
    action: Annotated[str, typer.Argument(help="list, or run.")],
    which: Annotated[str | None, typer.Argument(help="For run: 1 to 7, or all in order.")] = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter; may be given several times.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on behind the tasks that the last run finished.")
    ] = False,
    run_id: Annotated[str | None, typer.Option("--run", hidden=True)] = None,
    home: HomeOption = HOME,
    as_json: JsonOption = False,
) -> None:
    """The numbered jobs: which there are and how they went, or run one and wait. Again is always safe.

    [bold]Examples[/]

    payment-analysis job list

    payment-analysis job run 2 --set attempts=20000

    payment-analysis job run all --resume
    """
    place = Home(home)
    if action == "list":
        _list(place, as_json=as_json)
        return
    if action != "run" or which is None:
        raise typer.BadParameter("say `job list`, `job run 1` to `job run 7`, or `job run all`")
    store = Database.of_home(place.create().path)
    try:
        done = _run(Machine(place, store), _wanted(which), _settings(values or []), resume=resume, run_id=run_id)
    finally:
        store.close()
    if as_json:
        print_json([asdict(one) for one in done])
    if done[-1].state is not RunState.SUCCEEDED:
        raise typer.Exit(1)


def _run(
    machine: Machine, jobs: Sequence[Job], given: dict[str, str], *, resume: bool, run_id: str | None
) -> list[JobDone]:
    done: list[JobDone] = []
    for one in jobs:
        err().print(f"[bold]{one.name}[/]")
        own = {name: value for name, value in given.items() if len(jobs) == 1 or name in one.defaults}
        done.append(run_job(machine, one, own, say=_say, resume=resume, run_id=run_id))
        for task in done[-1].tasks:
            err().print(f"  {task.state} {task.task} ({task.seconds:.1f} s)", markup=False)
            if task.error:
                warn(task.error, task.hint)
        if done[-1].state is not RunState.SUCCEEDED:
            break
    return done


def _say(text: str) -> None:
    err().print(f"  {text}", markup=False)


def _wanted(which: str) -> Sequence[Job]:
    if which == "all":
        return JOBS
    if not (which.isascii() and which.isdigit() and 1 <= int(which) <= len(JOBS)):
        raise typer.BadParameter(f"{which!r} is none of 1 to {len(JOBS)} and not all.", param_hint="WHICH")
    return [job_of(int(which))]


def _settings(values: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in values:
        name, is_pair, value = one.partition("=")
        if not is_pair:
            raise typer.BadParameter(f"{one!r} is not NAME=VALUE.", param_hint="--set")
        found[name] = value
    return found


def _list(home: Home, *, as_json: bool) -> None:
    rows: list[dict[str, Any]] = []
    store = Database.of_home(home.path) if home.exists else None
    for one in JOBS:
        row = {"number": one.number, "job": one.key, "name": one.name, "tasks": [task.key for task in one.tasks]}
        if store is not None:
            with store.read() as session:
                last = last_run(session, one.key)
                row |= {"state": state_of(last), "ended_at": last.ended_at, "error": last.error} if last else {}
        rows.append(row)
    if store is not None:
        store.close()
    if as_json:
        print_json(rows)
        return
    print_table(
        ("job", "last run", "ended", "tasks"),
        [(row["name"], row.get("state"), row.get("ended_at"), ", ".join(row["tasks"])) for row in rows],
    )
    for row in rows:
        if row.get("error"):
            out().print(f"{row['name']}: {row['error']}", markup=False)
