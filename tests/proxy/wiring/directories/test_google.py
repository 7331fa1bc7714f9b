"""Tests of proxy/wiring/directories/google.py."""

from pathlib import Path

import pytest

from protocols.errors import PeerError
from protocols.model.mailbox import Mailbox
from proxy.settings.connectors import GoogleConnector
from proxy.wiring.directories.google import directory_url
from tests.proxy.wiring.directories.served import directory
from tests.proxy.wiring.directories.told import assert_a_group_is_flattened, assert_one_list_of_rooms

GROUP, PERSON = (
    Mailbox.parse(address) for address in ("sydney-team@northwind.example", "jack.thompson@northwind.example")
)


async def test_groups_in_circles_are_flattened(tmp_path: Path) -> None:
    await assert_a_group_is_flattened("google", GROUP, PERSON, tmp_path)


async def test_room_lists_and_their_rooms(tmp_path: Path) -> None:
    rooms = {"c_aurora@resource.calendar.google.com", "c_ganges@resource.calendar.google.com"}
    await assert_one_list_of_rooms("google", "Sydney & Kolkata", rooms, PERSON, tmp_path)


async def test_lists_and_rooms_are_read_together_and_a_failure_is_not_kept(tmp_path: Path) -> None:
    async with directory("google", tmp_path) as (asked, server):
        server.directory_down = True
        with pytest.raises(PeerError):
            await asked.room_lists()
        server.directory_down = False
        (one,) = await asked.room_lists()
        calls = len(server.calls)
        await asked.rooms(one.address)
        assert len(server.calls) == calls


@pytest.mark.parametrize(
    ("connector", "section", "url"),
    [
        ({}, {}, "https://admin.googleapis.com"),
        ({"api_url": "https://g.example"}, {}, "https://g.example"),
        ({"api_url": "https://g.example"}, {"api_url": "https://d.example"}, "https://d.example"),
    ],
)
def test_where_google_s_directory_is(connector: dict[str, str], section: dict[str, str], url: str) -> None:
    jack = "jack.thompson@northwind.example"
    written = {"protocol": "google", "service_account": "file:a.json", "subject": jack, **connector}
    settings = GoogleConnector.model_validate({**written, "directory": {"subject": jack, **section}})
    assert directory_url(settings) == url
    assert directory_url(settings.model_copy(update={"directory": None})) in {
        connector.get("api_url"),
        "https://admin.googleapis.com",
    }
