"""Tests of galsync/sides/tenant_exchange.py at the simulated Exchange Online."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from galsync.pairs.past import Past
from galsync.pairs.pieces import Back, Part, Piece
from galsync.pairs.record import Row, State
from galsync.side import Failed, Written
from galsync.sides.tenant_exchange import Exchange, IndividualPiece, OldRelationshipsPiece, RelationshipPiece
from tests.galsync.sides.exchange_online_world import Organisation, organisation


@pytest.fixture
async def there() -> AsyncIterator[Organisation]:
    """An organisation that shares with nobody."""
    async with organisation() as made:
        yield made


def exchange(there: Organisation) -> Exchange:
    return Exchange(
        end="source (a)",
        send=there.send,
        endpoint=there.endpoint,
        clock=there.clock,
        partner="b.example",
        name="Busyline merger",
    )


def old(there: Organisation, name: str = "Old", **more: Any) -> dict[str, Any]:
    told = {"DomainNames": ["b.example"], "FreeBusyAccessEnabled": True, **more}
    return there.server.sharing.put("OrganizationRelationship", name, **told)


async def text(piece: Piece) -> str:
    told = await piece.read()
    assert isinstance(told, str)
    return told


async def forth(piece: Piece) -> tuple[str, str]:
    """What stood there, and what shall."""
    was = await text(piece)
    shall = piece.shall(was)
    assert isinstance(await piece.write(was, shall), Written)
    return was, shall


async def back(piece: Piece, was: str, did: str) -> Back:
    """What it comes to, done."""
    now = await text(piece)
    told = await piece.back(now, was=was, did=did)
    assert isinstance(told, Back)
    if not piece.same(now, told.shall):
        assert isinstance(await piece.write(now, told.shall), Written)
    return told


async def test_a_relationship_comes_and_goes(there: Organisation) -> None:
    piece = RelationshipPiece(exchange(there), "limited-details")
    before = there.server.sharing.state
    was, shall = await forth(piece)
    (made,) = there.server.sharing.naming(["b.example"])
    assert (made["Name"], made["FreeBusyAccessLevel"]) == ("Busyline merger", "LimitedDetails")
    assert piece.shall(await text(piece)) == await text(piece)
    assert {change.field for change in piece.changes(was, shall)} >= {"DomainNames", "FreeBusyAccessLevel"}
    assert (await back(piece, was, shall)).words == ""
    assert there.server.sharing.state == before


async def test_a_relationship_that_somebody_made_stays(there: Organisation) -> None:
    old(there, Enabled=False)
    piece = RelationshipPiece(exchange(there), "availability")
    was = await text(piece)
    assert piece.shall(was) == was
    assert piece.notes(was) == ("Old is disabled, and stays so",)
    assert (await back(piece, "", RelationshipPiece(exchange(there), "availability").shall(""))).shall == was


async def test_a_relationship_that_somebody_changed_stays(there: Organisation) -> None:
    piece = RelationshipPiece(exchange(there), "availability")
    was, shall = await forth(piece)
    there.server.sharing.relationships[0]["FreeBusyAccessLevel"] = "LimitedDetails"
    assert "changed it since" in (await back(piece, was, shall)).words
    assert there.server.sharing.naming(["b.example"])


async def test_old_relationships_are_disabled_and_count_again(there: Organisation) -> None:
    old(there, MailTipsAccessEnabled=True, MailboxMoveEnabled=True)
    old(there, "Elsewhere", DomainNames=["d.example"])
    old(there, "Busyline merger")  # has a step of its own
    before = there.server.sharing.state
    piece = OldRelationshipsPiece(exchange(there))
    (note,) = piece.notes(await text(piece))
    assert "Old does more for b.example than free/busy (MailTipsAccessEnabled, MailboxMoveEnabled)" in note
    was, shall = await forth(piece)
    assert [row["Name"] for row in there.server.sharing.naming(["b.example"])] == ["Busyline merger"]
    assert there.server.sharing.naming(["d.example"])
    (change,) = piece.changes(was, shall)
    assert (change.field, change.before, change.after) == ("Old", "on", "off")
    assert piece.shall(shall) == shall
    assert (await back(piece, was, shall)).words == ""
    assert there.server.sharing.state == before


async def test_one_that_is_for_others_too_stays_theirs(there: Organisation) -> None:
    row = old(there, DomainNames=["b.example", "c.example"])
    before, piece = there.server.sharing.state, OldRelationshipsPiece(exchange(there))
    was, shall = await forth(piece)
    assert there.server.sharing.naming(["b.example"]) == []
    assert there.server.sharing.naming(["c.example"]) == [row]
    (change,) = piece.changes(was, shall)
    assert (change.before, change.after) == ("b.example, c.example", "c.example")
    assert (await back(piece, was, shall)).words == ""
    assert there.server.sharing.state == before
    was, shall = await forth(piece)
    row["DomainNames"] = ["c.example", "e.example"]
    assert (await back(piece, was, shall)).words == "Old: somebody changed it since: it is left as it is"
    assert row["DomainNames"] == ["c.example", "e.example"]


def recorded(piece: Piece, *texts: tuple[str, str]) -> Past:
    """What a pair remembers of it."""
    begun = datetime(2026, 11, 23, tzinfo=UTC)
    rows = [
        Row(number=1, part=Part.SHARING, key=piece.key, state=State.DONE, was=was, did=did, begun_at=begun)
        for was, did in texts
    ]
    return Past(tuple(rows))


async def test_ours_shows_what_is_wanted_by_now(there: Organisation) -> None:
    piece, before = RelationshipPiece(exchange(there), "limited-details"), there.server.sharing.state
    first = await forth(piece)
    less = RelationshipPiece(exchange(there), "availability", recorded(piece, first))
    second = await forth(less)
    assert there.server.sharing.relationships[0]["FreeBusyAccessLevel"] == "AvailabilityOnly"
    assert [change.field for change in less.changes(*second)] == ["FreeBusyAccessLevel"]
    more = RelationshipPiece(exchange(there), "limited-details", recorded(piece, first))
    now = await text(more)
    assert more.shall(now) == now
    there.server.sharing.relationships[0]["FreeBusyAccessLevel"] = "None"  # not as we left it
    now = await text(less)
    assert less.shall(now) == now
    assert "shows None, not AvailabilityOnly" in less.notes(now)[0]
    there.server.sharing.relationships[0]["FreeBusyAccessLevel"] = "AvailabilityOnly"
    await back(piece, *second)
    assert there.server.sharing.relationships[0]["FreeBusyAccessLevel"] == "LimitedDetails"
    await back(piece, *first)
    assert there.server.sharing.state == before


async def test_ours_goes_for_a_policy_and_does_not_come_again(there: Organisation) -> None:
    await forth(RelationshipPiece(exchange(there), "availability"))
    piece = RelationshipPiece(exchange(there), "")
    was, shall = await forth(piece)
    assert there.server.sharing.relationships == []
    assert (await back(piece, was, shall)) == Back("")
    old(there)
    now = await text(piece)
    assert (piece.shall(now), piece.notes(now)) == (now, ())


async def test_what_people_may_share_is_narrowed(there: Organisation) -> None:
    piece = IndividualPiece(exchange(there), "reviewer")
    first = await forth(piece)
    less = IndividualPiece(exchange(there), "availability", recorded(piece, first))
    await forth(less)
    (policy,) = there.server.sharing.policies
    assert "b.example:CalendarSharingFreeBusySimple" in policy["Domains"]
    assert (await back(piece, *first)).left  # it is not as the first left it
    none = IndividualPiece(exchange(there), "", recorded(piece, (first[0], await text(piece))))
    await forth(none)
    assert not any(each.startswith("b.example") for each in policy["Domains"])


async def test_an_old_relationship_that_somebody_removed(there: Organisation) -> None:
    row = old(there)
    piece = OldRelationshipsPiece(exchange(there))
    was, shall = await forth(piece)
    del there.server.sharing.rows["OrganizationRelationship"][row["Guid"]]
    assert (await back(piece, was, shall)).words == "Old is not there any more"


async def test_what_people_may_share(there: Organisation) -> None:
    piece = IndividualPiece(exchange(there), "reviewer")
    was, shall = await forth(piece)
    (policy,) = there.server.sharing.policies
    assert "b.example:CalendarSharingFreeBusyReviewer" in policy["Domains"]
    (change,) = piece.changes(was, shall)
    assert (change.field, change.before, change.after) == ("b.example", "", "CalendarSharingFreeBusyReviewer")
    assert piece.shall(await text(piece)) == await text(piece)
    await back(piece, was, shall)
    assert not any(each.startswith("b.example") for each in policy["Domains"])


async def test_a_policy_that_is_off_is_told(there: Organisation) -> None:
    there.server.sharing.policies[0]["Enabled"] = False
    piece = IndividualPiece(exchange(there), "availability")
    assert piece.notes(await text(piece)) == ("Default Sharing Policy is disabled, and stays so",)
    there.server.sharing.policies[0]["Default"] = False
    assert isinstance(await piece.read(), Failed)


@pytest.mark.parametrize("kind", [RelationshipPiece, IndividualPiece])
async def test_who_has_no_role_fails(
    there: Organisation, kind: type[RelationshipPiece] | type[IndividualPiece]
) -> None:
    there.roles = ()
    piece = kind(exchange(there), "availability")
    assert isinstance(await piece.read(), Failed)
    assert isinstance(await OldRelationshipsPiece(exchange(there)).read(), Failed)
