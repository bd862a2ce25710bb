"""The three faces of the report: page, terminal and JSON."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console
from tests.report.silver import NOW, Row, Silver, attempt, chain, many, report_of
from tests.report.test_exposure import tries

from payment_analysis.report import build_report, compose, render_html, render_terminal, to_json
from payment_analysis.report.document import Figure, Table

if TYPE_CHECKING:
    from payment_analysis.report.document import Document

HOSTILE = "<script>alert('psp')</script>"

BARE = many("a", 3, 2, psp=None, card_network=None, geo_country=None, reporting_amount=None)


def full() -> list[Row]:
    """Attempts that bring every section and every kind of block to the page."""
    return [
        *many("n", 100, 300, psp="north"),
        *many("s", 300, 100, psp="south"),
        *many("t", 3, 4, psp=HOSTILE),
        *many("m", 3, 4, "insufficient_funds"),
        *(row for i in range(9) for row in chain(f"w{i}", "insufficient_funds", "do_not_honor", "approved")),
        *chain("e", "error"),
        *chain("p", "pending"),
        attempt("v", is_verification=True),
        *tries("c1", 9),
    ]


@pytest.fixture(scope="module")
def warehouse() -> Silver:
    return Silver(full(), quarantined=["pan_found", "pan_found"])


@pytest.fixture(scope="module")
def document(warehouse: Silver) -> Document:
    return compose(build_report(warehouse, now=NOW))


@pytest.fixture(scope="module")
def page(document: Document) -> str:
    return render_html(document)


class Outline(HTMLParser):
    """Collects what accessibility and self-containedness ask for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "link"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed(page: str) -> None:
    assert Outline(page).open == []


def test_the_page_asks_nobody_for_anything(page: str) -> None:
    tags = Outline(page).tags

    assert not {"script", "img", "iframe", "object", "video"} & {tag for tag, _ in tags}
    links = [value or "" for _, attributes in tags for name, value in attributes.items() if name in {"href", "src"}]
    assert all(link.startswith(("#", "data:")) for link in links)
    assert "url(" not in page
    assert "@import" not in page


def test_every_picture_says_in_words_what_it_shows(page: str) -> None:
    pictures = [attributes for tag, attributes in Outline(page).tags if tag == "svg"]

    assert len(pictures) >= 6
    assert all(picture["role"] == "img" and picture["aria-label"] for picture in pictures)


def test_headings_descend_one_level_at_a_time(page: str) -> None:
    levels = [int(tag[1]) for tag, _ in Outline(page).tags if re.fullmatch("h[1-6]", tag)]

    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_every_table_has_a_caption_and_scoped_headings(page: str) -> None:
    tags = Outline(page).tags

    assert sum(tag == "table" for tag, _ in tags) == sum(tag == "caption" for tag, _ in tags)
    assert all(attributes.get("scope") in {"col", "row"} for tag, attributes in tags if tag == "th")


def test_ids_are_unique_and_every_inner_link_has_its_target(page: str) -> None:
    tags = Outline(page).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]

    assert len(ids) == len(set(ids))
    assert {f"#{name}" for name in ids} >= {attributes["href"] for tag, attributes in tags if tag == "a"}


def test_a_name_from_the_data_cannot_become_markup(page: str) -> None:
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


def test_every_section_shows_its_sql(document: Document) -> None:
    assert all(section.queries for section in document.sections)


@pytest.mark.parametrize("colour", [None, "truecolor"])
def test_the_terminal_keeps_to_a_hundred_columns(document: Document, colour: Any) -> None:
    out = io.StringIO()

    Console(file=out, width=100, color_system=colour, force_terminal=colour is not None).print(
        render_terminal(document)
    )

    plain = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    assert max(map(len, plain.splitlines())) <= 100
    assert ("\x1b" in out.getvalue()) is (colour is not None)
    assert document.verdict.split(";")[0] in plain


def test_the_sql_in_the_json_runs_as_it_is_printed(warehouse: Silver) -> None:
    report = to_json(build_report(warehouse, now=NOW))
    statements = [
        sql for section in report.values() if isinstance(section, dict) for sql in section.get("sql", {}).values()
    ]

    assert len(statements) >= 15
    assert all(sql.startswith("-- One row") and warehouse.rows(sql) is not None for sql in statements)


def test_the_json_holds_only_plain_values_and_ratios_between_0_and_1(warehouse: Silver) -> None:
    report = json.loads(json.dumps(to_json(build_report(warehouse, now=NOW)), allow_nan=False))

    rate = report["bridge"]["measures"][0]["rate"]
    assert 0 < rate["low"] < rate["rate"] < rate["high"] < 1
    assert report["bridge"]["lost_value"].keys() == {"minor", "currency"}


def test_data_without_any_dimension_still_makes_an_honest_report() -> None:
    report = report_of(BARE)
    document = compose(report)

    texts = render_html(document)
    assert "Provider not in the data" in texts
    assert "Reason not in the data" in texts
    assert "Cannot be computed" in texts
    assert "2 payments were declined for good" in document.verdict
    assert report.actions.recoverable is None
    Console(file=io.StringIO(), width=100).print(render_terminal(document))


def test_one_attempt_is_enough_for_a_page() -> None:
    assert "Too short for a trend" in render_html(compose(report_of(chain("a", "approved"))))


def test_simulated_data_is_called_simulated() -> None:
    assert compose(report_of(chain("a", "approved", _origin="simulated"))).badge == "simulated data"


def test_every_figure_of_rates_over_time_or_place_can_be_read_as_a_table(document: Document) -> None:
    by_key = {section.key: section for section in document.sections}

    for key in ("trend", "retries"):
        figures = [block for block in by_key[key].blocks if isinstance(block, Figure)]
        assert all(isinstance(figure.table, Table) for figure in figures)
