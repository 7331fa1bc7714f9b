"""Child elements by local name: peers disagree about prefixes, and some about namespaces."""

from typing import TypeAlias

from lxml import etree

Parts: TypeAlias = dict[str, etree._Element]
"""The children of an element by local name."""


def children(element: etree._Element) -> Parts:
    """The children by local name; of several with one name the first."""
    return {child.tag.rpartition("}")[2]: child for child in element.iterchildren(reversed=True)}


def first(element: etree._Element, name: str) -> etree._Element | None:
    """The first child called ``name``."""
    for child in element:
        if child.tag.rpartition("}")[2] == name:
            return child
    return None


def named(element: etree._Element, name: str) -> list[etree._Element]:
    """The children called ``name``, in order."""
    return [child for child in element if child.tag.rpartition("}")[2] == name]


def text_of(element: etree._Element | None) -> str:
    """The text of ``element`` without white space around it; "" for none."""
    return (element.text or "").strip() if element is not None else ""
