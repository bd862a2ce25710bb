"""`ingest` and `build`: exports in, tables made."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from payment_analysis.cli.options import (
    CurrencyOption,
    HomeOption,
    JsonOption,
    MappingOption,
)
from payment_analysis.cli.pipeline import ETL_NAME
from payment_analysis.cli.pipeline import run as run_here
from payment_analysis.cli.progress import bar
from payment_analysis.cli.screen import by_reason, counted, err, out, print_json, print_table, warn
from payment_analysis.domain.errors import BadMapping
from payment_analysis.ingest.format import FORMATS
from payment_analysis.ingest.mapping import load_mapping
from payment_analysis.jobs.build import ENGINES
from payment_analysis.jobs.build import build as build_tables
from payment_analysis.jobs.ingest import Export, Intake
from payment_analysis.jobs.ingest import ingest as take_in
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.place import HOME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payment_analysis.jobs.build import Engine
    from payment_analysis.lakehouse.report import BuildReport


LAYERS_OF_ROWS = ("_bronze", "_silver")


def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Export files; .gz and .zst are read too.")],
    format_: Annotated[str, typer.Option("--format", help="canonical, stripe, adyen or csv.")],
    mapping: MappingOption = None,
    home: HomeOption = HOME,
    as_json: JsonOption = False,
) -> None:
    """Take exports in. Bad rows go to quarantine with their reason; the same file twice adds nothing.

    [bold]Examples[/]

    payment-analysis ingest charges.jsonl --format stripe

    payment-analysis ingest 2026-*.csv --format csv --mapping my_bank.yml
    """
    intake = read_in(Home(home), exports_of(paths, format_, mapping))
    if as_json:
        print_json(asdict(intake))
    else:
        show_intake(intake)
    if intake.refused:
        raise typer.Exit(1)


def build(
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Make every table anew from what landed.")
    ] = False,
    check_views: Annotated[
        bool, typer.Option("--check-views", help="Also evaluate every gold view and its checks.")
    ] = False,
    engine: Annotated[
        str, typer.Option("--engine", help="duckdb, or spark: a declarative pipeline into tables of its own.")
    ] = "duckdb",
    reporting_currency: CurrencyOption = None,
    continuous: Annotated[
        bool, typer.Option("--continuous", help="Go on with what lands, a second after it did, until Ctrl-C.")
    ] = False,
    home: HomeOption = HOME,
    as_json: JsonOption = False,
) -> None:
    """Make the tables from what was taken in: bronze, silver, gold.

    [bold]Examples[/]

    payment-analysis build

    payment-analysis build --reporting-currency USD

    payment-analysis build --engine spark
    """
    if engine not in ENGINES:
        raise typer.BadParameter(f"Unknown engine {engine!r}; known are {', '.join(ENGINES)}.", param_hint="--engine")
    if continuous:
        run_here(Home(home), ETL_NAME)
        return
    built = make_tables(
        Home(home),
        engine=engine,
        full_refresh=full_refresh,
        check_views=check_views,
        reporting_currency=reporting_currency,
    )
    if as_json:
        print_json(asdict(built))
    else:
        show_build(built)
        if engine == "spark":
            err().print(
                f"Spark's tables are in {Home(home).folder / 'spark' / 'current'}; answers still come from DuckDB's."
            )


def exports_of(paths: Sequence[Path], format_: str, mapping: str | None) -> list[Export]:
    """Name the files and how to read them; what cannot work for any file is wrong usage."""
    if format_ not in FORMATS:
        raise typer.BadParameter(f"Unknown format {format_!r}; known are {', '.join(FORMATS)}.", param_hint="--format")
    if format_ != "csv" and mapping is not None:
        raise typer.BadParameter(f"--mapping belongs to --format csv, not to {format_}.", param_hint="--mapping")
    if format_ == "csv":
        try:
            load_mapping(mapping)
        except BadMapping as error:
            raise typer.BadParameter(f"{error.message}; {error.hint}", param_hint="--mapping") from error
    return [Export(path, format_, mapping) for path in paths]


def read_in(home: Home, exports: Sequence[Export], *, examples: bool = False) -> Intake:
    """Take the files in behind a progress bar."""
    with bar() as show:
        return take_in(home, exports, examples=examples, progress=lambda export, share: show(export.path.name, share))


def make_tables(
    home: Home,
    *,
    full_refresh: bool,
    reporting_currency: str | None,
    check_views: bool = False,
    partials: bool = True,
    engine: Engine = "duckdb",
) -> BuildReport:
    """Build behind a progress bar."""
    with bar() as show:
        return build_tables(
            home,
            engine=engine,
            full_refresh=full_refresh,
            check_views=check_views,
            reporting_currency=reporting_currency,
            partials=partials,
            progress=lambda step: show(step.table, step.done / step.total),
        )


def shown(file: str) -> str:
    """The file as somebody in this folder would name it."""
    path = Path(file)
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def show_intake(intake: Intake) -> None:
    if intake.examples_step_aside:
        err().print("From here on the answers are about your own data; the examples have stepped aside.")
    numbers = ("rows read", "accepted", "added", "already known", "quarantined")
    if intake.taken:
        rows = [
            (shown(one.file), one.rows_read, one.accepted, one.added, one.already_known, one.quarantined)
            for one in intake.taken
        ]
        print_table(("file", *numbers), rows, numbers)
    for one in intake.taken:
        if one.quarantined:
            out().print(
                f"{Path(one.file).name}: {counted(one.quarantined, 'row')} in quarantine ({by_reason(one.by_reason)})"
            )
        for warning in one.warnings:
            warn(f"{Path(one.file).name}: {warning}.")
        for word in one.unknown:
            left = f"{word.field} {word.value!r} is not known and left empty in {counted(word.rows, 'row')}"
            warn(f"{Path(one.file).name}: {left}.", "say in a mapping what it means" if one.format == "csv" else "")
    for refused in intake.refused:
        warn(f"{shown(refused.file)}: {refused.message}", refused.hint)


def show_build(built: BuildReport, *, brief: bool = False) -> None:
    """Print what the build did; in brief, only the tables that hold the user's rows."""
    tables = [table for table in built.tables if not brief or table.name.endswith(LAYERS_OF_ROWS)]
    rows = [(table.name, table.mode, table.rows, table.written) for table in tables]
    print_table(("table", "build", "rows", "written"), rows, ("rows", "written"))
    for warning in built.warnings:
        warn(str(warning))
    err().print(f"Built in {built.seconds:.1f} s; sums over currencies are in {built.reporting_currency}.")
