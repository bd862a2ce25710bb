"""Databricks SQL in, DuckDB SQL out, with equal values: sqlglot plus the rewrite rules it lacks.

Each rule closes a difference that was measured between Spark and DuckDB; without them the SQL runs and is wrong.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from payment_analysis.domain.errors import BadQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SOURCE = "databricks"
TARGET = "duckdb"

_INTEGER_TYPES = frozenset({"TINYINT", "SMALLINT", "INT", "BIGINT"})

# A cast of these to an integer type cannot lose a fraction, so it needs no truncation.
_INTEGER_VALUED = (
    exp.Count,
    exp.CountIf,
    exp.Length,
    exp.IntDiv,
    exp.Floor,
    exp.Ceil,
    exp.RowNumber,
    exp.DateDiff,
    exp.TimestampDiff,
    exp.DayOfWeek,
    exp.Hour,
    exp.Extract,
    exp.Boolean,
    exp.Null,
)

_PERCENTILE = "QUANTILE_CONT"
_INSTANTS = ("_timestamp", "_at")  # how the columns that hold an instant are called

_CAST_FUNCTIONS = {"TINYINT": "tinyint", "SMALLINT": "smallint", "BIGINT": "bigint", "FLOAT": "float"}
_SAME_MEANING = {"SOME": "BOOL_OR", "EVERY": "BOOL_AND"}

# Functions with no equal in DuckDB, or with one of the same name that gives other values.
REFUSED: dict[str, str] = {
    "BROUND": "use round on a decimal",
    "CONV": "keep identifiers as text",
    "FROM_JSON": "use get_json_object for one field",
    "HASH": "use md5, which is equal on every engine",
    "XXHASH64": "use md5, which is equal on every engine",
    "HISTOGRAM_NUMERIC": "group by a bucket column instead",
    "FORMAT_NUMBER": "leave formatting to the reader of the result",
}


def parse(sql: str) -> exp.Expression:
    """Read one statement of Databricks SQL; anything else is a BadQuery that says where."""
    try:
        statements = [statement for statement in sqlglot.parse(sql, dialect=SOURCE) if statement is not None]
    except ParseError as error:
        found = error.errors[0] if error.errors else {}
        place = f"line {found.get('line', '?')}, column {found.get('col', '?')}"
        raise BadQuery(
            f"The SQL cannot be read at {place}: {found.get('description', str(error))}.",
            hint="Write one statement of Databricks SQL.",
        ) from error
    if len(statements) != 1:
        raise BadQuery(f"Expected one SQL statement, found {len(statements)}.", hint="Send one statement at a time.")
    return cast("exp.Expression", statements[0])


def to_duckdb(expression_or_sql: exp.Expression | str) -> str:
    """Translate Databricks SQL so that DuckDB gives the values Databricks would give."""
    tree = parse(expression_or_sql) if isinstance(expression_or_sql, str) else expression_or_sql.copy()
    root = exp.Paren(this=tree)
    for node in reversed(list(tree.walk())):  # deepest first, so a rewritten node holds rewritten children
        rule = _RULES.get(type(node))
        if rule is not None:
            replacement = rule(node)
            if replacement is not node:
                node.replace(replacement)
    _sort_once(root)
    result: str = root.this.sql(TARGET, comments=False)  # others put steps before its own, so it begins with WITH
    return result


def _sort_once(root: exp.Expr) -> None:
    """Let several percentiles of the same values in one SELECT be one aggregate, which DuckDB sorts for once."""
    alike: dict[tuple[int, str], list[exp.Anonymous]] = {}
    for one in root.find_all(exp.Anonymous):
        is_plain = one.name == _PERCENTILE and not isinstance(one.parent, (exp.Filter, exp.Window))
        if is_plain and isinstance(one.expressions[1], exp.Literal):
            alike.setdefault((id(one.find_ancestor(exp.Select)), one.expressions[0].sql(TARGET)), []).append(one)
    for percentiles in alike.values():
        shares = list(dict.fromkeys(one.expressions[1].name for one in percentiles))
        listed = exp.Array(expressions=[exp.Literal.number(share) for share in shares])
        for one in percentiles if len(shares) > 1 else ():
            together = _call(_PERCENTILE, one.expressions[0].copy(), listed.copy())
            position = exp.Literal.number(1 + shares.index(one.expressions[1].name))
            one.replace(_call("LIST_EXTRACT", together, position))


def typed_sql(statement: exp.Expression, types: Mapping[str, str]) -> str:
    """DuckDB SQL of a SELECT whose columns are cast to the declared output contract, in its order."""
    columns = ", ".join(f'cast("{name}" as {duckdb_type(kind)}) as "{name}"' for name, kind in types.items())
    return f"select {columns} from ({to_duckdb(statement)})"


@cache
def duckdb_type(kind: str) -> str:
    """Name a contract type (Databricks words) for DuckDB: a timestamp is an instant."""
    result: str = exp.DataType.build(kind, dialect=SOURCE).sql(TARGET)
    return result


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _instant(value: exp.Expr) -> exp.Expr:
    return exp.cast(value.copy(), exp.DataType.Type.TIMESTAMPTZ)


def _utc(value: exp.Expr) -> exp.Expr:
    """What a clock in UTC shows: whole numbers, where DuckDB asks a calendar (2 ms, not 100, a million)."""
    return _call("MAKE_TIMESTAMP", _call("EPOCH_US", _instant(value)))


def _part_of_day(node: exp.Expr) -> exp.Expr:
    read = node.copy()
    read.set("this", _utc(node.this))
    return read


def _truncated(node: exp.Expr) -> exp.Expr:
    """Databricks gives an instant, whatever is truncated."""
    truncated = _call("DATE_TRUNC", exp.Literal.string(node.args["unit"].name.lower()), _utc(node.this))
    return _call("MAKE_TIMESTAMPTZ", _call("EPOCH_US", truncated))


def _day_of_week(node: exp.Expr) -> exp.Expr:
    """Databricks counts 1 (Sunday) to 7, DuckDB 0 to 6."""
    return exp.Paren(this=exp.Add(this=node.copy(), expression=exp.Literal.number(1)))


def _percentile(node: exp.Expr) -> exp.Expr:
    """Databricks interpolates; DuckDB's `quantile` does not."""
    return _call(_PERCENTILE, node.this.copy(), node.args["quantile"].copy())


