"""Tests of galsync/sides/tenant_accounts.py at the simulated Graph."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from galsync.pairs.accounts import keyed, more_skus
from galsync.pairs.pieces import Back
from galsync.side import Failed, Written
from galsync.sides.tenant_accounts import AccountPiece, Accounts
from protocols.graph import licences, new_users
from protocols.graph.accounts import STAMP
from protocols.graph.new_users import NewUser
from protocols.model.mailbox import Mailbox
from protocols.model.person import Kind, Person
from simulation.graph.licences import Sku
from tests.galsync.sides.microsoft_world import INVITER, NOW, Tenant, tenant

E3 = "05e9a617-0261-4cee-bb44-138d3ef5d965"
ANN = NewUser(sign_in="ann@b.example", name="Ann", alias="ann", location="DE", stamp="busyline:merger.accounts/a:1")


@dataclass(slots=True)
class There:
    """The tenant, and what accounts are made with."""

    tenant: Tenant
    accounts: Accounts

    def piece(self, user: NewUser | None = ANN) -> AccountPiece:
        """Ann's account."""
        return AccountPiece(self.accounts, ANN.sign_in, ANN.stamp, user, (E3,) if user else ())

    def person(self, **attributes: str) -> Person:
        """Ann, with these attributes from now on."""
        (one,) = self.tenant.desk.book.people.values()
        return replace(one, attributes={**one.attributes, **attributes})

    async def text(self) -> str:
        """How it stands."""
        told = await self.piece().read()
        assert isinstance(told, str)
        return told

    async def made(self, user: NewUser = ANN) -> tuple[str, str]:
        """What stood there before, and what was to stand there after."""
        piece, was = self.piece(user), await self.text()
        shall = piece.shall(was)
        told = await piece.write(was, shall)
        assert isinstance(told, Written)
        return was, keyed(shall, told.key)

    async def back(self, was: str, did: str) -> Back:
        """What takes it back as it stands now."""
        told = await self.piece(None).back(await self.text(), was=was, did=did)
        assert isinstance(told, Back)
        return told


@pytest.fixture
async def there() -> AsyncIterator[There]:
    """An empty tenant with two licences."""
    async with tenant() as made:
        made.roles = (*INVITER, *licences.PERMISSIONS, *new_users.PERMISSIONS)
        made.desk.licences.skus[E3] = Sku("SPE_E3", 2)
        accounts = Accounts(
            end="destination (b)",
            send=made.send,
            api_url=made.server.url,
            clock=lambda: NOW,
            password=lambda: "aA1-nobody-knows-this",
            stamp_at=STAMP,
            names={E3: "SPE_E3"},
        )
        yield There(made, accounts)


async def test_an_account_comes_with_its_licence_and_goes(there: There) -> None:
    was, shall = await there.made()
    assert more_skus(was, shall) == (E3,)
    changes = there.piece().changes(was, shall)
    assert [(each.field, each.after) for each in changes] == [
        ("account", "there, sign-in blocked"),
        ("licences", "SPE_E3"),
    ]
    now = await there.text()
    piece = there.piece(None)
    assert piece.same(now, shall)
    assert there.piece().same(there.piece().shall(now), now)
    back = await there.back(was, shall)
    assert (back.shall, back.left) == ("", False)
    assert "its mailbox, if its licences made one, goes with it; both can be restored for 30 days" in back.words
    assert isinstance(await piece.write(now, back.shall), Written)
    assert there.tenant.desk.book.people == {}


async def test_a_licence_that_lacks_comes_alone(there: There) -> None:
    await there.made()
    there.tenant.desk.licences.given.clear()
    was, shall = await there.made()
    assert [each.field for each in there.piece().changes(was, shall)] == ["licences"]
    now = await there.text()
    back = await there.back(was, shall)
    assert isinstance(await there.piece(None).write(now, back.shall), Written)
    assert there.tenant.desk.licences.state == {}
    assert await there.text() == was


async def test_who_may_have_signed_in_is_left(there: There) -> None:
    was, shall = await there.made(replace(ANN, enabled=True))
    now = await there.text()
    assert (await there.back(was, shall)).shall == ""  # nobody has, and that can be told
    there.tenant.desk.book.put(there.person(lastSignIn="2026-11-23T08:00:00Z"))
    assert "somebody has signed in" in (await there.back(was, shall)).words
    there.tenant.roles = tuple(role for role in there.tenant.roles if role != "AuditLog.Read.All")
    told = await there.back(was, shall)
    assert (told.shall, told.left) == (now, True)
    assert "cannot be told (HTTP 403" in told.words


