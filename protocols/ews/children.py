"""Child elements by local name: peers disagree about prefixes, and some about namespaces."""

from lxml import etree


def children(element: etree._Element) -> dict[str, etree._Element]:
    """The children by local name; of several with one name the first."""
    found: dict[str, etree._Element] = {}
    for child in element:
        found.setdefault(child.tag.rpartition("}")[2], child)
    return found


def named(element: etree._Element, name: str) -> list[etree._Element]:
    """The children called ``name``, in order."""
    return [child for child in element if child.tag.rpartition("}")[2] == name]


def text_of(element: etree._Element | None) -> str:
    """The text of ``element`` without white space around it; "" for none."""
    return (element.text or "").strip() if element is not None else ""
