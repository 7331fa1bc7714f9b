"""Real clients list rooms through a whole proxy, look them up like people, and ask about groups."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from protocols.model.window import TimeWindow
from simulation.directory import everybody_in
from simulation.estate import Estate, united
from tests.clients import exchangelib_client, zeep_client
from tests.clients.blocks import Answer
from tests.clients.conftest import SEASONS, window_in
from tests.clients.estate_proxy import ASSISTANT_CALLER, OUTSIDE_CALLER, PASSWORD, EstateProxy, estate_proxy

pytestmark = [
    pytest.mark.client,
    pytest.mark.asyncio(loop_scope="module"),
    # exchangelib reads times with the methods that Python 3.12 deprecates
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning:exchangelib"),
]
ZONE, CONTOSO_ONLY, NOT_FABRIKAM = "Europe/Berlin", "contoso-only@merger.example", "not-fabrikam@merger.example"
_EXTRA = f"""
[connectors.contoso.directory]
groups = ["*-team@contoso.example"]

[connectors.northwind.directory]
subject = "jack.thompson@northwind.example"

[connectors.fabrikam.directory]

[[groups]]
address = "board@merger.example"
members = ["anna.schneider@contoso.example", "file:board.txt"]

[[room_lists]]
name = "All of us"
address = "rooms@contoso.example"
rooms = "file:rooms.csv"

[[callers]]
name = "contoso-only"
basic = {{ usernames = ["{CONTOSO_ONLY}"], password = "file:caller.hash" }}
may_ask = ["contoso.example", "merger-team@fabrikam.example"]

