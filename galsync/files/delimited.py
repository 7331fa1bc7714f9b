"""Values separated by commas, semicolons or tabs, as spreadsheets and mail programs write them: bytes <-> rows."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from galsync.files.disk import UnreadableError
from protocols.model.freebusy import Reason

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SEPARATORS: Final = ",;\t"
_SAVE_AS: Final = "save it as 'CSV UTF-8'"


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``line`` is where it begins, counted as an editor does."""

    line: int
    cells: Sequence[str]


def rows(data: bytes) -> Iterator[Row]:
    """The rows of the file, the header first, empty lines left out.

    UTF-8 with or without its mark, or UTF-16 with it (Excel's "Unicode text"); the separator is the one that the header
    has most of, or that a first line ``sep=;`` names. Raises UnreadableError where a row has more or fewer cells than
    the header, a quotation mark is never closed or a byte is no text: such a file is half or shifted, and no row of it
    can be trusted.
    """
    text = _decoded(data)
    separator, first = _separator(text)
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


def encoded(table: Iterable[Sequence[str]]) -> bytes:
    """The file of these rows: commas, UTF-8 with its mark (else Excel takes it for its own code page), RFC 4180."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows(table)
    return codecs.BOM_UTF8 + buffer.getvalue().encode()


def _decoded(data: bytes) -> str:
    mark, encoding = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(f"line {line} is not {encoding.upper()}: {_SAVE_AS}") from error
    if "\0" in text:
        raise UnreadableError(f"it is no text, or text of another encoding: {_SAVE_AS}")
    return text


def _separator(text: str) -> tuple[str, int]:
    """The separator, and how many lines stand before the header."""
    line = text.lstrip("\r\n").split("\n", 1)[0].rstrip("\r")
    if line[:4].lower() == "sep=" and len(line) == 5:
        return line[4], 1 + text[: len(text) - len(text.lstrip("\r\n"))].count("\n")
    outside = "".join(line.split('"')[::2])
    return max(_SEPARATORS, key=outside.count), 0
