"""`diagnose`: why the approval rate moved."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from payment_analysis.agents.diagnosis.words import claim, gap_words, headline, place, points
from payment_analysis.cli.options import HomeOption, JsonOption
from payment_analysis.cli.screen import print_json, print_table
from payment_analysis.jobs.diagnose import diagnose_home
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.place import HOME


def diagnose(
    since: Annotated[str, typer.Option("--from", help="Start of the period: a date or a time.")] = "",
    until: Annotated[str, typer.Option("--to", help="Its end; a date means the whole day.")] = "",
    span: Annotated[str, typer.Option("--range", help="Or a length before the newest attempt: 24h, 7d, 30d.")] = "",
    home: HomeOption = HOME,
    as_json: JsonOption = False,
) -> None:
    """Explain why the approval rate moved, against the four weeks before; without options, of the last day.

    [bold]Examples[/]

    payment-analysis diagnose

    payment-analysis diagnose --from 2026-11-01 --to 2026-11-02

    payment-analysis diagnose --range 7d --json
    """
    given = {"from": since, "to": until, "range": span}
    found = diagnose_home(Home(home), {name: value for name, value in given.items() if value})
    if as_json:
        print_json(asdict(found))
        return
    print(headline(found))
    for gap in found.gaps:
        print(gap_words(gap))
    if not found.causes:
        print("No part of the payments moved by itself.")
    for number, cause in enumerate(found.causes, start=1):
        print(f"\n{number}. {claim(cause)}")
        figures = [
            ("class", f"{cause.cause} ({100 * cause.certainty:.0f} % of the evidence)"),
            ("where", place(cause)),
            ("effect", f"{points(cause.effect)} ({points(cause.low)} to {points(cause.high)})"),
            ("approvals missing", f"{cause.missing:,.0f} of {cause.attempts:,} attempts"),
            ("value a day", f"{cause.value_per_day:,.0f}"),
            ("instead", ", ".join(f"{one.answer} {100 * one.share:.0f} %" for one in cause.absorbed) or "-"),
        ]
        print_table(("", " "), figures)
    print("\nWhat this cannot tell:")
    for limit in found.cannot_tell:
        print(f"- {limit}")
