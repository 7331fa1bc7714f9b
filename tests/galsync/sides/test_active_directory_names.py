"""Tests of galsync.sides.active_directory_names."""

from galsync.sides.active_directory_names import Addressbook, fingerprint, names_of
from protocols.ldap.operations import Search
from protocols.model.mailbox import Mailbox
from tests.protocols.ldap.forest import DOMAIN, Forest
from tests.protocols.scripted import run


def forest() -> Forest:
    found = Forest()
    found.put(
        f"CN=Ann,{DOMAIN}", {"objectClass": [b"user"], "proxyAddresses": [b"smtp:a@b.example", b"SMTP:ann@b.example"]}
    )
    found.put(f"CN=Bob,{DOMAIN}", {"objectClass": [b"user"], "mail": [b"bob@b.example"]})
    found.put(f"CN=Nobody,{DOMAIN}", {"objectClass": [b"user"], "mail": [b"\xff"]})
    return found


def test_addresses_behind_names_whatever_their_case() -> None:
    book = Addressbook()
    run(book.look(forest(), DOMAIN, [f"cn=ANN,{DOMAIN}", f"CN=Nobody,{DOMAIN}", f"CN=Gone,{DOMAIN}"]))
    assert book.address(f"CN=Ann,{DOMAIN}") == "ann@b.example"
    assert book.addresses([f"CN=Ann,{DOMAIN}", f"CN=Nobody,{DOMAIN}", f"CN=Gone,{DOMAIN}"]) == ("ann@b.example",)


def test_what_is_known_is_not_asked_for() -> None:
    here = forest()
    book = Addressbook([(f"CN=Ann,{DOMAIN}", Mailbox.parse("known@b.example")), (f"CN=Bob,{DOMAIN}", None)])
    run(book.look(here, DOMAIN, [f"CN=Ann,{DOMAIN}", f"CN=Bob,{DOMAIN}"]))
    assert [each for each in here.seen if isinstance(each, Search)] == []
    assert book.address(f"CN=Ann,{DOMAIN}") == "known@b.example"


def test_names_behind_addresses() -> None:
    wanted = ["A@b.example", "bob@b.example", "nobody@b.example"]
    assert run(names_of(forest(), DOMAIN, wanted)) == {
        "a@b.example": f"CN=Ann,{DOMAIN}",
        "bob@b.example": f"CN=Bob,{DOMAIN}",
    }


def test_other_wishes_have_another_fingerprint() -> None:
    assert fingerprint("a", 1) == fingerprint("a", 1) != fingerprint("a", 2)
