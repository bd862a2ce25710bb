"""The semantics as files of Databricks Genie (`serialized_space`, version 2).

The API asks for an order: tables by identifier, columns by name, everything else by id. Ids are a prefix and a counter,
so the order of the semantic files is the order of the ids. Identifiers have three parts: a file is made for one catalog
and schema, and made again for another by whoever deploys it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from payment_analysis.agents.ask.semantics import Kind, Semantics, semantics
from payment_analysis.agents.ask.trusted import Space, instructions, spaces
from payment_analysis.lakehouse.dialect import SOURCE, parse
from payment_analysis.lakehouse.table import load_sources, load_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from payment_analysis.agents.ask.semantics import Dimension

CATALOG, SCHEMA = "main", "payment_analysis"
SUFFIX: Final = ".geniespace.json"
SYNONYMS_MAX: Final = 12  # of a column: more confuse than help
MAIN: Final = "payments_enriched_silver"
PAYMENTS: Final = "payments_silver"
_MANY_TO_ONE: Final = "--rt=FROM_RELATIONSHIP_TYPE_MANY_TO_ONE--"
# What an id begins with, so that kinds do not share one.
_KINDS: Final = ("", "sample", "text", "example", "join", "filter", "expression", "measure", "benchmark")


def space_files(catalog: str = CATALOG, schema: str = SCHEMA) -> dict[str, str]:
    """File name and content of every Genie space."""
    return {f"{name}{SUFFIX}": space_text(space, catalog, schema) for name, space in spaces().items()}


def space_text(space: Space, catalog: str, schema: str) -> str:
    """One space as the text of its file."""
    return json.dumps(serialized(space, catalog, schema), indent=1, ensure_ascii=False) + "\n"


def serialized(space: Space, catalog: str = CATALOG, schema: str = SCHEMA) -> dict[str, Any]:
    """One space as the API takes it."""
    known, place = semantics(), f"{catalog}.{schema}"
    tables = sorted(space.tables)
    return {
        "version": 2,
        "config": {
            "sample_questions": [
                {"id": _id("sample", n), "question": [sample["en"]]} for n, sample in enumerate(space.samples, 1)
            ]
        },
        "data_sources": {"tables": [_table(name, place, known) for name in tables]},
        "instructions": {
            "text_instructions": [{"id": _id("text", 1), "content": _lines(instructions())}],
            "example_question_sqls": [
                {
                    "id": _id("example", n),
                    "question": [query.question["en"]],
                    "sql": _lines(qualified(query.sql, place)),
                    "usage_guidance": [f"Also asked as: {query.question['pt']} {query.question['es']}"],
                }
                for n, query in enumerate(space.trusted, 1)
            ],
            "join_specs": [_join(place)],
            "sql_snippets": {
                "filters": list(_filters(known)),
                "expressions": list(_expressions(known)),
                "measures": list(_measures(known)),
            },
        },
        "benchmarks": {
            "questions": [
                {
                    "id": _id("benchmark", n),
                    "question": [one.question],
                    "answer": [{"format": "SQL", "content": _lines(qualified(one.sql, place))}],
                }
                for n, one in enumerate(space.benchmarks, 1)
            ]
        },
    }


def qualified(sql: str, place: str) -> str:
    """SQL over bare names, with every table of ours in its catalog and schema."""
    tree = parse(sql)
    steps = {step.alias for step in tree.find_all(exp.CTE)}
    catalog, schema = place.split(".")
    for table in tree.find_all(exp.Table):
        if table.name not in steps:
            table.set("db", exp.to_identifier(schema))
            table.set("catalog", exp.to_identifier(catalog))
    written: str = tree.sql(SOURCE, pretty=True)
    return written


def _table(name: str, place: str, known: Semantics) -> dict[str, Any]:
    defined = load_tables().get(name) or load_sources()[name]
    called = dict(_called(name, known))
    columns = [_column(name, about.meaning, called.get(name)) for name, about in sorted(defined.columns.items())]
    return {
        "identifier": f"{place}.{name}",
        "description": [" ".join(defined.description.split())],
        "column_configs": columns,
    }


def _column(name: str, meaning: str, called: Dimension | None) -> dict[str, Any]:
    column: dict[str, Any] = {"column_name": name, "description": [meaning]}
    if called is not None and _synonyms(called):
        column["synonyms"] = _synonyms(called)
    if called is not None and called.kind in {Kind.SET, Kind.OPEN}:
        column |= {"enable_entity_matching": True, "enable_format_assistance": True}
    return column


def _called(table: str, known: Semantics) -> Iterator[tuple[str, Dimension]]:
    """Columns of a table that are a dimension as they stand."""
    for source in known.sources.values():
        if source.table == table:
            for dimension in known.dimensions.values():
                column = dimension.columns.get(source.name, "")
                if column.isidentifier():
                    yield column, dimension


def _synonyms(dimension: Dimension) -> list[str]:
    words = [word for language in dimension.words.values() for word in language[:4]]
    return list(dict.fromkeys(words))[:SYNONYMS_MAX]


def _join(place: str) -> dict[str, Any]:
    return {
        "id": _id("join", 1),
        "left": {"identifier": f"{place}.{MAIN}", "alias": MAIN},
        "right": {"identifier": f"{place}.{PAYMENTS}", "alias": PAYMENTS},
        "sql": [f"`{MAIN}`.`payment_id` = `{PAYMENTS}`.`payment_id`", _MANY_TO_ONE],
    }


def _filters(known: Semantics) -> Iterator[dict[str, Any]]:
    """What narrows attempts by words: sales, and the figures that are a filter of another."""
    named = [("sales only", f"{MAIN}.is_sale", ["sales", "without verifications and tests"])]
    for metric in known.metrics.values():
        for name, values in (metric.as_filter or {}).items():
            dimension = known.dimensions[name]
            column = f"{MAIN}.{dimension.columns['attempts']}"
            flag = dimension.kind is Kind.FLAG
            sql = column if flag else f"{column} = '{values[0]}'"
            named.append((metric.label, sql, _metric_words(metric.words)))
    distinct = {sql: (label, sql, words) for label, sql, words in reversed(named)}
    for n, (label, sql, words) in enumerate(reversed(distinct.values()), 1):
        yield {"id": _id("filter", n), "display_name": label, "sql": [sql], "synonyms": words}


def _expressions(known: Semantics) -> Iterator[dict[str, Any]]:
    """Dimensions that are more than a column."""
    computed = [one for one in known.dimensions.values() if not one.columns.get("attempts", "x").isidentifier()]
    for n, dimension in enumerate(computed, 1):
        yield {
            "id": _id("expression", n),
            "alias": dimension.name,
            "display_name": dimension.label,
            "sql": [dimension.columns["attempts"]],
            "synonyms": _synonyms(dimension),
        }


def _measures(known: Semantics) -> Iterator[dict[str, Any]]:
    """Every figure about attempts and payments."""
    base = [one for one in known.metrics.values() if one.source in {"attempts", "payments"}]
    for n, metric in enumerate(base, 1):
        yield {
            "id": _id("measure", n),
            "alias": metric.name,
            "display_name": metric.label,
            "sql": [metric.sql],
            "synonyms": _metric_words(metric.words),
            "instruction": [f"{metric.meaning} Over {known.sources[metric.source].table}."],
        }


def _metric_words(words: Mapping[str, Iterable[str]]) -> list[str]:
    found = [word for language in words.values() for word in list(language)[:4]]
    return list(dict.fromkeys(found))[:SYNONYMS_MAX]


def _lines(text: str) -> list[str]:
    """Text as the API keeps it: one string per line, each with its line break."""
    return text.splitlines(keepends=True)


def _id(kind: str, number: int) -> str:
    return f"{_KINDS.index(kind):x}{'0' * 15}{number:016x}"
