"""Tests of protocols.ldap.filters."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.ldap.filters import FilterError, checked
from tests.protocols.ldap.forest import matches

ANN = {"cn": [b"Ann Lee"], "objectclass": [b"top", b"user"], "usnchanged": [b"42"], "mail": [b"ann@b.example"]}


@pytest.mark.parametrize(
    "text",
    [
        "(cn=*)",
        "(cn=ab)",
        "(cn=)",
        "(!(cn=*))",
        "(&)",  # RFC 4526: true and false
        "(|)",
        "(&(a=*)(|(b=*)(c=d)))",
        "(cn=a*b*c)",
        "(cn=*a)",
        "(n>=5)",
        "(n<=5)",
        "(n~=5)",
        "(cn=\\2a\\00)",
        "(cn=\\2a*)",
        "(u:1.2:=2)",
        "(u:dn:1.2:=2)",
        "(:1.2:=2)",
        "(member;range=0-*=x)",
    ],
)
def test_a_filter_is_itself(text: str) -> None:
    assert checked(f" {text} ") == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cn=a",
        "(cn=a",
        "(cn=a))",
        "(=a)",
        "(&(cn=a)",
        "(cn=a\\)",
        "(cn=\\zz)",
        "(cn=**)",
        "(n>=a*)",
        "(:=a)",
        "(u:1.2=3)",
        "(!)",
    ],
)
def test_what_is_no_filter_is_told(text: str) -> None:
    with pytest.raises(FilterError):
        checked(text)


def test_depth_is_bounded() -> None:
    with pytest.raises(FilterError, match="deeper"):
        checked("(!" * 60 + "(a=*)" + ")" * 60)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(cn=ann lee)", True),
        ("(cn=ann*)", True),
        ("(cn=*lee)", True),
        ("(cn=a*l*e)", True),
        ("(cn=*x*)", False),
        ("(uSNChanged>=43)", False),
        ("(&(objectClass=user)(!(objectClass=computer)))", True),
        ("(|(mail=x)(title=*))", False),
    ],
)
def test_the_directory_of_these_tests_reads_them(text: str, found: bool) -> None:
    assert matches(ANN, checked(text)) is found


@given(st.text(max_size=40))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    with contextlib.suppress(FilterError):
        assert checked(text)
