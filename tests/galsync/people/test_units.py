"""Tests of galsync/people/units.py: both spellings of a unit, and what lies under one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galsync.people.units import path, within


@pytest.mark.parametrize(
    ("unit", "top", "lies"),
    [
        ("OU=West,OU=Sales,DC=fabrikam,DC=example", "ou=sales, dc=Fabrikam, dc=example", True),
        ("OU=Sales,DC=fabrikam,DC=example", "OU=Sales,DC=fabrikam,DC=example", True),
        ("OU=Presales,DC=fabrikam,DC=example", "OU=Sales,DC=fabrikam,DC=example", False),
        ("OU=Sales,DC=contoso,DC=example", "OU=Sales,DC=fabrikam,DC=example", False),
        ("DC=fabrikam,DC=example", "OU=Sales,DC=fabrikam,DC=example", False),
        ("OU=R\\, D,DC=example", "OU=R\\2C D,DC=example", True),
        ("OU=K\\C3\\B6ln,DC=example", "OU=Köln,DC=example", True),
        ("/Sales/West", "/sales", True),
        ("/Sales/West", "/Sales/", True),
        ("/Salesmen", "/Sales", False),
        ("/Sales", "/", True),
        ("OU=Sales,DC=example", "/", False),
        ("", "/", False),
        ("", "OU=Sales,DC=example", False),
        ("/Sales", "", False),
    ],
)
def test_what_lies_under_a_unit(unit: str, top: str, lies: bool) -> None:
    assert within(unit, path(top)) is lies


@given(st.text(st.characters() | st.sampled_from('\\,=/"0aF'), max_size=30))
def test_every_text_has_a_path(unit: str) -> None:
    found = path(unit)
    assert not found or within(unit, found)


@given(st.text(min_size=1, max_size=10).filter(lambda text: text.strip() == text))
def test_an_escaped_name_is_the_same(name: str) -> None:
    hexed = "".join(f"\\{octet:02x}" for octet in name.encode())
    assert path(f"OU={hexed},DC=x") == ("dc=x", f"ou={name.lower()}")
