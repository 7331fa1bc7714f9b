"""Takes iCalendar data apart: whole components first, by bytes, and the lines of those that matter (RFC 5545 3.1)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from protocols.caldav.pieces import Pieces, done
from protocols.errors import PeerError
from protocols.model.freebusy import Reason

# Whatever some client may take for the beginning or end of a component, and the only way to write one
_EDGES: Final = re.compile(
    rb"^[^\n!-~]{0,8}(?:[A-Z0-9-]{1,60}\.)?(?:BEGIN|END)[^A-Z0-9\n:;-]{0,8}[:;][^\n]*", re.IGNORECASE | re.MULTILINE
)
_EDGE: Final = re.compile(rb"(BEGIN|END)[ \t]*:[ \t]*([A-Za-z0-9-]+)[ \t]*", re.IGNORECASE)
_NAME: Final = r"^[^\S\n]*(?:[A-Z0-9-]{1,60}\.)?(%s)[^\S\n]*(?:[:;][^\n]*)?$"  # a group before it means nothing to us
_LINE: Final = re.compile(
    r'\s*(?:[A-Za-z0-9-]{1,60}\.)?([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:])*)*):(.*)', re.DOTALL
)
_PARAMETER: Final = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:])*)')
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DEEPEST: Final = 8  # VCALENDAR, VEVENT, VALARM and a little more
_LONGEST: Final = 1024 * 1024  # characters of a line that matters
_MOST: Final = 200_000  # components; the smallest event of any use has 50 bytes
_PIECE: Final = 64 * 1024  # bytes that are looked through without a rest
_FIRM: Final = re.compile(rb"\n(?![ \t\r\n])")  # the end of a line, whatever is unfolded on either side of it
_WITHIN_CALENDARS: Final = frozenset({"VEVENT", "VFREEBUSY"})  # anywhere else they would go unseen


@dataclass(frozen=True, slots=True)
class Block:
    """One component: its name in capitals, its ``own`` lines as they were sent, unfolded and ended by LF, and the
    components directly ``inner`` to it, whose lines are not its own."""

    name: str
    inner: tuple["Block", ...] = ()
    own: bytes = b""

    def properties(self, wanted: frozenset[str], spare: frozenset[str] = frozenset()) -> "Properties":
        """The component's own properties of the ``wanted`` names. Raises ValueError where one of them is misshapen;
        of the names in ``spare`` such lines are as if they were not there."""
        return Properties(tuple(_properties(self.own.decode("utf-8", "replace"), wanted, spare)))


@dataclass(frozen=True, slots=True)
class Property:
    """One content line; parameters by name in capitals, without quotes."""

    name: str
    value: str
    parameters: dict[str, str]


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties of a component, in the order sent."""

    every: tuple[Property, ...]

    def all(self, name: str) -> Iterator[Property]:
        """Those called ``name``."""
        return (each for each in self.every if each.name == name)

    def one(self, name: str) -> Property | None:
        """The one called ``name``, None where there is none. Raises ValueError where there are several."""
        found = list(self.all(name))
        if len({(each.value, *sorted(each.parameters.items())) for each in found}) > 1:
            raise ValueError(f"several {name}")
        return found[0] if found else None

    def word(self, name: str) -> str:
        """The value of the first property called ``name``, in capitals; empty where there is none."""
        return next((each.value.strip().upper() for each in self.all(name)), "")

    def text(self, name: str) -> str | None:
        """The text of the first property called ``name``, unescaped (RFC 5545 3.3.11); None where there is none."""
        value = next((each.value for each in self.all(name)), "")
        return _ESCAPED.sub(_unescaped, value).strip() or None


def calendars(data: bytes) -> list[Block]:
    """Every VCALENDAR of ``data``. Raises PeerError: GARBLED where there is none, INCOMPLETE where one breaks off."""
    return done(reading(data))


def reading(data: bytes) -> Pieces[list[Block]]:
    """:func:`calendars` in pieces."""
    text = yield from _unfolded(_bare(data))
    found = yield from _nested(text)
    if not found or any(block.name != "VCALENDAR" for block in found):
        raise PeerError(Reason.GARBLED, "the data is no iCalendar")
    return found


