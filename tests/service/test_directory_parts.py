"""Tests of service.directory_parts."""

from protocols.ldap.replies import Found
from service.directory_parts import Brought


def test_the_name_of_an_entry_shows_and_its_values_do_not() -> None:
    told = repr(Brought(3, Found("cn=a", {"mail": [b"ann@b.example"]})))
    assert "cn=a" in told
    assert "ann@b.example" not in told
