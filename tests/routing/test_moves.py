"""The way to people who move, at every stage and by every name; and never anybody falsely free."""

from array import array
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.model.freebusy import Reason, Unavailable
from protocols.model.mailbox import Mailbox
from routing.aliases import Aliases
from routing.listing import Listing
from routing.moves import Everybody, Move, Moves, Standing
from routing.people import People
from routing.stages import Plan, Stage
from routing.table import Combine, Route, RouteTable
from routing.ways import Leg, Way, Ways
from tests.routing.moving import AT, DAY, ROUTES, move, sides

OLD = Leg("fabrikam", Mailbox.parse("ann@mail.fabrikam.example"))
NEW = Leg("contoso", Mailbox.parse("ann@contoso.example"))
ANN, BOB = Mailbox.parse("ann@fabrikam.example"), Mailbox.parse("bob@fabrikam.example")


def _at(second: int, *moves: Move | Everybody) -> Moves:
    return Moves(moves, lambda: datetime.fromtimestamp(second, UTC))


def _way(second: int, found: Move, mailbox: Mailbox = ANN) -> tuple[tuple[Leg, ...], Combine | None]:
    way = _at(second, found).way(mailbox)
    assert isinstance(way, Leg | Way)
    return (way.legs, way.combine) if isinstance(way, Way) else ((way,), None)


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (AT - 2 * DAY, ((OLD,), None)),
        (AT - DAY, ((OLD, NEW), Combine.MOVE)),
        (AT - 1, ((OLD, NEW), Combine.MOVE)),
        (AT, ((NEW, OLD), Combine.MOVE)),
        (AT + 14 * DAY - 1, ((NEW, OLD), Combine.MOVE)),
        (AT + 14 * DAY, ((NEW,), None)),
    ],
)
@pytest.mark.parametrize("name", ["ann@fabrikam.example", "ann@contoso.example"])
def test_both_are_joined_around_the_instant_whichever_name_is_asked(
    second: int, expected: tuple[tuple[Leg, ...], Combine | None], name: str
) -> None:
    assert _way(second, move("ann@fabrikam.example"), Mailbox.parse(name)) == expected


def test_a_batch_comes_back_at_once() -> None:
    back = move("ann@fabrikam.example", batch="one", one=Plan(rolled_back_at=AT + DAY))
    assert _way(AT + DAY - 1, back) == ((NEW, OLD), Combine.MOVE)
    assert _way(AT + DAY, back) == ((OLD, NEW), Combine.MOVE)
    assert _way(AT + 15 * DAY, back) == ((OLD,), None)


def test_without_an_instant_of_their_own_people_move_with_their_batch() -> None:
    planned = move("ann@fabrikam.example", instant=-1, batch="one", one=Plan(moved_at=AT))
    assert _way(AT, planned) == ((NEW, OLD), Combine.MOVE)
    assert _way(AT + 99 * DAY, move("ann@fabrikam.example", instant=-1, batch="one", one=Plan())) == ((OLD,), None)
    assert _way(AT + 99 * DAY, move("ann@fabrikam.example", instant=-1)) == ((OLD,), None)


def test_whoever_is_on_no_list_does_not_move() -> None:
    assert _at(AT, move("ann@fabrikam.example")).way(BOB) is None
    assert _at(AT).way(ANN) is None


def test_words_say_who_when_and_why() -> None:
    way = _at(AT + DAY, move("ann@fabrikam.example", batch="one", one=Plan(rolled_back_at=AT + 5))).way(ANN)
    assert isinstance(way, Way)
    assert way.reason == (
        '[[moves]] "merger": from fabrikam to contoso at 2027-01-15 08:00 UTC, batch one; rolled back at 2027-01-15 '
        "08:00 UTC: fabrikam now, and both calendars are joined"
    )


def test_what_is_told_of_one_person() -> None:
    moves = _at(AT + DAY, move("ann@fabrikam.example", batch="one"))
    told = moves.told(Mailbox.parse("ann@contoso.example"))
    assert told is not None
    assert (told.move, told.address, told.batch, told.stage) == ("merger", "ann@fabrikam.example", "one", Stage.AFTER)
    assert told.moved_at == datetime.fromtimestamp(AT, UTC)
    assert moves.told(BOB) is None


