"""Tests of proxy/ledger/headcount.py."""

import os
import subprocess
import sys
from datetime import timedelta

from structlog.testing import capture_logs

from protocols.model.freebusy import Answer, Reason
from proxy.ledger.headcount import Headcount
from tests.proxy.ledger.entries import NOW, group, known, unknown


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> object:
        """The time now."""
        return self.now


def people(first: int, last: int) -> list[Answer]:
    """Answers about so many."""
    return [known(f"p{number}@b.example") for number in range(first, last)]


def test_members_whom_a_group_showed_count() -> None:
    headcount = Headcount({"x": 2}, clock=lambda: NOW)
    headcount.asked("x", [group("team@b.example", "ann@b.example"), known("ann@b.example")])
    assert (headcount.people("x"), headcount.exceeded("x")) == (2, 0)
    headcount.asked("x", [group("team@b.example", "ann@b.example", "bob@b.example")])
    assert headcount.exceeded("x") == 1


def test_one_over_the_limit_is_told_once_an_hour() -> None:
    clock = Hands()
    headcount = Headcount({"x": 10, "y": 10}, clock=clock)  # type: ignore[arg-type]
    with capture_logs() as logs:
        headcount.asked("x", people(0, 10))
        headcount.asked("x", people(0, 10))
        assert (headcount.exceeded("x"), headcount.people("x")) == (0, 10)
        headcount.asked("x", people(10, 11))
        headcount.asked("x", people(11, 500))
        assert (headcount.exceeded("x"), headcount.people("x")) == (1, 11)
        clock.now += timedelta(hours=1)
        assert headcount.people("x") == 0
        headcount.asked("x", people(0, 5))
        assert (headcount.exceeded("x"), headcount.people("x")) == (1, 5)
        headcount.asked("x", people(0, 400))
    assert (headcount.exceeded("x"), headcount.exceeded("y")) == (2, 0)
    assert [(line["event"], line["caller"], line["limit"]) for line in logs] == [("people_limit_exceeded", "x", 10)] * 2
    assert "b.example" not in str(logs)


def test_callers_without_a_limit_are_not_counted() -> None:
    headcount = Headcount({"x": 1}, clock=lambda: NOW)
    headcount.asked("z", people(0, 100))
    assert headcount.people("x") == 0


def test_no_more_is_kept_than_the_limit_wants_and_no_address() -> None:
    headcount = Headcount({"x": 100}, clock=lambda: NOW)
    headcount.asked("x", people(0, 1_000))
    kept = headcount._hours["x"].people
    assert len(kept) == 101
    assert {type(digest) for digest in kept} == {int}


def test_each_process_has_a_key_of_its_own() -> None:
    """Else whoever reads the memory finds out who was asked about by trying the addresses of a company."""
    program = "print(hash('ann@b.example'))"
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONHASHSEED"}
    ran = [subprocess.run([sys.executable, "-c", program], env=plain, capture_output=True, check=True) for _ in "12"]
    assert len({each.stdout for each in ran}) == 2


def test_what_is_no_address_is_nobody_and_spellings_are_one() -> None:
    headcount = Headcount({"x": 100}, clock=lambda: NOW)
    headcount.asked("x", [unknown(None, Reason.INVALID_ADDRESS), known("SMTP:P1@B.example"), known("p1@b.example")])
    assert headcount.people("x") == 1