def _full_units(node: exp.Expr) -> exp.Expr:
    """Databricks counts full units between two instants, DuckDB's date_diff counts boundaries crossed."""
    unit = node.args["unit"]
    if isinstance(node, exp.DateDiff) and unit.name.upper() == "DAY":  # datediff(end, start): days of the calendar
        first, last = (exp.cast(side.copy(), exp.DataType.Type.DATE) for side in (node.expression, node.this))
        return _call("DATE_DIFF", exp.Literal.string("day"), first, last)
    return _call("DATE_SUB", exp.Literal.string(unit.name.lower()), _instant(node.expression), _instant(node.this))


def _unix_seconds(node: exp.Expr) -> exp.Expr:
    """Databricks gives whole seconds of an instant; sqlglot parses text instead."""
    return exp.cast(exp.Floor(this=_call("EPOCH", _instant(node.this))), exp.DataType.Type.BIGINT)


def _count_if(node: exp.Expr) -> exp.Expr:
    """DuckDB's count_if is a 128-bit integer, which Parquet stores as a double."""
    counted = exp.Case(ifs=[exp.If(this=node.this.copy(), true=exp.Literal.number(1))])
    return exp.Count(this=counted, big_int=True)


def _with_null_arguments(node: exp.Expr) -> exp.Expr:
    """Databricks returns the argument of the greatest key even when it is null, DuckDB skips such rows."""
    name = "ARG_MAX_NULL" if isinstance(node, exp.ArgMax) else "ARG_MIN_NULL"
    return _call(name, node.this.copy(), node.expression.copy())


def _non_zero(divisor: exp.Expr) -> exp.Expr:
    bare = divisor.unnest()
    if isinstance(bare, exp.Nullif) or (bare.is_number and bare.to_py() != 0):
        return divisor.copy()
    return exp.Nullif(this=divisor.copy(), expression=exp.Literal.number(0))


