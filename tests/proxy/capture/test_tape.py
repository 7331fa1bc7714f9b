"""A running capture: whose requests it takes, how many, and that it never holds the server up."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from proxy.capture.pseudonyms import Pseudonyms
from proxy.capture.tape import Tape
from tests.proxy.capture.samples import HEADER, KEY, heard, order
from tests.proxy.served import NOW


def tape(tmp_path: Path, max_size: int = 1 << 30, **changed: Any) -> Tape:
    """For an order for northwind."""
    path = tmp_path / "x.jsonl"
    return Tape(order(**changed), HEADER, path, key=KEY, host="busy.example.com", max_size=max_size)


def lines(one: Tape) -> list[dict[str, Any]]:
    """What is in its file."""
    return [orjson.loads(line) for line in one.path.read_bytes().splitlines()]


def test_the_file_is_the_owners_alone_and_begins_with_a_line_about_itself(tmp_path: Path) -> None:
    one = tape(tmp_path)
    assert one.path.stat().st_mode & 0o777 == 0o600
    assert lines(one) == [HEADER.as_json()]
    with pytest.raises(FileExistsError):
        tape(tmp_path)
    one.end("it was stopped")
    assert lines(one)[1:] == [{"ended": "it was stopped", "kept": 0, "missed": 0}]


def test_requests_of_others_are_not_taken(tmp_path: Path) -> None:
    one = tape(tmp_path)
    one.hear(heard(caller="contoso"))
    one.hear(heard(caller="", peer="192.0.2.1"))
    one.hear(heard())
    one.end("x")
    assert one.kept == 1


def test_who_knocked_from_there_within_a_minute_is_the_caller(tmp_path: Path) -> None:
    one = tape(tmp_path)
    for number, (at, peer) in enumerate([(-90, "203.0.113.7"), (-2, "203.0.113.7"), (-1, "192.0.2.1")]):
        one.hear(heard(caller="", at=NOW + timedelta(seconds=at), peer=peer, path=f"/ews/{number}"))
    one.hear(heard())
    one.hear(heard(caller="", at=NOW + timedelta(hours=1)))
    one.end("x")
    assert [line["at"] for line in lines(one)[1:-1]] == [-2.0, 0.0, 3600.0]


def test_strangers_are_taken_where_that_was_ordered(tmp_path: Path) -> None:
    one = tape(tmp_path, strangers=True)
    one.hear(heard(caller="", peer="192.0.2.1"))
    one.hear(heard(caller="contoso"))
    one.end("x")
    assert one.kept == 1


def test_it_is_full_when_as_many_were_taken_as_ordered(tmp_path: Path) -> None:
    one = tape(tmp_path, requests=2)
    for _ in range(3):
        one.hear(heard())
    assert one.full
    one.write()
    assert (one.kept, len(lines(one))) == (2, 3)
    one.end("x")


def test_more_than_can_be_written_is_missed_and_said(tmp_path: Path) -> None:
    one = tape(tmp_path, requests=10_000)
    for _ in range(600):
        one.hear(heard(body=b"", answer=b""))
    one.write()
    one.hear(heard(body=b"x" * 100_000_000))
    one.end("x")
    assert (one.kept, one.missed) == (500, 101)
    assert lines(one)[-1] == {"ended": "x", "kept": 500, "missed": 101}


def test_what_cannot_be_taken_down_is_missed_and_the_rest_goes_on(tmp_path: Path) -> None:
    one = tape(tmp_path)
    one.hear(heard(path=None))
    one.hear(heard())
    one.end("x")
    assert (one.kept, one.missed) == (1, 1)


def test_a_pseudonym_is_the_same_in_all_lines_and_the_key_is_gone_with_the_end(tmp_path: Path) -> None:
    one = tape(tmp_path)
    one.hear(heard())
    one.hear(heard())
    one.end("x")
    first, second = lines(one)[1:-1]
    assert first["body"] == second["body"]
    assert Pseudonyms(KEY).of("frieda.lang@fabrikam.example") in first["body"]["text"]
    assert vars(one)["_pseudonyms"].of("a") != Pseudonyms(KEY).of("a")


def test_the_file_never_grows_over_its_limit_and_says_how_it_ended(tmp_path: Path) -> None:
    one = tape(tmp_path, max_size=8_000)
    for _ in range(10):
        one.hear(heard())
    one.write()
    assert one.large
    assert one.full
    one.end("too large")
    assert one.path.stat().st_size <= 8_000
    assert 0 < one.kept < 10
    assert lines(one)[-1] == {"ended": "too large", "kept": one.kept, "missed": 10 - one.kept}


def test_every_line_is_in_the_file_at_once(tmp_path: Path) -> None:
    one = tape(tmp_path)
    one.hear(heard())
    one.write()
    assert lines(one)[1]["n"] == 1
    one.end("x")


class _Interrupted(bytes):
    """A body; while ``meanwhile`` is set, whoever measures it lets another thread go first, if that can go on."""

    meanwhile: Callable[[], None] | None = None
    other: threading.Thread

    def __len__(self) -> int:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            self.other = threading.Thread(target=meanwhile)
            self.other.start()
            self.other.join(0.2)
        return super().__len__()


def test_what_is_heard_while_it_is_written_is_counted_once(tmp_path: Path) -> None:
    one, body = tape(tmp_path), _Interrupted(b"<a/>")
    one.hear(heard(body=body))
    body.meanwhile = lambda: one.hear(heard())
    one.write()
    body.other.join()
    one.end("x")
    one.hear(heard())  # too late, and in nobody's way
    assert one.kept + one.missed == 2
    assert (vars(one)["_memory"], len(vars(one)["_waiting"])) == (0, 0)
