"""`ask`: a question in words, and the SQL that answers it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape

from payment_analysis.agents.ask.answer import Answer, AnswerColumn
from payment_analysis.agents.ask.reading import Status
from payment_analysis.agents.ask.sentences import figure
from payment_analysis.cli.options import HomeOption, JsonOption
from payment_analysis.cli.screen import out, print_json, print_table
from payment_analysis.jobs.ask import ask_in_words
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.place import HOME


def ask(
    question: Annotated[str, typer.Argument(help="One question in English, Portuguese or Spanish.")],
    home: HomeOption = HOME,
    as_json: JsonOption = False,
    scope: Annotated[str, typer.Option(help="Part of the data to ask about: range=7d&network=visa,elo")] = "",
) -> None:
    """Ask in words: a sentence, a table, what was assumed, and the SQL.

    [bold]Examples[/]

    payment-analysis ask "approval rate by network last month"

    payment-analysis ask "quais são os 5 principais motivos de recusa?"

    payment-analysis ask --json "¿qué país tiene la menor tasa de aprobación?"
    """
    answer = ask_in_words(Home(home), question, scope=scope)
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        console = out()
        badge = " [green](verified)[/]" if answer.is_verified else ""
        console.print(f"{escape(answer.sentence)}{badge}")
        if answer.status is Status.ANSWERED:
            _print_rows(answer)
        for line in (answer.hint, *(choice.label for choice in answer.choices)):
            if line:
                console.print(f"  {line}", markup=False)
        if answer.suggestions:
            console.print("Did you mean:", *(f"\n  {one}" for one in answer.suggestions), markup=False, sep="")
    if answer.status in {Status.UNKNOWN, Status.REFUSED, Status.ASKS_BACK}:
        raise typer.Exit(1)


def _print_rows(answer: Answer) -> None:
    console = out()
    if len(answer.rows) > 1:
        shown = [column for column in answer.columns if not column.role.startswith("trials")]
        places = [answer.columns.index(column) for column in shown]
        cells = [
            [_cell(row[place], column, answer.currency) for place, column in zip(places, shown, strict=True)]
            for row in answer.rows
        ]
        console.print()
        print_table([column.label for column in shown], cells, [one.label for one in shown if one.unit is not None])
    assumed = [chip.label for chip in answer.chips] + answer.notes + ([answer.model_note] if answer.model_note else [])
    console.print(f"\nAssumed: {'; '.join(assumed)}", markup=False)
    console.print(f"\n{answer.sql}", markup=False)


def _cell(value: Any, column: AnswerColumn, currency: str) -> Any:
    return value if column.unit is None else figure(value, column.unit, currency)
