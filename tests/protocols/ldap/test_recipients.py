"""Tests of protocols.ldap.recipients."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.ldap.attributes import Schema
from protocols.ldap.recipients import Manner, Recipient, account_name, added, nickname, proxies, written
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.protocols.ldap.forest import schema_of_exchange, schema_of_windows

ANN = Mailbox.parse("ann@b.example")
EXCHANGE = Manner(schema=Schema(frozenset(map(str.lower, schema_of_exchange()))), lists=("CN=All,DC=b",))
WINDOWS = Manner(schema=Schema(frozenset(map(str.lower, schema_of_windows()))))


def recipient(**more: object) -> Recipient:
    fields: dict[str, object] = {"account": False, "address": ANN, "stamp": "busyline:s/a:1", **more}
    return Recipient(**fields)  # type: ignore[arg-type]


def test_windows_alone_gets_what_it_knows() -> None:
    made = added(recipient(texts={Field.TITLE: "Lead", Field.EXTRA_1: "x"}, hidden=True), WINDOWS, nickname="ann")
    assert made == {
        "objectClass": [b"contact"],
        "mail": [b"ann@b.example"],
        "adminDescription": [b"busyline:s/a:1"],
        "title": [b"Lead"],
        "proxyAddresses": [b"SMTP:ann@b.example"],
    }


def test_who_is_hidden_is_made_so() -> None:
    made = added(recipient(hidden=True), EXCHANGE, nickname="ann")
    assert made["msExchHideFromAddressLists"] == [b"TRUE"]
    assert "showInAddressBook" not in made
    assert added(recipient(), EXCHANGE, nickname="ann")["showInAddressBook"] == [b"CN=All,DC=b"]


@given(st.dictionaries(st.sampled_from(Field), st.text(max_size=5)))
def test_no_attribute_is_ever_written_empty(texts: dict[Field, str]) -> None:
    """Active Directory refuses the whole object for one of them."""
    made = added(recipient(texts=texts), EXCHANGE, nickname="ann")
    assert all(values and all(values) for values in made.values())


@pytest.mark.parametrize(("country", "code"), [("de", "DE"), ("Germany", ""), ("d1", ""), ("", ""), ("ßß", "")])
def test_a_country_of_two_letters_is_a_code_as_well(country: str, code: str) -> None:
    assert written({Field.COUNTRY: country}) == {"co": country, "c": code}


def test_no_proxy_is_there_twice() -> None:
    aliases = ("ann@b.example", "A@b.example", "a@b.example", "X500:/o=B", "x500:/O=b")
    assert proxies(ANN, aliases) == ("SMTP:ann@b.example", "smtp:A@b.example", "X500:/o=B")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("ann.lee@b.example", "ann.lee"),
        ("änn@b.example", "_nn"),
        ("a..b@b.example", "a.b"),
        ("..@b.example", "contact"),
    ],
)
def test_nicknames_are_of_safe_letters(address: str, name: str) -> None:
    assert nickname(Mailbox.parse(address)) == name


@given(st.text("abcäß.王-_", min_size=1, max_size=15), st.text(max_size=10))
def test_every_nickname_can_be_one(local: str, anchor: str) -> None:
    try:
        address = Mailbox.parse(f"{local}@b.example")
    except ValueError:
        return
    assert re.fullmatch(r"(?!.*\.\.)[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}(?<!\.)", nickname(address, anchor))


def test_another_anchor_has_another_nickname_and_account() -> None:
    assert nickname(ANN, "a:1") != nickname(ANN, "a:2") != nickname(ANN)
    assert account_name("a") != account_name("b")
    assert len(account_name("a" * 99)) <= 20
