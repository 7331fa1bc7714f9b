"""iCalendar data as a tree of lines that can be edited: whatever is not touched is written as it was sent."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from protocols.caldav.writing import folded

_HEAD: Final = re.compile(r'\s*((?:[A-Za-z0-9-]{1,60}\.)?([A-Za-z0-9-]+)(?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:])*)*):')
_DEEPEST: Final = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One content line as it was sent: ``raw`` has its folds, and each of its ends as CRLF."""

    raw: bytes

    @property
    def text(self) -> str:
        """Unfolded, without its end."""
        return re.sub(rb"\r\n[ \t]", b"", self.raw).removesuffix(b"\r\n").decode("utf-8", "replace")

    @property
    def name(self) -> str:
        """In capitals; "" of what is no content line."""
        match = _HEAD.match(self.text)
        return match[2].upper() if match else ""

    @property
    def parted(self) -> tuple[str, str]:
        """Name and parameters as they were written, and the value."""
        match = _HEAD.match(self.text)
        return (match[1], self.text[match.end() :]) if match else ("", self.text)


@dataclass(slots=True, eq=False)
class Node:
    """A component: its name in capitals, and its lines and components in their order."""

    name: str
    parts: "list[Line | Node]" = field(default_factory=list)
    begin: Line | None = None
    end: Line | None = None

    def nodes(self, name: str) -> "list[Node]":
        """The components called ``name`` directly in it."""
        return [part for part in self.parts if isinstance(part, Node) and part.name == name]

    def lines(self, *names: str) -> list[Line]:
        """Its own lines of these names."""
        return [part for part in self.parts if isinstance(part, Line) and part.name in names]

    def replace(self, names: Sequence[str], texts: Sequence[str]) -> None:
        """Have ``texts`` stand for all its own lines of these names, where the first of them stood."""
        old = [place for place, part in enumerate(self.parts) if isinstance(part, Line) and part.name in names]
        inner = (place for place, part in enumerate(self.parts) if isinstance(part, Node))
        place = old[0] if old else next(inner, len(self.parts))
        new: list[Line | Node] = [line(text) for text in texts]
        rest = [part for number, part in enumerate(self.parts[place:], place) if number not in old]
        self.parts[place:] = [*new, *rest]

    def drop(self, part: "Line | Node") -> None:
        """Without this one, which is in it."""
        self.parts = [each for each in self.parts if each is not part]

    def written(self) -> bytes:
        """The whole component."""
        return b"".join(self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        yield self.begin.raw if self.begin else line(f"BEGIN:{self.name}").raw
        for part in self.parts:
            yield part.raw if isinstance(part, Line) else part.written()
        yield self.end.raw if self.end else line(f"END:{self.name}").raw


def line(text: str) -> Line:
    """A content line of ours, folded."""
    return Line(folded(text))


def node(name: str, texts: Sequence[str] = (), *inner: Node) -> Node:
    """A component of ours."""
    return Node(name, [*map(line, texts), *inner])


def tree(data: bytes) -> Node:
    """The one VCALENDAR that ``data`` is. Raises ValueError where it is anything else."""
    stack: list[Node] = []
    for each in _logical(data.removeprefix(b"\xef\xbb\xbf")):
        head, value = each.parted
        word = value.strip().upper()
        if head.upper() == "BEGIN":
            stack.append(Node(word, begin=each))
            if len(stack) > _DEEPEST:
                raise ValueError("components nested too deep")
        elif head.upper() == "END":
            ended = stack.pop() if stack else None
            if ended is None or ended.name != word:
                raise ValueError("a component ends that did not begin")
            ended.end = each
            if not stack:
                return _whole(ended)
            stack[-1].parts.append(ended)
        elif stack:
            stack[-1].parts.append(each)
    raise ValueError("the data is no whole iCalendar")


def _whole(found: Node) -> Node:
    if found.name != "VCALENDAR":
        raise ValueError("the data is no iCalendar")
    return found


def _logical(data: bytes) -> Iterator[Line]:
    """The lines with their folds; empty ones, which mean nothing, left out."""
    held: list[bytes] = []
    for physical in re.split(rb"\r*\n|\r", data):
        if physical[:1] in (b" ", b"\t") and held:
            held.append(physical)
        elif physical:
            if held:
                yield Line(b"\r\n".join(held) + b"\r\n")
            held = [physical]
    if held:
        yield Line(b"\r\n".join(held) + b"\r\n")
