"""The tools as functions of Unity Catalog: CREATE FUNCTION statements from the same definitions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from payment_analysis.agents.analyses import ANALYSES
from payment_analysis.agents.tool import load_tools
from payment_analysis.domain.errors import BadInput
from payment_analysis.lakehouse.dialect import SOURCE, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payment_analysis.agents.analyses import Analysis
    from payment_analysis.agents.tool import Argument, Tool

_PART: Final = re.compile(r"\w[\w-]{0,254}")  # of a name in Unity Catalog; it is quoted all the same


def function_statements(catalog: str, schema: str, *, store_schema: str | None = None) -> Mapping[str, str]:
    """A CREATE OR REPLACE FUNCTION per tool, by name, in an order in which each may be created.

    The functions live in the schema of the tables they read; the store's tables are looked for in `store_schema`, of
    the same catalog, which is the schema of the tables unless given.
    """
    for part in (catalog, schema, store_schema or schema):
        if not _PART.fullmatch(part):
            raise BadInput(f"{part!r} is no name of a catalog or schema", hint="letters, digits, _ and -")
    place = {"lakehouse": schema, "store": store_schema or schema}
    made = {tool.name: _function(tool, catalog, schema, place[tool.room]) for tool in load_tools().values()}
    return made | {one.name: _gathering(one, catalog, schema) for one in ANALYSES.values()}


def _function(tool: Tool, catalog: str, schema: str, tables: str) -> str:
    columns = ",\n".join(
        f"    {_name(name)} {column.type.upper()} COMMENT {_word(column.meaning)}"
        for name, column in tool.columns.items()
    )
    return (
        f"CREATE OR REPLACE FUNCTION {_name(catalog)}.{_name(schema)}.{_name(tool.name)}"
        f"({_parameters(tool.arguments)})\nRETURNS TABLE (\n{columns}\n)\nLANGUAGE SQL\nREADS SQL DATA\n"
        f"COMMENT {_word(tool.description)}\nRETURN\n{_body(tool, catalog, tables)}"
    )


def _parameters(arguments: tuple[Argument, ...]) -> str:
    written = [
        f"{_name(one.name)} {one.type.upper()}{'' if one.required else f' DEFAULT {_literal(one.default)}'}"
        f" COMMENT {_word(one.meaning)}"
        for one in arguments
    ]
    return f"\n    {f',{chr(10)}    '.join(written)}\n" if written else ""


def _body(tool: Tool, catalog: str, schema: str) -> str:
    """The tool's SELECT with its tables named in full and its arguments as the function's own."""
    tree = parse(tool.sql)
    steps = {step.alias.lower() for step in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if table.name.lower() not in steps:
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            table.set("db", exp.to_identifier(schema, quoted=True))
            table.set("catalog", exp.to_identifier(catalog, quoted=True))
    for placeholder in list(tree.find_all(exp.Placeholder)):
        placeholder.replace(exp.column(placeholder.name, table=tool.name))
    assert isinstance(tree, exp.Query)
    written: str = tree.limit(tool.rows_max).sql(SOURCE, pretty=True)
    return written


def _gathering(analysis: Analysis, catalog: str, schema: str) -> str:
    """Every mode's rows as JSON: one function has one set of columns."""
    parts = [
        f"SELECT to_json(struct(t.*)) AS answer FROM {_name(catalog)}.{_name(schema)}.{_name(name)}() AS t\n"
        f"WHERE {analysis.name}.mode = {_word(mode)}"
        for mode, name in analysis.modes.items()
    ]
    return (
        f"CREATE OR REPLACE FUNCTION {_name(catalog)}.{_name(schema)}.{_name(analysis.name)}"
        f"({_parameters((analysis.mode,))})\n"
        "RETURNS TABLE (\n    `answer` STRING COMMENT 'One row of the answer as JSON.'\n)\n"
        f"LANGUAGE SQL\nREADS SQL DATA\nCOMMENT {_word(analysis.description)}\nRETURN\n" + "\nUNION ALL\n".join(parts)
    )


def _name(name: str) -> str:
    return f"`{name}`"


def _word(text: str) -> str:
    written: str = exp.Literal.string(" ".join(text.split())).sql(SOURCE)
    return written


def _literal(value: Any) -> str:
    written: str = exp.convert(value).sql(SOURCE)
    return written
