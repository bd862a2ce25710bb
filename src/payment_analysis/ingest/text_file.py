"""A text file as it arrives: packed or not, with or without a byte-order mark; one clear error when it is no text."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from payment_analysis.domain.errors import BadFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import BufferedReader
    from pathlib import Path

CHUNK_BYTES = 4 * 1024**2
LINE_BYTES_MAX = 16 * 1024**2
_PACKED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_PACKED_SUFFIXES = {".gz", ".zst", ".zstd"}
_NOT_TEXT = {
    b"PAR1": ("a Parquet file", "use format canonical, or convert it to CSV"),
    b"PK\x03\x04": ("a ZIP archive or an Excel workbook", "unpack it, or save it as CSV"),
    b"%PDF": ("a PDF document", "export the data as CSV"),
    codecs.BOM_UTF16_LE: ("UTF-16 text", "save it as UTF-8"),
    codecs.BOM_UTF16_BE: ("UTF-16 text", "save it as UTF-8"),
}


@dataclass(frozen=True, slots=True)
class TextFile:
    """UTF-8 text on disk, unpacked, and what was seen while it was read once."""

    path: Path  # of the unpacked text
    name: str
    digest: str  # of the file as it arrived
    needs_sieve: bool  # quotes, blank lines or mixed line ends: worth a look line by line
    mixed_line_ends: bool


def digest_of(path: Path) -> str:
    """SHA-256 of the file as it lies there; raises `BadFile` for what cannot be read at all."""
    with open_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_file(path: Path) -> BufferedReader:
    """Open a file that must exist, be a file and hold something."""
    if not path.exists():
        raise BadFile(f"{path} does not exist", hint="check the path")
    if path.is_dir():
        raise BadFile(f"{path} is a directory", hint=f"name the files in it, for example {path / '*'}")
    try:
        file = path.open("rb")
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}", hint="check the permissions of the file") from error
    if not file.peek(1):
        file.close()
        raise BadFile(f"{path} is empty", hint="export it again")
    return file


def read_text(path: Path, work: Path, progress: Callable[[float], None], *, long_lines: bool = False) -> TextFile:
    """Read the bytes once: unpack them when they are packed, and check that they are UTF-8 text."""
    with open_file(path) as file:
        packed = _packing(path, file.peek(4)[:4])
    seen, digest = _Seen(path, long_lines=long_lines), hashlib.sha256()
    text = work / "unpacked.txt" if packed else path
    if packed:
        with text.open("wb") as unpacked:
            for chunk in _unpacked(path, packed):
                seen.take(chunk)
                unpacked.write(chunk)
    size, read = path.stat().st_size, 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            if not packed:
                seen.take(chunk)
            read += len(chunk)
            progress(read / size)
    seen.finish()
    return TextFile(
        path=text,
        name=path.name,
        digest=digest.hexdigest(),
        needs_sieve=seen.quotes or seen.blanks or seen.mixed,
        mixed_line_ends=seen.mixed,
    )


def _packing(path: Path, start: bytes) -> str | None:
    for magic, (what, fix) in _NOT_TEXT.items():
        if start.startswith(magic):
            raise BadFile(f"{path} is {what}", hint=fix)
    packed = next((name for magic, name in _PACKED.items() if start.startswith(magic)), None)
    if packed is None and path.suffix.lower() in _PACKED_SUFFIXES:
        raise BadFile(f"{path} is named like a packed file but is not packed", hint="rename it, or pack it again")
    return packed


def _unpacked(path: Path, packed: str) -> Iterator[bytes]:
    import pyarrow as pa  # noqa: PLC0415 - half a second, which a file that is not packed need not wait for

    try:
        with pa.OSFile(str(path)) as file, pa.CompressedInputStream(file, packed) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
    except OSError as error:
        raise BadFile(
            f"{path} is a broken or truncated {packed} file: {error}", hint="copy or export the file again"
        ) from error


class _Seen:
    """What a walk over the chunks of a text shows."""

    def __init__(self, path: Path, *, long_lines: bool) -> None:
        self.quotes = self.blanks = self.mixed = False
        self._path = path
        self._long_lines = long_lines
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._line = 1
        self._line_bytes = 0
        self._last = b"\n"
        self._ends = self._pairs = self._returns = 0
        self._bytes = 0

    def take(self, chunk: bytes) -> None:
        self._bytes += len(chunk.removeprefix(codecs.BOM_UTF8)) if self._bytes == 0 else len(chunk)
        self._check_text(chunk)
        self.quotes = self.quotes or b'"' in chunk
        joined = self._last + chunk
        self.blanks = self.blanks or b"\n\n" in joined or b"\n\r\n" in joined
        self._ends += chunk.count(b"\n")
        self._pairs += joined.count(b"\r\n") - self._last.count(b"\r\n")
        self._returns += chunk.count(b"\r")
        self._last = chunk[-2:]

    def finish(self) -> None:
        if self._bytes == 0:
            raise BadFile(f"{self._path} holds no text", hint="export it again")
        try:
            self._decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise self._not_utf8(f"line {self._line}") from error
        self.mixed = self._ends > 0 and (self._returns > self._pairs or 0 < self._pairs < self._ends)

    def _check_text(self, chunk: bytes) -> None:
        try:
            self._decoder.decode(chunk)
        except UnicodeDecodeError as error:
            line = self._line + chunk.count(b"\n", 0, error.start)
            raise self._not_utf8(f"line {line}") from error
        if b"\0" in chunk:
            line = self._line + chunk.count(b"\n", 0, chunk.index(b"\0"))
            raise BadFile(f"{self._path} holds a zero byte in line {line}", hint="it is no text file; export it again")
        self._line += chunk.count(b"\n")
        last_end = chunk.rfind(b"\n")
        self._line_bytes = len(chunk) - last_end - 1 if last_end >= 0 else self._line_bytes + len(chunk)
        if self._line_bytes > LINE_BYTES_MAX and not self._long_lines:
            raise BadFile(
                f"{self._path} has a line longer than {LINE_BYTES_MAX // 1024**2} MB (line {self._line})",
                hint="check the line ends of the file",
            )

    def _not_utf8(self, place: str) -> BadFile:
        return BadFile(f"{self._path} is not UTF-8 text: {place}", hint="save or convert the file as UTF-8")
