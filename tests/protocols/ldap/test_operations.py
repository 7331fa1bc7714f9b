"""Tests of protocols.ldap.operations."""

import pytest

from protocols.ldap.filters import FilterError
from protocols.ldap.operations import (
    START_TLS,
    Add,
    Control,
    Delete,
    Doing,
    Modification,
    Modify,
    Rename,
    Request,
    SaslBind,
    Scope,
    Search,
    SimpleBind,
    abandon,
    message,
    unbind,
)

# each octet by hand from the ASN.1 of RFC 4511 appendix B
REQUESTS = [
    (SimpleBind("u", "p"), "300e020101 6009 020103 040175 800170"),
    (SaslBind("M", b"t"), "3012020101 600d 020103 0400 a306 04014d 040174"),
    (Delete("cn=a"), "3009020101 4a04636e3d61"),
    (
        Search(base="b", scope=Scope.ONE, filter="(a=*)", attributes=("c",)),
        "301f020101 631a 040162 0a0101 0a0100 020100 020100 010100 870161 3003040163",
    ),
    (Add("a", {"b": [b"c"]}), "3014020101 680f 040161 300a 3008 040162 3103040163"),
    (
        Modify("a", (Modification(Doing.REPLACE, "b", (b"c",)), Modification(Doing.DELETE, "d"))),
        "3025020101 6620 040161 301b 300d 0a0102 3008 040162 3103040163 300a 0a0101 3005 040164 3100",
    ),
    (Rename("a", "b"), "300e020101 6c09 040161 040162 0101ff"),
    (Rename("a", "b", "c"), "3011020101 6c0c 040161 040162 0101ff 800163"),
]


@pytest.mark.parametrize(("request_", "octets"), REQUESTS, ids=[type(each).__name__ for each, _ in REQUESTS])
def test_a_request_as_it_goes_over_the_wire(request_: Request, octets: str) -> None:
    assert message(1, request_).hex() == octets.replace(" ", "")


def test_the_extended_operation_that_asks_for_tls() -> None:
    assert b"1.3.6.1.4.1.1466.20037" in message(1, START_TLS)


def test_controls_go_behind_the_request() -> None:
    critical = message(1, Delete("a"), (Control("1.2"),))
    assert critical.hex() == "3012020101" + "4a0161" + "a00a" + "3008" + "0403312e32" + "0101ff"
    weak = message(1, Delete("a"), (Control("1.2", b"v", critical=False),))
    assert weak.hex().endswith("0403312e32" + "040176")


def test_what_is_not_answered() -> None:
    assert unbind(7).hex() == "30050201074200"
    assert abandon(8, 7).hex() == "3006020108500107"


def test_secrets_and_values_do_not_show() -> None:
    for request in (SimpleBind("u", "hunter2"), SaslBind("M", b"hunter2"), Add("a", {"b": [b"hunter2"]})):
        assert "hunter2" not in repr(request)
    assert "hunter2" not in repr(Modify("a", (Modification(Doing.ADD, "b", (b"hunter2",)),)))


def test_a_filter_that_is_none_is_not_sent() -> None:
    with pytest.raises(FilterError):
        message(1, Search(base="", filter="nonsense"))
