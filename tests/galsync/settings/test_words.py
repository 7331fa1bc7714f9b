"""Tests of galsync/settings/words.py."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from galsync.settings import words


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