def _division(node: exp.Expr) -> exp.Expr:
    """DuckDB divides by zero to infinity (or fails); a ratio over nothing is null."""
    quotient = node.copy()
    quotient.set("expression", _non_zero(node.expression))
    return quotient


def to_integer(node: exp.Expr) -> bool:
    """Whether a cast asks for an integer type."""
    return node.args["to"].this.name in _INTEGER_TYPES


def is_integer_valued(value: exp.Expr) -> bool:
    """Whether an expression has no fraction to lose."""
    bare = value.unnest()
    return isinstance(bare.this if isinstance(bare, exp.Window) else bare, _INTEGER_VALUED)


def _day(node: exp.Expr) -> exp.Expr:
    """The day of an instant is the one in UTC."""
    if isinstance(node.this, exp.Column) and node.this.name.endswith(_INSTANTS):
        return exp.cast(_utc(node.this), exp.DataType.Type.DATE)
    return node


def _cast(node: exp.Expr) -> exp.Expr:
    return _day(node) if node.args["to"].is_type("date") else _integer_cast(node)


def _integer_cast(node: exp.Expr) -> exp.Expr:
    if not to_integer(node) or is_integer_valued(node.this):
        return node
    exact = exp.Cast(this=node.this.copy(), to=exp.DataType.build("decimal(38, 9)"))
    if isinstance(node, exp.TryCast):
        exact = exp.TryCast(this=node.this.copy(), to=exp.DataType.build("decimal(38, 9)"))
    truncated = node.copy()
    truncated.set("this", _call("TRUNC", exact))
    return truncated


def _substring(node: exp.Expr) -> exp.Expr:
    """Position 0 means the first character in Databricks and the one before it in DuckDB."""
    start = node.args.get("start")
    if start is None or not (start.is_number and start.to_py() == 0):
        return node
    fixed = node.copy()
    fixed.set("start", exp.Literal.number(1))
    return fixed


def _named_function(node: exp.Expr) -> exp.Expr:
    name = node.name.upper()
    arguments = [argument.copy() for argument in node.expressions]
    if name in REFUSED:
        raise BadQuery(
            f"The function {name.lower()} is not available: engines disagree on its value.",
            hint=f"Instead, {REFUSED[name]}.",
        )
    if name in _CAST_FUNCTIONS and len(arguments) == 1:
        return _integer_cast(exp.cast(arguments[0], _CAST_FUNCTIONS[name]))
    if name in _SAME_MEANING:
        return _call(_SAME_MEANING[name], *arguments)
    if name == "PMOD" and len(arguments) == 2:
        value, modulus = arguments
        inner = exp.Paren(this=exp.Mod(this=exp.paren(value), expression=_non_zero(exp.paren(modulus))))
        outer = exp.Paren(this=exp.Add(this=inner, expression=exp.paren(modulus.copy())))
        return exp.Paren(this=exp.Mod(this=outer, expression=_non_zero(exp.paren(modulus.copy()))))
    if name == "WEEKDAY" and len(arguments) == 1:  # 0 is Monday
        return exp.Paren(this=exp.Sub(this=_call("ISODOW", *arguments), expression=exp.Literal.number(1)))
    return node


def _json_function(node: exp.Expr) -> exp.Expr:
    return _named_function(exp.Anonymous(this="FROM_JSON", expressions=[node.this.copy()]))


_RULES: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.Anonymous: _named_function,
    exp.ArgMax: _with_null_arguments,
    exp.ArgMin: _with_null_arguments,
    exp.Cast: _cast,
    exp.CountIf: _count_if,
    exp.DateDiff: _full_units,
    exp.DayOfWeek: _day_of_week,
    exp.Div: _division,
    exp.FromJson: _json_function,
    exp.Hour: _part_of_day,
    exp.IntDiv: _division,
    exp.Minute: _part_of_day,
    exp.Mod: _division,
    exp.Quantile: _percentile,
    exp.StrToUnix: _unix_seconds,
    exp.Substring: _substring,
    exp.TimestampDiff: _full_units,
    exp.TimestampTrunc: _truncated,
    exp.TryCast: _integer_cast,
    exp.TsOrDsToDate: _day,
    exp.UnixSeconds: _unix_seconds,
}
