"""proxyAddresses taken apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.graph.proxies import Proxies, proxies
from protocols.model.mailbox import Mailbox

ANN = Mailbox.parse("ann@b.example")


@pytest.mark.parametrize(
    ("mail", "addresses", "expected"),
    [
        (None, None, Proxies(None)),
        ("Ann@B.example", [], Proxies(ANN)),
        ("old@b.example", ["SMTP:Ann@b.example", "smtp:old@b.example"], Proxies(ANN, ("old@b.example",))),
        (None, ["smtp:b@b.example"], Proxies(None, ("b@b.example",))),
        (
            "ann@b.example",
            ["X500:/o=B/cn=ann", "x500:/o=C/cn=ann", "SIP:Ann@b.example", "SPO:SPO_1@SPO_2", "EUM:1;phone", "nothing"],
            Proxies(ANN, (), ("/o=B/cn=ann", "/o=C/cn=ann"), "ann@b.example"),
        ),
        ("no address", ["SMTP:neither"], Proxies(None, unreadable="neither")),
        ("ann@b.example", ["SMTP:neither", "smtp:", "smtp:worse@"], Proxies(ANN)),
        (7, [None, 8, {}], Proxies(None)),
    ],
)
def test_each_kind_has_its_place(mail: object, addresses: object, expected: Proxies) -> None:
    assert proxies(mail, addresses) == expected


@given(st.lists(st.sampled_from(["SMTP:a@b.example", "smtp:A@B.example", "smtp:c@b.example", "SMTP:d@b.example"])))
@settings(max_examples=40)
def test_nothing_is_told_twice_nor_lost(addresses: list[str]) -> None:
    found = proxies(None, addresses)
    told = [*([found.primary.address] if found.primary else []), *found.aliases]
    assert sorted(told) == sorted({each.partition(":")[2].lower() for each in addresses})
    assert (found.primary is not None) == any(each.startswith("SMTP:") for each in addresses)
