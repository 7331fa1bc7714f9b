"""Tests of bench/calsync/hubs.py: appointments of many kinds, and rules that let the hub write where it may."""

from bench.calsync.hubs import NOW, SETTINGS, appointment, contact, rules
from calsync.contents import fields
from calsync.rules import Gets, Kind
from protocols.model.event import Span


def test_appointments_differ_and_lie_ahead() -> None:
    every = [appointment(number) for number in range(1000)]
    assert len({(each.when, each.subject) for each in every}) == 1000
    assert all(isinstance(each.when, Span) and each.when.start.date() >= NOW.date() for each in every)
    assert not any(each.repeats for each in every)


def test_a_series_begins_on_its_own_day() -> None:
    for number in range(14):
        event = appointment(number, series=True)
        assert event.rule is not None
        assert isinstance(event.when, Span)
        [(_, day)] = event.rule.days
        assert day.name == f"{event.when.start:%a}"[:2].upper()


def test_a_change_is_told_by_its_subject() -> None:
    assert appointment(3, words=", changed").subject == "Appointment 3, changed"


def test_contacts_differ_and_a_change_is_told_by_the_company() -> None:
    every = [contact(number) for number in range(1000)]
    assert len({(each.display_name, each.emails) for each in every}) == 1000
    before, after = fields(contact(3)), fields(contact(3, words=", changed"))
    assert {name for name in after if before[name] != after[name]} == {"company"}


def test_settings_are_known_by_the_kind_of_their_hub() -> None:
    assert {word: setting.kind.value for word, setting in SETTINGS.items()} == {
        "calendar": "calendar",
        "contacts": "contacts",
    }
    for setting in SETTINGS.values():
        assert setting.title in fields(setting.entry(1))
        assert rules(("one",), kind=setting.kind).kind is setting.kind
    assert rules(("one",)).kind is Kind.CALENDAR


def test_rules() -> None:
    hub = rules(("one", "other"), gets={"other": Gets()})
    assert [spoke.gets.create for spoke in hub.spokes] == [True, False]
