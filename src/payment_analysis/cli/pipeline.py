"""`pipeline`: the continuous build and the real-time pipeline, as background processes."""

from __future__ import annotations

import signal
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from payment_analysis.cli.options import HomeOption, JsonOption
from payment_analysis.cli.screen import out, print_json
from payment_analysis.jobs.pipelines import control
from payment_analysis.jobs.pipelines.continuous import Continuous
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.place import HOME

if TYPE_CHECKING:
    from payment_analysis.jobs.pipelines.control import PipelineStatus

ETL_NAME = control.PIPELINES[0]
ACTIONS = {"start": control.start, "stop": control.stop, "status": control.status}


def pipeline(
    action: Annotated[str, typer.Argument(help="start, stop or status; run works here until Ctrl-C.")],
    name: Annotated[str, typer.Argument(help=" or ".join(control.PIPELINES))],
    home: HomeOption = HOME,
    as_json: JsonOption = False,
) -> None:
    """Start, stop or look at a pipeline. It builds bronze and silver a second after something lands.

    [bold]Examples[/]

    payment-analysis pipeline start payment_realtime_pipeline

    payment-analysis pipeline status payment_realtime_pipeline --json
    """
    if action == "run":
        run(Home(home), name, quiet=True)
        return
    if action not in ACTIONS:
        raise typer.BadParameter(f"Unknown action {action!r}; known are {', '.join(ACTIONS)}.", param_hint="ACTION")
    told = ACTIONS[action](Home(home), name)
    if as_json:
        print_json(asdict(told))
    else:
        show(told)
    if told.state is control.PipelineState.DEAD:
        raise typer.Exit(1)


def run(home: Home, name: str, *, quiet: bool = False) -> None:
    """Work in this process until it is told to end."""
    control.status(home, name)  # an unknown name is refused
    continuous = Continuous(home.create(), name, said=None if quiet else show_short)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: continuous.stop())
    if not continuous.run():
        out().print(f"{name} runs already.")


def show(told: PipelineStatus) -> None:
    lag = "nothing has arrived yet" if told.lag_s is None else f"{told.lag_s:.2f} s"
    lines = {
        "state": told.state.value,
        "since": told.since or "never",
        "lag": lag,
        "rows": f"{told.rows:,} ({told.rows_per_s:,.0f} a second now), {told.waiting:,} waiting",
        "error": told.last_error or "none",
    }
    for name, value in lines.items():
        out().print(f"{name:<8}{value}", markup=False)


def show_short(told: PipelineStatus) -> None:
    lag = "" if told.lag_s is None else f", {told.lag_s:.2f} s behind"
    out().print(f"{told.state.value}: {told.rows:,} rows, {told.rows_per_s:,.0f} a second{lag}", markup=False)