def test_an_instant_that_is_not_planned() -> None:
    told = _at(AT, move("ann@fabrikam.example", instant=-1)).told(ANN)
    assert told is not None
    assert told.moved_at is None
    assert "at an instant not planned yet" in told.words


def test_people_are_counted_by_batch_and_stage() -> None:
    found = move("ann@fabrikam.example", "bob@fabrikam.example", batch="one", one=Plan(rolled_back_at=AT))
    assert found.counts(datetime.fromtimestamp(AT - 9 * DAY, UTC)) == {("one", Stage.WAITING): 2}
    assert found.counts(datetime.fromtimestamp(AT, UTC)) == {("one", Stage.ROLLED_BACK): 2}


def test_of_several_moves_each_finds_its_own() -> None:
    other = move("bob@fabrikam.example", instant=AT + 99 * DAY)
    moves = _at(AT, move("ann@fabrikam.example"), other)
    assert isinstance(moves.way(ANN), Way)
    assert moves.way(BOB) == Leg("fabrikam", Mailbox.parse("bob@mail.fabrikam.example"))


def test_both_sides_are_asked_about_everybody() -> None:
    way = _at(AT, Everybody(sides())).way(ANN)
    assert isinstance(way, Way)
    assert (way.legs, way.combine) == ((OLD, NEW), Combine.EITHER)
    assert "so both are asked" in way.reason


def test_everybody_is_asked_for_by_the_new_address_as_well() -> None:
    way = _at(AT, Everybody(sides())).way(Mailbox.parse("ann@contoso.example"))
    assert isinstance(way, Way)
    assert OLD in way.legs
    assert NEW in way.legs
    assert way.combine is Combine.EITHER
    assert {leg.via for leg in way.legs} == {"fabrikam", "contoso"}  # nobody of the route with a third calendar


@pytest.mark.parametrize("address", ["ann@third.example", "ann@three.example", f"{'a' * 64}@fabrikam.example"])
def test_others_are_left_to_their_routes(address: str) -> None:
    everybody = Everybody(sides(rewrite="x.{local}@contoso.example"))
    assert _at(AT, everybody).way(Mailbox.parse(address)) is None


def test_who_is_listed_goes_before_everybody() -> None:
    moves = _at(AT - 9 * DAY, Everybody(sides()), move("ann@fabrikam.example"))
    assert moves.way(ANN) == OLD
    assert isinstance(moves.way(BOB), Way)


def test_the_ways_follow_a_move_by_alias_too() -> None:
    aliases = Aliases({"alias.example": "fabrikam.example"})
    ways = Ways(RouteTable(ROUTES, aliases), follower=_at(AT, move("ann@fabrikam.example")))
    assert ways.find(Mailbox.parse("ann@alias.example")) == ways.find(ANN)
    ways.follow(_at(AT, move("bob@fabrikam.example")))
    assert ways.find(ANN) == OLD


@given(
    st.integers(-20, 40),
    st.none() | st.integers(-20, 40),
    st.none() | st.integers(-20, 40),
    st.sampled_from(["ann@fabrikam.example", "ann@contoso.example"]),
)
def test_the_current_side_is_always_asked(day: int, back: int | None, resumed: int | None, name: str) -> None:
    if resumed is not None and (back is None or resumed < back):
        resumed = None
    plan = Plan(
        rolled_back_at=None if back is None else AT + back * DAY,
        resumed_at=None if resumed is None else AT + resumed * DAY,
    )
    found = move("ann@fabrikam.example", batch="one", one=plan)
    now = datetime.fromtimestamp(AT + day * DAY, UTC)
    told = found.told(ANN, now)
    assert told is not None
    legs, combine = _way(AT + day * DAY, found, Mailbox.parse(name))
    assert legs[0] == (NEW if told.stage.there else OLD)
    assert combine is (Combine.MOVE if told.stage.joined else None)
    assert len(legs) == (2 if told.stage.joined else 1)


