"""The application as a person meets it: a real server over a simulated world, and Chromium."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page, expect, sync_playwright
from scripts.bootstrap import browser

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
UI = REPOSITORY / "src" / "payment_analysis" / "ui"
CHROMIUM = browser()
AXE = UI / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
PATIENCE_MS = 30_000
LINK = re.compile(r"http://\S+/sign-in\?link=\S+")


def run(*arguments: str) -> None:
    """Run one of our own commands to its end."""
    done = subprocess.run([sys.executable, *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments} failed:\n{done.stdout}{done.stderr}"


@contextmanager
def served(home: Path) -> Iterator[str]:
    """A server over a home; gives the one-time link it prints."""
    command = [sys.executable, "-u", "-m", "payment_analysis.cli", "--home", str(home), "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        link = next((found[0] for line in server.stdout if (found := LINK.search(line))), None)
        try:
            assert link is not None, "the server printed no sign-in link"
            yield link
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)


@dataclass
class Visit:
    """A browser that is signed in, and everything that went wrong in it."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is being loaded or drawn. The live feed never ends, so the network is not asked."""
        self.page.locator("h1").first.wait_for(timeout=PATIENCE_MS)
        expect(self.page.locator(".opacity-60")).to_have_count(0, timeout=PATIENCE_MS)  # dimmed while newer rows come
        expect(self.page.locator(".skeleton")).to_have_count(0, timeout=PATIENCE_MS)
        self.page.wait_for_timeout(400)

    def use(self, theme: str) -> None:
        self.page.evaluate("theme => localStorage.setItem('theme', theme)", theme)

    def violations(self) -> list[str]:
        """What axe finds, with the first element of each."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[dict[str, Any]] = self.page.evaluate(
            "rules => axe.run(document, {runOnly: rules}).then(answer => answer.violations)", RULES
        )
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0]['failureSummary'][:300]}" for one in found
        ]


@contextmanager
def visiting(link: str) -> Iterator[Visit]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        visit = Visit(page, link.partition("/sign-in")[0])
        page.on("console", lambda said: visit.wrong.extend([said.text] if said.type in {"error", "warning"} else []))
        page.on("pageerror", lambda error: visit.wrong.append(str(error)))
        page.goto(link)
        visit.settle()
        yield visit
        browser.close()
