"""What a task gets: where it works, what was set, and somebody to tell. What it gives back: facts for the report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from payment_analysis.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from payment_analysis.lakehouse.home import Home
    from payment_analysis.store.database import Database
    from payment_analysis.workspace.workspace import Workspace

    Report = dict[str, Any]
    Say = Callable[[str], None]
    DoHere = Callable[["Machine", "Order"], Report]
    DoThere = Callable[["Cloud", "Order"], Report]


@dataclass(frozen=True, slots=True)
class Order:
    """What was set for a run, as text, read as what it means."""

    values: Mapping[str, str]
    say: Say

    def text(self, name: str) -> str:
        return self.values[name]

    def number(self, name: str, *, least: int = 0) -> int:
        """A whole number that is not too small."""
        text = self.values[name].strip()
        if not text.isascii() or not text.isdigit() or int(text) < least:
            raise BadInput(f"{name} is {text!r}", hint=f"a whole number from {least} is wanted")
        return int(text)

    def amount(self, name: str) -> float:
        """A number from 0, which may have a fraction."""
        text = self.values[name].strip()
        if not re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
            raise BadInput(f"{name} is {text!r}", hint="a number from 0 is wanted")
        return float(text)


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine: a home with its lakehouse and its store."""

    home: Home
    store: Database


@dataclass(frozen=True, slots=True)
class Cloud:
    """A Databricks workspace, and a home for what is in hand."""

    workspace: Workspace
    home: Home
