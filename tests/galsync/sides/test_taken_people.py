"""Tests of galsync/sides/taken_people.py."""

import pytest

from galsync.people.selection import Sieve
from galsync.side import Reading
from galsync.sides.taken_people import TakenPeople
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person

PHONES = "phones@fabrikam.example"


def somebody(
    local: str, *groups: str, kind: Kind = Kind.USER, domain: str = "fabrikam.example", disabled: bool = False
) -> Person:
    return Person(
        anchor=local,
        kind=kind,
        primary=Mailbox.parse(f"{local}@{domain}"),
        groups=groups,
        texts={Field.DEPARTMENT: "Sales" if local == "ann" else "Research"},
        disabled=disabled,
    )


class Book:
    name = "fabrikam"

    def __init__(self, *people: Person) -> None:
        self._people = people

    async def read(self, since: str | None = None) -> Reading:
        assert since is None
        return Reading(people=self._people)


BOOK = Book(
    somebody("bob", PHONES),
    somebody("ann", PHONES),
    somebody("eve", PHONES, disabled=True),
    somebody("room", PHONES, kind=Kind.ROOM),
    somebody("partner", domain="partner.example"),
    Person(anchor="none", kind=Kind.USER, primary=None),
)


async def taken(sieve: Sieve, *domains: str) -> list[str]:
    people = TakenPeople(source=BOOK, sieve=sieve, domains=frozenset(domains))
    return [address.partition("@")[0] for address in await people()]


async def test_users_who_may_sign_in() -> None:
    assert await taken(Sieve.of()) == ["ann", "bob", "partner"]
    assert await taken(Sieve.of(), "fabrikam.example") == ["ann", "bob"]


async def test_those_of_a_group_and_those_of_whom_something_is_true() -> None:
    assert await taken(Sieve.of(groups=(PHONES,))) == ["ann", "bob"]
    assert await taken(Sieve.of(groups=(PHONES,), where="department == 'Sales'")) == ["ann"]


async def test_nobody_is_never_what_was_meant() -> None:
    with pytest.raises(PeerError, match="nobody in fabrikam is meant: check group") as raised:
        await taken(Sieve.of(groups=("phone@fabrikam.example",)))
    assert raised.value.reason is Reason.NO_SUCH_MAILBOX
