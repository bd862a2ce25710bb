"""Tools that compute what SQL cannot: the diagnosis, and the health of the models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.agents.diagnosis.question import diagnose_scope
from payment_analysis.agents.diagnosis.words import claim, gap_words, headline
from payment_analysis.agents.tool import Argument, Column, read_arguments, schema_of
from payment_analysis.domain.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from payment_analysis.agents.diagnosis.diagnosis import Cause
    from payment_analysis.agents.diagnosis.question import ArrowWarehouse

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Computed:
    """A tool whose rows are computed; `compute` gives them with the SQL of what they were made from."""

    name: str
    description: str
    arguments: tuple[Argument, ...]
    columns: Mapping[str, Column]
    rows_max: int
    compute: Callable[[Mapping[str, Any], Scope | None], tuple[Rows, str]]

    @property
    def schema(self) -> dict[str, Any]:
        """Its arguments as one object in JSON Schema."""
        return schema_of(self.arguments)

    def read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments as their types."""
        return read_arguments(self.name, self.arguments, given)


DIAGNOSIS_COLUMNS: Final[Mapping[str, Column]] = {
    "part": Column("string", "change (the whole), cause, data (a sign that the data changed) or limit (not told)."),
    "claim": Column("string", "In a sentence."),
    "cause": Column("string", "Class of a cause."),
    "place": Column("string", "Where, as dimension=value joined by ' and '; empty is everywhere."),
    "effect_pp": Column("double", "On the whole approval rate, percentage points."),
    "low_pp": Column("double", "Low end of its 95 % interval."),
    "high_pp": Column("double", "High end of it."),
    "p_adjusted": Column("double", "Chance of an error, times the number of cells looked at."),
    "attempts": Column("bigint", "Attempts there."),
    "value_per_day": Column("double", "Value a day of the missing approvals, in the reporting currency."),
    "certainty": Column("double", "Share of the evidence that speaks for the class, 0..1."),
    "answers": Column("string", "Answers that took the place of approvals."),
    "since": Column("string", "When it began, a UTC instant."),
}


def diagnose_tool(warehouse: ArrowWarehouse) -> Computed:
    """The diagnosis as a tool; it takes its period from the scope, or the last day of data."""

    def compute(arguments: Mapping[str, Any], scope: Scope | None) -> tuple[Rows, str]:
        asked = scope or Scope()
        if arguments["from"] or arguments["to"]:
            (clock,) = warehouse.rows("select as_of from data_clock")
            given = {name: value for name, value in arguments.items() if value}
            asked = Scope.from_parameters(given, now=clock["as_of"])
        found, sql = diagnose_scope(warehouse, asked)
        empty: dict[str, Any] = dict.fromkeys(DIAGNOSIS_COLUMNS)
        whole = {"part": "change", "claim": headline(found), "effect_pp": 100 * found.split.change}
        rows = [{**empty, **whole, "attempts": found.attempts}, *(_cause(cause) for cause in found.causes)]
        rows += [{**empty, "part": "data", "claim": gap_words(gap)} for gap in found.gaps]
        rows += [{**empty, "part": "limit", "claim": limit} for limit in found.cannot_tell]
        return rows, sql

    arguments = tuple(
        Argument(name, "string", f"{what} of the period: a date or a UTC time.", required=False, default=None)
        for name, what in (("from", "Start"), ("to", "End"))
    )
    description = (
        "Why the approval rate moved in a period (the last day unless said), against the four weeks before: mix or "
        "rate, where, since when, which kind of cause, worth how much, and what cannot be told."
    )
    return Computed("diagnose", description, arguments, DIAGNOSIS_COLUMNS, 40, compute)


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "part": "cause",
        "claim": claim(cause),
        "cause": str(cause.cause),
        "place": " and ".join(f"{name}={value}" for name, value in cause.where.items()),
        "effect_pp": 100 * cause.effect,
        "low_pp": 100 * cause.low,
        "high_pp": 100 * cause.high,
        "p_adjusted": cause.p_adjusted,
        "attempts": cause.attempts,
        "value_per_day": cause.value_per_day,
        "certainty": cause.certainty,
        "answers": ", ".join(f"{one.answer} {100 * one.share:.0f} %" for one in cause.absorbed),
        "since": None if cause.start is None else cause.start.isoformat(timespec="minutes"),
    }
