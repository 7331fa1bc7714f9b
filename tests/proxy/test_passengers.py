"""Each who is aboard a flight waits for what it wants of it, and whoever keeps the flight waiting knows them all."""

import asyncio

from protocols.model.freebusy import Reason, Unavailable
from protocols.model.mailbox import Mailbox
from proxy.asking import ASKING, Asking
from proxy.passengers import PASSENGERS, Passenger, Passengers, aboard


def _refusals(*addresses: str) -> dict[str, Unavailable]:
    return {each: Unavailable(mailbox=Mailbox.parse(each), reason=Reason.THROTTLED) for each in addresses}


async def test_whoever_keeps_it_waiting_is_shown_all_in_order_until_it_waits_no_longer() -> None:
    passengers, seen = Passengers(), list[Passenger]()
    first = passengers.board(["a@b.example"])
    with passengers.shown(seen.append):
        second = passengers.board(["a@b.example"])
    passengers.board(["a@b.example"])
    assert seen == [first, second]


async def test_who_boards_is_whoever_asks() -> None:
    ASKING.set(asking := Asking(since=1, caller="northwind"))
    assert Passengers().board(["a@b.example"]).asking is asking


async def test_it_is_over_once_all_that_was_wanted_is_refused() -> None:
    passenger = Passengers().board(["a@b.example", "b@b.example", "a@b.example"])
    passenger.refuse(_refusals("a@b.example"))
    assert not passenger.over.done()
    passenger.refuse(_refusals("b@b.example"))
    assert passenger.over.done()


async def test_landing_ends_it_for_all_whatever_became_of_them() -> None:
    passengers = Passengers()
    refused, left, stays = (passengers.board(["a@b.example"]) for _ in range(3))
    refused.refuse(_refusals("a@b.example"))
    left.over.cancel()
    passengers.land()
    assert stays.over.done()
    assert left.over.cancelled()


async def test_what_is_no_part_of_a_flight_is_asked_for_one_alone() -> None:
    passengers, seen = Passengers(), list[Passenger]()

    async def flight() -> Passengers:
        PASSENGERS.set(passengers)
        return aboard(["a@b.example"])

    assert await asyncio.create_task(flight()) is passengers
    with aboard(["a@b.example"]).shown(seen.append):
        assert [each.addresses for each in seen] == [frozenset({"a@b.example"})]
