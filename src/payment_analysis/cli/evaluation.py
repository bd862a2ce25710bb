"""`evaluate`: what another policy would have earned on the same attempts."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from payment_analysis.cli.data import exports_of
from payment_analysis.cli.options import HomeOption, JsonOption, MappingOption
from payment_analysis.cli.progress import bar
from payment_analysis.cli.screen import out, print_json, print_table, warn
from payment_analysis.jobs.evaluate import Files, evaluate_retry, evaluate_routing
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.place import HOME
from payment_analysis.ml.route_comparison import words
from payment_analysis.ml.routing import MARGIN

if TYPE_CHECKING:
    from payment_analysis.jobs.evaluate import RoutingEvaluation
    from payment_analysis.ml.evaluation_retry import Retried
    from payment_analysis.ml.off_policy import Estimate


class Decision(StrEnum):
    """What is decided."""

    ROUTING = "routing"
    RETRY = "retry"


def evaluate(
    what: Annotated[Decision, typer.Argument(help="routing or retry.")],
    train: Annotated[list[Path] | None, typer.Option("--train", help="Exports to learn from.")] = None,
    test: Annotated[list[Path] | None, typer.Option("--test", help="Later exports to be judged on.")] = None,
    format_: Annotated[str, typer.Option("--format", help="canonical, stripe, adyen or csv.")] = "canonical",
    mapping: MappingOption = None,
    fees: Annotated[Path | None, typer.Option(help="Price list: a line per PSP, approved and declined.")] = None,
    margin: Annotated[float, typer.Option(min=0.0, max=1.0, help="Margin, share of the amount.")] = MARGIN,
    home: HomeOption = HOME,
    as_json: JsonOption = False,
) -> None:
    """Judge policies from what was logged; without files, on the later attempts of the home.

    [bold]Examples[/]

    payment-analysis evaluate routing --train jan.csv --test feb.csv --format csv --mapping psp2019 --fees fees.yml

    payment-analysis evaluate retry
    """
    if bool(train) != bool(test):
        raise typer.BadParameter("Give both --train and --test, or neither.", param_hint="--train")
    if what is Decision.RETRY:
        if train:
            raise typer.BadParameter("retry is judged in a simulated home, not on files.", param_hint="--train")
        retried = evaluate_retry(Home(home), margin=margin)
        print_json([asdict(one) for one in retried]) if as_json else _show_retry(retried)
        return
    files = None
    if train and test:
        files = Files(exports_of(train, format_, mapping), exports_of(test, format_, mapping))
    with bar() as show:
        judged = evaluate_routing(Home(home), files, fees=fees, margin=margin, progress=show)
    if as_json:
        print_json({**asdict(judged), "findings": words(judged.comparison)})
    else:
        _show_routing(judged)


def _show_routing(judged: RoutingEvaluation) -> None:
    comparison = judged.comparison
    for warning in comparison.warnings:
        warn(f"{warning}.")
    out().print(f"{comparison.attempts:,} attempts of {comparison.payments:,} payments")
    for objective in comparison.objectives:
        rows = [
            (
                one.policy,
                *(_interval(one.estimates[name]) for name in ("DR", "SNIPS", "IPS")),
                _interval(objective.per_payment[one.policy]),
                f"{one.overlap.effective_rows:,.0f}",
                f"{one.overlap.weight_max:.1f}",
            )
            for one in objective.per_attempt
        ]
        out().print(f"\n[bold]{objective.name}[/]")
        print_table(
            ("policy", "DR per attempt", "SNIPS", "IPS", "DR per payment", "effective rows", "max weight"), rows
        )
    out().print()
    for sentence in words(comparison):
        out().print(sentence, markup=False)
    if judged.world:
        world = [
            (
                one.policy,
                f"{one.approval_rate:.2%}",
                f"{100 * one.uplift.value:+.2f} ({100 * one.uplift.low:+.2f} to {100 * one.uplift.high:+.2f})",
                f"{one.gap_share:.0%}",
            )
            for one in judged.world
        ]
        out().print("\n[bold]the simulated world, by its truth[/]")
        print_table(("policy", "approval", "points over the rule", "of the clairvoyant gap"), world)


def _show_retry(retried: tuple[Retried, ...]) -> None:
    rows = [
        (
            one.policy,
            f"{one.tries_per_decline:.2f}",
            f"{one.recovered:.1%}",
            _interval(one.net_per_decline),
            _interval(one.against_fixed),
            _interval(one.against_rules),
            one.forbidden_tries,
        )
        for one in retried
    ]
    columns = ("policy", "tries", "recovered", "net per decline", "over fixed", "over rules", "forbidden tries")
    print_table(columns, rows, ("forbidden tries",))


def _interval(one: Estimate) -> str:
    return f"{one.value:.4f} ({one.low:.4f} to {one.high:.4f})"
