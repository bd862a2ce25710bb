"""The guard: which SQL from outside may run. It is read as a tree, and what is not on a list is refused.

Two walls stand one behind the other. Here: one SELECT (or SHOW, or DESCRIBE), over tables and views of ours, with
functions from the list below and no table function. Behind it the connection itself: `duck.reader` can open files
below the tables folder and nothing else, installs and loads nothing, and its settings are locked.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, cast

from sqlglot import exp

from payment_analysis.domain.errors import BadQuery, NotFound
from payment_analysis.lakehouse.dialect import SOURCE, parse, to_duckdb

if TYPE_CHECKING:
    from collections.abc import Sequence

SQL_CHARACTERS_MAX: Final = 20_000
DEFAULT_SCHEMA: Final = "payment_analysis"
DUCKDB_SCHEMA: Final = "main"
_ONE_AT_MOST: Final = "ask with one SELECT, SHOW TABLES, SHOW VIEWS or DESCRIBE TABLE"

# Functions by the name of sqlglot's node; every aggregate is allowed besides. Not here: whatever reads files, settings,
# the clock's owner or the machine, and what makes long values from nothing (repeat, space, sequence).
_FUNCTION_NODES: Final = """
    Abs Acos Acosh And Array ArrayAll ArrayAny ArrayConcat ArrayContains ArrayDistinct ArrayExcept ArrayFilter
    ArrayIntersect ArrayMax ArrayMin ArrayPosition ArraySize ArraySlice ArraySort ArraySum ArrayToString Ascii Asin
    Asinh Atan Atan2 Atanh BitwiseCount Case Cast Cbrt Ceil Chr Coalesce Concat ConcatWs Contains ConvertTimezone Cos
    Cosh Cot CumeDist CurrentDate CurrentTimestamp Date DateAdd DateDiff DateFromParts DateStrToDate DateSub
    DateToDateStr DateTrunc Day DayOfMonth DayOfWeek DayOfWeekIso DayOfYear Dayname Degrees DenseRank EndsWith
    EqualNull Exists Exp Explode Extract Factorial Floor Greatest Hex Hour If Initcap IsInf IsNan JSONExtract
    JSONExtractScalar LastDay Least Left Length Levenshtein Ln Log Lower MD5 Map MapContainsKey MapKeys Minute Month
    Monthname MonthsBetween Nanvl Negative Ntile Nullif Nvl2 Or Pad PercentRank Pi Pow Quarter Radians Rank
    RegexpCount RegexpExtract RegexpExtractAll RegexpFullMatch RegexpILike RegexpInstr RegexpLike RegexpReplace
    RegexpSplit Replace Reverse Right Rint Round RowNumber SHA SHA2 SafeAdd SafeDivide SafeMultiply SafeSubtract
    Second Sign Sin Sinh Split SplitPart Sqrt StartsWith StrPosition StrToDate StrToTime StrToUnix Struct
    StructExtract Substring SubstringIndex Tan Tanh TimeStrToDate TimeStrToTime TimeToStr TimeToUnix TimeTrunc
    Timestamp TimestampAdd TimestampDiff TimestampSub TimestampTrunc ToChar ToNumber Translate Trim Trunc Try TryCast
    TsOrDsAdd TsOrDsDiff TsOrDsToDate TsOrDsToDateStr TsOrDsToTimestamp Typeof Unicode UnixDate UnixMicros UnixMillis
    UnixSeconds UnixToStr UnixToTime Unnest Upper UtcTimestamp Week WeekOfYear WidthBucket Xor Year
"""
FUNCTIONS: Final = frozenset(_FUNCTION_NODES.split())
# Functions that sqlglot has no node for; `dialect` rewrites most of them.
_FUNCTION_NAMES: Final = """
    bigint bool_and bool_or boolean decimal double every float int len make_date pmod smallint some string substr
    tinyint weekday
