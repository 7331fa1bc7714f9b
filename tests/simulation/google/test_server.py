"""Whoever a token stands for sees what others share with them."""

from simulation.faults import Trouble
from tests.simulation.google.asking import HIDDEN, LOOKER, PERSON, SHARER, Asker, reason


async def test_whose_eyes_see_what(asker: Asker) -> None:
    async def seen(calendar: str, subject: str) -> set[object]:
        _, answer = await asker.events(calendar, subject)
        return {event.get("summary") for event in answer["items"]} if "items" in answer else {reason(answer)}

    assert await seen(PERSON, LOOKER) == {None}
    assert "Physiotherapy" in await seen(PERSON, PERSON)
    assert "Stand-up" in await seen(SHARER, LOOKER)
    assert await seen(HIDDEN, LOOKER) == {"notFound"}
    assert None not in await seen("primary", HIDDEN)
    assert await seen(PERSON, "") == {"notFound"}  # the service account itself belongs to no domain


async def test_calendars_of_somebody_else(asker: Asker) -> None:
    asker.server.faults.trouble = Trouble.SOMEBODY_ELSE
    _, told = await asker.freebusy(PERSON)
    assert list(told["calendars"]) == [f"not.{PERSON}"]
