"""`simulate`: a world with known truth, where nobody's own data is needed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from payment_analysis.cli.options import HomeOption, JsonOption
from payment_analysis.cli.progress import bar
from payment_analysis.cli.screen import err, out, print_json
from payment_analysis.jobs.simulate import Order
from payment_analysis.jobs.simulate import simulate as simulate_history
from payment_analysis.jobs.stream import StreamOrder
from payment_analysis.jobs.stream import stream as stream_events
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.place import HOME

if TYPE_CHECKING:
    from payment_analysis.jobs.simulate import Simulated

DAYS_MAX = 3_660


def simulate(
    seed: Annotated[int, typer.Option(min=0, help="The world: the same seed has the same people and merchants.")],
    attempts: Annotated[int | None, typer.Option(min=1, help="Attempts of the history.")] = None,
    days: Annotated[int | None, typer.Option(min=1, max=DAYS_MAX, help="Days they are spread over.")] = None,
    live: Annotated[bool, typer.Option("--stream", help="Live events from now on, instead of a history.")] = False,
    rate: Annotated[float, typer.Option(min=0.1, help="With --stream: attempts a second.")] = 100.0,
    minutes: Annotated[float, typer.Option(min=0.01, help="With --stream: how long.")] = 10.0,
    start: Annotated[
        datetime | None, typer.Option(help="With --stream: since when (UTC); what was due before now is told at once.")
    ] = None,
    writer: Annotated[int, typer.Option(min=0, help="With --stream: the number of one of several writers.")] = 0,
    output: Annotated[
        Path | None, typer.Option(help="With --stream: a folder for Parquet files; default: the landing table.")
    ] = None,
    end: Annotated[
        datetime | None, typer.Option(help="The history ends before this instant (UTC); default: today begins.")
    ] = None,
    home: HomeOption = HOME,
    as_json: JsonOption = False,
) -> None:
    """Let a simulated history land. The same numbers and the same end give the same rows; twice adds nothing.

    [bold]Examples[/]

    payment-analysis simulate --attempts 100000 --days 90 --seed 7

    payment-analysis simulate --attempts 1000000 --days 90 --seed 7 --end 2026-11-01

    payment-analysis simulate --stream --rate 1000 --minutes 10 --seed 7
    """
    if live:
        since = start.replace(tzinfo=UTC) if start else datetime.now(UTC)
        show_streamed(Home(home), StreamOrder(rate, minutes, seed, since, writer), output, as_json=as_json)
        return
    if attempts is None or days is None:
        raise typer.BadParameter("A history needs --attempts and --days; --stream needs neither.")
    order = Order(attempts, days, seed, end.replace(tzinfo=UTC) if end else start_of_day(datetime.now(UTC)))
    with bar() as show:
        done = simulate_history(Home(home), order, progress=show)
    if as_json:
        print_json(asdict(done))
    else:
        show_simulated(done)


def show_streamed(home: Home, order: StreamOrder, output: Path | None, *, as_json: bool) -> None:
    """Tell live events behind a progress bar; Ctrl-C ends them."""
    with bar() as show:
        done = stream_events(
            home,
            order,
            output=output,
            told=lambda now: show(f"{now.events:,} events", min(1.0, now.seconds / (60 * order.minutes))),
        )
    if as_json:
        print_json(asdict(done))
        return
    out().print(f"{done.events:,} events told in {done.seconds:.1f} s, {done.added:,} of them new", markup=False)


def start_of_day(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def show_simulated(done: Simulated) -> None:
    if done.examples_step_aside:
        err().print("From here on the answers are about the simulated world; the examples have stepped aside.")
    show_world(done)
    err().print("payment-analysis build makes the tables.")


def show_world(done: Simulated) -> None:
    """What a history holds, and where its truth lies."""
    facts = done.facts
    rate = "none answered" if facts.approval_rate is None else f"{facts.approval_rate:.1%}"
    lines = {
        "attempts": f"{facts.attempts:,} in {facts.rows:,} rows ({done.added:,} added)",
        "approval": f"{rate} of the sales that an issuer or the network answered",
        "fraud": f"{facts.fraud_share:.2%} of the attempts",
        "period": f"{_instant(facts.start)} to {_instant(facts.end)} UTC",
        "truth": f"{done.folder}",
    }
    for name, value in lines.items():
        out().print(f"{name:<10}{value}", markup=False)


def _instant(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"
