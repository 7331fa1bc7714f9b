"""Tests of protocols.ldap.filters."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.ldap.filters import FilterError, encoded
from tests.protocols.ldap.forest import matches

ANN = {"cn": [b"Ann Lee"], "objectclass": [b"top", b"user"], "usnchanged": [b"42"], "mail": [b"ann@b.example"]}


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("(cn=*)", "8702636e"),
        ("(cn=ab)", "a3080402636e04026162"),
        ("(!(cn=*))", "a2048702636e"),
        ("(&)", "a000"),  # RFC 4526: true and false
        ("(|)", "a100"),
        ("(&(a=*)(b=*))", "a006870161870162"),
        ("(cn=a*b*c)", "a40f0402636e3009800161810162820163"),
        ("(cn=*a)", "a4090402636e3003820161"),
        ("(n>=5)", "a50604016e040135"),
        ("(n<=5)", "a60604016e040135"),
        ("(n~=5)", "a80604016e040135"),
        ("(cn=\\2a\\00)", "a3080402636e04022a00"),
        ("(u:1.2:=2)", "a90b8103312e3282017583" + "0132"),
        ("(u:dn:1.2:=2)", "a90e8103312e32820175830132" + "8401ff"),
        (" (cn=*) ", "8702636e"),
    ],
)
def test_a_filter_as_it_goes_over_the_wire(text: str, octets: str) -> None:
    assert encoded(text).hex() == octets


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
        encoded(text)


def test_depth_is_bounded() -> None:
    with pytest.raises(FilterError, match="deeper"):
        encoded("(!" * 60 + "(a=*)" + ")" * 60)


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
    assert matches(ANN, encoded(text)) is found


@given(st.text(max_size=40))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    with contextlib.suppress(FilterError):
        assert encoded(text)
