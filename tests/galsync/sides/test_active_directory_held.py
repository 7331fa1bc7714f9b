"""Tests of galsync.sides.active_directory_held."""

import pytest

from galsync.entries import Form, Stamp
from galsync.sides.active_directory_held import filters_of, held, is_ours
from galsync.sides.active_directory_names import Addressbook
from protocols.ldap.filters import checked
from protocols.ldap.replies import Found
from protocols.model.person import Field

STAMP = b"busyline:s/a:1"


def found(**attributes: bytes | list[bytes]) -> Found:
    return Found("CN=Ann,DC=b", {k.lower(): v if isinstance(v, list) else [v] for k, v in attributes.items()})


@pytest.mark.parametrize(
    ("attributes", "form"),
    [
        ({"objectClass": [b"top", b"contact"]}, Form.MAIL_CONTACT),
        ({"objectClass": b"user", "targetAddress": b"SMTP:x@b.example"}, Form.MAIL_USER),
        ({"objectClass": b"user", "msExchRecipientTypeDetails": b"128"}, Form.MAIL_USER),
        ({"objectClass": b"user", "adminDescription": STAMP}, Form.MAIL_USER),
        ({"objectClass": b"user", "msExchRecipientTypeDetails": b"1"}, None),
        ({"objectClass": b"group"}, Form.GROUP),
    ],
)
def test_as_what_somebody_stands_there(attributes: dict[str, bytes | list[bytes]], form: Form | None) -> None:
    assert held(found(**attributes), "adminDescription", Addressbook()).form is form


def test_everything_that_somebody_answers_to() -> None:
    proxies = [b"SMTP:Ann@b.example", b"smtp:a@b.example", b"X500:/O=B/CN=Ann", b"sip:Ann@b.example", b"X400:c=de"]
    told = held(
        found(
            objectClass=b"user",
            proxyAddresses=proxies,
            legacyExchangeDN=b"/o=B/cn=A",
            targetAddress=b"SMTP:t@x.example",
        ),
        "adminDescription",
        Addressbook(),
    )
    assert told.addresses == {
        "ann@b.example", "a@b.example", "x500:/o=b/cn=ann", "x500:/o=b/cn=a", "sip:ann@b.example", "t@x.example",
    }  # fmt: skip
    assert told.address is not None
    assert told.address.address == "t@x.example"


def test_the_stamp_is_no_text_of_a_person() -> None:
    told = held(found(objectClass=b"contact", extensionAttribute15=STAMP), "extensionAttribute15", Addressbook())
    assert told.stamp == Stamp("s", "a:1")
    assert Field.EXTRA_15 not in told.texts


def test_a_stamp_in_another_attribute_is_a_stamp() -> None:
    told = held(found(objectClass=b"contact", adminDescription=STAMP), "extensionAttribute15", Addressbook())
    assert told.stamp == Stamp("s", "a:1")


def test_what_carries_another_stamp_is_not_ours() -> None:
    ours = found(adminDescription=STAMP)
    assert is_ours(ours, "adminDescription", Stamp("s", "a:1"))
    assert not is_ours(ours, "adminDescription", Stamp("s", "a:2"))
    assert not is_ours(ours, "adminDescription", Stamp("t", "a:1"))
    assert not is_ours(found(adminDescription=b"\xff"), "adminDescription", Stamp("s", "a:1"))


@pytest.mark.parametrize("address", ["ann@b.example", "x500:/o=(b)/cn=*", "sip:ann@b.example"])
def test_filters_can_be_asked_whatever_the_address_is(address: str) -> None:
    assert all(checked(each) for each in filters_of(address))
