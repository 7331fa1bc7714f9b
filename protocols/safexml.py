"""The only XML parser: no DTD, no entities, no network, and caps on size, depth and number of nodes."""

from lxml import etree

MAX_DEPTH = 64
MAX_NODES = 200_000
_NODE_BYTES = 4  # the shortest element is <a/>
_TOO_DEEP = etree.XPath("/" + "/".join("*" * (MAX_DEPTH + 1)))
_OVER_A_LIMIT = frozenset({etree.ErrorTypes.ERR_RESOURCE_LIMIT, etree.ErrorTypes.ERR_NAME_TOO_LONG})
_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)


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

    The size of ``data`` is the caller's to bound, before it is read. A document type declaration is read before it is
    refused, but nothing it names is fetched, and what it would expand is bounded by libxml2.
    """
    if data.count(b"<") > 2 * max_nodes:  # an element has two tags at most; refused before its tree fills the memory
        raise XmlRefused(f"more than {max_nodes} elements")
    try:
        root = etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        malformed = getattr(error, "code", None) not in _OVER_A_LIMIT
        raise XmlRefused(_first_line(error), malformed=malformed, line=line, column=column) from None
    except (ValueError, LookupError, UnicodeError):
        raise XmlRefused("the bytes are not text in the encoding they name", malformed=True) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlRefused("a document type declaration is not accepted")
    if _TOO_DEEP(root):
        raise XmlRefused(f"elements nest deeper than {MAX_DEPTH}")
    if len(data) > max_nodes * _NODE_BYTES and _more_than(root, max_nodes):
        raise XmlRefused(f"more than {max_nodes} elements")
    return root


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname


def _more_than(root: etree._Element, limit: int) -> bool:
    return any(number > limit for number, _ in enumerate(root.iter(), 1))


def _first_line(error: etree.XMLSyntaxError) -> str:
    return (error.msg or "not well-formed").splitlines()[0]
