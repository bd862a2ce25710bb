"""`classify`: what one decline means."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from payment_analysis.cli.options import JsonOption
from payment_analysis.cli.screen import print_json, print_table
from payment_analysis.domain.attempt import CardNetwork
from payment_analysis.domain.countries import Region
from payment_analysis.domain.declines import Decline
from payment_analysis.domain.declines import classify as classify_decline


def classify(
    code: Annotated[str, typer.Argument(help="Response code (DE39), e.g. 51; three digits for American Express.")],
    network: Annotated[CardNetwork | None, typer.Option(help="Card network.", show_choices=True)] = None,
    advice: Annotated[str | None, typer.Option(help="Mastercard merchant advice code, e.g. 03.")] = None,
    region: Annotated[Region, typer.Option(help="Region of the issuer.")] = Region.OTHER,
    word: Annotated[str | None, typer.Option(help="The source's own word, asked when the code is unknown.")] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day the rules are read for.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a decline means: reason, who is at fault, whether and when a retry may help, what to do, and why.

    [bold]Examples[/]

    payment-analysis classify 51 --network visa

    payment-analysis classify 05 --network mastercard --advice 03
    """
    day = (on or datetime.now(UTC)).date()
    decline = classify_decline(network, code, advice, region, day, word)
    answer = asdict(decline) | {"earliest_retry": wait(decline)}
    if as_json:
        print_json(answer | {"earliest_retry": decline.earliest_retry and int(decline.earliest_retry.total_seconds())})
    else:
        print_table(("fact", "value"), [(name.replace("_", " "), shown(value)) for name, value in answer.items()])


def wait(decline: Decline) -> str | None:
    """How long to wait before a retry, in words."""
    if decline.earliest_retry is None:
        return None
    return str(decline.earliest_retry) if decline.earliest_retry else "at once"


def shown(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
