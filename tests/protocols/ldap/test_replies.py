"""Tests of protocols.ldap.replies."""

import pytest

from protocols.ldap.replies import Found, More, Reply
from protocols.ldap.results import RefusedError
from protocols.model.freebusy import Reason


def test_names_of_attributes_do_not_depend_on_case() -> None:
    found = Found("a", {"displayname": [b"Ann"], "hidden": [b"TRUE"], "n": [b"7"]})
    assert (found.text("DISPLAYNAME"), found.true("hidden"), found.number("N")) == ("Ann", True, 7)
    assert (found.text("none"), found.true("none"), found.octets("x")) == ("", False, b"")
    assert found.number("displayName") is None


def test_an_attribute_without_values_is_empty() -> None:
    found = Found("a", {"mail": []})
    assert (found.text("mail"), found.texts("mail"), found.octets("mail"), found.true("mail")) == ("", [], b"", False)


def test_broken_text_is_an_error_or_a_sign() -> None:
    found = Found("a", {"cn": [b"A\xff"]})
    with pytest.raises(ValueError, match="utf-8"):
        found.text("cn")
    assert found.readable().text("cn") == "A\ufffd"


def test_a_refusal_is_raised_where_it_is_asked_for() -> None:
    assert Reply().checked() == Reply()
    with pytest.raises(RefusedError) as caught:
        Reply(code=50).checked()
    assert (caught.value.code, caught.value.reason) == (50, Reason.NO_ACCESS)


def test_values_and_words_of_a_directory_do_not_show() -> None:
    reply = Reply(code=1, diagnostic="ann", entries=(Found("a", {"cn": [b"ann"]}),), more=More(True, b"ann"))
    assert "ann" not in repr(reply)
