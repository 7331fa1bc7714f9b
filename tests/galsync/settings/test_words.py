"""Tests of galsync/settings/words.py."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from galsync.settings import words


@pytest.mark.parametrize("text", ["staff", "fabrikam-to-contoso", "a.b", "Zürich2"])
def test_a_name_that_can_stand_in_a_stamp(text: str) -> None:
    assert words.named(text) == text


@pytest.mark.parametrize("text", ["", "a/b", "a b", "-a", "a\n", "a:b"])
def test_a_name_that_cannot(text: str) -> None:
    with pytest.raises(ValueError, match="stands in the stamp"):
        words.named(text)


@pytest.mark.parametrize(
    ("kind", "good", "bad", "told"),
    [
        (words.Where, "department == 'Sales'", "department = 'Sales'", "write =="),
        (words.Text, "{surname}, {given_name}", "{surnam}", "did you mean surname"),
        (words.LdapFilter, "(department=Sales)", "department=Sales", "filter of LDAP"),
        (words.SievedDomain, "*.fabrikam.example", "fabrikam example", "is no domain"),
        (words.ExtensionAttribute, "extensionAttribute15", "extensionAttribute16", "extensionAttribute1 to"),
        (words.CustomAttribute, "CustomAttribute1", "extensionAttribute1", "CustomAttribute1 to"),
    ],
)
def test_what_is_written_is_read_at_once(kind: Any, good: str, bad: str, told: str) -> None:
    adapter: TypeAdapter[str] = TypeAdapter(kind)
    assert adapter.validate_python(good) == good
    with pytest.raises(ValidationError, match=told):
        adapter.validate_python(bad)