def _bare(data: bytes) -> bytes:
    """UTF-8 without what transport leaves around it: byte order marks, and CDATA around the whole."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            data = data.decode(encoding, "replace").removeprefix("\ufeff").encode()
            break
    data = data.strip()
    if data.startswith(b"<![CDATA["):
        data = data.removeprefix(b"<![CDATA[").removesuffix(b"]]>").strip()
    if b"&#" in data:
        data = re.sub(rb"&#(?:13|x0*[dD]);", b"", data)
    return data


def _pieces(text: bytes) -> Iterator[tuple[int, int]]:
    """Where each begins and ends, all of whole lines."""
    start = 0
    while start < len(text):
        edge = _FIRM.search(text, start + _PIECE)
        end = edge.end() if edge else len(text)
        yield start, end
        start = end


def _unfolded(text: bytes) -> Pieces[bytes]:
    found: list[bytes] = []
    for start, end in _pieces(text):
        found.append(_plain(text[start:end]))
        yield
    return b"".join(found)


def _plain(text: bytes) -> bytes:
    text = text.replace(b"\r\n", b"\n")  # alone it is many times faster, and it takes no second copy in pieces
    if b"\r" in text:
        text = re.sub(rb"\r+\n?", b"\n", text)
    if b"\n\n" in text:
        text = re.sub(rb"\n\n+", b"\n", text)
    return text.replace(b"\n ", b"").replace(b"\n\t", b"")


class _Open:
    __slots__ = ("inner", "mark", "name", "own")

    def __init__(self, name: str, begin: int) -> None:
        self.name, self.mark = name, begin
        self.inner: list[Block] = []
        self.own: list[bytes] = []


def _edges(text: bytes) -> Iterator[tuple[int, re.Match[bytes] | None]]:
    """Each with its number from 0, and None after each piece."""
    number = 0
    for start, end in _pieces(text):
        for edge in _EDGES.finditer(text, start, end):
            yield number, edge
            number += 1
        yield number, None


def _nested(text: bytes) -> Pieces[list[Block]]:
    stack = [_Open("", 0)]
    for number, edge in _edges(text):
        if edge is None:
            yield
            continue
        written = _EDGE.fullmatch(edge[0])
        if written is None:
            raise PeerError(Reason.GARBLED, "a component whose beginning or end is misshapen")
        name = written[2].decode("ascii").upper()
        if written[1].upper() == b"BEGIN":
            _check_place(name, stack, number)
            stack[-1].own.append(text[stack[-1].mark : edge.start()])
            stack.append(_Open(name, edge.end() + 1))
            continue
        last = stack.pop()
        if not stack or last.name != name:
            if stack and not text[edge.end() :].strip():
                raise PeerError(Reason.INCOMPLETE, "the calendar breaks off")
            raise PeerError(Reason.GARBLED, "a component ends that did not begin")
        last.own.append(text[last.mark : edge.start()])
        stack[-1].inner.append(Block(name, tuple(last.inner), b"".join(last.own)))
        stack[-1].mark = edge.end() + 1
    if len(stack) > 1:
        raise PeerError(Reason.INCOMPLETE, "the calendar breaks off")
    if b"".join([*stack[0].own, text[stack[0].mark :]]).strip():
        words = "the data is no iCalendar" if not stack[0].inner else "the data goes on after the calendar's end"
        raise PeerError(Reason.GARBLED, words)
    return stack[0].inner


def _check_place(name: str, stack: list[_Open], number: int) -> None:
    """Raises PeerError where a component called ``name`` must not begin here."""
    if len(stack) >= _DEEPEST:
        raise PeerError(Reason.GARBLED, "components nested too deep")
    if (name in _WITHIN_CALENDARS and len(stack) > 2) or (name == "VCALENDAR" and len(stack) > 1):
        raise PeerError(Reason.GARBLED, f"a {name} within another component")
    if number > 2 * _MOST:
        raise PeerError(Reason.INCOMPLETE, f"more than {_MOST} components")


def _properties(text: str, wanted: frozenset[str], spare: frozenset[str]) -> Iterator[Property]:
    for found in _finding(wanted).finditer(text):
        name = found[1].upper()
        match = _LINE.fullmatch(found[0]) if len(found[0]) <= _LONGEST else None
        if match is None and name in spare:
            continue
        if match is None:
            raise ValueError(f"a misshapen {name}")
        parameters = {key.upper(): value.replace('"', "") for key, value in _PARAMETER.findall(match[2])}
        yield Property(name, match[3], parameters)


@cache  # of the few sets of names that are asked for
def _finding(wanted: frozenset[str]) -> re.Pattern[str]:
    return re.compile(_NAME % "|".join(map(re.escape, sorted(wanted))), re.IGNORECASE | re.MULTILINE)


_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[1] in "nN" else match[1]
