"""A recipient as the cmdlets tell it."""

from typing import Any

import pytest

from protocols.errors import PeerError
from protocols.graph.admin_recipients import CUSTOM, recipient, with_personal
from protocols.model.freebusy import Reason


def _row(**told: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(CUSTOM, "")
    return row | {"Guid": "1", "RecipientTypeDetails": "MailContact", "EmailAddresses": [], **told}


def test_all_that_it_answers_to_and_where_its_mail_goes() -> None:
    each = recipient(
        _row(
            EmailAddresses=["SMTP:Ann@c.example", "smtp:a@c.example", "X500:/o=C/cn=Ann", "SIP:ann@c.example", "x:", 7],
            ExternalEmailAddress="SMTP:ann@b.example",
            PrimarySmtpAddress="Ann@c.example",
        )
    )
    assert str(each.address) == "ann@b.example"
    assert each.primary == "ann@c.example"
    assert each.addresses == {
        "ann@c.example",
        "a@c.example",
        "x500:/o=c/cn=ann",
        "sip:ann@c.example",
        "ann@b.example",
    }


@pytest.mark.parametrize(
    ("external", "primary", "address"),
    [("", "a@c.example", "a@c.example"), ("X400:c=DE", "a@c.example", "a@c.example"), (None, None, "None")],
)
def test_without_another_the_primary_address_is_where_its_mail_goes(external: Any, primary: Any, address: str) -> None:
    assert str(recipient(_row(ExternalEmailAddress=external, PrimarySmtpAddress=primary)).address) == address


def test_texts_without_empty_ones_and_without_the_line_ends_of_windows() -> None:
    each = recipient(_row(DisplayName="Ann", CustomAttribute3="3", Title="not told here"))
    full = with_personal(each, {"Notes": "a\r\nb", "Phone": None, "Title": "Lead", "Guid": "1"})
    assert full.texts == {"DisplayName": "Ann", "CustomAttribute3": "3", "Notes": "a\nb", "Title": "Lead"}
    assert full.key == each.key


@pytest.mark.parametrize("missing", ["Guid", "RecipientTypeDetails", "EmailAddresses", "CustomAttribute15"])
def test_what_decides_whose_it_is_must_be_told(missing: str) -> None:
    row = _row()
    del row[missing]
    with pytest.raises(PeerError) as error:
        recipient(row)
    assert error.value.reason is Reason.GARBLED
    assert missing in error.value.detail


def test_an_empty_guid_is_none_and_everybody_s_list_tells_less() -> None:
    with pytest.raises(PeerError):
        recipient(_row(Guid=""))
    row = {"Guid": "1", "RecipientTypeDetails": "UserMailbox", "EmailAddresses": []}
    assert recipient(row, mail=False).version == ""


@pytest.mark.parametrize(
    "change",
    [
        {"WhenChangedUTC": "2026-11-20T00:00:01Z"},
        {"DisplayName": "other"},
        {"EmailAddresses": ["smtp:new@b.example"]},
        {"CustomAttribute9": "x"},
        {"HiddenFromAddressListsEnabled": True},
    ],
)
def test_any_change_is_another_version(change: dict[str, Any]) -> None:
    row = _row(WhenChangedUTC="2026-11-20T00:00:00Z")
    assert recipient(row).version == recipient(dict(reversed(row.items()))).version
    assert recipient(row | change).version != recipient(row).version


def test_the_order_of_addresses_is_no_change() -> None:
    one, other = ["smtp:a@b.example", "X500:/o=B"], ["X500:/o=B", "smtp:a@b.example"]
    assert recipient(_row(EmailAddresses=one)).version == recipient(_row(EmailAddresses=other)).version


@pytest.mark.parametrize(
    ("told", "stamped"),
    [
        ({"CustomAttribute4": "busyline:x/y"}, True),
        ({"DisplayName": "busyline:x/y"}, True),
        ({"CustomAttribute4": "about busyline:x/y"}, False),
        ({}, False),
    ],
)
def test_what_may_bear_a_stamp(told: dict[str, str], stamped: bool) -> None:
    assert recipient(_row(**told)).stamped is stamped


@pytest.mark.parametrize("told", [True, False, None, "True"])
def test_flags(told: Any) -> None:
    each = recipient(_row(HiddenFromAddressListsEnabled=told, IsDirSynced=told))
    assert (each.hidden, each.synchronised) == (told is True, told is True)
