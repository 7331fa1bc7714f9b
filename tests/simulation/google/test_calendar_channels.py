"""Channels call whoever asked for it, and refuse what Google refuses."""

from typing import Any

import pytest

from simulation.google.calendar_channels import Channels
from simulation.google.refusals import GoogleRefusal
from tests.simulation.google.calendar_asking import KEY, NOW

ASKED = {
    "id": "c1",
    "type": "web_hook",
    "address": "https://127.0.0.1:9/x",
    "token": "s",
    "expiration": "1793606400001",
}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"id": ""}, "required"),
        ({"id": "c" * 65}, "required"),
        ({"type": "pigeon"}, "required"),
        ({"address": "http://127.0.0.1:9/x"}, "push.webhookUrlNotHttps"),
    ],
)
async def test_what_is_refused(more: dict[str, Any], reason: str) -> None:
    channels = Channels(lambda: NOW)
    with pytest.raises(GoogleRefusal) as caught:
        channels.watch(KEY, ASKED | more)
    assert (caught.value.status, caught.value.reason) == (400, reason)
    assert channels.all == {}


async def test_a_channel_that_nobody_answers() -> None:
    channels = Channels(lambda: NOW)
    told = channels.watch(KEY, ASKED)
    assert (told["id"], told["token"], told["expiration"]) == ("c1", "s", "1793606400001")
    channels.tell(KEY)
    channels.tell("another calendar")
    await channels.quiet()
    assert channels.all["c1"].number == 2  # "sync", and one change
    with pytest.raises(GoogleRefusal):
        channels.watch(KEY, ASKED)
    with pytest.raises(GoogleRefusal):
        channels.stop("c1", "another resource")
    channels.stop("c1", told["resourceId"])
    channels.tell(KEY)
    await channels.close()
    assert channels.all == {}


async def test_a_channel_is_over_when_its_time_is() -> None:
    channels = Channels(lambda: NOW)
    channels.watch(KEY, ASKED | {"expiration": "1"})
    channels.tell(KEY)
    assert channels.all["c1"].number == 1
    await channels.close()