"""
NAMED_FUNCTIONS: Final = frozenset(_FUNCTION_NAMES.split())
_REFUSED_NODES: Final = (exp.Into, exp.Placeholder, exp.Parameter, exp.SessionParameter, exp.Command, exp.DML, exp.DDL)

_NAME = r"[`\w]+(?:\.[`\w-]+)*"
_SHOW = re.compile(
    rf"\s*show\s+(?P<kind>tables|views)(?:\s+(?:in|from)\s+(?P<schema>{_NAME}))?(?:\s+like\s+'(?P<like>[^']*)')?\s*;?\s*",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Show:
    """SHOW TABLES or SHOW VIEWS, in a schema, with names like a pattern."""

    kind: Literal["tables", "views"]
    schema: str
    like: str | None

    def matches(self, name: str) -> bool:
        """Whether a name is asked for; `*` stands for anything and `|` separates patterns."""
        if self.like is None:
            return True
        patterns = "|".join(re.escape(part).replace(r"\*", ".*") for part in self.like.split("|"))
        return re.fullmatch(patterns, name, re.IGNORECASE) is not None


@dataclass(frozen=True, slots=True)
class Describe:
    """DESCRIBE of one table or view."""

    name: str


@dataclass(frozen=True, slots=True)
class Select:
    """A SELECT that may run, for DuckDB, and the tables and views it reads."""

    sql: str
    names: tuple[str, ...]


def admit(sql: str, known: Sequence[str], *, rows_max: int) -> Show | Describe | Select:
    """Turn SQL from outside into something that may run, or say why it may not."""
    if len(sql) > SQL_CHARACTERS_MAX:
        raise BadQuery(f"the SQL has {len(sql):,} characters", hint=f"at most {SQL_CHARACTERS_MAX:,} are read")
    show = _SHOW.fullmatch(_COMMENT.sub(" ", sql))
    if show:
        schema = (show["schema"] or DEFAULT_SCHEMA).replace("`", "").rsplit(".", 1)[-1]
        return Show("views" if show["kind"].lower() == "views" else "tables", schema, show["like"])
    try:
        tree = parse(sql)
        if isinstance(tree, exp.Describe) and isinstance(tree.this, exp.Table):
            return Describe(resolve(tree.this.name, known))
        return _select(tree, known, rows_max)
    except RecursionError as error:
        raise BadQuery("the SQL is nested too deeply", hint="use steps: WITH a AS (…), b AS (…) SELECT …") from error


def resolve(name: str, known: Sequence[str]) -> str:
    """The table or view of that name, in any case."""
    if name.lower() in known:
        return name.lower()
    near = difflib.get_close_matches(name.lower(), known, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "SHOW TABLES lists what there is"
    raise NotFound(f"there is no table or view {name}", hint=hint)


def _select(tree: exp.Expression, known: Sequence[str], rows_max: int) -> Select:
    if not isinstance(tree, exp.Query):
        raise BadQuery(f"{_first_word(tree)} is not a question", hint=_ONE_AT_MOST)
    for node in tree.walk():
        if isinstance(node, _REFUSED_NODES):
            raise BadQuery(f"`{node.sql(SOURCE)}` is not allowed here", hint=_ONE_AT_MOST)
        if isinstance(node, exp.Func):
            _allow(node)
    names = _qualify(tree, known)
    return Select(to_duckdb(cast("exp.Expression", _limited(_named(tree), rows_max))), names)


def _allow(node: exp.Func) -> None:
    if isinstance(node, exp.Anonymous):
        allowed, name = node.name.lower() in NAMED_FUNCTIONS, node.name
    else:
        allowed = isinstance(node, exp.AggFunc) or type(node).__name__ in FUNCTIONS
        name = node.sql_name()
    if not allowed:
        raise BadQuery(f"the function {name.lower()} is not available", hint="use the standard functions of SQL")


def _qualify(tree: exp.Expression, known: Sequence[str]) -> tuple[str, ...]:
    """Drop catalog and schema from our names, and check them; steps of a WITH keep theirs."""
    steps = {step.alias.lower() for step in tree.find_all(exp.CTE)}
    names: set[str] = set()
    for table in list(tree.find_all(exp.Table)):
        if not isinstance(table.this, exp.Identifier):
            raise BadQuery(f"`{table.this.sql(SOURCE)}` is not a table", hint="SHOW TABLES lists what there is")
        if table.name.lower() in steps and not table.db and not _defines(table, table.name):
            continue
        name = resolve(table.name, known)
        names.add(name)
        alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
        table.set("alias", alias)
        table.set("this", exp.to_identifier(name))
        table.set("db", exp.to_identifier(DUCKDB_SCHEMA))
        table.set("catalog", None)
    _unqualify_columns(tree)
    return tuple(sorted(names))


def _defines(table: exp.Table, name: str) -> bool:
    """Whether the table stands inside the step of its own name, where it means the real one."""
    step = table.find_ancestor(exp.CTE)
    return step is not None and step.alias.lower() == name.lower()


def _unqualify_columns(tree: exp.Expression) -> None:
    """`main.schema.table.column` becomes `table.column`, which is the alias every table has by now."""
    for column in tree.find_all(exp.Column):
        column.set("db", None)
        column.set("catalog", None)


def _named(tree: exp.Query) -> exp.Query:
    """Name the columns that have no name after their text, as Databricks does, and not after the engine's words."""
    selects = tree.selects if isinstance(tree, exp.Select) else []
    for column in selects:
        if not column.is_star and not column.output_name:
            text = column.sql(SOURCE)
            column.replace(exp.alias_(column.copy(), text.lower(), quoted=True))
    return tree


def _limited(tree: exp.Query, rows_max: int) -> exp.Query:
    """One row more than may be shown is asked for, so that it is known when something is left out."""
    limit = tree.args.get("limit")
    given = limit.expression if isinstance(limit, exp.Limit) else None
    if isinstance(given, exp.Literal) and given.is_int and int(given.name) <= rows_max:
        return tree
    if limit is not None:
        return exp.select("*").from_(tree.subquery("limited")).limit(rows_max + 1)
    return tree.limit(rows_max + 1)


def _first_word(tree: exp.Expression) -> str:
    return tree.sql(SOURCE).split(maxsplit=1)[0].upper()
