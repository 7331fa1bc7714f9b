"""How an event looks is read whoever wrote it, and written so that others see it."""

from datetime import timedelta

import pytest

from protocols.caldav.item_looks import Looks, dress
from protocols.caldav.item_tree import tree
from protocols.model.event import Sensitivity
from protocols.model.intervals import BusyStatus
from tests.protocols.caldav.ics import cal, event
from tests.protocols.caldav.item_samples import END, START, found, one

ALARM = ("BEGIN:VALARM", "ACTION:{}", "TRIGGER{}", "END:VALARM")


def alarm(trigger: str, action: str = "DISPLAY") -> list[str]:
    return [each.format(action if "ACTION" in each else trigger) for each in ALARM]


@pytest.mark.parametrize(
    ("lines", "shows"),
    [
        ((), BusyStatus.BUSY),
        (("TRANSP:TRANSPARENT",), BusyStatus.FREE),
        (("X-MICROSOFT-CDO-BUSYSTATUS:FREE",), BusyStatus.FREE),
        (("X-MICROSOFT-CDO-BUSYSTATUS:FREE", "TRANSP:OPAQUE"), BusyStatus.BUSY),  # changed by who knows TRANSP alone
        (("X-MICROSOFT-CDO-BUSYSTATUS:OOF", "TRANSP:TRANSPARENT"), BusyStatus.FREE),
        (("X-MICROSOFT-CDO-BUSYSTATUS:OOF",), BusyStatus.OUT_OF_OFFICE),
        (("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", "TRANSP:TRANSPARENT"), BusyStatus.WORKING_ELSEWHERE),
        (("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",), BusyStatus.TENTATIVE),
        (("STATUS:TENTATIVE",), BusyStatus.TENTATIVE),
        (("STATUS:CANCELLED",), BusyStatus.BUSY),
    ],
)
def test_how_the_time_is_taken(lines: tuple[str, ...], shows: BusyStatus) -> None:
    assert one(START, *lines).shows is shows


@pytest.mark.parametrize(
    ("said", "sensitivity"),
    [
        ("PUBLIC", Sensitivity.NORMAL),
        ("CONFIDENTIAL", Sensitivity.CONFIDENTIAL),
        ("private", Sensitivity.PRIVATE),
        ("X-FAMILY", Sensitivity.PRIVATE),
    ],
)
def test_for_whose_eyes_it_is(said: str, sensitivity: Sensitivity) -> None:
    assert one(START, f"CLASS:{said}").sensitivity is sensitivity


@pytest.mark.parametrize(
    ("alarms", "reminder"),
    [
        (alarm(":-PT15M"), timedelta(minutes=15)),
        (alarm(":-P1DT2H", "AUDIO"), timedelta(days=1, hours=2)),
        (alarm(":PT0S"), timedelta()),
        (alarm(":PT5M"), None),
        (alarm(";RELATED=END:-PT5M"), None),
        (alarm(";VALUE=DATE-TIME:20261109T080000Z"), None),
        (alarm(":-PT15M", "EMAIL"), None),
        (alarm(":soon"), None),
        ([*alarm(":-PT15M", "EMAIL"), *alarm(":-PT5M"), *alarm(":-PT1M")], timedelta(minutes=5)),
    ],
)
def test_the_first_alarm_that_is_seen_or_heard_counts(alarms: list[str], reminder: timedelta | None) -> None:
    assert one(START, *alarms).reminder == reminder


def test_texts_and_categories_are_put_in_order() -> None:
    told = one(
        START, "SUMMARY:  a\\nb ", "LOCATION:R\\, 1", "CATEGORIES:b,a\\,c", "CATEGORIES:b", "DESCRIPTION:x\\n y\\n\\n "
    )
    assert (told.subject, told.location, told.body) == ("a b", "R, 1", "x\n y")
    assert told.categories == ("a,c", "b")


def test_only_what_differs_is_written() -> None:
    lines = event(
        START, END, "SUMMARY;LANGUAGE=de:a", "X-ALT-DESC;FMTTYPE=text/html:<b>x</b>", *alarm(":-PT9M", "EMAIL")
    )
    [part] = tree(cal(*lines)).nodes("VEVENT")
    before = part.written()
    dress(part, Looks(subject="a"), Looks(subject="a"))
    assert part.written() == before
    dress(
        part,
        Looks(subject="a"),
        Looks(subject="a", body="b", shows=BusyStatus.OUT_OF_OFFICE, reminder=timedelta(days=2)),
    )
    written = part.written().decode()
    assert "SUMMARY;LANGUAGE=de:a" in written
    assert "X-ALT-DESC" not in written
    assert "ACTION:EMAIL\r\nTRIGGER:-PT9M" in written
    assert "TRIGGER:-P2D\r\n" in written
    assert "X-MICROSOFT-CDO-BUSYSTATUS:OOF" in written


def test_without_a_reminder_no_alarm_is_left_that_counts() -> None:
    [part] = tree(cal(*event(START, *alarm(":-PT9M"), *alarm(":-PT9M", "EMAIL"), *alarm(":-PT1M")))).nodes("VEVENT")
    dress(part, Looks(reminder=timedelta(minutes=9)), Looks())
    assert [each.lines("ACTION")[0].text for each in part.nodes("VALARM")] == ["ACTION:EMAIL"]


def test_what_was_called_off_stays_so() -> None:
    lines = cal(*event(START, "STATUS:CANCELLED"))
    [part] = tree(lines).nodes("VEVENT")
    dress(part, Looks(cancelled=True), Looks(cancelled=True, shows=BusyStatus.FREE))
    assert "STATUS:CANCELLED" in part.written().decode()
    assert found(*event(START, "STATUS:CANCELLED")).event.cancelled
