"""What a build did, table by table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from payment_analysis.lakehouse.checks import Warned

Mode = Literal["full", "incremental", "unchanged", "view"]


@dataclass(frozen=True, slots=True)
class TableReport:
    """One table of a build: its rows now, how many of them were written, and how."""

    name: str
    mode: Mode
    rows: int
    written: int = 0
    warnings: tuple[Warned, ...] = ()
    seconds: float = 0.0

    def taking(self, seconds: float) -> TableReport:
        """The same report with the time it took."""
        return replace(self, seconds=seconds)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """A whole build, in the order in which the tables were built."""

    tables: tuple[TableReport, ...]
    reporting_currency: str
    seconds: float

    @property
    def warnings(self) -> tuple[Warned, ...]:
        return tuple(warning for table in self.tables for warning in table.warnings)

    @property
    def changed(self) -> bool:
        """Whether any table was written."""
        return any(table.mode in {"full", "incremental"} for table in self.tables)

    def table(self, name: str) -> TableReport:
        """The report of one table."""
        return next(table for table in self.tables if table.name == name)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: which table is being built, and how many are done."""

    table: str
    done: int
    total: int
