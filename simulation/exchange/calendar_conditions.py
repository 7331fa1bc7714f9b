"""Which items a Restriction of the simulated Exchange lets through."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from lxml import etree

from simulation.exchange.calendar_items import Entry
from simulation.exchange.contact_items import local, path_of
from simulation.exchange.soap import SoapFault

Condition: TypeAlias = Callable[[Entry], bool]


def holds(condition: etree._Element) -> Condition:
    """Tells of an item whether it is let through. Raises SoapFault for a condition that is not known here."""
    name = local(condition)
    if name not in _CONDITIONS:
        raise SoapFault("ErrorSchemaValidation")
    return _CONDITIONS[name](condition)


def _value(condition: etree._Element) -> Callable[[Entry], str]:
    path = path_of(condition[0])
    if path[0] == "ext":
        return lambda entry: entry.own.get(path, "")
    name = path[0].rpartition(":")[2]
    if name == "LastModifiedTime":
        return lambda entry: entry.changed_at.isoformat()
    return lambda entry: (entry.parts[name].text or "") if name in entry.parts else ""


def _constant(condition: etree._Element) -> str:
    return next(each.get("Value", "") for each in condition.iter("{*}Constant"))


def _all(condition: etree._Element) -> Condition:
    each = [holds(child) for child in condition]
    return lambda entry: all(one(entry) for one in each)


def _any(condition: etree._Element) -> Condition:
    each = [holds(child) for child in condition]
    return lambda entry: any(one(entry) for one in each)


def _not(condition: etree._Element) -> Condition:
    one = holds(condition[0])
    return lambda entry: not one(entry)


def _equal(condition: etree._Element) -> Condition:
    value, wanted = _value(condition), _constant(condition)
    return lambda entry: value(entry) == wanted


def _at_least(condition: etree._Element) -> Condition:
    value, wanted = _value(condition), datetime.fromisoformat(_constant(condition))
    return lambda entry: datetime.fromisoformat(value(entry)) >= wanted


def _above(condition: etree._Element) -> Condition:
    value, wanted = _value(condition), datetime.fromisoformat(_constant(condition))
    return lambda entry: datetime.fromisoformat(value(entry)) > wanted


def _contains(condition: etree._Element) -> Condition:
    value, wanted = _value(condition), _constant(condition)
    exact = condition.get("ContainmentComparison", "Exact") == "Exact"
    mode = condition.get("ContainmentMode", "FullString")

    def contained(entry: Entry) -> bool:
        text, part = (value(entry), wanted) if exact else (value(entry).lower(), wanted.lower())
        return {"Prefixed": text.startswith(part), "FullString": text == part}.get(mode, part in text)

    return contained


_CONDITIONS: Final[Mapping[str, Callable[[etree._Element], Condition]]] = {
    "Restriction": _all,
    "And": _all,
    "Or": _any,
    "Not": _not,
    "IsEqualTo": _equal,
    "IsGreaterThan": _above,
    "IsGreaterThanOrEqualTo": _at_least,
    "Contains": _contains,
}
