"""The Genie files: the API's rules, and every SQL in them runs here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from payment_analysis.agents.ask.compiler import compile_spec
from payment_analysis.agents.ask.genie import serialized, space_files
from payment_analysis.agents.ask.trusted import spaces, trusted_queries
from payment_analysis.domain.scope import PRESETS, TICK, Scope
from payment_analysis.lakehouse.scope import scoped

if TYPE_CHECKING:
    from pathlib import Path

    from payment_analysis.lakehouse.lakehouse import Lakehouse

SPACES = {name: serialized(space) for name, space in spaces().items()}
INSTRUCTIONS_MAX = 100
CHARACTERS_MAX = 25_000
space = pytest.mark.parametrize("space", SPACES.values(), ids=list(SPACES))


def instructions(space: dict[str, Any]) -> list[dict[str, Any]]:
    told = space["instructions"]
    snippets = [one for listed in told["sql_snippets"].values() for one in listed]
    return [*told["text_instructions"], *told["example_question_sqls"], *told["join_specs"], *snippets]


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in strings(one)]
    if isinstance(value, list):
        return [text for one in value for text in strings(one)]
    return [value] if isinstance(value, str) else []


def test_the_documents_two_spaces_are_made() -> None:
    assert [one.title for one in spaces().values()] == ["Payment Approval Analytics", "Decline Analysis"]


def test_the_files_are_what_the_semantics_give(repository: Path) -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in (repository / "genie").iterdir()}

    assert files == space_files(), "run `make docs`"


@space
def test_a_space_fits_the_schema(space: dict[str, Any], shared_data: Path) -> None:
    schema = json.loads((shared_data.parent / "databricks" / "genie_space.schema.json").read_text(encoding="utf-8"))

    assert [error.message for error in Draft202012Validator(schema).iter_errors(space)] == []


@space
def test_everything_is_in_the_order_the_api_asks_for(space: dict[str, Any]) -> None:
    told = space["instructions"]
    by_id = [space["config"]["sample_questions"], told["example_question_sqls"], told["join_specs"]]
    by_id += [*told["sql_snippets"].values(), space["benchmarks"]["questions"]]
    tables = space["data_sources"]["tables"]

    assert [listed for listed in by_id if listed != sorted(listed, key=lambda one: str(one["id"]))] == []
    assert tables == sorted(tables, key=lambda table: str(table["identifier"]))
    for table in tables:
        assert table["column_configs"] == sorted(table["column_configs"], key=lambda one: str(one["column_name"]))


@space
def test_ids_are_unique_and_limits_are_kept(space: dict[str, Any]) -> None:
    told = [one["id"] for one in instructions(space)]
    asked = [one["id"] for one in (*space["config"]["sample_questions"], *space["benchmarks"]["questions"])]

    assert len(set(told)) == len(told) <= INSTRUCTIONS_MAX
    assert len(set(asked)) == len(asked)
    assert [text for text in strings(space) if len(text) > CHARACTERS_MAX] == []


@space
def test_values_are_matched_only_where_formats_are_helped(space: dict[str, Any]) -> None:
    columns = [column for table in space["data_sources"]["tables"] for column in table["column_configs"]]

    assert [c for c in columns if c.get("enable_entity_matching") and not c.get("enable_format_assistance")] == []


@space
def test_every_example_and_benchmark_runs(space: dict[str, Any], frozen: Lakehouse) -> None:
    for one in space["instructions"]["example_question_sqls"]:
        assert frozen.query("".join(one["sql"])).columns
    for one in space["benchmarks"]["questions"]:
        assert frozen.query("".join(one["answer"][0]["content"])).rows, one["question"]


@space
def test_every_snippet_runs(space: dict[str, Any], frozen: Lakehouse) -> None:
    snippets = space["instructions"]["sql_snippets"]

    for one in snippets["measures"]:
        table = "payments_silver" if "payments_silver" in one["instruction"][0] else "payments_enriched_silver"
        assert frozen.query(f"select {one['sql'][0]} as figure from {table}").rows
    for one in snippets["filters"]:
        assert frozen.query(f"select count(*) as n from payments_enriched_silver where {one['sql'][0]}").rows
    for one in snippets["expressions"]:
        assert frozen.query(f"select {one['sql'][0]} as value from payments_enriched_silver limit 1").rows


@pytest.mark.parametrize("name", trusted_queries())
def test_a_trusted_query_gives_the_rows_of_its_spec(name: str, frozen: Lakehouse) -> None:
    query = trusted_queries()[name]
    scope = Scope()
    if query.period:
        (clock,) = frozen.rows("select as_of from data_clock")
        end = clock["as_of"] + TICK
        scope = Scope(start=end - PRESETS[f"{query.period.split()[1]}d"], end=end)
    wanted = (*query.spec.dimensions, *query.spec.metrics)

    theirs = frozen.query(scoped(query.sql, scope))
    ours = frozen.query(scoped(compile_spec(query.spec).sql, scope))

    assert rows(theirs.columns, theirs.rows, wanted) == rows(ours.columns, ours.rows, wanted)


def rows(columns: list[str], given: list[tuple[Any, ...]], wanted: tuple[str, ...]) -> list[list[str]]:
    """Rows as sets: numbers to nine digits, columns by name."""
    places = [columns.index(name) for name in wanted]
    return sorted([cell(row[place]) for place in places] for row in given)


def cell(value: Any) -> str:
    return (
        value if isinstance(value, str) else str(value) if value is None or hasattr(value, "year") else f"{value:.9g}"
    )
