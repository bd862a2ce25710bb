"""The YAML of a mapping with the line of every entry, so that an error says where it is."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import yaml

from payment_analysis.domain.errors import BadMapping

if TYPE_CHECKING:
    from collections.abc import Sequence


class MappingText:
    """A parsed mapping; places are written `columns.amount`."""

    def __init__(self, source: str, name: str) -> None:
        self._name = name
        self._lines: dict[str, int] = {}
        try:
            node = yaml.compose(source, Loader=yaml.SafeLoader)
            self._value = yaml.safe_load(source)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f" line {mark.line + 1}" if mark else ""
            problem = getattr(error, "problem", None) or "unreadable"
            raise BadMapping(f"mapping {name}{line} is not YAML: {problem}", hint="correct the line") from error
        if not isinstance(self._value, dict):
            raise BadMapping(f"mapping {name} holds no entries", hint="begin with columns:")
        self._note_lines(node, "")

    def at(self, place: str) -> Any:
        """What stands at a place, or None."""
        value: Any = self._value
        parts = place.split(".", 3) if place else []
        for part in parts:
            if not isinstance(value, dict):
                return None
            value = next((found for key, found in value.items() if str(key) == part), None)
        return value

    def section(self, place: str) -> dict[Any, Any]:
        """The entries at a place; none when it is absent."""
        value = self.at(place)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.wrong(place, f"is {value!r}", "write entries NAME: VALUE below it")
        return value

    def only(self, place: str, allowed: Sequence[str]) -> None:
        """Refuse an entry that nobody would read."""
        for key in self.section(place):
            self.one_of(f"{place}.{key}".lstrip("."), str(key), allowed, f"entry of {place or 'a mapping'}")

    def one_of(self, place: str, word: str, allowed: Sequence[str], what: str) -> None:
        """Refuse a word outside a closed set, and name the nearest one inside."""
        if word not in allowed:
            near = difflib.get_close_matches(word, allowed, n=1)
            hint = f"did you mean {near[0]}?" if near else f"one of: {', '.join(allowed)}"
            raise self.wrong(place, f"{word!r} is no {what}", hint)

    def choice(self, place: str, allowed: Sequence[str], default: str) -> str:
        """One of some words, or the default when the place is empty."""
        if self.at(place) is None:
            return default
        word = self.at(place)
        self.one_of(place, str(word), allowed, place.rpartition(".")[2])
        return str(word)

    def word(self, place: str) -> str:
        """Text at a place; a number is taken as it is written, a list or nothing is refused."""
        value = self.at(place)
        if value is None or value == "" or isinstance(value, dict | list):
            raise self.wrong(place, f"is {value!r}", "write one word or number")
        return str(value).lower() if isinstance(value, bool) else str(value)

    def words(self, place: str) -> tuple[str, ...]:
        """A list of words at a place; none when it is absent."""
        value = self.at(place)
        if value is None:
            return ()
        listed = value if isinstance(value, list) else [value]
        if not listed or not all(isinstance(word, str) and word for word in listed):
            raise self.wrong(place, f"is {value!r}", "write a list of names, such as [country, amount]")
        return tuple(listed)

    def key(self, place: str, key: Any) -> str:
        """A key as text; yes, no, on and off are read as true and false by YAML and must be quoted."""
        if isinstance(key, bool) or key is None:
            raise self.wrong(f"{place}.{key}", f"has the key {key!r}", "put the key in quotes, such as 'yes'")
        return str(key)

    def wrong(self, place: str, what: str, hint: str) -> BadMapping:
        """The error for a place."""
        line = next((self._lines[near] for near in _from_near_to_far(place) if near in self._lines), None)
        where = f" line {line}" if line else ""
        return BadMapping(f"mapping {self._name}{where}: {place or 'the mapping'} {what}", hint=hint)

    def _note_lines(self, node: Any, place: str) -> None:
        if not isinstance(node, yaml.MappingNode):
            return
        for key, value in node.value:
            below = f"{place}.{key.value}".lstrip(".")
            self._lines[below] = key.start_mark.line + 1
            self._note_lines(value, below)


def _from_near_to_far(place: str) -> list[str]:
    parts = place.split(".")
    return [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