[[callers]]
name = "not-fabrikam"
basic = {{ usernames = ["{NOT_FABRIKAM}"], password = "file:caller.hash" }}
may_ask = ["*"]
never_via = ["fabrikam"]
"""
BUILDING = "building.syd-1"
LISTS = {
    "berlin-rooms@contoso.example": {"room.elbe@contoso.example", "room.spree@contoso.example"},
    "new-york-rooms@fabrikam.example": {"room.hudson@fabrikam.example", "room.bronx@fabrikam.example"},
    "rooms@contoso.example": {"room.spree@contoso.example", "room.bronx@fabrikam.example"},
}
GROUPS = ("berlin-team@contoso.example", "sydney-team@northwind.example", "merger-team@fabrikam.example")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EstateProxy]:
    directory = tmp_path_factory.mktemp("rooms")
    (directory / "board.txt").write_text("brian.sullivan@fabrikam.example  # chair\n", "utf-8")
    (directory / "rooms.csv").write_text(
        "address,name\nroom.spree@contoso.example,Spree\nroom.bronx@fabrikam.example,\n", "utf-8"
    )
    async with estate_proxy(directory, estate, subject="jack.thompson@northwind.example", extra=_EXTRA) as here:
        yield here


async def _with_exchangelib(here: EstateProxy, caller: str) -> dict[str, list[tuple[str, str]]]:
    return await asyncio.to_thread(exchangelib_client.rooms, here.ews_url, caller, PASSWORD, ca=str(here.ca))


async def _with_zeep(here: EstateProxy, caller: str) -> dict[str, list[tuple[str, str]]]:
    arguments = (here.wsdl_url, here.ews_url, caller, PASSWORD)
    return await asyncio.to_thread(zeep_client.rooms, *arguments, ca=str(here.ca))


@pytest.mark.parametrize("client", [_with_exchangelib, _with_zeep], ids=["exchangelib", "zeep"])
async def test_rooms_of_all_three_are_listed(here: EstateProxy, client: object) -> None:
    found = await client(here, OUTSIDE_CALLER)  # type: ignore[operator]
    google = {address: rooms for address, rooms in found.items() if address.startswith(BUILDING)}
    assert {address: {room for room, _ in rooms} for address, rooms in found.items() if address not in google} == LISTS
    ((address, rooms),) = google.items()
    assert address.endswith("@resource.calendar.google.com")
    assert rooms == [
        ("c_aurora@resource.calendar.google.com", "Aurora Boardroom"),
        ("c_ganges@resource.calendar.google.com", "Ganges"),
    ]
    assert ("room.spree@contoso.example", "Spree") in found["rooms@contoso.example"]


async def test_a_caller_is_offered_what_it_may_ask_about(here: EstateProxy) -> None:
    found = await _with_exchangelib(here, CONTOSO_ONLY)
    assert {address: {room for room, _ in rooms} for address, rooms in found.items()} == {
        "berlin-rooms@contoso.example": LISTS["berlin-rooms@contoso.example"],
        "rooms@contoso.example": {"room.spree@contoso.example"},
    }


async def test_never_via_holds_for_rooms(here: EstateProxy) -> None:
    found = await _with_zeep(here, NOT_FABRIKAM)
    assert "new-york-rooms@fabrikam.example" not in found
    assert {room for room, _ in found["rooms@contoso.example"]} == {"room.spree@contoso.example"}


async def test_a_room_that_was_listed_is_looked_up_like_a_person(here: EstateProxy, estate: Estate) -> None:
    rooms = [room for listed in (await _with_exchangelib(here, OUTSIDE_CALLER)).values() for room, _ in listed]
    window = window_in(ZONE, "autumn")
    for room, answer in zip(rooms, await _free_busy(here, OUTSIDE_CALLER, rooms), strict=True):
        assert _united(answer, window) == estate.expected_busy(room, window), room


async def test_a_group_is_busy_when_anybody_of_it_is(here: EstateProxy, estate: Estate) -> None:
    window = window_in(ZONE, "autumn")
    answers = await _free_busy(here, ASSISTANT_CALLER, [*GROUPS, "board@merger.example"])
    members = [everybody_in(group) for group in GROUPS]
    members.append(("anna.schneider@contoso.example", "brian.sullivan@fabrikam.example"))
    for people, answer in zip(members, answers, strict=True):
        taken = [block for one in people for block in estate.expected_busy(one, window)]
        assert _united(answer, window) == united(taken, window), people


async def test_policy_applies_to_each_member(here: EstateProxy) -> None:
    """The group may be asked about, and most of its members may not."""
    asked = ["merger-team@fabrikam.example", "anna.schneider@contoso.example", "merger-team@fabrikam.example"]
    answers = await _codes(here, CONTOSO_ONLY, asked)
    assert answers == ["ErrorFreeBusyGenerationFailed", "", "ErrorFreeBusyGenerationFailed"]


async def test_a_hundred_members_are_too_many(here: EstateProxy) -> None:
    asked = ["everyone-team@fabrikam.example", "frieda.lang@fabrikam.example"]
    assert await _codes(here, OUTSIDE_CALLER, asked) == ["ErrorFreeBusyDLLimitReached", ""]


async def test_a_failing_directory_spoils_no_others_lists(here: EstateProxy, tmp_path: Path, estate: Estate) -> None:
    (tmp_path / "board.txt").write_text("brian.sullivan@fabrikam.example\n", "utf-8")
    (tmp_path / "rooms.csv").write_text("room.spree@contoso.example\n", "utf-8")
    async with estate_proxy(tmp_path, estate, certificates=here.ca.parent, extra=_EXTRA) as other:
        other.graph.directory_down = other.google.directory_down = True
        found = await _with_exchangelib(other, OUTSIDE_CALLER)
        told, _ = other.proxy.metrics.exposition()
    assert set(found) == {"new-york-rooms@fabrikam.example", "rooms@contoso.example"}
    assert b'busyline_directory_failures_total{connector="contoso"} 1.0' in told


async def _free_busy(here: EstateProxy, caller: str, addresses: list[str]) -> list[Answer]:
    start, end = SEASONS["autumn"]
    arguments = (here.ews_url, caller, PASSWORD, addresses, start, end, ZONE)
    return await asyncio.to_thread(exchangelib_client.free_busy, *arguments, ca=str(here.ca))


async def _codes(here: EstateProxy, caller: str, addresses: list[str]) -> list[str]:
    start, end = SEASONS["autumn"]
    arguments = (here.wsdl_url, here.ews_url, caller, PASSWORD, addresses, start, end, ZONE)
    answers = await asyncio.to_thread(zeep_client.free_busy, *arguments, ca=str(here.ca))
    return [answer if isinstance(answer, str) else "" for answer in answers]


def _united(answer: Answer, window: TimeWindow) -> list[TimeWindow]:
    assert isinstance(answer, list), answer
    return united([TimeWindow(start, end) for start, end, word in answer if word != "WorkingElsewhere"], window)
