"""Plain text out of HTML that somebody wrote: nothing in it is markup any more, whoever takes it for HTML."""

import re
from html import unescape
from string import ascii_uppercase
from typing import Final

_LONGEST: Final = 131_072  # characters that are looked at; Exchange keeps no longer replies
_UNSEEN: Final = frozenset({"head", "script", "style", "template", "title", "noscript", "object", "svg", "math"})
_BREAKS: Final = frozenset(
    {"br", "p", "div", "li", "ul", "ol", "tr", "table", "hr", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
)
_NAME: Final = re.compile(r"/?([A-Za-z][A-Za-z0-9:-]*)")
_LOWER: Final = {ord(letter): letter.lower() for letter in ascii_uppercase}  # of the same length, as lower() is not
_SPACES: Final = re.compile(r"[ \t\r\n\f\v\u00a0]+")
_LINES: Final = re.compile(r" ?\n[ \n]*")
_BREAK: Final = "\x00"  # while white space is put in order; no such character is left of what was written
_HARMLESS: Final = {**dict.fromkeys([*range(32), *range(127, 160)]), ord("\t"): " ", ord("\n"): "\n"} | {
    ord("<"): "‹",  # the entities of HTML become characters, and a reader who takes them for markup must find none
    ord(">"): "›",
    ord("\u202e"): None,
    ord("\u202d"): None,
}


def of_html(html: str, *, longest: int) -> str:
    """What a reader of ``html`` sees, at most ``longest`` characters, and "…" where there was more.

    Takes time by the length of ``html`` alone. A comment, a tag or a script without its end takes the rest with it.
    """
    cut = html[:_LONGEST].replace(_BREAK, "")
    text = _SPACES.sub(" ", unescape("".join(_visible(cut)))).replace(_BREAK, "\n")
    return of_text(text, longest=longest)


def of_text(text: str, *, longest: int) -> str:
    """``text``, which is no HTML, as :func:`of_html` gives it."""
    lines = _SPACES_OF_A_LINE.sub(" ", text[:_LONGEST].replace("\r\n", "\n").replace("\r", "\n"))
    plain = _LINES.sub("\n", lines.translate(_HARMLESS)).strip()
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"


_SPACES_OF_A_LINE: Final = re.compile(r"[ \t\f\v\u00a0]+")


def _visible(html: str) -> list[str]:
    """The pieces of text, and a mark where a line ends."""
    pieces: list[str] = []
    place, low = 0, html.translate(_LOWER)
    while (opened := html.find("<", place)) >= 0:
        pieces.append(html[place:opened])
        name = _NAME.match(html, opened + 1)
        if html.startswith("<!--", opened):
            place = _behind(html, "-->", opened + 4)
        elif name is None and not html.startswith(("<!", "<?"), opened):
            pieces.append("<")  # no tag: a text such as "1 < 2"
            place = opened + 1
        else:
            place = _behind(html, ">", opened)
            tag = name[1].lower() if name is not None else ""
            if tag in _BREAKS:
                pieces.append(_BREAK)
            if tag in _UNSEEN and html[opened + 1] != "/":
                place = _behind(low, f"</{tag}", place)
                place = _behind(html, ">", place)
    pieces.append(html[place:])
    return pieces


def _behind(text: str, wanted: str, start: int) -> int:
    found = text.find(wanted, start)
    return len(text) if found < 0 else found + len(wanted)
