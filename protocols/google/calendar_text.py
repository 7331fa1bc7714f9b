"""The texts of a Google event: descriptions that may be HTML as plain text, and plain text so that none of it is."""

import re
from html import escape, unescape
from typing import Any, Final

from protocols.model import texts

_BREAKS: Final = frozenset(
    {"blockquote", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "table", "tr", "ul"}
)
_UNSEEN: Final = frozenset({"head", "script", "style", "title"})
_INLINE: Final = frozenset(
    {
        "a",
        "abbr",
        "b",
        "body",
        "center",
        "cite",
        "code",
        "del",
        "em",
        "font",
        "html",
        "i",
        "img",
        "ins",
        "li",
        "meta",
        "q",
        "s",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tbody",
        "td",
        "th",
        "thead",
        "tt",
        "u",
    }
)
_TAGS: Final = _BREAKS | _UNSEEN | _INLINE
_EMPTY: Final = frozenset({"br", "hr"})
_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})(?=[\s/>])")
_ENTITY: Final = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_HREF: Final = re.compile(r'\shref="([^"<>]{1,2000})"')
_BLANKS: Final = re.compile(r"\n{3,}")
_LONGEST_TAG: Final = 4_000
_MOST: Final = 262_144  # characters of HTML that are looked at: eight times what is carried


def line(value: Any) -> tuple[str, bool]:
    """A title or a place as one line without spaces around, and whether it had to be cut."""
    return texts.cut(texts.line(value))


def body(value: Any) -> tuple[str, bool]:
    """A description as plain text, lines ended by \\n, and whether it had to be cut.

    One with tags or entities of HTML is taken for HTML ("Can contain HTML", Event.description), in which Google shows
    line ends all the same. Takes time by its length alone.
    """
    text = value if isinstance(value, str) else ""
    told, short = text[:_MOST], len(text) > _MOST
    if any(match[2].lower() in _TAGS for match in _TAG.finditer(told)):
        told = _of_html(told)
    elif _ENTITY.search(told):
        told = unescape(told)
    plain, shorter = texts.cut(texts.lines(told))
    return plain, short or shorter


def description(plain: str) -> str:
    """``plain`` as a description that :func:`body` reads back, and that nobody takes for HTML."""
    html = _TAG.search(plain) or _ENTITY.search(plain)
    return escape(plain, quote=False) if html else plain


def _of_html(html: str) -> str:
    pieces: list[str] = []
    place, link, since = 0, "", 0
    while (opened := html.find("<", place)) >= 0:
        pieces.append(unescape(html[place:opened]))
        match = _TAG.match(html, opened)
        name = match[2].lower() if match is not None and match[2].lower() in _TAGS else ""
        place = (html.find(">", opened) if name else opened) + 1
        if not place:
            return _tidy(pieces)  # a tag without its end takes the rest with it
        tag = html[opened : min(place, opened + _LONGEST_TAG)]
        if name == "a":
            pieces.append(f" ({link})" if link and "".join(pieces[since:]).strip() != link else "")
            link, since = _link(tag), len(pieces)
        else:
            pieces.append(_shown(name, tag))
        if name in _UNSEEN and not tag.startswith("</"):
            end = re.compile(f"</{name}[^<>]*>", re.IGNORECASE).search(html, place)
            if end is None:
                return _tidy(pieces)
            place = end.end()
    return _tidy([*pieces, unescape(html[place:])])


def _shown(name: str, tag: str) -> str:
    """What a reader sees of a tag; of no tag, the sign that it begins with."""
    closes = tag.startswith("</")
    if name == "li":
        return "" if closes else "\n- "
    if name in _BREAKS:
        return "\n" if closes or name in _EMPTY else ""
    return "" if name else "<"


def _link(tag: str) -> str:
    """Where a link leads that begins here."""
    match = _HREF.search(tag)
    return unescape(match[1]) if match is not None else ""


def _tidy(pieces: list[str]) -> str:
    lines = "".join(pieces).replace("\r\n", "\n").replace("\xa0", " ").split("\n")
    return _BLANKS.sub("\n\n", "\n".join(each.rstrip() for each in lines)).strip("\n")
