"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[Path, typer.Option("--home", help="Folder of all state.", file_okay=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
MappingOption = Annotated[
    str | None, typer.Option("--mapping", help="For csv: a mapping file (YAML) or the name of a preset, e.g. psp2019.")
]
CurrencyOption = Annotated[
    str | None,
    typer.Option("--reporting-currency", help="Currency of every sum over currencies, e.g. EUR.", metavar="CODE"),
]
PortOption = Annotated[
    int | None, typer.Option("--port", min=0, max=65535, help="Port; default 8000 or the next free one.")
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--decision-workers",
        min=1,
        max=64,
        help="Processes that decide, the main one among them; default as many as cores, at most 4.",
    ),
]
HostOption = Annotated[str, typer.Option("--host", help="Address to listen on; the default is this machine only.")]
