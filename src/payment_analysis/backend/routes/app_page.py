"""The web application: one page for every address that is not the API's, and the files it loads."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.convertors import StringConvertor, register_url_convertor

from payment_analysis.domain.errors import NotFound, Unavailable

router = APIRouter(include_in_schema=False)

BUILT = Path(__file__).resolve().parents[2] / "__dist__"  # written by scripts/build_ui.py, part of the wheel

# Scripts, styles and fonts come from here and nowhere else; nothing inline, no eval.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
FOREVER = "public, max-age=31536000, immutable"  # the names of the built files carry their content's hash
AGAIN = "no-cache"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
}
LOOSE = ("favicon.svg", "theme.js", "robots.txt")


class PageConvertor(StringConvertor):
    """Addresses of pages: not the API, the documentation or a file."""

    regex = r"(?!(?:api|docs|assets)(?:/|$))[^.]*"


register_url_convertor("page", PageConvertor())


@router.get("/assets/{name}")
def asset(request: Request, name: str) -> Response:
    """A built file, already compressed where the browser takes that."""
    return built_file(request, BUILT / "assets", name, FOREVER)


@router.get("/favicon.svg")
@router.get("/theme.js")
@router.get("/robots.txt")
def loose_file(request: Request) -> Response:
    """A file beside the page whose name never changes."""
    return built_file(request, BUILT, request.url.path.removeprefix("/"), AGAIN)


@router.get("/{path:page}")
def page(path: str) -> Response:
    """The application; it reads the address itself."""
    return built_page(BUILT, path)


def built_page(folder: Path, path: str) -> Response:
    index = folder / "index.html"
    if not index.is_file():
        raise Unavailable(
            f"The pages are not built, so /{path} cannot be shown.",
            hint="Run `make ui`. The report without them is at /report, the API at /docs.",
        )
    headers = {"content-security-policy": POLICY, "cache-control": AGAIN}
    return HTMLResponse(index.read_bytes(), headers=headers)


def built_file(request: Request, folder: Path, name: str, cache: str) -> Response:
    file = folder / name
    if Path(name).name != name or file.suffix not in TYPES or not file.is_file():
        raise NotFound(f"There is no file {name!r}.", hint="Load the page again: it names the files of today.")
    headers = {"cache-control": cache, "vary": "accept-encoding"}
    packed = file.with_name(f"{name}.gz")
    if "gzip" in request.headers.get("accept-encoding", "") and packed.is_file():
        file, headers = packed, headers | {"content-encoding": "gzip"}
    return FileResponse(file, media_type=TYPES[Path(name).suffix], headers=headers)
