"""Tests of a whole move: planned, done, planned again, and taken back, by the command line alone."""

from pathlib import Path

import pytest

from proxy.moves import batches
from routing.stages import NO_PLAN
from tests.console.event.moving_day import EMILY, EMRE, JACK, moving_day

JACK_NEW, EMRE_NEW = (each.replace("northwind", "contoso") for each in (JACK, EMRE))
EVE = "eve@contoso.example"
_THIRD = """\
[directories.third-book]
protocol = "csv"
path = "third-book.csv"
[[directory_syncs]]
name = "third"
from = ["northwind-people", "contoso-people"]
to = "third-book"
as = "mail-contact"
[[directory_syncs.moves]]
name = "merger"
side = "from"
source = "northwind-people"
[[directory_syncs.moves]]
name = "merger"
side = "to"
source = "contoso-people"
"""


def test_a_move_is_one_event_there_and_back(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        assert (day.book("contoso"), day.book("northwind")) == ({JACK, EMRE, EMILY}, {EVE})
        day.server.forwarding.allowed[EMRE] = {"emre@home.example": "accepted"}
        before = {"enabled": True, "emailAddress": "emre@home.example", "disposition": "archive"}
        day.server.forwarding.auto[EMRE] = before

        plan = day.json("moves", "plan", "merger", "wave-1")
        assert plan["route"]["moved_at"] == {"before": "", "after": day.now.isoformat()}
        assert [
            (each["sync"], step["act"], step["who"], step["why"]) for each in plan["entries"] for step in each["steps"]
        ] == [
            ("to-contoso", "remove", EMRE, "moved"),
            ("to-contoso", "remove", JACK, "moved"),
            ("to-northwind", "create", EMRE_NEW, "new"),
            ("to-northwind", "create", JACK_NEW, "new"),
        ]
        (forwarders,) = plan["forwarders"]
        assert [(each["mailbox"], each["before"], each["after"]) for each in forwarders["steps"]] == [
            (JACK, "", JACK_NEW),
            (EMRE, "emre@home.example", EMRE_NEW),
        ]
        assert day.book("contoso") == {JACK, EMRE, EMILY}

        assert day.types("moves", "apply", "merger", "wave-1") == 2
        assert day.types("moves", "apply", "merger", "wave-1", answers="n\n") == 1
        assert day.types("moves", "apply", "merger", "wave-1", answers="y\n") == 0
        assert (day.book("contoso"), day.book("northwind")) == ({EMILY}, {EVE, JACK_NEW, EMRE_NEW})
        assert day.forwarded == {JACK: JACK_NEW, EMRE: EMRE_NEW}
        assert batches.read(tmp_path / "batches.csv")["wave-1"].moved_at == int(day.now.timestamp())

        day.later(minutes=1)
        again = day.json("moves", "plan", "merger", "wave-1")
        assert again["nothing"] is True
        assert day.types("gal", "apply", "to-contoso", "--yes") == 0
        assert day.types("gal", "apply", "to-northwind", "--yes") == 0
        assert (day.book("contoso"), day.book("northwind")) == ({EMILY}, {EVE, JACK_NEW, EMRE_NEW})

        assert day.types("moves", "roll-back", "merger", "wave-1", "--yes") == 0
        assert (day.book("contoso"), day.book("northwind")) == ({JACK, EMRE, EMILY}, {EVE})
        assert day.server.forwarding.auto == {EMRE: before}
        assert batches.read(tmp_path / "batches.csv")["wave-1"].rolled_back_at == int(day.now.timestamp())
        assert day.json("moves", "plan", "merger", "wave-1", "--back")["nothing"] is True

        day.later(minutes=1)
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 0
        assert (day.book("contoso"), day.book("northwind")) == ({EMILY}, {EVE, JACK_NEW, EMRE_NEW})
        assert day.forwarded == {JACK: JACK_NEW, EMRE: EMRE_NEW}
        assert batches.read(tmp_path / "batches.csv")["wave-1"].resumed_at == int(day.now.timestamp())


def test_the_difference_is_drawn_in_the_order_in_which_it_is_done(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        assert day.types("moves", "plan", "merger", "wave-1") == 0
        order = ["~ route wave-1", "# entries of to-contoso", f"x remove {JACK}", "# forwarders at northwind-mail"]
        order += [f"~ forward {JACK}", "# entries of to-northwind", f"+ create {JACK_NEW}"]
        places = [day.out.index(each) for each in order]
        assert places == sorted(places)
        assert f"forwards to: nowhere -> {JACK_NEW}, and a copy stays" in day.out


def test_what_somebody_changed_since_is_named_and_left(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 0
        other = {"enabled": True, "emailAddress": "jack@home.example", "disposition": "trash"}
        day.server.forwarding.auto[JACK] = other
        assert day.types("moves", "roll-back", "merger", "wave-1", "--yes") == 0
        assert f"! leave {JACK}" in day.out
        assert "somebody changed it since" in day.out
        assert day.server.forwarding.auto == {JACK: other}


def test_a_list_that_cannot_be_read_stops_everything(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        day.write("moved.csv", "address,moved_at,batch", f"{JACK},yesterday,wave-1")
        assert day.types("gal", "apply", "to-contoso", "--yes") == 1
        assert "moved.csv is wrong on line 2" in day.out + day.err
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 1
        assert day.book("contoso") == {JACK, EMRE, EMILY}
        assert batches.read(tmp_path / "batches.csv")["wave-1"] == NO_PLAN


def test_a_part_that_fails_is_gone_on_with(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        day.server.forwarding.verifies = True
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 1
        assert "Google sent a message to the new address" in day.err
        assert "the same command goes on from there" in day.err
        assert (day.book("contoso"), day.book("northwind")) == ({EMILY}, {EVE})  # those that come wait
        day.server.forwarding.allowed[JACK][JACK_NEW] = day.server.forwarding.allowed[EMRE][EMRE_NEW] = "accepted"
        plan = day.json("moves", "plan", "merger", "wave-1")
        assert [len(each["steps"]) for each in plan["entries"]] == [0, 2]
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 0
        assert day.forwarded == {JACK: JACK_NEW, EMRE: EMRE_NEW}
        assert day.book("northwind") == {EVE, JACK_NEW, EMRE_NEW}


def test_the_route_alone_is_rolled_back_where_that_is_asked(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 0
        day.later(hours=1)
        assert day.types("moves", "roll-back", "merger", "wave-1", "--route-only") == 0
        assert day.forwarded == {JACK: JACK_NEW, EMRE: EMRE_NEW}
        assert day.book("contoso") == {EMILY}


@pytest.mark.parametrize(("batch", "code"), [("wave-9", 2), ("wave-1", 0)])
def test_a_batch_that_there_is(tmp_path: Path, batch: str, code: int) -> None:
    with moving_day(tmp_path) as day:
        assert day.types("moves", "plan", "merger", batch) == code


def test_whoever_is_not_at_the_new_side_stops_it(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        day.write("contoso.csv", "anchor,address,display_name", f"eve,{EVE},Eve", f"jack.thompson,{JACK_NEW},Jack")
        assert day.types("moves", "plan", "merger", "wave-1") == 1
        assert f"! {EMRE} would have no entry by to-northwind" in day.out
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 1
        assert "nothing was done" in day.err
        assert (day.book("contoso"), day.book("northwind"), day.forwarded) == ({JACK, EMRE, EMILY}, {EVE}, {})
        assert batches.read(tmp_path / "batches.csv")["wave-1"] == NO_PLAN


def test_whoever_left_the_old_side_for_good_does_not_stop_a_roll_back(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 0
        day.write("northwind.csv", "anchor,address,display_name", f"j,{JACK},Jack", f"e,{EMILY},Oliver")
        assert day.types("moves", "roll-back", "merger", "wave-1", "--yes") == 0, day.err
        assert f"! {EMRE} would have no entry by to-contoso" in day.out
        assert day.forwarded == {}


def test_mail_that_cannot_be_sent_on_stops_it(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        config = tmp_path / "busyline.toml"
        to = '[[move_forwarders]]\nto = "{local}@northwind.example"\n'
        config.write_text(config.read_text().replace("[[move_forwarders]]\n", to))
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 1
        assert f"nothing was done: mail of {JACK}: {JACK} is this very mailbox" in day.err
        assert (day.book("contoso"), day.book("northwind"), day.forwarded) == ({JACK, EMRE, EMILY}, {EVE}, {})
        assert batches.read(tmp_path / "batches.csv")["wave-1"] == NO_PLAN


def test_a_team_that_bears_the_old_address_keeps_its_entry(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        team = "sales-team@northwind.example"
        rows = (tmp_path / "northwind.csv").read_text().splitlines()
        day.write("northwind.csv", rows[0] + ",aliases", *(f"{row}," for row in rows[1:]), f"team,{team},Sales,{JACK}")
        assert day.types("gal", "apply", "to-contoso", "--yes") == 0, day.out
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 0, day.err
        assert day.book("contoso") == {EMILY, team}
        day.later(minutes=5)
        assert day.types("gal", "apply", "to-contoso", "--yes") == 0, day.out
        assert day.book("contoso") == {EMILY, team}


def test_the_book_of_a_third_company_has_everybody_once(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        config = tmp_path / "busyline.toml"
        config.write_text(config.read_text() + _THIRD)
        assert day.types("gal", "apply", "third", "--yes") == 0, day.out
        assert day.book("third") == {JACK, EMRE, EMILY, EVE}
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 0, day.err + day.out
        assert day.book("third") == {JACK_NEW, EMRE_NEW, EMILY, EVE}
        day.later(minutes=5)
        assert day.types("gal", "apply", "third", "--yes") == 0, day.out
        assert day.types("moves", "roll-back", "merger", "wave-1", "--yes") == 0, day.err
        assert day.book("third") == {JACK, EMRE, EMILY, EVE}


def test_whoever_was_taken_from_the_list_is_named_while_their_mail_is_sent_on(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 0
        day.write("moved.csv", "address,moved_at,batch", f"{EMRE},,wave-1", f"{EMILY},,wave-2")
        day.later(minutes=5)
        for arguments in (["plan", "merger"], ["plan", "merger", "wave-1"], ["roll-back", "merger", "wave-1", "--yes"]):
            assert day.types("moves", *arguments) == 0, day.err + day.out
            assert f"! leave {JACK}" in day.out
            assert f"is on the list no more, and was set to forward to {JACK_NEW}" in day.out
        assert day.forwarded == {JACK: JACK_NEW}
        del day.server.forwarding.auto[JACK]
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 0, day.err
        assert f"= forget {JACK}" in day.out
        assert day.types("moves", "plan", "merger") == 0
        assert JACK not in day.out


def test_who_is_off_the_source_since_the_move_is_no_shrinking(tmp_path: Path) -> None:
    with moving_day(tmp_path) as day:
        day.write("northwind.csv", "anchor,address,display_name", f"emily.foster,{EMILY},Oliver")
        assert day.types("gal", "plan", "to-contoso") == 1
        assert "told 1 people, and 3 the last time" in day.out
        assert day.types("moves", "apply", "merger", "wave-1", "--yes") == 0, day.err
        assert day.book("contoso") == {EMILY}
        assert day.types("gal", "apply", "to-contoso", "--yes") == 0, day.out
