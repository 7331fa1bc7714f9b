"""Tests of console/event/planning.py: what stands in the way of an event, and who of a batch stays."""

from pathlib import Path

from proxy.moves import batches
from routing.stages import NO_PLAN
from simulation.faults import Trouble
from tests.console.event.moving_day import EMILY, EMRE, JACK, moving_day


def test_whoever_has_an_instant_of_their_own_waits_for_it(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        day.write("moved.csv", "address,moved_at,batch", f"{JACK},2999-01-01,wave-1", f"{EMRE},,wave-1")
        plan = day.json("moves", "plan", "merger", "wave-1")
        assert plan["route"]["later"] == 1
        assert [step["who"] for step in plan["entries"][0]["steps"]] == [EMRE]
        assert [step["mailbox"] for step in plan["forwarders"][0]["steps"]] == [EMRE]
        assert day.types("moves", "plan", "merger", "wave-1") == 0
        assert "1 of them have an instant of their own" in day.out


def test_without_a_batch_the_list_as_it_stands(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        day.write("moved.csv", "address,moved_at,batch", f"{JACK},2026-11-01,wave-1", f"{EMRE},,wave-1", f"{EMILY},,")
        day.write("moved.csv", "address,moved_at,batch", f"{JACK},2026-11-01,wave-1", f"{EMRE},,wave-1")
        plan = day.json("moves", "plan", "merger")
        assert (plan["batch"], plan["route"]["flips"], plan["people"]) == ("", False, 2)
        assert [step["who"] for step in plan["entries"][0]["steps"]] == [JACK]


def test_other_changes_of_a_sync_wait_for_its_own_run(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        people = [f"{each.partition('@')[0]},{each},Somebody" for each in (JACK, EMRE, EMILY)]
        day.write("northwind.csv", "anchor,address,display_name", *people, "zoe,zoe@northwind.example,Zoe")
        plan = day.json("moves", "plan", "merger", "wave-1")
        assert [step["act"] for step in plan["entries"][0]["steps"]] == ["remove", "remove"]
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 0
        assert day.book("contoso") == {EMILY}
        assert day.types("gal", "apply", "to-contoso", "--yes") == 0
        assert day.book("contoso") == {EMILY, "zoe@northwind.example"}


def test_a_paused_sync_stops_it(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        assert day.types("gal", "undo", "to-northwind", "--yes") == 0
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 1
        assert "`busyline gal resume to-northwind` ends the pause" in day.err
        assert batches.read(tmp_path / "batches.csv")["wave-1"] == NO_PLAN


def test_without_a_file_of_batches_the_route_cannot_flip_and_nothing_does(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        config = tmp_path / "busyline.toml"
        config.write_text(config.read_text().replace('batches = "file:batches.csv"\n', ""))
        day.write("moved.csv", "address,moved_at,batch", f"{JACK},2999-01-01,wave-1", f"{EMRE},2999-01-01,wave-1")
        assert day.types("moves", "plan", "merger", "wave-1") == 0
        assert "no file of batches: write batches in [[moves]]" in day.out
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 1
        assert day.book("contoso") == {JACK, EMRE, EMILY}


def test_mail_that_cannot_be_looked_at_stops_it(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        day.server.faults.tokens = Trouble.BROKEN
        assert day.types("moves", "plan", "merger", "wave-1") == 1
        assert "forwarders at northwind-mail: northwind-mail: " in day.out
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 1
        assert "nothing was done" in day.err
        assert day.book("contoso") == {JACK, EMRE, EMILY}


def test_somebody_who_has_no_mailbox_at_the_new_side_keeps_their_mail(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        config = tmp_path / "busyline.toml"
        beyond = config.read_text().replace("[directories.northwind-mail]", "[directories.contoso-mail]")
        more = beyond[beyond.index("[directories.contoso-mail]") : beyond.index("[[move_forwarders]]")]
        config.write_text(config.read_text() + 'beyond = "contoso-mail"\n' + more)
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 1
        assert "contoso-mail has no mailbox" in day.out
        assert day.forwarded == {}


def test_a_new_mailbox_that_forwards_to_an_alias_of_the_old_one_is_a_circle(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        config = tmp_path / "busyline.toml"
        text = config.read_text()
        mail = text[text.index("[directories.northwind-mail]") : text.index("[[move_forwarders]]")]
        to = f'to = "{EMILY}"\nbeyond = "contoso-mail"\n'
        config.write_text(text + to + mail.replace("northwind-mail", "contoso-mail"))
        day.write("moved.csv", "address,moved_at,batch", f"{JACK},,wave-1")
        assert day.types("moves", "plan", "merger", "wave-1") == 0, day.out
        day.server.forwarding.aliases[JACK] = ["jack@northwind.example"]
        alias = {"enabled": True, "emailAddress": "jack@northwind.example", "disposition": "trash"}
        day.server.forwarding.auto[EMILY] = alias
        assert day.types("moves", "plan", "merger", "wave-1") == 1
        assert "forwards back to jack@northwind.example, in a circle" in day.out
