"""The command line's front door: which commands there are, what they share, and how an error leaves."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from payment_analysis.cli.screen import complain
from payment_analysis.domain.errors import PaymentAnalysisError
from payment_analysis.lakehouse.background import wait_for_all
from payment_analysis.lakehouse.place import HOME, HOME_VARIABLE

# Command and the module that holds it. A module is imported when its command is asked for: the engines behind some of
# them take a second to load.
COMMANDS = {
    "up": "serving",
    "simulate": "simulation",
    "ingest": "data",
    "build": "data",
    "pipeline": "pipeline",
    "report": "question",
    "query": "question",
    "ask": "ask",
    "classify": "decline",
    "train": "models",
    "models": "models",
    "evaluate": "evaluation",
    "job": "jobs",
    "diagnose": "diagnosis",
    "agents": "agents",
    "tools": "agents",
    "mcp": "agents",
    "decide": "deciding",
    "serve": "serving",
    "doctor": "care",
    "reset": "care",
}


class Doors(TyperGroup):
    """The commands, each loaded when it is needed."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature is typer's
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the signature is typer's
        if cmd_name not in COMMANDS:
            return None
        door = typer.Typer(rich_markup_mode="rich", pretty_exceptions_enable=False, add_completion=False)
        door.command(cmd_name)(getattr(import_module(f"payment_analysis.cli.{COMMANDS[cmd_name]}"), cmd_name))
        return typer.main.get_command(door)


app = typer.Typer(
    name="payment-analysis",
    cls=Doors,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Shows what share of card payments is approved, where good money is lost and what to do first.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(version("payment-analysis"))
        raise typer.Exit


@app.callback()
def everywhere(
    context: typer.Context,
    home: Annotated[Path, typer.Option(envvar=HOME_VARIABLE, help="Folder of all state.", file_okay=False)] = HOME,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    # A command's own --home wins; without one it takes this one.
    context.default_map = {command: {"home": home} for command in COMMANDS}


def leave_engines(code: object) -> None:
    """End at once when a thread is still inside an engine: an orderly end would abort under it. All is stored."""
    if wait_for_all(0.0):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a named error becomes a message, a next step and exit code 1."""
    try:
        app(arguments)
    except SystemExit as ended:
        leave_engines(ended.code)
        raise
    except PaymentAnalysisError as error:
        complain(error)
        sys.exit(1)
    except BrokenPipeError:  # the reader of our output has seen enough, as in `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
