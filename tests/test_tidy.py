"""The limits of the house style, held by numbers. What is found here is mended where it stands, not here."""

from __future__ import annotations

import ast
import re
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[1]
SOURCE = REPOSITORY / "src" / "payment_analysis"

MODULE_LINES_MAX = 300
FUNCTION_LINES_MAX = 50
SQL_LINES_MAX = 80
EXCEPTIONS_TO_THE_LINTER_MAX = 27  # this number may only fall
HANDLERS_ALLOWED = {"backend/errors.py"}  # the one place that may catch everything
NAMES_FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "manager", "service", "misc"}
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "HA" + "CK")) + r")\b")
MACHINE_PATH = re.compile(
    r"(?<![\w.$~/-])/(" + "|".join(("wo" + "rk", "t" + "mp", "ho" + "me", "ro" + "ot", "Us" + "ers")) + r")/"
)
NOT_OURS = {
    ".git",
    ".venv",
    ".tools",
    ".payment-analysis",
    "node_modules",
    "__dist__",
    "__pycache__",
    ".ruff_cache",
    ".mypy_cache",
}
NOT_OURS |= {".pytest_cache", ".hypothesis", ".import_linter_cache", ".build", "dist"}
TEXT = {
    ".py",
    ".sql",
    ".yml",
    ".yaml",
    ".md",
    ".toml",
    ".cfg",
    ".sh",
    ".html",
    ".css",
    ".js",
    ".csv",
    ".json",
    ".jsonl",
    "",
}


def files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in NOT_OURS or path.is_symlink():
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


OURS = [path.relative_to(REPOSITORY) for path in files(REPOSITORY)]
PYTHON = [path for path in OURS if path.suffix == ".py"]
SQL = [path for path in OURS if path.suffix == ".sql"]
GOLD = [path for path in SQL if path.parent.name == "gold"]
WRITTEN = [path for path in OURS if path.suffix in TEXT and path.name != "uv.lock"]


def read(path: Path) -> str:
    return (REPOSITORY / path).read_text(encoding="utf-8")


def tree(path: Path) -> ast.Module:
    return ast.parse(read(path))


def comments(path: Path) -> list[str]:
    with tokenize.open(REPOSITORY / path) as file:
        return [token.string for token in tokenize.generate_tokens(file.readline) if token.type == tokenize.COMMENT]


@pytest.mark.parametrize("path", PYTHON, ids=str)
def test_a_module_is_short(path: Path) -> None:
    lines = read(path).count("\n")

    assert lines <= MODULE_LINES_MAX, f"{path} has {lines} lines: it holds two things"


@pytest.mark.parametrize("path", PYTHON, ids=str)
def test_a_function_is_short(path: Path) -> None:
    functions = [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}

    assert {name: length for name, length in lengths.items() if length > FUNCTION_LINES_MAX} == {}


@pytest.mark.parametrize("path", SQL, ids=str)
def test_sql_is_tidy(path: Path) -> None:
    source = read(path)

    assert source.startswith("-- One row per "), "say the grain first"
    assert source.count("\n") <= SQL_LINES_MAX
    assert (REPOSITORY / path).with_suffix(".yml").exists(), "columns, checks and an example live beside the query"


