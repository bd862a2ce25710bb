"""What a tool is: a question with a name, typed arguments, promised columns and at most so many rows.

A tool is two files in `tools/`: `<name>.sql`, one SELECT in Databricks SQL over gold, silver or the store, with `:name`
for its arguments; and `<name>.yml` with the meaning of everything that goes in and comes out. The same two files become
the agents' tools, the functions in Unity Catalog and the tools a program finds over MCP.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import yaml

from payment_analysis.domain.errors import BadInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER: Final = Path(__file__).parent / "tools"
CHARACTERS_MAX: Final = (
    2_000  # of a word handed in: longer than any name, shorter than an attack on the reader's memory
)
Kind = Literal["string", "bigint", "double", "timestamp"]
Room = Literal["lakehouse", "store"]
_JSON: Final[Mapping[Kind, str]] = {"string": "string", "bigint": "integer", "double": "number", "timestamp": "string"}


@dataclass(frozen=True, slots=True)
class Argument:
    """What may be handed in; without a default it has to be."""

    name: str
    type: Kind
    meaning: str
    required: bool
    default: Any
    values: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None

    @property
    def schema(self) -> dict[str, Any]:
        """The argument in JSON Schema."""
        kind: Any = _JSON[self.type]
        bounds = {"minimum": self.least, "maximum": self.most}
        described = {"type": kind if self.required or self.default is not None else [kind, "null"]}
        described |= {"description": self.meaning} | {
            word: limit for word, limit in bounds.items() if limit is not None
        }
        if self.values:
            described["enum"] = [*self.values] if self.required else [*self.values, None]
        return described if self.required else {**described, "default": self.default}

    def read(self, value: Any) -> Any:
        """The value as its type, or an error that names it."""
        if value is None:
            if self.required:
                raise BadInput(f"{self.name} is missing", hint=f"{self.name}: {self.meaning}")
            return self.default
        number = self._number(value) if self.type in {"bigint", "double"} else None
        if number is not None:
            low, high = self.least, self.most
            if (low is not None and number < low) or (high is not None and number > high):
                raise BadInput(f"{self.name} {number:g} is out of range", hint=f"give {low} to {high}")
            return int(number) if self.type == "bigint" else number
        word = str(value)
        if len(word) > CHARACTERS_MAX or not word.isprintable():
            raise BadInput(f"{self.name} is no name", hint=f"at most {CHARACTERS_MAX} printable characters")
        if self.values and word not in self.values:
            raise BadInput(f"{self.name} {word!r} is not known", hint=f"one of {', '.join(self.values)}")
        return word

    def _number(self, value: Any) -> float:
        try:
            number = float(value)
        except (TypeError, ValueError) as error:
            raise BadInput(f"{self.name} {value!r} is no number", hint=f"{self.name}: {self.meaning}") from error
        if not isfinite(number):
            raise BadInput(f"{self.name} {value!r} is no number", hint=f"{self.name}: {self.meaning}")
        return number


@dataclass(frozen=True, slots=True)
class Column:
    """A promised column."""

    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A question that agents, people and programs may ask; reading is all it can do."""

    name: str
    description: str
    arguments: tuple[Argument, ...]
    columns: Mapping[str, Column]
    rows_max: int
    room: Room
    sql: str

    @property
    def schema(self) -> dict[str, Any]:
        """Its arguments as one object in JSON Schema."""
        return schema_of(self.arguments)

    def read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments as their types; an unknown one is an error, a missing one takes its default."""
        return read_arguments(self.name, self.arguments, given)


def schema_of(arguments: tuple[Argument, ...]) -> dict[str, Any]:
    """Arguments as one object in JSON Schema."""
    return {
        "type": "object",
        "properties": {argument.name: argument.schema for argument in arguments},
        "required": [argument.name for argument in arguments if argument.required],
        "additionalProperties": False,
    }


def read_arguments(name: str, arguments: tuple[Argument, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as their types; an unknown one is an error, a missing one takes its default."""
    unknown = sorted(given.keys() - {argument.name for argument in arguments})
    if unknown:
        takes = ", ".join(argument.name for argument in arguments) or "no arguments"
        raise BadInput(f"{name} has no argument {unknown[0]}", hint=f"it takes {takes}")
    return {argument.name: argument.read(given.get(argument.name)) for argument in arguments}


@cache
def load_tools() -> Mapping[str, Tool]:
    """Every tool that is written in SQL, by name."""
    return {path.stem: _tool(path) for path in sorted(FOLDER.glob("*.sql"))}


def tool_named(name: str) -> Tool:
    """The tool of that name."""
    tools = load_tools()
    if name not in tools:
        near = difflib.get_close_matches(name, tools, n=2)
        raise NotFound(f"there is no tool {name[:100]}", hint=f"did you mean {' or '.join(near)}?" if near else "")
    return tools[name]


def _tool(path: Path) -> Tool:
    text = yaml.load(path.with_suffix(".yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    grain, _, sql = path.read_text(encoding="utf-8").partition("\n")
    assert grain.startswith("-- One row per "), f"{path.name} does not say its grain"
    return Tool(
        name=path.stem,
        description=str(text["description"]).strip(),
        arguments=tuple(_argument(name, one) for name, one in text.get("arguments", {}).items()),
        columns={name: Column(str(one["type"]), str(one["meaning"])) for name, one in text["columns"].items()},
        rows_max=int(text["rows_max"]),
        room=cast("Room", text.get("room", "lakehouse")),
        sql=sql.strip(),
    )


def _argument(name: str, text: Mapping[str, Any]) -> Argument:
    return Argument(
        name=name,
        type=cast("Kind", text["type"]),
        meaning=str(text["meaning"]),
        required="default" not in text,
        default=text.get("default"),
        values=tuple(text.get("values", ())),
        least=text.get("min"),
        most=text.get("max"),
    )
