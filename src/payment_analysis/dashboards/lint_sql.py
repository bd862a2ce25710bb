"""The SQL of a dataset: one SELECT over bare names, with every column named, in lines that can be put together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from payment_analysis.dashboards.expression import SQL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from payment_analysis.dashboards.dashboard import Dataset

_PARAMETER: Final = re.compile(r"(?<!:):([A-Za-z_]\w*)")


def sql_faults(dataset: Dataset, raw: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the SQL of one dataset."""
    (own, *_) = [one for one in raw["datasets"] if one["name"] == dataset.name]
    lines = own["queryLines"]
    for number, line in enumerate(lines[:-1], 1):
        if not line[-1:].isspace():
            yield f"line {number} does not end in a space or line break: lines are put together as they are"
    declared, used = {one["keyword"] for one in own.get("parameters", ())}, set(_PARAMETER.findall(dataset.sql))
    for name in sorted(declared ^ used):
        yield f"the parameter {name} is {'not used' if name in declared else 'not declared'}"
    try:
        statements = [one for one in sqlglot.parse(dataset.sql, dialect=SQL) if one is not None]
    except SqlglotError as error:
        yield f"its SQL cannot be read: {str(error).splitlines()[0]}"
        return
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        yield "its SQL is not one SELECT"
        return
    for table in statements[0].find_all(exp.Table):
        if table.db or table.catalog:
            yield f"{table.sql(SQL)} has a schema: use the bare name, the place is given when it is deployed"
    if any(column.is_star for select in statements[0].find_all(exp.Select) for column in select.selects):
        yield "it selects *: name the columns, so that a renamed one is noticed"
