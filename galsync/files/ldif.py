"""LDIF (RFC 2849): entries of a directory as text, written and read back."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from sys import intern
from typing import Final, TypeAlias

from galsync.files.disk import UnreadableError

Value: TypeAlias = str | bytes
Attributes: TypeAlias = Sequence[tuple[str, Value]]
"""Names and values in their order, ``dn`` first; a name comes as often as it has values."""

_WIDTH: Final = 76  # RFC 2849 note 2 leaves the width open; this is what the tools write
_SAFE: Final = re.compile(r"(?:[!-9;=-~](?:[ -~]*[!-~])?)?\Z")  # of a SAFE-STRING what can be seen, no blank at its end
_NAME: Final = re.compile(r"([A-Za-z][A-Za-z0-9-]*(?:;[A-Za-z0-9-]+)*)(::?)[ ]*(.*)\Z", re.DOTALL)


def encoded(entries: Iterable[Attributes]) -> bytes:
    """The entries as content records, UTF-8 where it stands in base64 alone, so that every tool reads it."""
    records = ["version: 1\n", *("".join(_line(name, value) for name, value in entry) for entry in entries)]
    return "\n".join(records).encode("ascii")


def decoded(data: bytes) -> Iterator[Attributes]:
    """The entries. Raises UnreadableError, with the line, where it is no LDIF, and for changes: those are not read."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UnreadableError("it is no LDIF: not UTF-8") from error
    entry: list[tuple[str, Value]] = []
    for number, line in (*_unfolded(text), (0, "")):
        if line.startswith("#"):
            continue
        if line:
            entry.append(_attribute(number, line))
            continue
        if entry and entry[0][0].lower() == "version":
            entry = entry[1:]
        if entry:
            yield _checked(entry)
        entry = []


def _checked(entry: list[tuple[str, Value]]) -> Attributes:
    if entry[0][0].lower() != "dn":
        raise UnreadableError(f"an entry begins with {entry[0][0]!r} and not with its dn")
    if any(name.lower() == "changetype" for name, _ in entry):
        raise UnreadableError("it holds changes; a file of whole entries is read alone")
    return entry


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Lines with those joined that were folded, and where each begins."""
    begun, whole = 1, ""
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(" ") and whole:
            whole += line[1:]
            continue
        if number > 1:
            yield begun, whole
        begun, whole = number, line
    if whole:
        raise UnreadableError(f"line {begun} is not ended: the file is cut off")
    yield begun, whole


def _attribute(number: int, line: str) -> tuple[str, Value]:
    found = _NAME.match(line)
    if found is None:
        raise UnreadableError(f"line {number} is no attribute: <name>: <value>")
    name, colons, value = found.groups()
    name = intern(name)  # there are a few in millions of lines
    if value.startswith("<") and colons == ":":
        raise UnreadableError(f"line {number} points to another file, which is not read")
    if colons == ":":
        return name, value
    try:
        octets = base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise UnreadableError(f"line {number} holds broken base64") from error
    try:
        return name, octets.decode()
    except UnicodeDecodeError:
        return name, octets


def _line(name: str, value: Value) -> str:
    octets = value if isinstance(value, bytes) else value.encode()
    line = f"{name}:: {base64.b64encode(octets).decode()}"
    if isinstance(value, str) and _SAFE.match(value):
        line = f"{name}: {value}"
    parts = [line[:_WIDTH], *(f" {line[at : at + _WIDTH - 1]}" for at in range(_WIDTH, len(line), _WIDTH - 1))]
    return "".join(f"{part}\n" for part in parts)
