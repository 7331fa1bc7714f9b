"""Tests of service.directory_controls."""

from types import ModuleType, SimpleNamespace

import pytest

from protocols.ldap.operations import DIRSYNC, NO_REFERRALS, PAGES, SHOW_DELETED, Changes, NextPage
from protocols.ldap.replies import More
from service.directory import is_available
from tests.needs import missing


@pytest.fixture
def controls() -> ModuleType:
    if not is_available():
        missing("the extra ldap")
    from service import directory_controls

    return directory_controls


def answered(oid: str, octets: str) -> SimpleNamespace:
    return SimpleNamespace(controlType=oid, encodedControlValue=bytes.fromhex(octets))


def test_a_page_is_asked_for_as_rfc_2696_says(controls: ModuleType) -> None:
    [found] = controls.written([NextPage(1000, b"c")])
    assert (found.controlType, found.criticality) == (PAGES, True)
    assert found.encodedControlValue.hex() == "3007" + "020203e8" + "040163"


def test_changes_are_asked_for_without_a_right_to_replicate(controls: ModuleType) -> None:
    [found] = controls.written([Changes(b"c")])
    assert (found.controlType, found.criticality) == (DIRSYNC, True)
    assert found.encodedControlValue.hex() == "300b" + "020101" + "0203100000" + "040163"  # OBJECT_SECURITY


def test_what_has_no_value_is_sent_without(controls: ModuleType) -> None:
    found = controls.written([SHOW_DELETED, NO_REFERRALS])
    assert [(each.controlType, each.criticality, each.encodedControlValue) for each in found] == [
        (SHOW_DELETED.oid, True, None),
        (NO_REFERRALS.oid, False, None),
    ]


@pytest.mark.parametrize(
    ("oid", "octets", "more"),
    [
        (PAGES, "3006 020100 040163", More(True, b"c")),
        (PAGES, "3005 020109 0400", More(False, b"")),
        (DIRSYNC, "3009 020101 020100 040163", More(True, b"c")),
        (DIRSYNC, "3009 020100 020100 040163", More(False, b"c")),
        ("1.2.3", "00", None),
    ],
)
def test_how_an_answer_goes_on(controls: ModuleType, oid: str, octets: str, more: More | None) -> None:
    assert controls.read([answered("1.2", ""), answered(oid, octets)]) == more


@pytest.mark.parametrize("oid", [PAGES, DIRSYNC])
@pytest.mark.parametrize("octets", ["", "3000", "3003 020101", "040161", "3006 020100 040163 00", "6a756e6b"])
def test_a_control_that_is_none(controls: ModuleType, oid: str, octets: str) -> None:
    with pytest.raises(ValueError, match="control"):
        controls.read([answered(oid, octets)])
