"""`report` and `query`: answers from what is built."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from payment_analysis.cli.options import HomeOption, JsonOption
from payment_analysis.cli.screen import err, page, print_csv, print_json, print_table
from payment_analysis.jobs.query import ask
from payment_analysis.jobs.report import read_report
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.place import HOME
from payment_analysis.report.html import render_html
from payment_analysis.report.json_form import to_json
from payment_analysis.report.page import compose
from payment_analysis.report.terminal import render_terminal

NUMERIC = ("int", "bigint", "double", "decimal", "float")


def query(
    sql: Annotated[
        str, typer.Argument(help="One SELECT in Databricks SQL, SHOW TABLES, SHOW VIEWS or DESCRIBE TABLE.")
    ],
    home: HomeOption = HOME,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="Rows at most.")] = 1000,
    scope: Annotated[
        str, typer.Option(help="Part of the data to ask about, below every view: range=7d&network=visa,elo&country=BR")
    ] = "",
) -> None:
    """Ask the lakehouse one read-only question in SQL.

    [bold]Examples[/]

    payment-analysis query "select * from v_metric_bridge"

    payment-analysis query --csv "select psp, count(*) as attempts from payments_enriched_silver group by psp"

    payment-analysis query --scope "range=7d&network=visa" "select * from v_metric_bridge"
    """
    if as_json and as_csv:
        raise typer.BadParameter("--json and --csv exclude each other.")
    result = ask(Home(home), sql, scope=scope, limit=limit)
    if as_json:
        print_json({"columns": result.columns, "types": result.types, "rows": result.rows})
    elif as_csv:
        print_csv(result.columns, result.rows)
    else:
        numbers = [name for name, kind in zip(result.columns, result.types, strict=True) if kind.startswith(NUMERIC)]
        print_table(result.columns, result.rows, numbers)
    if result.truncated:
        err().print(f"Only the first {limit:,} rows are shown; raise --limit for more.")


def report(
    home: HomeOption = HOME,
    as_json: JsonOption = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write one self-contained HTML file.", dir_okay=False)
    ] = None,
    zone: Annotated[str, typer.Option(help="Time zone of the report's days, an IANA name.")] = "UTC",
    since: Annotated[datetime | None, typer.Option(help="Only attempts from this instant on (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option(help="Only attempts before this instant (UTC).")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(help="Count the age of the data to this instant (UTC), not to now.")
    ] = None,
) -> None:
    """Print the approval report: verdict, bridge, trend, providers, retries, reasons, actions.

    [bold]Examples[/]

    payment-analysis report

    payment-analysis report --html report.html --zone America/Sao_Paulo

    payment-analysis report --json --since 2026-01-01
    """
    now = in_utc(as_of) or datetime.now(UTC)
    read = read_report(Home(home), now=now, zone=zone, since=in_utc(since), until=in_utc(until))
    if html is not None:
        html.write_text(render_html(compose(read)), encoding="utf-8")
        err().print(f"Wrote {html}.", markup=False)
    if as_json:
        print_json(to_json(read))
    elif html is None:
        page().print(render_terminal(compose(read)))


def in_utc(given: datetime | None) -> datetime | None:
    return given.replace(tzinfo=UTC) if given else None
