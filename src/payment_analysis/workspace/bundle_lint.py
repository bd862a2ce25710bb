"""What typed classes and `databricks bundle validate` let through: names that nothing has, files that are not there.

The typed classes are a matter of the tests: they are under a licence of their own and no part of the product.
"""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.workspace.bundle import GENERATED, ROOT_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from payment_analysis.workspace.bundle import Bundle, Resource

    Checks = Mapping[str, Callable[[Path], list[str]]]  # suffix of a file, and what finds its faults

_REFERENCE: Final = re.compile(r"\$\{([^}]*)\}")
_JOB_PARAMETER: Final = re.compile(r"\{\{\s*job\.parameters\.([^\s}]+)\s*\}\}")
# What a resource has once it exists, beside what its file says; every resource has an id.
_MADE: Final[Mapping[str, frozenset[str]]] = {
    "apps": frozenset({"url", "service_principal_client_id", "service_principal_name"}),
    "genie_spaces": frozenset({"space_id"}),
    "dashboards": frozenset({"path", "dashboard_id"}),
}
_KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "bundle": frozenset({"name", "target", "uuid"}),
    "workspace": frozenset(
        {"root_path", "file_path", "resource_path", "artifact_path", "state_path", "host",
         "current_user.userName", "current_user.short_name", "current_user.domain_friendly_name"}
    ),
}  # fmt: skip
# Where a file is named: the last key of the path to the value.
_FILES: Final = frozenset({"notebook_path", "python_file", "file_path", "source_code_path", "root_path"})


def faults(bundle: Bundle, checks: Checks | None = None) -> list[str]:
    """Everything that would fail at deployment or at the first run."""
    found = [*bundle.faults, *_keys(bundle), *_references(bundle)]
    for one in bundle.of_kind("jobs").values():
        found += _job(one)
    for one in bundle.of_kind("apps").values():
        found += _app(one)
    for one in bundle.resources:
        found += _files(bundle, one, checks or {})
    return found


def _keys(bundle: Bundle) -> Iterator[str]:
    """Keys are unique over all kinds, not only within one."""
    seen: dict[str, Resource] = {}
    for one in bundle.resources:
        if one.key in seen:
            yield f"{one.file.name}: {one.name} has the key of {seen[one.key].name}"
        seen[one.key] = one


def _references(bundle: Bundle) -> Iterator[str]:
    known = {(one.kind, one.key): one for one in bundle.resources}
    places: list[tuple[str, Any]] = [(ROOT_FILE, bundle.settings)]
    places += [(f"{one.file.name}: {one.name}", one.body) for one in bundle.resources]
    for place, body in places:
        for _, text in _texts(body):
            for reference in _REFERENCE.findall(text):
                if fault := _reference(reference, bundle.settings, known):
                    yield f"{place}: ${{{reference}}} {fault}"


def _reference(reference: str, settings: Mapping[str, Any], known: Mapping[tuple[str, str], Resource]) -> str:
    first, _, rest = reference.partition(".")
    if first == "var":
        return "" if rest in settings.get("variables", {}) else "is no variable"
    if first == "resources":
        kind, key, *path = rest.split(".")
        if (kind, key) not in known:
            return "names no resource"
        made = {"id", *_MADE.get(kind, ())}
        return "" if path and (path[0] in made or path[0] in known[kind, key].body) else "is nothing that resource has"
    return "" if rest in _KNOWN.get(first, ()) else "is nothing the bundle knows"


def _job(job: Resource) -> Iterator[str]:
    tasks = {task.get("task_key"): task for task in job.body.get("tasks", [])}
    place = f"{job.file.name}: {job.name}"
    if len(tasks) != len(job.body.get("tasks", [])):
        yield f"{place} has two tasks of one key"
    graph = {key: [one.get("task_key") for one in task.get("depends_on", [])] for key, task in tasks.items()}
    for key, before in graph.items():
        yield from (f"{place}: task {key} depends on {name}, which is no task" for name in before if name not in tasks)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield f"{place}: its tasks wait for each other: {' → '.join(map(str, error.args[1]))}"
    for named, member, key_of in (
        ("environments", "environment_key", "environment_key"),
        ("job_clusters", "job_cluster_key", "job_cluster_key"),
    ):
        there = {one.get(key_of) for one in job.body.get(named, [])}
        for key, task in tasks.items():
            if member in task and task[member] not in there:
                yield f"{place}: task {key} wants {member} {task[member]}, which the job does not have"
    parameters = {one.get("name") for one in job.body.get("parameters", [])}
    for _, text in _texts(job.body):
        for name in _JOB_PARAMETER.findall(text):
            if name not in parameters:
                yield f"{place}: {{{{job.parameters.{name}}}}} is no parameter of the job"


def _app(app: Resource) -> Iterator[str]:
    bound = [one.get("name") for one in app.body.get("resources", [])]
    variables = app.body.get("config", {}).get("env", [])
    place = f"{app.file.name}: {app.name}"
    for name in sorted({name for name in bound if bound.count(name) > 1}):
        yield f"{place} has two resources {name}"
    for variable in variables:
        if "value_from" in variable and variable["value_from"] not in bound:
            yield f"{place}: {variable.get('name')} has its value from {variable['value_from']}, which is not bound"
        if ("value" in variable) == ("value_from" in variable):
            yield f"{place}: {variable.get('name')} needs either value or value_from"


def _files(bundle: Bundle, resource: Resource, checks: Checks) -> Iterator[str]:
    for path, text in _texts(resource.body):
        if "${" in text or not _names_a_file(path):
            continue
        place = f"{resource.file.name}: {resource.name}"
        wanted = (resource.file.parent / text).resolve()
        if GENERATED in wanted.relative_to(bundle.root.resolve()).parts:
            continue
        found = sorted(wanted.parent.glob(wanted.name)) if "*" in text else [wanted]
        if not any(one.exists() for one in found):
            yield f"{place}: {text} is not there"
            continue
        for suffix, check in checks.items():
            yield from (f"{one.name}: {fault}" for one in found if one.name.endswith(suffix) for fault in check(one))


def _names_a_file(path: tuple[str, ...]) -> bool:
    return path[-1] in _FILES or path[-2:] in {("file", "path"), ("glob", "include")} or "dependencies" in path[-2:]


def _texts(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text of a value, and the keys that lead to it."""
    match value:
        case str():
            yield path, value
        case dict():
            for key, member in value.items():
                yield from _texts(member, (*path, str(key)))
        case list():
            for member in value:
                yield from _texts(member, (*path, "[]"))