async def test_who_has_signed_in_and_is_blocked_again_is_left(there: There) -> None:
    was, shall = await there.made()
    there.tenant.desk.book.put(there.person(lastSignIn="2026-11-23T08:00:00Z"))
    told = await there.back(was, shall)
    assert (told.shall, told.left) == (await there.text(), True)


async def test_who_was_enabled_since_is_left_without_asking(there: There) -> None:
    was, shall = await there.made()
    there.tenant.desk.book.put(replace(there.person(), disabled=False))
    assert "somebody changed since whether somebody may sign in" in (await there.back(was, shall)).words


@pytest.mark.parametrize("skus", [{"e5"}, {E3, "e5"}, set()])
async def test_whose_licences_were_changed_since_is_left(there: There, skus: set[str]) -> None:
    was, shall = await there.made()
    there.tenant.desk.licences.skus["e5"] = Sku("SPE_E5", 2)
    there.tenant.desk.licences.given[there.person().anchor] = skus
    told = await there.back(was, shall)
    assert told.left
    assert "its licences" in told.words


async def test_what_broke_off_before_its_licences_goes(there: There) -> None:
    was, shall = await there.made()
    there.tenant.desk.licences.given.clear()
    assert (await there.back(was, keyed(shall, ""))).left  # an id is not forgotten again
    begun = there.piece().shall("")
    assert (await there.back(was, begun)).shall == ""


async def test_a_licence_that_somebody_took_away_is_not_given_again(there: There) -> None:
    await there.made()
    there.tenant.desk.licences.given.clear()
    now = await there.text()
    piece = AccountPiece(there.accounts, ANN.sign_in, ANN.stamp, ANN, (E3,), frozenset({E3}))
    assert piece.same(piece.shall(now), now)
    assert piece.notes(now) == ("SPE_E3 was taken away from ann@b.example since it was given, and is not given again",)


async def test_an_account_is_known_by_its_stamp(there: There) -> None:
    was, shall = await there.made()
    box = Mailbox.parse("ann.jones@b.example")
    there.tenant.desk.book.put(replace(there.person(userPrincipalName=box.address), primary=box))
    now, piece = await there.text(), there.piece()
    assert piece.same(piece.shall(now), now)  # no second one is made
    assert piece.notes(now) == (
        "ann.jones@b.example is the account of ann@b.example, made before: it is not made again, and keeps its name",
    )
    assert piece.name(now) == "ann.jones@b.example"
    assert (await there.back(was, shall)).shall == ""


async def test_an_account_that_lost_its_stamp_is_left_and_named(there: There) -> None:
    was, shall = await there.made()
    bare = replace(there.person(), texts={}, attributes={"userPrincipalName": ANN.sign_in})
    there.tenant.desk.book.put(bare)
    told = await there.back(was, shall)
    assert (told.shall, told.left) == (await there.text(), True)
    assert "ann@b.example does not bear the stamp of this pair any more: it is left" in told.words
    there.tenant.desk.book.people.clear()
    assert await there.back(was, shall) == Back("")  # it is gone


async def test_an_account_of_somebody_else_is_left(there: There) -> None:
    sign_in = {"userPrincipalName": ANN.sign_in}
    there.tenant.desk.book.put(
        Person(anchor="x", kind=Kind.USER, primary=Mailbox.parse(ANN.sign_in), attributes=sign_in)
    )
    was = await there.text()
    assert there.piece().shall(was) == was
    assert "was not made by this pair" in there.piece().notes(was)[0]
    assert there.piece().name(was) == ""
    assert await there.back("", there.piece().shall("")) == Back(was)
    assert isinstance(await there.piece().write("", there.piece().shall("")), Failed)


async def test_no_licence_is_left_after_all(there: There) -> None:
    there.tenant.desk.licences.skus[E3].enabled = 0
    failed = await there.piece().write("", there.piece().shall(""))
    assert isinstance(failed, Failed)
    assert failed.words == "no licence is left; the account is there without"


async def test_without_rights_all_of_it_fails(there: There) -> None:
    was, shall = await there.made()
    del was
    now = await there.text()
    there.tenant.roles = ()
    assert isinstance(await there.piece().read(), Failed)
    assert isinstance(await there.piece().write("", shall), Failed)
    assert isinstance(await there.piece().write(now, ""), Failed)
