"""Tests of simulation/exchange/calendar_conditions.py."""

from datetime import UTC, datetime

import pytest
from lxml import etree

from simulation.exchange.calendar_conditions import holds
from simulation.exchange.calendar_items import Entry, plain
from simulation.exchange.soap import SoapFault, T

SUBJECT = '<t:FieldURI FieldURI="item:Subject"/>'
OWN = '<t:ExtendedFieldURI PropertySetId="1" PropertyName="N" PropertyType="String"/>'
CHANGED = '<t:FieldURI FieldURI="item:LastModifiedTime"/>'


def _constant(value: str) -> str:
    return f'<t:FieldURIOrConstant><t:Constant Value="{value}"/></t:FieldURIOrConstant>'


ONE = f"<t:IsEqualTo>{SUBJECT}{_constant('One')}</t:IsEqualTo>"
TWO = f"<t:IsEqualTo>{OWN}{_constant('two')}</t:IsEqualTo>"
NO = f"<t:IsEqualTo>{SUBJECT}{_constant('No')}</t:IsEqualTo>"


def _holds(text: str) -> bool:
    entry = Entry("k", changed_at=datetime(2026, 11, 2, 8, tzinfo=UTC), parts={"Subject": plain("Subject", "One")})
    entry.own["ext", "1", "N", "String"] = "two"
    return holds(etree.fromstring(f'<t:Restriction xmlns:t="{T}">{text}</t:Restriction>'))(entry)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (ONE, True),
        (NO, False),
        (f"<t:And>{ONE}{TWO}</t:And>", True),
        (f"<t:And>{ONE}{NO}</t:And>", False),
        (f"<t:Or>{NO}{TWO}</t:Or>", True),
        (f"<t:Not>{NO}</t:Not>", True),
        (f"<t:IsGreaterThanOrEqualTo>{CHANGED}{_constant('2026-11-02T08:00:00Z')}</t:IsGreaterThanOrEqualTo>", True),
        (f"<t:IsGreaterThan>{CHANGED}{_constant('2026-11-02T08:00:00Z')}</t:IsGreaterThan>", False),
        (f'<t:Contains ContainmentMode="Prefixed">{OWN}<t:Constant Value="tw"/></t:Contains>', True),
        (f'<t:Contains ContainmentMode="Prefixed">{OWN}<t:Constant Value="wo"/></t:Contains>', False),
        (f'<t:Contains ContainmentMode="FullString" ContainmentComparison="IgnoreCase">{SUBJECT}'
         '<t:Constant Value="ONE"/></t:Contains>', True),
    ],
)  # fmt: skip
def test_what_is_let_through(text: str, *, held: bool) -> None:
    assert _holds(text) is held


def test_a_condition_that_is_not_known_is_refused() -> None:
    with pytest.raises(SoapFault):
        _holds("<t:Excludes/>")
