"""What people and programs see: results on standard output, everything else on standard error."""

from __future__ import annotations

import csv
import os
import sys
from typing import TYPE_CHECKING, Any

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from payment_analysis.domain.errors import PaymentAnalysisError

PAGE_WIDTH = 100
PIPE_WIDTH = 10_000  # a program that reads a table wants each row on one line


def out() -> Console:
    return Console(soft_wrap=True, highlight=False)


def err() -> Console:
    return Console(stderr=True, soft_wrap=True, highlight=False)


def page() -> Console:
    """For what is laid out in columns: the terminal's width, or a hundred columns where there is none."""
    console = Console(highlight=False)
    return console if console.is_terminal or "COLUMNS" in os.environ else Console(highlight=False, width=PAGE_WIDTH)


def complain(error: PaymentAnalysisError) -> None:
    """An error as message and next step; never a traceback."""
    console = err()
    console.print(f"[bold red]Error:[/] {escape(error.message)}")
    if error.hint:
        console.print(f"[bold]Fix:[/] {escape(error.hint)}")


def warn(message: str, hint: str = "") -> None:
    """Something that did not stop the command."""
    console = err()
    console.print(f"[bold yellow]Careful:[/] {escape(message)}")
    if hint:
        console.print(f"[bold]Fix:[/] {escape(hint)}")


def print_json(value: object) -> None:
    sys.stdout.write(orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2).decode() + "\n")


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], numbers: Sequence[str] = ()) -> None:
    """Columns two spaces apart, numbers to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(escape(column), justify="right" if column in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(text(value)) for value in row))
    console = out()
    if not console.is_terminal:
        console = Console(highlight=False, width=PIPE_WIDTH)
    with console.capture() as captured:
        console.print(table)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))
    sys.stdout.flush()  # what is said next may go to standard error


def text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def by_reason(reasons: Mapping[str, Any]) -> str:
    return ", ".join(f"{count:,} {reason}" for reason, count in sorted(reasons.items()))
