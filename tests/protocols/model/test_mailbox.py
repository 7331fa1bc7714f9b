"""Every spelling of an address meets in one canonical form; what is no address is refused."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocols.model.mailbox import Mailbox, canonical, canonical_domain

CANONICAL = [
    ("ann@contoso.example", "ann@contoso.example"),
    ("Ann@Contoso.Example", "ann@contoso.example"),
    ("SMTP:Ann@contoso.example", "ann@contoso.example"),
    ("smtp:ann@contoso.example", "ann@contoso.example"),
    ("  ann@contoso.example\n", "ann@contoso.example"),
    ("ann@contoso.example.", "ann@contoso.example"),
    ("o'neil+x@a-b.example", "o'neil+x@a-b.example"),
    ("ÄNNE@contoso.example", "änne@contoso.example"),
    ("jose\u0301@contoso.example", "josé@contoso.example"),
    ("JOS\u00c9@contoso.example", "josé@contoso.example"),
    ("\u0130nan@contoso.example", "i\u0307nan@contoso.example"),
    ("\u0915\u093f\u0902@contoso.example", "\u0915\u093f\u0902@contoso.example"),  # marks of a letter, not alone
    ("用户@contoso.example", "用户@contoso.example"),
    ("STRASSE@contoso.example", "strasse@contoso.example"),
    ("straße@contoso.example", "straße@contoso.example"),
    ("a@Straße.example", "a@xn--strae-oqa.example"),
    ("a@BÜCHER.example", "a@xn--bcher-kva.example"),
    ("a@bu\u0308cher.example", "a@xn--bcher-kva.example"),
    ("a@XN--BCHER-KVA.example", "a@xn--bcher-kva.example"),
    ("a@localhost", "a@localhost"),
    ("x" * 64 + "@b", "x" * 64 + "@b"),
    (" " * 10_000 + "a@b", "a@b"),
]

NO_ADDRESS = [
    "",
    "@",
    "ann",
    "ann@",
    "@contoso.example",
    "a b@contoso.example",
    "a@ contoso.example",
    "a@con toso.example",
    "a@b@c",
    "\uff43\uff45\uff4f@b",  # full width: some systems take it for ceo
    "ceo\u034f@b",
    "ceo\ufe0f@b",
    "c\u200beo@b",
    "ceo\u3164@b",
    "\ufb01nn@b",
    "\u0301ceo@b",
    "ceo.\u0336@b",
    "a@-b.example",
    "a@b-.example",
    "a@b..example",
    "a@.example",
    "a@[127.0.0.1]",
    "a\0@b",
    '"a b"@c',
    "a@b\ud800",
    "\ud800@b",
    "x" * 65 + "@b",
    "ß" * 33 + "@b",
    "a@" + "b" * 64,
    "a@" + "b." * 130 + "c",
    "/o=Contoso/ou=Exchange/cn=Recipients/cn=ann",
    "x" * 100_000 + "@b",
    "ann@a.example..",
    "ann@a.example" + "." * 1_000_000,
    "ann@a.example" + "." * 400,
    "ann@" + "a." * 300,
    "x" * 513,
]


@pytest.mark.parametrize(("text", "address"), CANONICAL)
def test_canonical(text: str, address: str) -> None:
    mailbox = Mailbox.parse(text)
    assert mailbox.address == str(mailbox) == address
    assert mailbox.asked == text
    assert f"{mailbox.local}@{mailbox.domain}" == address


@pytest.mark.parametrize("text", NO_ADDRESS)
def test_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an? |longer"):
        Mailbox.parse(text)


def test_spellings_are_equal_and_remember_what_was_asked() -> None:
    one, other = Mailbox.parse("SMTP:ANN@contoso.example"), Mailbox.parse("ann@contoso.example")
    assert one == other
    assert hash(one) == hash(other)
    assert one.asked != other.asked


def test_what_is_not_canonical_is_no_mailbox() -> None:
    with pytest.raises(ValueError, match="canonical"):
        Mailbox("Ann@contoso.example", "Ann@contoso.example")


@pytest.mark.parametrize("text", ["a.example" + "." * 1_000_000, "a.example..", "x" * 513, "", "."])
def test_no_domain(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a |longer"):
        canonical_domain(text)


def test_white_space_around_an_address_is_not_remembered() -> None:
    held = [canonical(" " * n + "spaced@a.example" + "\n" * n) for n in (0, 1, 100_000)]
    assert held == ["spaced@a.example"] * 3
    assert canonical_domain(" " * 100_000 + "A.example. ") == "a.example"


def test_two_letters_that_look_alike_stay_two() -> None:
    assert canonical_domain("straße.example") != canonical_domain("strasse.example")


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), st.text(max_size=20))
@example("İ", "İ.example")
@example("ΑΣ", "ΑΣ.example")
@example("a", "\u212a.example")
@example("ά\u0345\u0301", "a.example")
def test_canonical_is_idempotent(local: str, domain: str) -> None:
    try:
        once = canonical(f"{local}@{domain}")
    except ValueError:
        return
    assert canonical(once) == once
    assert Mailbox(once, once).domain.isascii()


@given(st.emails())
def test_ordinary_addresses_are_accepted_in_any_case(address: str) -> None:
    assert canonical(address.upper()) == canonical(address.lower()) == canonical(f"SMTP:{address}")
