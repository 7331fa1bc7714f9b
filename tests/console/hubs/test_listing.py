"""Tests of console/hubs/listing.py."""

from tests.console.hubs.merger import HEAD, Merger


def test_the_hubs_their_spokes_and_how_they_went(here: Merger) -> None:
    typing = here.typing
    here.configure(south="read = false\nget = { create = true }\n")
    assert typing.types("list") == 0
    assert typing.out.splitlines() == [
        "merger: calendar (never ran)",
        "  north (google): is read; may create, change, delete",
        "  south (google): is not read; may create",
    ]
    assert not (typing.folder / "busyline.db").exists()
    assert typing.types("sync", "merger", "--yes") == 0
    assert typing.types("pause", "merger", "south", "--why", "it moves") == 0
    assert typing.types("list") == 0
    assert "merger: calendar (run 1 done 2026-11-02 08:00 UTC)" in typing.out
    assert "may create; paused: it moves" in typing.out
    [row] = typing.json("list")
    assert (row["hub"], row["last_run"]["run"], row["spokes"][1]["may"]) == ("merger", 1, ["create"])


def test_without_any_hub(here: Merger) -> None:
    (here.typing.folder / "busyline.toml").write_text(HEAD)
    assert here.typing.types("list") == 0
    assert "the configuration has no [[hubs]]" in here.typing.out
    assert here.typing.types("plan", "merger") == 2
    assert "the configuration has no [[hubs]]" in here.typing.err


def test_a_hub_that_the_settings_forgot_is_named(here: Merger) -> None:
    typing = here.typing
    assert typing.types("sync", "merger", "--yes") == 0
    [listed] = typing.json("list")
    whole = (typing.folder / "busyline.toml").read_text()
    (typing.folder / "busyline.toml").write_text(HEAD)
    assert typing.types("list") == 0
    assert "merger: not in the settings any more, and its copies stand: write its section again" in typing.out
    [told] = typing.json("list")
    assert (told["hub"], told["in_settings"], told["spokes"]) == ("merger", False, [])
    assert told.keys() == listed.keys()
    (typing.folder / "busyline.toml").write_text(whole)
    assert typing.types("purge", "merger", "--yes") == 0
    (typing.folder / "busyline.toml").write_text(HEAD)
    assert typing.json("list") == []


def test_why_the_last_run_failed_is_told(here: Merger) -> None:
    here.calendars["south"].roles.clear()
    assert here.typing.types("sync", "merger", "--yes") == 1
    assert here.typing.types("list") == 0
    assert "\n  south could not be read: " in here.typing.out
