"""Scopes below the views: a view under a filter equals the view over a lakehouse that holds only what is in scope."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lakehouse.scope_attempts import NOW
from tests.lakehouse.scope_world import GOLD, SOURCES, TABLES, asked, copy, plain, world

from payment_analysis.domain.errors import BadInput, BadQuery, NotFound
from payment_analysis.domain.scope import MISSING, TICK, Dimension, Scope
from payment_analysis.lakehouse.dialect import to_duckdb
from payment_analysis.lakehouse.guard import Select, admit
from payment_analysis.lakehouse.scope import bound, scoped
from payment_analysis.lakehouse.scope_bases import BASES, CLOCK, HISTORIES, REFERENCES, literal
from payment_analysis.lakehouse.scope_windows import EVENT_TIMES

DAY = timedelta(days=1)
EARLIER = Scope(start=NOW - 20 * DAY, end=NOW - 8 * DAY)
SCOPES = {
    "network": Scope(networks=("elo", "visa")),
    "country": Scope(countries=("BR",)),
    "segment": Scope(segments=("travel",)),
    "solution": Scope(solutions=("3ds",)),
    "entry_system": Scope(entry_systems=("PD",)),
    "merchant": Scope(merchants=("m_1", "m_2")),
    "psp": Scope(psps=("adyen",)),
    "currency": Scope(currencies=("BRL",)),
    "not carried by an export": Scope(psps=(MISSING,), networks=(MISSING, "visa")),
    "two filters": Scope(networks=("visa",), countries=("BR",)),
    "nothing there is": Scope(merchants=("m_nobody",)),
    "shorter than the windows": Scope(start=NOW - timedelta(minutes=45), end=NOW + TICK),
    "before the windows": Scope(start=NOW - 80 * DAY, end=NOW - 45 * DAY),
    "longer than the windows": Scope(start=NOW - 110 * DAY, end=NOW + TICK),
    "range and filter": Scope(start=NOW - 60 * DAY, end=NOW - DAY, segments=("travel",)),
    "the period before": EARLIER.previous(),
    "the same weekdays before": EARLIER.previous(same_weekdays=True),
}
# Views with one window of thirty days on the event time, which is what range=30d says too.
THIRTY_DAYS = [name for name in GOLD if re.findall(r"interval \d+ \w+", TABLES[name].sql) == ["interval 30 days"]]


# Views over something other than attempts, which know time and nothing else of a scope.
UNDIVIDED = ["v_false_insights_metric", "v_uc_data_quality_metrics"]


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
@pytest.mark.parametrize("view", [view for view in GOLD if view not in UNDIVIDED])
def test_a_scoped_view_is_the_view_over_only_what_is_in_scope(view: str, scope: Scope) -> None:
    rows = asked(*bound(view, scope))

    assert plain(rows) == plain(copy(scope).rows(f"select * from {view}"))


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
@pytest.mark.parametrize("view", UNDIVIDED)
def test_a_view_that_knows_only_time_answers_a_range_and_refuses_a_dimension(view: str, scope: Scope) -> None:
    if scope.filters:
        with pytest.raises(BadInput, match=f"cannot be filtered by {next(iter(scope.filters))}: a "):
            scoped(view, scope)
    else:
        assert plain(asked(*bound(view, scope))) == plain(copy(scope).rows(f"select * from {view}"))


@pytest.mark.parametrize("view", GOLD)
def test_a_view_scoped_by_nothing_is_the_view(view: str) -> None:
    rows = asked(scoped(view, Scope()))

    assert rows
    assert plain(rows) == plain(world().rows(f"select * from {view}"))
    assert "with" not in scoped(view, Scope()).lower()


@pytest.mark.parametrize("view", [view for view in GOLD if view not in UNDIVIDED])
def test_the_samples_are_large_enough_to_tell_scopes_apart(view: str) -> None:
    scopes = [Scope(), *(SCOPES[name] for name in ("segment", "before the windows", "range and filter"))]
    answers = {tuple(plain(asked(*bound(view, scope)))) for scope in scopes}

    assert len(answers) == len(scopes)


@pytest.mark.parametrize("view", GOLD)
def test_a_scoped_view_keeps_columns_and_types(view: str) -> None:
    described = [f"describe {to_duckdb(scoped(view, scope))}" for scope in (Scope(), SCOPES["before the windows"])]

    plainly, narrowed = ([(row["column_name"], row["column_type"]) for row in world().rows(sql)] for sql in described)

    assert narrowed == plainly


@pytest.mark.parametrize("view", THIRTY_DAYS)
def test_thirty_days_up_to_the_newest_event_are_the_view_s_own_thirty_days(view: str) -> None:
    scope = Scope.from_text("range=30d", now=NOW + TICK)

    assert plain(asked(scoped(view, scope))) == plain(asked(scoped(view, Scope())))


def test_the_values_of_a_dimension_add_up_to_everything() -> None:
    question = "select sum(transaction_count) as n from v_psp_performance"
    (everything,) = asked(scoped(question, Scope()))

    parts = [asked(scoped(question, Scope(psps=(psp,))))[0]["n"] for psp in ("adyen", "stripe", MISSING)]

    assert sum(parts) == everything["n"]
    assert all(parts)


def test_any_sql_may_join_views_steps_and_tables_of_both_grains() -> None:
    scope = SCOPES["range and filter"]
    question = """
        with busy as (select distinct card_network from main.payment_analysis.payments_silver where attempts > 1)
        select networks.card_network, networks.transaction_count, coverage.coverage, v_executive_kpis.total_payments,
            (select count(*) from merchant_visible_attempts_silver as m where m.psp = 'adyen') as visible
        from `payment_analysis`.V_CARD_NETWORK_PERFORMANCE as networks
        inner join busy on networks.card_network = busy.card_network
        cross join v_executive_kpis
        left join v_dimension_coverage as coverage on coverage.dimension = 'psp'
        where exists (select 1 from v_daily_trends as days where days.transactions > 0)
        order by networks.card_network nulls last
        limit 2
    """
    unqualified = question.replace("main.payment_analysis.", "").replace("`payment_analysis`.", "")

    rows = asked(scoped(question, scope))

    assert len(rows) == 2
    assert rows == copy(scope).rows(to_duckdb(unqualified))


def test_a_name_may_qualify_columns_with_or_without_its_catalog() -> None:
    scope = Scope(psps=("adyen",))
    plainly = "select payments_silver.first_psp, payments_silver.* from payments_silver"
    fully = "select a.b.payments_silver.first_psp, payments_silver.* from a.b.payments_silver"

    assert asked(scoped(plainly, scope)) == asked(scoped(fully, scope))


def test_a_set_of_questions_and_a_recursive_one_are_scoped_too() -> None:
    union = "select psp from v_psp_performance union all select 'all' order by psp"
    recursive = """
        with recursive numbers as (select 1 as n union all select n + 1 as n from numbers where n < 3)
        select n, (select count(*) from v_psp_performance) as psps from numbers order by n
    """
    scope = Scope(psps=("stripe",))

    assert [row["psp"] for row in asked(scoped(union, scope))] == ["all", "stripe"]
    assert [(row["n"], row["psps"]) for row in asked(scoped(recursive, scope))] == [(1, 1), (2, 1), (3, 1)]


@pytest.mark.parametrize(("table", "time"), [(name, base.time) for name, base in BASES.items() if base.time])
def test_a_range_holds_its_start_and_not_its_end(table: str, time: str) -> None:
    question = f"select count(*) as n from {table} where {time} = (select max({time}) from {table})"
    newest = asked(f"select max({time}) as newest from {table}")[0]["newest"]

    assert asked(scoped(question, Scope(start=newest, end=newest + TICK))) == [{"n": 1}]
    assert asked(
        scoped(
            f"select max({time}) < timestamp '{newest}' as before from {table}", Scope(start=newest - DAY, end=newest)
        )
    ) == [{"before": True}]


def test_without_a_range_a_segment_is_looked_at_over_the_days_of_all() -> None:
    (clock,) = asked(scoped(CLOCK, Scope(merchants=("m_nobody",))))

    assert clock["as_of"] == NOW


def test_the_clock_stops_at_the_end_of_the_range_and_never_runs_ahead() -> None:
    stopped, ahead = Scope(start=NOW - 3 * DAY, end=NOW - DAY), Scope(start=NOW - DAY, end=NOW + DAY)

    assert asked(scoped(CLOCK, stopped))[0]["as_of"] == NOW - DAY
    assert asked(scoped(CLOCK, ahead))[0]["as_of"] == NOW


def test_tables_that_hold_no_facts_are_never_filtered() -> None:
    scope = SCOPES["range and filter"]

    assert scoped("reason_code_taxonomy_silver", scope) == scoped("reason_code_taxonomy_silver", Scope())
    assert "scoped_" not in scoped("select * from countries", scope)


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_parameters_say_the_same_as_literals(scope: Scope) -> None:
    sql, parameters = bound("v_daily_trends", scope)
    named = {found.name for found in sqlglot.parse_one(sql, dialect="databricks").find_all(sqlglot.exp.Placeholder)}

    assert named == parameters.keys()
    assert plain(asked(sql, parameters)) == plain(asked(scoped("v_daily_trends", scope)))


def test_scopes_that_differ_only_in_values_share_one_text_with_parameters() -> None:
    texts = {bound("v_metric_bridge", Scope(start=NOW - n * DAY, end=NOW, psps=(f"psp {n}",))).sql for n in range(1, 9)}

    assert len(texts) == 1


@pytest.mark.parametrize("view", GOLD)
def test_the_guard_admits_a_scoped_view(view: str) -> None:
    admitted = admit(scoped(view, SCOPES["before the windows"]), [*SOURCES, *TABLES], rows_max=10)

    assert isinstance(admitted, Select)
    assert not {name for name in admitted.names if name.startswith("scoped_")}


@pytest.mark.parametrize(
    "value",
    [
        "x') or 1=1 --",
        "x'; drop table payments_silver; --",
        "\\",
        "\\' or 1=1 --",
        "''",
        '"',
        "`",
        ":psp",
        "$1",
        "{0}",
        "%",
    ],
)
def test_a_value_is_never_read_as_sql(value: str) -> None:
    scope = Scope(psps=(value,))
    sql, parameters = bound("v_psp_performance", scope)

    assert asked(scoped("v_psp_performance", scope)) == []
    assert asked(sql, parameters) == []


@settings(deadline=None)  # the first draw builds the table of characters
@given(st.text())
def test_a_literal_is_read_back_as_the_value(value: str) -> None:
    read = sqlglot.parse_one(f"select {literal('', value)}", dialect="databricks")

    assert [found.name for found in read.find_all(sqlglot.exp.Literal)] == [value]


def test_names_of_steps_and_parameters_stay_out_of_the_way_of_the_question_s_own() -> None:
    question = "with scoped_payments_silver as (select 1 as n) select n, :scoped_start as s from scoped_payments_silver, payments_silver"

    sql, parameters = bound(question, Scope(start=NOW - DAY, end=NOW))

    assert "_scoped_payments_silver as (\n" in sql
    assert parameters.keys() == {"_scoped_start", "_scoped_end"}


def test_what_cannot_be_filtered_says_so() -> None:
    with pytest.raises(BadInput, match="payments_quarantine_bronze cannot be filtered by network"):
        scoped("payments_quarantine_bronze", Scope(networks=("visa",)))
    with pytest.raises(BadInput, match="payments_quarantine_bronze cannot be filtered by time"):
        scoped("select count(*) from payments_quarantine_bronze, v_executive_kpis", EARLIER)


@pytest.mark.parametrize("scope", [Scope(), Scope(networks=("visa",))])
def test_only_questions_about_tables_that_exist_are_scoped(scope: Scope) -> None:
    with pytest.raises(NotFound, match="no table or view v_daily_trend"):
        scoped("v_daily_trend", scope)
    with pytest.raises(NotFound, match="no table or view tables"):
        scoped("select * from information_schema.tables", scope)
    with pytest.raises(BadQuery, match="only a question"):
        scoped("drop table payments_silver", scope)
    with pytest.raises(BadQuery, match="found 2"):
        scoped("select 1; select 2", scope)
    with pytest.raises(BadQuery, match="the step payments_silver hides the table"):
        scoped("with payments_silver as (select 1) select * from payments_silver", scope)


def test_every_table_says_how_it_is_filtered_or_holds_no_facts() -> None:
    tables = {name for name, one in TABLES.items() if one.kind == "table"} | SOURCES.keys()

    judged = {name for name in BASES if name in TABLES and TABLES[name].kind == "view"}  # filtered after they are made

    assert tables == (BASES.keys() - judged) | REFERENCES | {CLOCK}
    assert not BASES.keys() & REFERENCES


@pytest.mark.parametrize(("reader", "read"), HISTORIES)
def test_a_history_is_a_view_that_another_reads(reader: str, read: str) -> None:
    assert read in TABLES[reader].reads
    assert TABLES[read].kind == "view" or read in BASES


@pytest.mark.parametrize("name", BASES)
def test_a_base_maps_every_dimension_to_columns_it_has_or_says_why_not(name: str) -> None:
    base = BASES[name]
    columns = (SOURCES | TABLES)[name].columns
    mapped = {column for names in base.columns.values() for column in names} | {base.time} - {None}

    assert mapped <= columns.keys()
    assert base.lacks or (base.time in EVENT_TIMES and base.columns.keys() == set(Dimension))
