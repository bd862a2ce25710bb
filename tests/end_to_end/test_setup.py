"""Setup & Run in a real browser: from a clean home to numbers, and the same page over a workspace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.end_to_end.pages import CHROMIUM, REPOSITORY, run, served
from tests.workspace.apps import EVE, MAIL, as_app
from tests.workspace.conftest import emulated
from tests.workspace.emulator.state import Caller

from payment_analysis.domain.workflow import ETL_KEY, JOBS
from payment_analysis.lakehouse.home import Home
from payment_analysis.lakehouse.pipeline_state import PipelineState, status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.store.databases import Databases

PATIENCE_MS = 240_000  # for one job on a machine that is busy otherwise
SMALL = {"attempts": "1300", "days": "20"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run("scripts/build_ui.py")
    return tmp_path_factory.mktemp("setup") / "home"


@pytest.fixture
def page(home: Path) -> Iterator[Page]:
    """Signed in, in a home that nobody has used; its pipeline is ended with it."""
    with served(home) as link, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        made = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        made.goto(link)
        made.goto(f"{link.partition('/sign-in')[0]}/setup")
        yield made
        browser.close()
    run("-m", "payment_analysis.cli", "--home", str(home), "pipeline", "stop", ETL_KEY)


def make_small(page: Page) -> None:
    """Set a small world for job 2."""
    card = page.get_by_role("article", name=JOBS[1].name)
    card.get_by_role("button", name="Set").click()
    for name, value in SMALL.items():
        card.get_by_label(name, exact=True).fill(value)


def expect_green(page: Page, name: str) -> None:
    card = page.get_by_role("article", name=name)
    ended = card.get_by_text(re.compile("^(Succeeded|Failed)$")).first
    expect(ended).to_be_visible(timeout=PATIENCE_MS)
    assert ended.inner_text() == "Succeeded", card.inner_text()


def test_a_clean_home_runs_all_seven_jobs_and_the_numbers_appear(page: Page, home: Path) -> None:
    make_small(page)

    page.get_by_role("button", name="Run all in order").click()
    for job in JOBS:
        expect_green(page, job.name)

    expect(page.get_by_role("button", name="Run all in order")).to_be_visible(timeout=PATIENCE_MS)
    assert status(Home(home), ETL_KEY).state is PipelineState.RUNNING
    for part in ("Views", "Dashboards"):
        expect(page.get_by_role("region", name=part, exact=True)).to_contain_text(re.compile(r"(\d+) of \1"))
    setup = page.url
    page.goto(setup.removesuffix("setup"))
    expect(page.locator("h1")).to_contain_text("was declined for good", timeout=PATIENCE_MS)
    page.goto(setup)
    page.get_by_role("button", name="Stop 8. Payment Analysis ETL").click()
    expect(page.get_by_role("button", name="Start 8. Payment Analysis ETL")).to_be_visible(timeout=PATIENCE_MS)


def test_the_same_page_runs_the_jobs_of_a_workspace(
    home: Path, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> None:
    del home  # the pages are built
    with emulated(REPOSITORY, tmp_path_factory.mktemp("there"), databases) as place:
        place.state.tokens[EVE] = Caller(MAIL)
        place.workspace.lakebase("payment-analysis-db", "production", "primary").ensure()
        with as_app(place, REPOSITORY) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM)
            headers = {"x-forwarded-email": MAIL, "x-forwarded-access-token": EVE}
            page = browser.new_context(extra_http_headers=headers).new_page()
            page.goto(f"{address}/setup")
            expect(page.get_by_text("the SQL warehouse of the workspace")).to_be_visible(timeout=PATIENCE_MS)
            expect(page.get_by_role("region", name="Dashboards", exact=True)).to_contain_text("0 of 12")

            setup, dashboard = page.url, f"{address}/dashboards/executive_overview"
            page.goto(dashboard)
            expect(page.get_by_text("Not published in Databricks yet: job 4 does it")).to_be_visible()

            page.goto(setup)
            page.get_by_role("button", name="Run all in order").click()
            for job in JOBS[:3]:
                expect_green(page, job.name)
            page.get_by_role("button", name="Stop after this one").click()
            page.get_by_role("article", name=JOBS[3].name).get_by_role("button", name="Run", exact=True).click()
            expect_green(page, JOBS[3].name)
            page.keyboard.press("Escape")  # the log of the run that was just begun

            card = page.get_by_role("article", name=JOBS[1].name)
            card.get_by_role("button", name="Log").click()
            expect(page.get_by_role("log")).to_contain_text(
                "events landed in main.payment_analysis", timeout=PATIENCE_MS
            )
            expect(page.get_by_role("link", name="Open in Databricks")).to_have_attribute(
                "href", re.compile(re.escape(place.url))
            )
            page.goto(dashboard)
            expect(page.get_by_role("link", name="Published: open in Databricks")).to_have_attribute(
                "href", re.compile(re.escape(place.url))
            )
            browser.close()
        assert {run["creator_user_name"] for run in place.state.kind("run").values()} == {MAIL}
