"""Tests of console/hubs/withheld.py: what a spoke holds back is found at the spoke, and its title is kept nowhere."""

from dataclasses import replace

from protocols.model.event import Sensitivity
from tests.console.hubs.merger import KICK_OFF, MAY, Merger
from tests.contracts.spoke_events import span


def test_what_is_held_back_is_found_by_its_whole_title_at_its_spoke(here: Merger) -> None:
    typing = here.typing
    here.configure(north=MAY + 'give = { without_subjects = ["Own*"] }\n')
    here.enters("north", replace(KICK_OFF, subject="Doctor Quincy", sensitivity=Sensitivity.PRIVATE))
    here.enters("north", replace(KICK_OFF, subject="Own bowling", when=span(11, 9)))
    assert typing.types("sync", "merger", "--yes") == 0, typing.out
    kept = b"".join(path.read_bytes() for path in typing.folder.glob("busyline.db*"))
    assert b"Quincy" not in kept
    assert b"bowling" not in kept
    assert typing.types("why", "merger", "doctor quincy") == 0
    assert "a private item, 2026-11-09 09:00 UTC: not taken from north" in typing.out
    assert "private items are not given (private = skip)" in typing.out
    [aside] = typing.json("why", "merger", "Own bowling")["not_taken"]
    assert (aside["title"], aside["why"]) == (
        "an item that is not given, 2026-11-11 09:00 UTC",
        "its subject is one of those that are not given",
    )
    assert typing.types("why", "merger", "Doctor") == 1  # no title is spelt out letter by letter
    assert "what is not given is found by its whole title, or by its key" in typing.out
    assert typing.types("why", "merger", "Kick-off") == 0  # what is known asks nobody
    here.calendars["north"].roles.clear()
    assert typing.types("why", "merger", "Kick-off") == 0
    assert typing.types("why", "merger", "Doctor Quincy") == 1
    assert "north could not be asked whether it holds back anything of that title: " in typing.out
    assert list(typing.json("why", "merger", "Doctor Quincy", code=1)["not_asked"]) == ["north"]