def catches_everything(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(catches_everything(one) for one in caught.elts)
    return caught is None or (isinstance(caught, ast.Name) and caught.id in {"Exception", "BaseException"})


def is_broad(node: ast.AST) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return catches_everything(node.type)
    suppresses = isinstance(node, ast.Call) and ast.unparse(node.func) in {"suppress", "contextlib.suppress"}
    return suppresses and isinstance(node, ast.Call) and any(catches_everything(one) for one in node.args)


@pytest.mark.parametrize("path", PYTHON, ids=str)
def test_nobody_eats_an_error_it_does_not_know(path: Path) -> None:
    broad = [getattr(node, "lineno", 0) for node in ast.walk(tree(path)) if is_broad(node)]
    allowed = str(path).removeprefix("src/payment_analysis/") in HANDLERS_ALLOWED

    assert allowed or broad == []


@pytest.mark.parametrize("path", WRITTEN, ids=str)
def test_nothing_is_left_for_later_in_a_comment(path: Path) -> None:
    assert UNFINISHED.findall(read(path)) == []


@pytest.mark.parametrize("path", WRITTEN, ids=str)
def test_no_path_of_one_machine_is_written_down(path: Path) -> None:
    assert [line for line in read(path).splitlines() if MACHINE_PATH.search(line)] == []


LINTER = re.compile(r"#\s*(noqa|type:\s*ignore)\b")
LINTER_WITH_REASON = re.compile(
    r"#\s*noqa: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)*\s+(-|#) ?\S.+|#\s*type: ignore\[[a-z-, ]+\]\s+(-|#) ?\S.+"
)


def test_an_exception_to_the_linter_carries_its_reason_and_their_number_may_only_fall() -> None:
    exceptions = [(str(path), line) for path in PYTHON for line in comments(path) if LINTER.search(line)]

    assert [(path, line) for path, line in exceptions if not LINTER_WITH_REASON.search(line)] == []
    assert len(exceptions) <= EXCEPTIONS_TO_THE_LINTER_MAX


# Spelled in two parts, so that this table is not found by itself.
REPLACED_OR_NOT_RUN = (
    ("unittest.", "mock"),
    ("mock.", "patch"),
    ("monkeypatch.", "setattr"),
    ("pytest.", "skip"),
    ("pytest.", "xfail"),
    ("pytest.", "importorskip"),
    ("mark.", "skip"),
    ("mark.", "xfail"),
)


@pytest.mark.parametrize("path", [path for path in PYTHON if path.parts[0] == "tests"], ids=str)
def test_a_test_neither_replaces_the_tested_nor_stays_away(path: Path) -> None:
    source = read(path)

    assert [a + b for a, b in REPLACED_OR_NOT_RUN if a + b in source] == []


def test_every_file_is_named_by_the_right_noun() -> None:
    assert [str(path) for path in OURS if path.stem in NAMES_FORBIDDEN] == []


def module_name(path: Path) -> str:
    parts = path.relative_to("src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(module: str, path: Path) -> set[str]:
    """Everything the module names in an import, as absolute dotted names."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    named: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            base = ".".join(part for part in (above, node.module) if part)
            named |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return named


# Finished and tested before its door. This set may only shrink.
WAITING_FOR_A_DOOR: set[str] = set()


def test_every_module_is_reached_from_a_door() -> None:
    modules = {module_name(path): path for path in PYTHON if path.parts[0] == "src"}
    doors = (
        "payment_analysis.cli",
        "payment_analysis.backend.app",
        "payment_analysis.backend.app_there",  # loaded by name, on Databricks only
        "payment_analysis.backend.main",
        "payment_analysis.backend.worker",  # a process of its own, started by name
        "payment_analysis.jobs",
    )
    waiting = [name for name in modules if name.startswith(doors)]
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in modules and name not in reached:
            reached.add(name)
            parents = {name.rsplit(".", up)[0] for up in range(1, name.count(".") + 1)}
            waiting += sorted(parents | imports(name, modules[name]))

    empty_rooms = {name for name, path in modules.items() if path.name == "__init__.py"}
    assert set(modules) - reached - empty_rooms == WAITING_FOR_A_DOOR


def domain_enums() -> list[str]:
    domain = [path for path in PYTHON if path.parts[:3] == ("src", "payment_analysis", "domain")]
    classes = [node for path in domain for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    return sorted(node.name for node in classes if "StrEnum" in map(ast.unparse, node.bases))


@pytest.mark.parametrize("enum", domain_enums())
def test_every_closed_set_of_the_domain_is_in_the_glossary(enum: str) -> None:
    assert f"`{enum}`" in read(Path("docs/glossary.md"))


def test_every_gold_view_is_read_by_a_dashboard_a_route_the_report_or_a_tool() -> None:
    readers = [one for one in PYTHON if one.parts[0] == "src" and "lakehouse" not in one.parts]
    readers += [one for one in OURS if one.parts[0] == "dashboards"]
    named = set(re.findall(r"\b\w+\b", " ".join(map(read, readers))))
    reads = {path.stem: set(re.findall(r"\bv_\w+\b", read(path))) for path in GOLD}
    while more := set[str]().union(*(reads[view] for view in reads.keys() & named)) - named:
        named |= more  # a view that one of these reads is read by them, too

    assert {path.stem for path in GOLD} - named == set()