@pytest.mark.parametrize("address", ["ann+x@fabrikam.example", "ann+a+b@contoso.example"])
def test_what_follows_a_plus_is_the_same_person(address: str) -> None:
    assert _way(AT, move("ann@fabrikam.example"), Mailbox.parse(address)) == ((NEW, OLD), Combine.MOVE)
    told = _at(AT, move("ann@fabrikam.example")).told(Mailbox.parse(address))
    assert told is not None
    assert told.address == "ann@fabrikam.example"


def test_what_has_a_route_or_an_alias_of_its_own_is_somebody_else() -> None:
    tagged = Mailbox.parse("ann+x@fabrikam.example")
    own = sides(Route(match=tagged.address, via=("fabrikam",)))
    assert _at(AT, move("ann@fabrikam.example", between=own)).way(tagged) is None
    other = sides(aliases=Aliases(addresses={tagged.address: "bob@fabrikam.example"}))
    assert _at(AT, move("ann@fabrikam.example", between=other)).way(tagged) is None
    listed = _at(AT, move(tagged.address, instant=-1), move("ann@fabrikam.example"))
    assert listed.way(tagged) == Leg("fabrikam", Mailbox.parse("ann+x@mail.fabrikam.example"))


def test_a_way_is_never_an_error() -> None:
    long = Route(match="long.example", via=("fabrikam",), rewrite="{local}.archive@mail.fabrikam.example")
    people = People(instants=array("q", [AT]), batches=array("q", [-1]), counts=array("q", [1]))
    mailbox = Mailbox.parse(f"{'a' * 60}@long.example")
    people.kinds[mailbox.address] = 0
    moves = _at(AT, Move(sides(long), people, {}))
    way = moves.way(mailbox)
    assert isinstance(way, Unavailable)
    assert (way.mailbox, way.reason) == (mailbox, Reason.INVALID_ADDRESS)
    assert moves.told(mailbox) is None
    assert Ways(sides(long).table, follower=moves).find(mailbox) == way


def test_of_several_homes_all_are_asked_by_the_new_address() -> None:
    listing = Listing(sides())
    assert listing.add_all([Mailbox.parse("ann@contoso.example")], listing.kind(AT, "")) == ""
    found = Move(sides(), listing.people, {})
    by_new, both = Mailbox.parse("ann@contoso.example"), Leg("fabrikam", Mailbox.parse("ann@both.example"))
    assert _way(AT, found, by_new) == ((NEW, OLD, both), Combine.MOVE)
    assert _way(AT - 1, found, by_new) == ((OLD, both, NEW), Combine.EITHER)
    assert _way(AT - 9 * DAY, found, by_new) == ((OLD, both), Combine.EITHER)
    assert _way(AT + 99 * DAY, found, by_new) == ((NEW,), None)
    assert _way(AT, found) == ((NEW, OLD), Combine.MOVE)
    assert len(found.people) == 2


def test_ways_follow_the_clock_however_often_they_are_asked_for() -> None:
    now = [AT - 9 * DAY]
    moves = Moves((move("ann@fabrikam.example"),), lambda: datetime.fromtimestamp(now[-1], UTC))
    assert moves.way(ANN) == moves.way(ANN) == OLD
    now.append(AT)
    assert isinstance(moves.way(ANN), Way)
    now.append(AT + 99 * DAY)
    assert moves.way(ANN) == NEW


def test_everybody_on_the_list_by_both_addresses() -> None:
    found = move("ann@fabrikam.example", "bob@fabrikam.example", instant=-1, batch="one", one=Plan(moved_at=AT))
    (ann, bob) = found.standing(datetime.fromtimestamp(AT, UTC))
    assert ann == Standing("ann@fabrikam.example", "ann@contoso.example", "one", Stage.AFTER)
    assert bob.address == "bob@fabrikam.example"
    same = move("ann@fabrikam.example", between=sides(rewrite=None))
    (ann,) = same.standing(datetime.fromtimestamp(AT - 2 * DAY, UTC))
    assert (ann.address, ann.there, ann.stage) == ("ann@fabrikam.example", "ann@fabrikam.example", Stage.WAITING)
