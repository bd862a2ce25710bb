"""Every page in a real browser: nothing wrong is said, nobody is shut out, and the way from the verdict to a payment."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.end_to_end.pages import REPOSITORY, Visit, run, served, visiting

if TYPE_CHECKING:
    from collections.abc import Iterator

ATTEMPTS, DAYS, SEED = "20000", "40", "7"
FIRST_LOAD_BYTES_MAX = 160 * 1024  # scripts and styles, compressed; the chart library comes after the first numbers
ASSETS = REPOSITORY / "src/payment_analysis/__dist__/assets"
DASHBOARDS = sorted(path.name.removesuffix(".lvdash.json") for path in (REPOSITORY / "dashboards").iterdir())
PLACES = re.findall(r"to: '([^']+)'", (REPOSITORY / "src/payment_analysis/ui/src/shell/places.ts").read_text())
OWN = ["/profile", "/people", "/about"]  # reached from the account menu
PATHS = [*PLACES, *OWN, *(f"/dashboards/{name}" for name in DASHBOARDS), "/no/such/page"]


@pytest.fixture(scope="module")
def link(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("pages") / "home"
    run("scripts/build_ui.py")
    world = ["--attempts", ATTEMPTS, "--days", DAYS, "--seed", SEED]
    run("-m", "payment_analysis.cli", "--home", str(home), "simulate", *world)
    run("-m", "payment_analysis.cli", "--home", str(home), "build")
    with served(home) as printed:
        yield printed


@pytest.fixture(scope="module")
def browser(link: str) -> Iterator[Visit]:
    with visiting(link) as visit:
        yield visit


@pytest.fixture
def visit(browser: Visit) -> Visit:
    browser.wrong.clear()
    browser.use("light")
    return browser


def test_the_navigation_was_read() -> None:
    assert len(PLACES) >= 10
    assert len(DASHBOARDS) == 12


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_shuts_nobody_out_and_says_no_error(visit: Visit, path: str, theme: str) -> None:
    visit.use(theme)

    visit.open(path)

    assert visit.page.evaluate("document.documentElement.dataset.theme") == theme
    assert visit.violations() == []
    assert visit.wrong == []


def test_from_the_verdict_to_one_payment(visit: Visit) -> None:
    page = visit.page
    visit.open("/?range=7d")
    expect(page.locator("h1")).to_contain_text("of")
    expect(page.locator("h1")).to_contain_text("was declined for good")

    page.get_by_label("Split by").select_option("network")
    page.get_by_role("button", name="View as table").last.click()
    parts = page.get_by_role("region", name="Parts of the change")
    cause = parts.locator("tbody button").first
    name = cause.inner_text()
    cause.click()
    expect(page).to_have_url(re.compile(r"[?&]network=\w+"))
    expect(page.get_by_role("button", name=re.compile("^Network: "))).to_contain_text(name)

    page.get_by_role("link", name="Transactions").click()
    page.get_by_role("button", name=re.compile("^Declined")).click()
    expect(page).to_have_url(re.compile(r"range=7d.*network=\w+.*result=declined|result=declined.*network="))
    expect(page.locator(".opacity-60")).to_have_count(0)  # what was asked before is dimmed until the answer is there
    expect(page.get_by_role("table", name="Attempts").get_by_role("row").nth(1)).to_contain_text("declined")
    payment = page.get_by_role("table", name="Attempts").get_by_role("button").first
    number = payment.inner_text()
    payment.click()

    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text(number)
    expect(drawer.get_by_role("region", name="Timeline")).to_contain_text("Declined by")
    assert visit.violations() == []
    shared = page.url
    visit.open("/")
    page.goto(shared)
    expect(page.get_by_role("dialog")).to_contain_text(number)
    assert visit.wrong == []


def test_from_one_payment_to_a_rule_in_shadow_that_a_colleague_sees(visit: Visit) -> None:
    page = visit.page
    visit.open("/transactions?result=declined")
    page.get_by_role("table", name="Attempts").get_by_role("button").first.click()

    page.get_by_role("link", name="Simulate route").click()
    expect(page).to_have_url(re.compile(r"/decisioning\?.*decide=routing&payment="))
    answer = page.get_by_role("region", name="What would be decided")
    expect(answer).to_contain_text("Send to")
    before = answer.inner_text()
    page.get_by_label(re.compile("^Amount: ")).fill("6.5")
    expect(answer).not_to_have_text(before)
    visit.settle()
    assert visit.violations() == []

    page.get_by_role("link", name="Create rule from this").click()
    rule = page.get_by_role("dialog")
    rule.get_by_label("Name").fill("Story rule")
    rule.get_by_label(re.compile("^Then")).select_option("no_exploration")
    rule.get_by_role("button", name="Backtest on 90 days").click()
    expect(rule.get_by_role("region", name="Backtest")).to_contain_text("it fires for")
    rule.get_by_role("button", name="Keep as draft").click()
    rule.get_by_role("button", name="Run in shadow").click()
    expect(rule).to_contain_text("Shadow since")
    visit.settle()
    assert visit.violations() == []

    visit.open("/?range=7d")
    mark = page.get_by_role("region", name="Changes in this time").get_by_role("link", name="Rule Story rule: shadow")
    expect(mark).to_be_visible()
    shared = page.url
    colleague = page.context.new_page()
    colleague.goto(shared)
    colleague.get_by_role("link", name="Rule Story rule: shadow").click()
    expect(colleague.get_by_role("dialog", name="Story rule")).to_contain_text("Shadow since")
    colleague.close()
    assert visit.wrong == []


def test_the_keyboard_alone_is_enough(visit: Visit) -> None:
    page = visit.page
    visit.open("/")

    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Go to or do")).to_be_visible()
    assert visit.violations() == []
    page.keyboard.type("transac")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/transactions"))
    visit.settle()
    page.keyboard.press("/")
    expect(page.get_by_label("Find by id")).to_be_focused()
    page.get_by_label("Find by id").press("Escape")
    page.locator("h1").click()
    page.keyboard.press("g")
    page.keyboard.press("d")
    expect(page).to_have_url(re.compile(r"127\.0\.0\.1:\d+/(\?|$)"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert visit.violations() == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    assert visit.wrong == []


def test_the_scope_is_the_address_and_back_goes_back(visit: Visit) -> None:
    page = visit.page
    visit.open("/")

    page.get_by_role("button", name="Range: Last 30 days").click()
    page.get_by_role("button", name="Last 7 days").click()
    expect(page).to_have_url(re.compile(r"\?range=7d$"))
    visit.settle()
    assert visit.violations() == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Country").click()
    page.get_by_role("checkbox", name="Brazil").check()
    expect(page).to_have_url(re.compile(r"\?range=7d&country=BR$"))
    page.keyboard.press("Escape")
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?range=7d$"))
    assert visit.wrong == []


def test_a_widget_shows_its_rows_and_its_sql(visit: Visit) -> None:
    page = visit.page
    visit.open("/dashboards/executive_overview")

    page.get_by_role("button", name=re.compile("^Options of Attempts")).first.click()
    page.get_by_role("button", name="SQL behind it").click()
    expect(page.get_by_role("dialog")).to_contain_text("payments_enriched_silver")
    assert visit.violations() == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Options of How did the approval rate")).click()
    page.get_by_role("button", name="View as table").click()
    expect(page.get_by_role("region", name=re.compile("How did the approval rate"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("^Options of How did the approval rate")).click()
        page.get_by_role("button", name="Download CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    assert visit.wrong == []


def test_a_view_is_saved_and_found_again(visit: Visit) -> None:
    page = visit.page
    visit.open("/declines?range=7d")
    page.get_by_role("button", name="Saved views").click()
    page.get_by_label("Name of the view").fill("Every morning")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Every morning /declines")).to_be_visible()
    assert visit.violations() == []

    visit.open("/about")
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("button", name="Every morning /declines").click()
    expect(page).to_have_url(re.compile(r"/declines\?range=7d$"))
    visit.settle()
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("button", name="Delete Every morning").click()
    expect(page.get_by_text("No view is saved yet.")).to_be_visible()
    assert visit.wrong == []


def test_an_expert_says_how_a_code_should_be_read(visit: Visit) -> None:
    page = visit.page
    visit.open("/reason-codes")
    page.get_by_role("button", name="Review").first.click()
    page.get_by_label("Your verdict").select_option("invalid")
    page.get_by_label("It should be").select_option("issuer_unavailable")
    page.get_by_label("Why").fill("The issuer says so.")
    assert visit.violations() == []
    page.get_by_role("button", name="Save the review").click()

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("region", name="How the codes are read")).to_contain_text("Invalid")
    assert visit.wrong == []


def test_the_pages_begin_where_and_when_their_reader_wants(visit: Visit) -> None:
    page = visit.page
    visit.open("/profile")
    page.get_by_label("Page after signing in").select_option("/live")
    page.get_by_label("Time zone when an address names none").select_option("America/Sao_Paulo")

    visit.open("/")
    expect(page).to_have_url(re.compile(r"/live\?tz=America/Sao_Paulo$"))
    page.evaluate("localStorage.clear()")
    assert visit.wrong == []


def test_nobody_signed_in_is_told_how_to_come_in(link: str, visit: Visit) -> None:
    browser = visit.page.context.browser
    assert browser is not None
    stranger = browser.new_page()
    stranger.goto(link.partition("/sign-in")[0])

    expect(stranger.get_by_role("heading", name="Open the sign-in link")).to_be_visible()
    stranger.close()


def test_the_first_load_is_small(visit: Visit) -> None:
    visit.open("/")
    loaded = visit.page.evaluate("() => performance.getEntriesByType('resource').map(entry => entry.name)")
    files = {url.rpartition("/")[2] for url in loaded if "/assets/" in url and "/engine-" not in url}
    scripts = sorted(name for name in files if name.endswith((".js", ".css")))

    sizes = {name: len(gzip.compress((ASSETS / name).read_bytes(), 9)) for name in scripts}

    assert len(sizes) >= 3
    assert sum(sizes.values()) <= FIRST_LOAD_BYTES_MAX, sizes
