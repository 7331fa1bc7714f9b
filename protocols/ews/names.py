"""The namespaces of Exchange Web Services and the qualified names that the codec looks for."""

# The wire says http: the https of some published pages is a documentation error.
M = "http://schemas.microsoft.com/exchange/services/2006/messages"
T = "http://schemas.microsoft.com/exchange/services/2006/types"
E = "http://schemas.microsoft.com/exchange/services/2006/errors"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ADDRESSING = "http://www.w3.org/2005/08/addressing"
XML = "http://www.w3.org/XML/1998/namespace"


def messages(name: str) -> str:
    """``name`` in the messages namespace, in Clark's notation."""
    return f"{{{M}}}{name}"


def types(name: str) -> str:
    """``name`` in the types namespace, in Clark's notation."""
    return f"{{{T}}}{name}"


def soap(name: str) -> str:
    """``name`` in the SOAP 1.1 envelope namespace, in Clark's notation."""
    return f"{{{SOAP}}}{name}"


def local(tag: str) -> str:
    """The local part of a name in Clark's notation."""
    return tag.rpartition("}")[2]
