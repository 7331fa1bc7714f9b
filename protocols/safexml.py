"""The only XML parser: no DTD, no entities, no network, and caps on size, depth and number of nodes."""

import re
import threading
from typing import Final

from lxml import etree

MAX_DEPTH = 64
MAX_NODES = 200_000
_NODE_BYTES = 4  # the shortest element is <a/>
_TOO_DEEP = etree.XPath("/" + "/".join("*" * (MAX_DEPTH + 1)))
_OVER_A_LIMIT = frozenset({etree.ErrorTypes.ERR_RESOURCE_LIMIT, etree.ErrorTypes.ERR_NAME_TOO_LONG})
_ERRORS: Final = {
    code: name.partition("_")[2].lower().replace("_", " ")
    for name, code in vars(etree.ErrorTypes).items()
    if isinstance(code, int)
}
_UNREADABLE: Final = "the bytes are not text in an encoding that we read"
_SPACE: Final = rb"[ \t\r\n]"
_DECLARATION: Final = re.compile(
    rb"<\?xml%b+version%b*=%b*(?:'1\.[0-9]+'|\"1\.[0-9]+\")"
    rb"(?:%b+encoding%b*=%b*['\"](?P<encoding>[A-Za-z][\w.-]*)['\"])?"
    rb"(?:%b+standalone%b*=%b*['\"](?:yes|no)['\"])?%b*\?>" % ((_SPACE,) * 10)
)
_PROLOG: Final = re.compile(rb"(?:%b++|<\?.*?\?>|<!--.*?-->)*+" % _SPACE, re.DOTALL)
_OF_BYTES: Final = re.compile(rb"(?i:utf-?8|us-ascii|ascii|iso-8859-\d{1,2}|latin-?1|windows-125\d|cp125\d)")
_OF_PAIRS: Final = re.compile(rb"(?i:utf-16(?:le|be)?)")
_MARK: Final = b"\xef\xbb\xbf"


class _Parsers(threading.local):
    """A parser for each thread: one that is at work in another thread would be waited for."""

    def __init__(self) -> None:
        self.one = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )


_PARSERS: Final = _Parsers()


class XmlRefused(ValueError):  # noqa: N818 - a verdict
    """The bytes are not XML that we read. ``malformed`` tells ill-formed from forbidden; line and column start at 1."""

    def __init__(
        self, text: str, *, malformed: bool = False, line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(text)
        self.malformed = malformed
        self.line = line
        self.column = column


def parse(data: bytes, *, max_nodes: int = MAX_NODES) -> etree._Element:
    """The root element of ``data``, without comments and processing instructions. Raises XmlRefused.

    The size of ``data`` is the caller's to bound, before it is read. A document type declaration is refused before
    any of it is read; so that it cannot hide, UTF-8, UTF-16, ASCII, ISO 8859 and the code pages of Windows are the only
    encodings.
    """
    if data.count(b"<") > 2 * max_nodes:  # an element has two tags at most; refused before its tree fills the memory
        raise XmlRefused(f"more than {max_nodes} elements")
    _check_prolog(data)
    parser = _PARSERS.one
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        malformed = getattr(error, "code", None) not in _OVER_A_LIMIT
        raise XmlRefused(_in_words(error), malformed=malformed, line=line, column=column) from None
    except (ValueError, LookupError, UnicodeError):
        raise XmlRefused(_UNREADABLE, malformed=True) from None
    if any(map(_is_wrong_name, parser.error_log)):  # which lxml overlooks where a warning follows
        raise XmlRefused("a name has a prefix that is not declared, or more than one", malformed=True)
    if root.getroottree().docinfo.internalDTD is not None:  # the second lock: none comes this far
        raise XmlRefused("a document type declaration is not accepted")
    if _TOO_DEEP(root):
        raise XmlRefused(f"elements nest deeper than {MAX_DEPTH}")
    if len(data) > max_nodes * _NODE_BYTES and _more_than(root, max_nodes):
        raise XmlRefused(f"more than {max_nodes} elements")
    return root


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname


def _check_prolog(data: bytes) -> None:
    """XML 1.0, 2.8: a document type can be declared before the root element alone. Raises XmlRefused."""
    encodings = _OF_BYTES
    if b"\0\0" in (data[:2], data[2:4]):  # UTF-32
        raise XmlRefused(_UNREADABLE, malformed=True, line=1, column=1)
    if b"\0" in data[:4] or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data, encodings = _in_bytes(data), _OF_PAIRS
    start = len(_MARK) if data.startswith(_MARK) else 0
    if data.startswith(b"<?xml", start) and data[start + 5 : start + 6].isspace():
        declared = _DECLARATION.match(data, start)
        if declared is None:
            raise XmlRefused("the XML declaration is not well-formed", malformed=True, line=1, column=1)
        if declared["encoding"] and not encodings.fullmatch(declared["encoding"]):
            raise XmlRefused(_UNREADABLE, malformed=True, line=1, column=1)
    elif data.startswith(b"\x4c\x6f\xa7\x94", start):  # "<?xm" in EBCDIC, which libxml2 would read
        raise XmlRefused(_UNREADABLE, malformed=True, line=1, column=1)
    prolog = _PROLOG.match(data, start)
    if prolog is not None and data.startswith(b"<!DOCTYPE", prolog.end()):
        raise XmlRefused("a document type declaration is not accepted")


def _in_bytes(data: bytes) -> bytes:
    """UTF-16 as UTF-8."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    else:
        encoding = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    return data.decode(encoding, "replace").encode("utf-8", "replace")


def _is_wrong_name(entry: "etree._LogEntry") -> bool:
    return bool(entry.domain == etree.ErrorDomains.NAMESPACE and entry.level >= etree.ErrorLevels.ERROR)


def _more_than(root: etree._Element, limit: int) -> bool:
    return any(number > limit for number, _ in enumerate(root.iter(), 1))


def _in_words(error: etree.XMLSyntaxError) -> str:
    """The parser's name for the error and its place: its own words repeat names and values of the document."""
    line, column = error.position
    name = _ERRORS.get(getattr(error, "code", 0), "not well-formed")
    return f"{name}, line {line}, column {column}"
