"""Tests of protocols.ldap.addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.ldap.addresses import Addresses, answered, proxy, read, target
from protocols.model.mailbox import Mailbox

ANN = Mailbox.parse("ann@b.example")


def test_everything_that_proxies_say() -> None:
    found = read(
        [
            "smtp:a@b.example",
            "SMTP:Ann@B.example",
            "X500:/o=B/cn=old",
            "x500:/O=b/cn=OLD",
            "sip:ann@b.example",
            "NOTES:x",
        ],
        "ann@b.example",
        "/o=B/cn=ann",
    )
    assert found == Addresses(
        primary=ANN,
        aliases=("a@b.example",),
        x500=("/o=B/cn=ann", "/o=B/cn=old"),
        sip="ann@b.example",
    )


@pytest.mark.parametrize(
    ("proxies", "mail", "primary", "aliases", "unread"),
    [
        ([], "ann@b.example", ANN, (), False),
        (["smtp:ann@b.example"], "ann@b.example", ANN, (), False),
        (["SMTP:ann@b.example"], "other@b.example", ANN, ("other@b.example",), False),
        (["SMTP:not an address"], "ann@b.example", ANN, (), False),
        (["SMTP:not an address"], "", None, (), True),
        ([], "x" * 600, None, (), True),
        ([], "", None, (), False),
        (["smtp:a@b.example", "SMTP:", "nonsense", "smtp:A@B.EXAMPLE"], "ann@b.example", ANN, ("a@b.example",), False),
        (["smtp:" + "a" * 65 + "@b.example"], "ann@b.example", ANN, (), False),
    ],
)
def test_which_address_is_whose(
    proxies: list[str], mail: str, primary: Mailbox | None, aliases: tuple[str, ...], unread: bool
) -> None:
    found = read(proxies, mail)
    assert (found.primary, found.aliases, found.unread) == (primary, aliases, unread)


def test_what_somebody_answers_to_is_in_lower_case() -> None:
    found = answered(Addresses(ANN, ("a@b.example",), ("/O=B",), "Ann@b.example"), Mailbox.parse("t@x.example"))
    assert found == {"ann@b.example", "a@b.example", "t@x.example", "x500:/o=b", "sip:ann@b.example"}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("SMTP:Ann@b.example", ANN),
        ("smtp:ann@b.example", ANN),
        ("X400:c=de", None),
        ("ann@b.example", None),
        ("SMTP:x", None),
    ],
)
def test_where_mail_is_forwarded_to(text: str, address: Mailbox | None) -> None:
    assert target(text) == address


@pytest.mark.parametrize(
    ("alias", "written"),
    [
        ("a@b.example", "smtp:a@b.example"),
        ("SMTP:a@b.example", "smtp:a@b.example"),
        ("x500:/o=B", "X500:/o=B"),
        ("SIP:a@b.example", "sip:a@b.example"),
        ("X400:c=de;", "X400:c=de;"),
    ],
)
def test_how_an_alias_stands_there(alias: str, written: str) -> None:
    assert proxy(alias) == written


@given(st.lists(st.text(max_size=30), max_size=5), st.text(max_size=30), st.text(max_size=30))
def test_no_text_does_more_than_be_left_out(proxies: list[str], mail: str, legacy: str) -> None:
    found = read(proxies, mail, legacy)
    assert all(address == address.lower() for address in answered(found))
