"""The report in a terminal of a hundred columns; colour helps, words and shapes carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table as RichTable
from rich.text import Text as RichText

from payment_analysis.report.characters import draw
from payment_analysis.report.document import Align, Callout, Facts, Figure, Heading, Table, Text, Tone

if TYPE_CHECKING:
    from rich.console import RenderableType

    from payment_analysis.report.document import Block, Document, Section

STYLES: dict[Tone, str] = {
    Tone.PLAIN: "",
    Tone.STRONG: "bold",
    Tone.QUIET: "dim",
    Tone.GOOD: "green",
    Tone.BAD: "red",
}
WIDTH = 100


def render_terminal(document: Document) -> RenderableType:
    """Lay the document out for a rich console."""
    heading = RichText.assemble((document.title, "bold"), "  ", (f"[{document.badge}]", "cyan"))
    verdict = Panel(
        Group(RichText(document.verdict, style="bold"), RichText(), RichText(document.detail, style="dim")),
        border_style="cyan",
        padding=(1, 2),
        width=WIDTH,
    )
    headlines = [
        RichText.assemble((item.name, "dim"), "\n", (item.value, "bold"), "\n", (item.detail, "dim"))
        for item in document.headlines
    ]
    return Group(
        RichText(),
        heading,
        RichText(document.period, style="dim"),
        RichText(),
        verdict,
        RichText(),
        _side_by_side(headlines),
        *(_section(section) for section in document.sections),
        RichText(),
        RichText(document.footer, style="dim"),
    )


def _side_by_side(headlines: list[RichText]) -> RichTable:
    grid = RichTable.grid(padding=(0, 2), expand=False)
    for _ in headlines:
        grid.add_column(width=WIDTH // max(1, len(headlines)) - 2)
    grid.add_row(*headlines)
    return grid


def _section(section: Section) -> RenderableType:
    title = RichText(section.title, style="bold")
    return Group(
        RichText(),
        Rule(title, align="left", style="dim", characters="─"),
        Padding(RichText(section.lead, style="dim"), (0, 0, 1, 0)),
        *(Padding(_block(block), (0, 0, 1, 0)) for block in section.blocks),
    )


def _block(block: Block) -> RenderableType:
    match block:
        case Text():
            return RichText(block.text)
        case Heading():
            return RichText(block.text, style="bold cyan")
        case Callout():
            return Panel(RichText.assemble((block.title, "bold"), "\n", block.text), border_style="yellow", width=WIDTH)
        case Facts():
            grid = RichTable.grid(padding=(0, 2))
            for name, value in block.items:
                grid.add_row(RichText(name, style="dim"), RichText(value))
            return grid
        case Table():
            return _table(block)
        case Figure():
            return draw(block.picture)


def _table(table: Table) -> RichTable:
    shown = RichTable(
        title=table.caption,
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        header_style="dim",
        pad_edge=False,
        width=None,
    )
    kept = [index for index, column in enumerate(table.columns) if not column.wide_only]
    for column in (table.columns[index] for index in kept):
        shown.add_column(
            column.name,
            justify="right" if column.align is Align.RIGHT else "left",
            no_wrap=column.align is Align.RIGHT,
        )
    for row in table.rows:
        shown.add_row(*(RichText(row[index].text, style=STYLES[row[index].tone]) for index in kept))
    return shown
