"""All dashboard files of a folder: read when they changed, listed with what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from payment_analysis.dashboards.lint import faults
from payment_analysis.dashboards.reading import CATEGORIES, SUFFIX, read_file
from payment_analysis.domain.errors import BadFile, NotFound

if TYPE_CHECKING:
    from payment_analysis.dashboards.dashboard import Dashboard, Page, Widget

# In a wheel the files lie within the package, in a checkout beside its source.
_PLACES: Final = (Path(__file__).parent / "files", Path(__file__).resolve().parents[3] / "dashboards")
FOLDER: Final = next((place for place in _PLACES if place.is_dir()), _PLACES[-1])


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the gallery: the dashboard, or why there is none, and what the linter says."""

    file: str
    dashboard: Dashboard | None
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gallery:
    """A folder of dashboard files."""

    folder: Path = FOLDER

    def listed(self) -> list[Listed]:
        """Every file, ours first and in their order; one that cannot be read does not hide the others."""
        order = {name: place for place, name in enumerate(CATEGORIES)}
        paths = sorted(self.folder.glob(f"*{SUFFIX}"), key=lambda path: (order.get(_id(path), len(order)), path.name))
        return [_listed(path) for path in paths]

    def dashboard(self, identity: str) -> Dashboard:
        """One dashboard by its id."""
        for path in self.folder.glob(f"*{SUFFIX}"):
            if _id(path) == identity:
                return _read(path)
        known = ", ".join(sorted(_id(path) for path in self.folder.glob(f"*{SUFFIX}")))
        raise NotFound(f"there is no dashboard {identity}", hint=f"there are {known or 'none'}")

    def page(self, identity: str, name: str) -> tuple[Dashboard, Page]:
        """One page of a dashboard."""
        dashboard = self.dashboard(identity)
        for page in dashboard.pages:
            if page.name == name:
                return dashboard, page
        known = ", ".join(page.name for page in dashboard.pages)
        raise NotFound(f"the dashboard {identity} has no page {name}", hint=f"its pages are {known}")

    def widget(self, identity: str, page_name: str, name: str) -> tuple[Dashboard, Widget]:
        """One widget of a page."""
        dashboard, page = self.page(identity, page_name)
        for widget in page.widgets:
            if widget.name == name:
                return dashboard, widget
        known = ", ".join(widget.name for widget in page.widgets)
        raise NotFound(f"the page {page_name} has no widget {name}", hint=f"its widgets are {known}")


def _id(path: Path) -> str:
    return path.name.removesuffix(SUFFIX)


def _listed(path: Path) -> Listed:
    try:
        dashboard = _read(path)
    except BadFile as error:
        return Listed(path.name, None, (error.message,))
    return Listed(path.name, dashboard, _faults(path, _stamp(path)))


def _read(path: Path) -> Dashboard:
    return _read_once(path, _stamp(path))


def _stamp(path: Path) -> tuple[int, int]:
    state = path.stat()
    return state.st_mtime_ns, state.st_size


@lru_cache(maxsize=128)
def _read_once(path: Path, _stamp: tuple[int, int]) -> Dashboard:
    return read_file(path)


@lru_cache(maxsize=128)
def _faults(path: Path, stamp: tuple[int, int]) -> tuple[str, ...]:
    return tuple(str(fault) for fault in faults(_read_once(path, stamp)))
