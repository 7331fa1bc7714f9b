"""Values separated by commas, semicolons or tabs, as spreadsheets and mail programs write them: bytes <-> rows."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from galsync.files.disk import UnreadableError
from protocols.model.freebusy import Reason

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SEPARATORS: Final = ",;\t"
_SAVE_AS: Final = "save it as 'CSV UTF-8'"
_END: Final = "\r\n"  # RFC 4180
_NAMED: Final = re.compile(r"[\r\n]*sep=([^\r\n])(?:\r\n|\r|\n|\Z)", re.IGNORECASE)
_BREAK: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``line`` is where it begins, counted as an editor does."""

    line: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Manner:
    """How a file is written: what a spreadsheet of any country takes, unless one that is there says otherwise.

    ``encoding`` is ``ascii`` where nothing else stands in it and no mark says more; ``first`` is the line before the
    header that names the separator, with its end, "" for none; ``end`` is the end of a line.
    """

    encoding: str = "utf-8-sig"
    first: str = ""
    separator: str = ","
    end: str = _END

    @property
    def words(self) -> tuple[str, str, str, str]:
        """As :meth:`read` takes it."""
        return self.encoding, self.first, self.separator, self.end

    @classmethod
    def read(cls, words: Sequence[str]) -> "Manner":
        """What gave these words."""
        encoding, first, separator, end = words
        return cls(encoding, first, separator, end)


def rows(data: bytes) -> Iterator[Row]:
    """The rows of the file, the header first, empty lines left out; see :func:`opened`."""
    return opened(data)[1]


def opened(data: bytes) -> tuple[Manner, Iterator[Row]]:
    """How the file is written, and its rows, the header first, empty lines left out.

    UTF-8 with or without its mark, or UTF-16 with it (Excel's "Unicode text"); the separator is the one that the header
    has most of, or that a first line ``sep=;`` names. Raises UnreadableError, as the rows do where one has more or
    fewer cells than the header, a quotation mark is never closed or a byte is no text: such a file is half or shifted,
    and no row of it can be trusted.
    """
    encoding, text = _decoded(data)
    first, separator = _separator(text)
    ends = _BREAK.findall(text[-2:])
    manner = Manner(encoding, first, separator, ends[-1] if ends and text[-1] in _END else _END)
    return manner, _rows(text, separator, len(_BREAK.findall(first)))


def _rows(text: str, separator: str, first: int) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    width, line = 0, 0
    try:
        for cells in reader:
            begun, line = line + 1, reader.line_num
            if begun <= first or not any(cells):
                continue
            width = width or len(cells)
            if len(cells) != width:
                words = f"line {begun} has {len(cells)} cells and the header {width}: the file is cut off or a text"
                raise UnreadableError(f"{words} with the separator in it is not quoted", Reason.INCOMPLETE)
            yield Row(begun, cells)
    except csv.Error as error:
        raise UnreadableError(f"line {line + 1} cannot be read: {error}") from error


def encoded(table: Iterable[Sequence[str]], manner: Manner = Manner()) -> bytes:
    """The file of these rows (RFC 4180), with its mark where it is not ASCII or ``manner`` has none: else Excel takes
    it for its own code page."""
    lines = _Lines(manner.end)
    csv.writer(lines, delimiter=manner.separator, lineterminator=_END).writerows(table)
    text = manner.first + "".join(lines.parts)
    if manner.encoding.startswith("utf-16"):
        return ("\ufeff" + text).encode(manner.encoding)
    if manner.encoding == "ascii":
        return text.encode("ascii" if text.isascii() else "utf-8-sig")
    return text.encode(manner.encoding)


class _Lines:
    """Lines with another end than the one that they are written with: a cell is quoted for each sign of that alone."""

    def __init__(self, end: str) -> None:
        self.end = end
        self.parts: list[str] = []

    def write(self, line: str) -> None:
        self.parts.append(line if self.end == _END else line.removesuffix(_END) + self.end)


def _decoded(data: bytes) -> tuple[str, str]:
    mark, encoding = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(f"line {line} is not {encoding.upper()}: {_SAVE_AS}") from error
    if "\0" in text:
        raise UnreadableError(f"it is no text, or text of another encoding: {_SAVE_AS}")
    if mark:
        return "utf-8-sig" if encoding == "utf-8" else encoding, text
    return "ascii" if text.isascii() else encoding, text


def _separator(text: str) -> tuple[str, str]:
    """What stands before the header where that names the separator, and the separator."""
    if named := _NAMED.match(text):
        if named[1] == '"':
            raise UnreadableError("its first line names a quotation mark as the separator: take that line out")
        return named[0], named[1]
    line = _BREAK.split(text.lstrip("\r\n"), maxsplit=1)[0]
    outside = "".join(line.split('"')[::2])
    return "", max(_SEPARATORS, key=outside.count)
