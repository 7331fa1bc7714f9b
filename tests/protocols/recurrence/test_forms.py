"""Rules that mean the same are the same."""

from datetime import date, datetime

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings

from protocols.model.event import Days, When
from protocols.recurrence.rules import read, written
from tests.protocols.recurrence.series import span, texts, walls, whens

MONDAY = span(2026, 3, 2)
FAR = datetime(2036, 1, 1)  # noqa: DTZ001  # a wall has no zone
_SAME = [
    ("FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=MO"),
    ("FREQ=WEEKLY;WKST=SU;BYDAY=SU,MO", "FREQ=WEEKLY;BYDAY=MO,SU"),
    ("FREQ=WEEKLY;INTERVAL=2;WKST=SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
    ("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,FR", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR"),
    ("FREQ=WEEKLY;INTERVAL=2;WKST=SA;BYDAY=SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU"),
    ("FREQ=WEEKLY;BYDAY=TU;BYSETPOS=1", "FREQ=WEEKLY;BYDAY=TU"),
    ("FREQ=DAILY;BYDAY=FR,MO,TU,WE,TH", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("FREQ=DAILY;BYMONTHDAY=1,15", "FREQ=MONTHLY;BYMONTHDAY=1,15"),
    ("FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=2"),
    ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", "FREQ=MONTHLY;BYDAY=2TU"),
    ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=-1,1", "FREQ=MONTHLY;BYDAY=-1TU,1TU"),
    ("FREQ=MONTHLY;BYDAY=2TU,TU", "FREQ=MONTHLY;BYDAY=TU"),
    ("FREQ=MONTHLY;BYDAY=SU,MO,TU,WE,TH,FR,SA;BYSETPOS=-1", "FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("FREQ=MONTHLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12", "FREQ=MONTHLY;BYMONTHDAY=2"),
    ("FREQ=MONTHLY;INTERVAL=24", "FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=2"),
    ("FREQ=MONTHLY;BYMONTH=5;BYDAY=1MO", "FREQ=YEARLY;BYMONTH=5;BYDAY=1MO"),
    ("FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=2"),
    ("FREQ=YEARLY;BYMONTH=5", "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=2"),
    ("FREQ=YEARLY;BYMONTH=11;BYDAY=TH;BYSETPOS=4", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"),
    ("FREQ=YEARLY;BYDAY=TU", "FREQ=WEEKLY;BYDAY=TU"),
    ("FREQ=YEARLY;BYMONTHDAY=1", "FREQ=MONTHLY;BYMONTHDAY=1"),
    ("FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=-1,3", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=3,30"),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"),
    ("FREQ=YEARLY;INTERVAL=2;BYMONTHDAY=1", "FREQ=YEARLY;INTERVAL=2;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYMONTHDAY=1"),
]


@pytest.mark.parametrize(("text", "form"), _SAME)
def test_what_means_the_same_is_one(text: str, form: str) -> None:
    assert written(read(text, MONDAY), MONDAY) == form


def test_days_have_the_same_forms() -> None:
    days = Days(date(2026, 3, 2), date(2026, 3, 4))
    assert read("FREQ=WEEKLY", days) == read("FREQ=WEEKLY;BYDAY=MO", MONDAY)


@given(texts(), whens)
@settings(max_examples=300, deadline=None)
def test_the_form_comes_again_when_the_rule_does(text: str, when: When) -> None:
    rule, first = read(text, when), walls(when)
    one = rrulestr(text, dtstart=first).between(first, FAR, inc=True)[:40]
    other = rrulestr(written(rule, when), dtstart=first).between(first, FAR, inc=True)[:40]
    assert one == other
