"""The report as one HTML file: no request leaves it, no script runs in it."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from payment_analysis.report.charts import draw
from payment_analysis.report.document import Align, Callout, Facts, Figure, Heading, Table, Text

if TYPE_CHECKING:
    from payment_analysis.report.document import Block, Cell, Column, Document, Section
    from payment_analysis.report.warehouse import Query

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
{style}</style>
</head>
<body>
<a class="skip" href="#report">Skip to the report</a>
<header>
<h1>{title}</h1><span class="badge">{badge}</span>
<p class="period">{period}</p>
<p class="verdict">{verdict}</p>
<p class="detail">{detail}</p>
<dl class="headlines">
{headlines}
</dl>
<nav aria-label="Sections"><ol>
{contents}
</ol></nav>
</header>
<main id="report">
{sections}
</main>
<footer><p>{footer}</p></footer>
</body>
</html>
"""


def render_html(document: Document) -> str:
    """Write the document as a self-contained page."""
    return PAGE.format(
        style=files("payment_analysis.report").joinpath("report.css").read_text("utf-8"),
        title=escape(document.title),
        badge=escape(document.badge),
        period=escape(document.period),
        verdict=_prose(document.verdict),
        detail=_prose(document.detail),
        headlines="\n".join(
            f'<div><dt>{escape(item.name)}</dt><dd class="value">{escape(item.value)}</dd>'
            f'<dd class="more">{_prose(item.detail)}</dd></div>'
            for item in document.headlines
        ),
        contents="\n".join(
            f'<li><a href="#{section.key}">{escape(section.title)}</a></li>' for section in document.sections
        ),
        sections="\n".join(_section(section) for section in document.sections),
        footer=escape(document.footer),
    )


def _prose(text: str) -> str:
    """Escape a sentence and keep a number and its percent sign on one line."""
    return escape(text).replace(" %", "&nbsp;%")


def _section(section: Section) -> str:
    blocks = "\n".join(_block(block) for block in section.blocks)
    return (
        f'<section id="{section.key}" aria-labelledby="{section.key}-title">\n'
        f'<h2 id="{section.key}-title">{escape(section.title)}</h2>\n<p class="lead">{escape(section.lead)}</p>\n'
        f"{blocks}\n{_sql(section.queries)}</section>"
    )


def _block(block: Block) -> str:
    match block:
        case Text():
            return f"<p>{_prose(block.text)}</p>"
        case Heading():
            return f"<h3>{escape(block.text)}</h3>"
        case Callout():
            return f'<p class="callout" role="note"><strong>{escape(block.title)}</strong>{escape(block.text)}</p>'
        case Facts():
            items = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in block.items)
            return f'<dl class="facts">{items}</dl>'
        case Table():
            opening = f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(block.caption)}">'
            return f"{opening}{_table(block)}</div>"
        case Figure():
            return f"<figure>{draw(block.picture)}{_alternative(block.table)}</figure>"


def _alternative(table: Table | None) -> str:
    if table is None:
        return ""
    return f"<details><summary>View as table</summary>{_table(table)}</details>"


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col"{_aligned(column)}>{escape(column.name)}</th>' for column in table.columns)
    rows = "\n".join(_row(row, table.columns) for row in table.rows)
    return (
        f"<table><caption>{escape(table.caption)}</caption>"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>"
    )


def _row(row: tuple[Cell, ...], columns: tuple[Column, ...]) -> str:
    written = []
    for index, (cell, column) in enumerate(zip(row, columns, strict=True)):
        kind = _aligned(column, cell.tone)
        written.append(
            f"<td{kind}>{escape(cell.text)}</td>" if index else f'<th scope="row"{kind}>{escape(cell.text)}</th>'
        )
    return f"<tr>{''.join(written)}</tr>"


def _aligned(column: Column, tone: str = "plain") -> str:
    names = [name for name in ("right" if column.align is Align.RIGHT else "", tone) if name and name != "plain"]
    return f' class="{" ".join(names)}"' if names else ""


def _sql(queries: tuple[Query, ...]) -> str:
    if not queries:
        return ""
    parts = "".join(
        f"<details><summary>{escape(query.name.replace('_', ' '))}</summary>"
        f'<pre tabindex="0">{escape(query.sql)}</pre></details>'
        for query in queries
    )
    return f"<details><summary>SQL behind these numbers</summary>{parts}</details>"
