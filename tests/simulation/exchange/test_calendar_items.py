"""Tests of simulation/exchange/calendar_items.py."""

from datetime import UTC, datetime

import pytest
from lxml import etree

from simulation.exchange.calendar_items import Entry, plain, read_into, told
from simulation.exchange.soap import SoapFault, T
from tests.simulation.exchange.calendar_asking import GUESTS, TIMES, WEEKLY

EXTENDED = (
    '<t:ExtendedProperty><t:ExtendedFieldURI PropertySetId="1" PropertyName="N" PropertyType="String"/>'
    "<t:Value>text</t:Value></t:ExtendedProperty>"
)
OWN = ("ext", "1", "N", "String")


def _entry(inside: str) -> Entry:
    entry = Entry("k")
    read_into(entry, etree.fromstring(f'<t:CalendarItem xmlns:t="{T}">{inside}</t:CalendarItem>'), create=True)
    return entry


def test_times_are_kept_in_utc() -> None:
    entry = _entry(TIMES)
    assert entry.start == datetime(2026, 11, 9, 9, tzinfo=UTC)
    assert entry.length.total_seconds() == 3600


def test_what_is_told_is_what_was_asked_for_in_the_order_of_the_schema() -> None:
    entry = _entry(f"<t:Subject>S</t:Subject><t:Sensitivity>Private</t:Sensitivity>{EXTENDED}{TIMES}")
    text = told(entry, [("calendar:Start",), ("item:Subject",), OWN])
    names = [etree.QName(each).localname for each in etree.fromstring(f'<r xmlns:t="{T}">{text}</r>')[0]]
    assert names == ["ItemId", "Subject", "ExtendedProperty", "Start"]
    assert "Private" not in text


def test_a_listing_tells_neither_body_nor_rule() -> None:
    entry = _entry(f'<t:Body BodyType="Text">B</t:Body>{TIMES}{WEEKLY}')
    wanted = [("item:Body",), ("calendar:Recurrence",), ("calendar:Start",)]
    assert "<t:Body" not in told(entry, wanted, bare=True)
    assert "Recurrence" not in told(entry, wanted, bare=True)
    assert "<t:Recurrence" in told(entry, wanted)


def test_an_occurrence_follows_its_series_in_what_it_has_not_of_its_own() -> None:
    entry = _entry(f"<t:Subject>S</t:Subject>{TIMES}{WEEKLY}")
    one = entry.occurrence(2)
    one.parts["Location"] = plain("Location", "Roof")
    entry.differ(2, one, {"Location"})
    entry.parts["Subject"] = plain("Subject", "Other")
    again = entry.occurrence(2)
    assert (again.parts["Subject"].text, again.parts["Location"].text) == ("Other", "Roof")
    assert again.start == datetime(2026, 11, 16, 9, tzinfo=UTC)
    entry.lay_out({"Subject"})
    assert entry.differing
    entry.lay_out({"Start"})
    assert not entry.differing


def test_who_is_asked() -> None:
    assert _entry(f"{TIMES}{GUESTS}").attendees == ["guest@contoso.example"]
    assert _entry(TIMES).attendees == []


@pytest.mark.parametrize("inside", ["<t:IsMeeting>true</t:IsMeeting>", "<t:Organizer/>", "<t:Recurrence/>"])
def test_what_nobody_may_set(inside: str) -> None:
    with pytest.raises(SoapFault):
        _entry(inside)
