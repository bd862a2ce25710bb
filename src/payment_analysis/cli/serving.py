"""`up` and `serve`: the application on this machine."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from payment_analysis.backend.app import LOOPBACK, app_of, way_in
from payment_analysis.backend.pace import keep_pace
from payment_analysis.backend.serving import Server
from payment_analysis.backend.worker_pool import WorkerPool
from payment_analysis.cli.data import exports_of, make_tables, read_in, show_build, show_intake
from payment_analysis.cli.options import (
    CurrencyOption,
    HomeOption,
    HostOption,
    MappingOption,
    PortOption,
    WorkersOption,
)
from payment_analysis.cli.progress import bar
from payment_analysis.cli.screen import err, out, warn
from payment_analysis.cli.simulation import DAYS_MAX, show_world
from payment_analysis.domain.errors import BadInput, NotFound
from payment_analysis.jobs.beside import Beside, beside, stop_pipelines
from payment_analysis.jobs.examples import EXAMPLES
from payment_analysis.jobs.report import read_report
from payment_analysis.jobs.simulate import Order, simulate
from payment_analysis.jobs.up import beginning
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.place import HOME
from payment_analysis.report.verdict import say_verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.jobs.ingest import Intake
    from payment_analysis.jobs.up import Beginning

PORT = 8000
ATTEMPTS, DAYS, SEED = 1_000_000, 90, 7  # the world of a new home
PORTS_TRIED = 20
WORKERS_MAX = 4  # nobody has asked for more yet, and each holds the models once more
THIS_MACHINE = {"127.0.0.1", "::1", "localhost"}
ANYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - the addresses we warn about


def up(
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", help="An export; may be given several times. Default: a simulated world."),
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="canonical, stripe, adyen or csv.")] = "canonical",
    mapping: MappingOption = None,
    attempts: Annotated[int, typer.Option(min=1, help="Attempts of the simulated world.")] = ATTEMPTS,
    days: Annotated[int, typer.Option(min=1, max=DAYS_MAX, help="Days they are spread over.")] = DAYS,
    seed: Annotated[int, typer.Option(min=0, help="Which world.")] = SEED,
    examples: Annotated[bool, typer.Option("--examples", help="The small example exports instead of a world.")] = False,
    no_live: Annotated[
        bool, typer.Option("--no-live", help="Nothing beside the page: no pipeline, live world or training.")
    ] = False,
    reporting_currency: CurrencyOption = None,
    port: PortOption = None,
    host: HostOption = "127.0.0.1",
    decision_workers: WorkersOption = None,
    home: HomeOption = HOME,
) -> None:
    """Do everything: data, tables, the page. Running it again goes on where it stood.

    Without --data a new home begins with a simulated world of known truth; real data sets it aside.

    [bold]Examples[/]

    payment-analysis up

    payment-analysis up --examples

    payment-analysis up --data charges.jsonl --format stripe --reporting-currency EUR

    payment-analysis up --data payments.csv --format csv --mapping psp2019
    """
    place = Home(home)
    given = exports_of(data, format_, mapping) if data else []
    with listen(host, port) as listener:
        now = datetime.now(UTC)
        world = Order(attempts, days, seed, now.replace(minute=0, second=0, microsecond=0))
        begun = beginning(place, given, EXAMPLES if examples else (), world)
        intake = take_in(place, begun)
        if begun.exports and not intake.taken:
            raise typer.Exit(1)
        tables = make_tables(place, full_refresh=False, reporting_currency=reporting_currency, partials=no_live)
        show_build(tables, brief=True)
        show_verdict(place)
        alone = no_live or place.shows_examples
        run_beside(place, listener, host, alone=alone, decision_workers=decision_workers)
    if intake.refused:
        raise typer.Exit(1)


def run_beside(
    home: Home, listener: socket.socket, host: str, *, alone: bool, decision_workers: int | None = None
) -> None:
    """Serve with what works beside the page, or without it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # what works beside ends with us however we are asked to end
    with nullcontext() if alone else beside(home, Beside.of(home), warn):
        run(home, listener, host, decision_workers or min(os.cpu_count() or 1, WORKERS_MAX))


def take_in(home: Home, begun: Beginning) -> Intake:
    """Let land what the home begins with, and say what that is."""
    if begun.sets_world_aside:
        stop_pipelines(home)
        out().print(f"The simulated world is set aside in {home.set_aside()}.\n", markup=False)
    if begun.are_examples:
        out().print("The examples that come with us; --data FILE shows your own payments instead.\n", markup=False)
    if begun.world is not None:
        out().print("A simulated world; --data FILE shows your own payments instead.\n", markup=False)
        with bar() as show:
            show_world(simulate(home, begun.world, progress=show))
    intake = read_in(home, begun.exports, examples=begun.are_examples)
    show_intake(intake)
    return intake


def serve(
    port: PortOption = None,
    host: HostOption = "127.0.0.1",
    decision_workers: WorkersOption = None,
    home: HomeOption = HOME,
) -> None:
    """Serve the report and the API of what is built; Ctrl-C ends it.

    [bold]Example[/]

    payment-analysis serve --port 8080
    """
    with listen(host, port) as listener:
        run_beside(Home(home), listener, host, alone=True, decision_workers=decision_workers)


def show_verdict(home: Home) -> None:
    """Print the report in one sentence; when no attempt is there, what to do about it."""
    try:
        report = read_report(home, now=datetime.now(UTC))
    except NotFound as nothing:
        warn(nothing.message, nothing.hint)
    else:
        out().print(f"\n{say_verdict(report).sentence}\n", markup=False)


def listen(host: str, port: int | None) -> socket.socket:
    """A socket on the wanted port; when nobody wanted one, on 8000 or the next free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    wanted = [port] if port is not None else [*range(PORT, PORT + PORTS_TRIED)]
    for number in wanted:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, number))
            listener.listen()
        except OSError as error:
            listener.close()
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                reason = error.strerror or str(error)
                raise BadInput(
                    f"Cannot listen on {host}: {reason}.", hint="Name an address of this machine."
                ) from error
        else:
            return listener
    raise BadInput(
        f"No free port on {host}: {wanted[0]} to {wanted[-1]} are taken."
        if port is None
        else f"Port {port} on {host} is taken.",
        hint="Choose another one with --port, or let the system choose one with --port 0.",
    )


def hosts(host: str) -> Sequence[str]:
    """The names the application answers to: this machine's, or any when it was told to listen beyond it."""
    return LOOPBACK if host in THIS_MACHINE else ("*",)


def run(home: Home, listener: socket.socket, host: str, decision_workers: int) -> None:
    """Serve until Ctrl-C."""
    keep_pace()
    app = app_of(home, hosts=hosts(host))
    path = way_in(app.state.store, datetime.now(UTC))
    number = listener.getsockname()[1]
    if host not in THIS_MACHINE:
        warn("whoever can listen on the network can read what is sent: put HTTPS before the application.")
    reached = "127.0.0.1" if host in ANYWHERE else host
    shown = f"[{host}]" if ":" in host else reached
    pool = WorkerPool(home.path, (reached, number), ",".join(hosts(host)), decision_workers - 1)

    def say() -> None:
        out().print(
            f"The report is at http://{shown}:{number}{path} (opens once; API: /docs). Ctrl-C ends it.", markup=False
        )

    try:
        Server(app, pool, say).run(sockets=[listener])
    except KeyboardInterrupt:
        err().print("Ended.")
