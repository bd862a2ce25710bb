"""Line by line through a CSV text, only where quotes, blank lines or mixed line ends make it worth it.

A quotation mark that is never closed would swallow every row up to the next one. Here such a line is taken out alone;
a value that truly spans lines is recognised because the joined lines have as many columns as the header.
"""

from __future__ import annotations

import csv
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from payment_analysis.ingest.text_file import TextFile

_JOINED_LINES_MAX = 200
_COPY_BYTES = 1024**2


@dataclass(slots=True)
class Sieved:
    """The lines that are not the beginning of a row, by why; line numbers count from 1."""

    path: Path
    blank: list[int] = field(default_factory=list)
    continued: list[int] = field(default_factory=list)  # later lines of a value that spans lines
    broken: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    start: int
    text: bytes


def sieve(text: TextFile, separator: str, columns: int, first_line: int, work: Path) -> Sieved:
    """Find broken, blank and continued lines; when a line is broken or line ends are mixed, a clean copy is made."""
    found = Sieved(text.path)
    dropped: list[tuple[int, int]] = []
    if not text.needs_sieve:
        return found
    with text.path.open("rb") as file:
        _look(_lines(file, first_line), found, dropped, separator, columns)
    if dropped or text.mixed_line_ends:
        found.path = work / "sieved.csv"
        _copy_without(text.path, dropped, found.path, even_ends=text.mixed_line_ends)
    return found


def _lines(file: Iterator[bytes], first_line: int) -> Iterator[_Line]:
    start = 0
    for number, text in enumerate(file, start=1):
        if number >= first_line:
            yield _Line(number, start, text)
        start += len(text)


def _look(lines: Iterator[_Line], found: Sieved, dropped: list[tuple[int, int]], separator: str, columns: int) -> None:
    waiting: deque[_Line] = deque()
    while line := waiting.popleft() if waiting else next(lines, None):
        if line.text in (b"\n", b"\r\n", b"\r"):
            found.blank.append(line.number)
        elif line.text.count(b'"') % 2 and not _is_row([line], separator, columns):
            following = _until_next_odd(lines, waiting)
            if following and _is_row([line, *following], separator, columns):
                found.continued.extend(later.number for later in following)
            else:
                waiting.extendleft(reversed(following))
                found.broken.append((line.number, line.text.decode().rstrip("\r\n")))
                dropped.append((line.start, len(line.text)))


def _until_next_odd(lines: Iterator[_Line], waiting: deque[_Line]) -> list[_Line]:
    following: list[_Line] = []
    while len(following) < _JOINED_LINES_MAX and (line := waiting.popleft() if waiting else next(lines, None)):
        following.append(line)
        if line.text.count(b'"') % 2:
            break
    return following


def _is_row(lines: list[_Line], separator: str, columns: int) -> bool:
    reader = csv.reader((line.text.decode() for line in lines), delimiter=separator, strict=True)
    try:
        rows = list(reader)
    except csv.Error:
        return False
    return [len(row) for row in rows] == [columns]


def _copy_without(path: Path, dropped: list[tuple[int, int]], target: Path, *, even_ends: bool) -> None:
    with path.open("rb") as source, target.open("wb") as clean:
        for start, length in [*dropped, (path.stat().st_size, 0)]:
            remaining = start - source.tell()
            while remaining:
                part = source.read(min(remaining, _COPY_BYTES))
                if even_ends and part.endswith(b"\r"):
                    part += source.read(1)
                remaining -= len(part)
                clean.write(part.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if even_ends else part)
            source.seek(start + length)
