"""Rewrites well-formed XML text by text and value by value, and leaves every other character of it as it was."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from protocols.ews.text import escaped

Replace: TypeAlias = Callable[[tuple[str, ...], str], str | None]
"""What stands for a text (of the innermost of these elements, outermost first): None for the text itself."""

_TOKEN: Final = re.compile(
    r"(?P<comment><!--.*?-->|<\?.*?\?>)"
    r"|<!\[CDATA\[(?P<cdata>.*?)\]\]>"
    r"|</(?P<closed>[^\s>]+)\s*>"
    r"|<(?P<opened>[^\s/>!?]+)(?P<attributes>[^<>\"']*(?:(?:\"[^\"<]*\"|'[^'<]*')[^<>\"']*)*)>"
    r"|(?P<text>[^<]+)",
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(
    r"(?P<name>[^\s=]+)(?P<equals>\s*=\s*)(?P<quote>[\"'])(?P<value>.*?)(?P=quote)", re.DOTALL
)
_REFERENCE: Final = re.compile(r"&(#x[0-9A-Fa-f]+|#[0-9]+|lt|gt|amp|quot|apos);")
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


class MarkupError(ValueError):
    """The text is not the plain XML that this room can rewrite."""


@dataclass(slots=True)
class _Run:
    """The pieces of text between two tags: as written, what they say, and whether they are CDATA."""

    pieces: list[tuple[str, str, bool]] = field(default_factory=list)
    newlines: int = 0  # of comments, which are removed: the lines that follow keep their numbers


def rewritten(text: str, element: Replace, attribute: Replace, namespace: Callable[[str], str | None]) -> str:
    """``text`` (well-formed, without a document type and without its declaration) with texts and values replaced.

    Comments and processing instructions are removed but for their line ends. ``attribute`` gets the path of the element
    and the local name of the attribute as one. Raises MarkupError.
    """
    return "".join(_rewritten(text, element, attribute, namespace))


def _rewritten(
    text: str, element: Replace, attribute: Replace, namespace: Callable[[str], str | None]
) -> Iterator[str]:
    path: tuple[str, ...] = ()
    run, place = _Run(), 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            raise MarkupError(f"no markup at {place}")
        place = token.end()
        kind = token.lastgroup
        if kind == "comment":
            run.newlines += token[0].count("\n")
        elif kind == "text":
            run.pieces.append((token[0], unescaped(token[0]), False))
        elif kind == "cdata":
            run.pieces.append((token[0], token["cdata"], True))
        else:
            yield from _told(run, path, element)
            run = _Run()
            if kind == "closed":
                path = path[:-1]
                yield token[0]
            else:
                inside = (*path, local(token["opened"]))
                yield f"<{token['opened']}{_values(token['attributes'], inside, attribute, namespace)}>"
                path = path if token["attributes"].endswith("/") else inside
    yield from _told(run, path, element)


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def unescaped(text: str) -> str:
    """The text that XML writes down; line ends as a parser gives them (XML 1.0 2.11)."""
    return _REFERENCE.sub(_character, text.replace("\r\n", "\n").replace("\r", "\n"))


def _character(reference: re.Match[str]) -> str:
    name = reference[1]
    if name.startswith("#"):
        return chr(int(f"0{name[1:]}", 16) if name[1] == "x" else int(name[1:]))
    return _NAMED[name]


def _told(run: _Run, path: tuple[str, ...], element: Replace) -> Iterator[str]:
    said = "".join(words for _, words, _ in run.pieces).replace("\r\n", "\n")
    core = said.strip()
    instead = element(path, core) if core else None
    lines = "\n" * run.newlines
    if instead is None:
        yield from (written for written, _, _ in run.pieces)
    elif len(run.pieces) == 1 and run.pieces[0][2]:
        yield f"<![CDATA[{_kept_around(said, core, instead)}]]>"
    else:
        yield escaped(_kept_around(said, core, instead))
    yield lines


def _kept_around(said: str, core: str, instead: str) -> str:
    before, _, after = said.partition(core)
    return f"{before}{instead}{after}"


def _values(attributes: str, path: tuple[str, ...], attribute: Replace, namespace: Callable[[str], str | None]) -> str:
    def value(match: re.Match[str]) -> str:
        name, said = match["name"], unescaped(re.sub(r"[\t\r\n]", " ", match["value"]))
        core = said.strip()
        if name == "xmlns" or name.startswith("xmlns:"):
            instead = namespace(core)
        else:
            instead = attribute((*path, local(name)), core)
        if instead is None or not core:
            return match[0]
        kept = escaped(_kept_around(said, core, instead)).replace('"', "&quot;").replace("'", "&apos;")
        return f"{name}{match['equals']}{match['quote']}{kept}{match['quote']}"

    return _ATTRIBUTE.sub(value, attributes)
