"""`train` and `models`: what is learned from outcomes, and how good each version is."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from payment_analysis.cli.options import HomeOption, JsonOption
from payment_analysis.cli.progress import bar
from payment_analysis.cli.screen import err, out, print_json, print_table, warn
from payment_analysis.jobs.train import store_of
from payment_analysis.jobs.train import train as train_models
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.place import HOME
from payment_analysis.ml.models import MODELS
from payment_analysis.ml.registry import Registry

if TYPE_CHECKING:
    from payment_analysis.jobs.train import Registered


def train(
    model: Annotated[list[str] | None, typer.Option("--model", help="Only this one; default: all four.")] = None,
    home: HomeOption = HOME,
    as_json: JsonOption = False,
) -> None:
    """Train the models on the attempts in silver; a new version becomes champion when it is significantly better.

    [bold]Examples[/]

    payment-analysis train

    payment-analysis train --model approval_propensity_model
    """
    with bar() as show, store_of(Home(home)) as store:
        done = train_models(Home(home), model or (), store=store, progress=show)
    if as_json:
        print_json(asdict(done))
    else:
        for one in done.registered:
            _show_registered(one)
        for lacking in done.not_trained:
            warn(f"{lacking.model} is not trained: {lacking.message}.", lacking.hint)
    if not done.registered:
        raise typer.Exit(1)


def models(
    roll_back: Annotated[
        str | None, typer.Option("--roll-back", metavar="MODEL", help="Give champion back to the version before.")
    ] = None,
    promote: Annotated[
        str | None, typer.Option("--promote", metavar="MODEL:VERSION", help="Make this version the champion.")
    ] = None,
    home: HomeOption = HOME,
    as_json: JsonOption = False,
) -> None:
    """Versions of the models with aliases and measures.

    [bold]Examples[/]

    payment-analysis models

    payment-analysis models --roll-back approval_propensity_model
    """
    registry = Registry(home)
    if roll_back is not None:
        err().print(f"{roll_back} is back at version {registry.roll_back(roll_back)}.")
    if promote is not None:
        name, _, number = promote.partition(":")
        if not number.isdigit():
            raise typer.BadParameter(f"{promote!r} is not MODEL:VERSION.", param_hint="--promote")
        registry.promote(name, int(number), "promoted by hand")
    held: dict[str, list[dict[str, Any]]] = {
        name: [asdict(version) for version in registry.versions(name)] for name in MODELS
    }
    if as_json:
        print_json(held)
        return
    if not any(held.values()):
        err().print("No model is trained yet: payment-analysis train")
        return
    _show_versions(held)
    err().print(f"MLflow reads them from {registry.uri}")


def _show_versions(held: dict[str, list[dict[str, Any]]]) -> None:
    rows = [
        (
            name,
            one["version"],
            ", ".join(one["aliases"]) or "-",
            *(_number(one["metrics"], wanted) for wanted in MODELS[name].headline),
            one["verdict"],
        )
        for name, versions in held.items()
        for one in versions
    ]
    print_table(("model", "version", "alias", "model measure", "baseline", "verdict"), rows, ("version",))
    for name, versions in held.items():
        if versions and "model.accuracy" in versions[0]["metrics"]:
            _show_accuracy(name, versions[0]["metrics"])


def _show_accuracy(name: str, metrics: dict[str, float]) -> None:
    """The documents' figure only beside what was measured and what costs nothing."""
    out().print(
        f"{name}: accuracy {metrics['model.accuracy']:.1%}; always giving the usual answer reaches "
        f"{metrics['constant.accuracy']:.1%}, so accuracy says little. The documents claim "
        f"{MODELS[name].claimed_accuracy:.0%}.",
        markup=False,
    )


def _number(metrics: dict[str, float], wanted: str) -> str:
    return f"{wanted} {metrics[wanted]:.4f}" if wanted in metrics else "-"


def _show_registered(one: Registered) -> None:
    state = "champion" if one.promoted else "challenger"
    out().print(f"[bold]{one.model}[/] version {one.version}: {state}; {one.verdict}.")
    rows = [
        (
            measure.contestant,
            measure.metric,
            f"{measure.value:.4f}",
            "-" if measure.low is None or measure.high is None else f"{measure.low:.4f} to {measure.high:.4f}",
        )
        for measure in one.measures
    ]
    print_table(("who", "measure", "value", "95 % interval"), rows, ("value",))
