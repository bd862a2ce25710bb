"""The bundle as a value: databricks.yml, the resource files it includes, and the optional ones that are switched on."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

from payment_analysis.domain.errors import BadFile, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

ROOT_FILE: Final = "databricks.yml"
OPTIONAL: Final = "resources/optional"
GENERATED: Final = ".build"  # written by `prepare`; a test of the sources does not look there
# Parts that are switched, the file that holds each, and whether a deployment has it unless told otherwise.
SWITCHES: Final[Mapping[str, tuple[str, bool]]] = {
    "dashboards": ("payment_analysis.dashboards.yml", True),
    "serving": ("payment_analysis.serving.yml", False),  # its models must be trained first
    "search": ("similar_transactions.vector_search.yml", False),  # its table must be there first
}


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: what kind, under which key, as its file says."""

    kind: str
    key: str
    body: Mapping[str, Any]
    file: Path

    @property
    def name(self) -> str:
        """How references and faults call it."""
        return f"resources.{self.kind}.{self.key}"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything that would be deployed."""

    root: Path
    settings: Mapping[str, Any]  # databricks.yml
    resources: tuple[Resource, ...]
    faults: tuple[str, ...] = field(default=())  # what was wrong with the files themselves

    def of_kind(self, kind: str) -> dict[str, Resource]:
        return {one.key: one for one in self.resources if one.kind == kind}


def chosen(switch_on: Sequence[str] = (), switch_off: Sequence[str] = ()) -> list[str]:
    """The optional parts of a deployment, after the wishes of who deploys."""
    for name in (*switch_on, *switch_off):
        if name not in SWITCHES:
            raise NotFound(f"there is no optional part {name}", hint=f"there are {', '.join(SWITCHES)}")
    return [name for name, (_, usual) in SWITCHES.items() if (usual or name in switch_on) and name not in switch_off]


def switch_on(root: Path, parts: Sequence[str]) -> None:
    """Put the chosen optional files where databricks.yml includes them, and take the others away."""
    folder = root / GENERATED / "resources"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in parts:
        shutil.copy(root / OPTIONAL / SWITCHES[name][0], folder)


def read_bundle(root: Path, parts: Sequence[str] = tuple(SWITCHES)) -> Bundle:
    """Read the bundle with these optional parts."""
    settings, faults = _mapping(root / ROOT_FILE)
    files = [
        path
        for pattern in settings.get("include", [])
        if not pattern.startswith(GENERATED)
        for path in sorted(root.glob(pattern))
    ]
    files += [root / OPTIONAL / SWITCHES[name][0] for name in parts]
    resources: list[Resource] = []
    for path in files:
        content, found = _mapping(path)
        faults += found
        faults += [f"{path.name}: {key} belongs into {ROOT_FILE}" for key in content if key != "resources"]
        resources += _resources(content, path)
    return Bundle(root, settings, tuple(resources), tuple(faults))


def _resources(content: Mapping[str, Any], path: Path) -> Iterator[Resource]:
    for kind, members in (content.get("resources") or {}).items():
        for key, body in (members or {}).items():
            yield Resource(kind, key, body or {}, path)


class _Strict(yaml.SafeLoader):
    """YAML where a key that is written twice is noticed: the second would silently win."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.twice: list[str] = []

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        self.twice += [f"line {node.start_mark.line + 1}: {key}" for key in {k for k in keys if keys.count(k) > 1}]
        return super().construct_mapping(node, deep=deep)


def _mapping(path: Path) -> tuple[dict[str, Any], list[str]]:
    if not path.is_file():
        raise BadFile(f"{path.name} is not there", hint="run this in the folder of databricks.yml")
    loader = _Strict(path.read_text(encoding="utf-8"))
    try:
        content = loader.get_single_data()
    except yaml.YAMLError as error:
        raise BadFile(f"{path.name} is not YAML: {error}") from error
    finally:
        loader.dispose()
    if not isinstance(content, dict):
        raise BadFile(f"{path.name} is not a mapping")
    return content, [f"{path.name}: {one} is written twice" for one in loader.twice]
