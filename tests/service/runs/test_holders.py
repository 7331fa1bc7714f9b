"""Tests of service/runs/holders.py: who is dead is known at once, and nobody is called dead who may live."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from service.runs.holders import Machine, provably_dead, this_process
from tests.needs import missing

_SAYS = "from service.runs.holders import this_process; print(this_process(), flush=True); input()"
HERE = Machine.here()


@pytest.fixture
def told() -> None:
    """A machine that tells its boot and its namespaces."""
    if not HERE.boot:
        missing("/proc as Linux has it")


@contextmanager
def another() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The name of a process that waits, and the process."""
    line = (sys.executable, "-c", _SAYS)
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def test_no_two_names_are_the_same() -> None:
    assert this_process() != this_process()


def test_who_lives_is_not_dead() -> None:
    assert not provably_dead(this_process())
    with another() as (name, _):
        assert not provably_dead(name)


@pytest.mark.usefixtures("told")
def test_who_was_killed_is_dead_even_before_anybody_took_note_of_it() -> None:
    with another() as (name, process):
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, and still in the list of processes
        assert provably_dead(name)
        process.wait()
        assert provably_dead(name)


@pytest.mark.usefixtures("told")
def test_whose_number_somebody_else_bears_by_now_is_dead() -> None:
    host, boot, processes, number, started = this_process().split(" ")
    assert provably_dead(f"{host} {boot} {processes} {number} {int(started) - 1}")


@pytest.mark.usefixtures("told")
def test_of_another_boot_or_container_nothing_is_proved() -> None:
    with another() as (name, process):
        process.kill()
        process.wait()
        for elsewhere in (replace(HERE, boot="f" * 36), replace(HERE, processes="pid:[1]")):
            assert not provably_dead(name, machine=elsewhere)


NAMELESS = ["", "node", "host-12-abcd", "a b c", "h {b} {p} x 1", "h {b} {p} 1 1", "h {b} {p} -1 1"]


@pytest.mark.parametrize("name", NAMELESS)
def test_of_a_name_that_says_nothing_nothing_is_proved(name: str) -> None:
    assert not provably_dead(name.format(b=HERE.boot, p=HERE.processes))


def test_a_machine_that_tells_nothing_proves_nothing(tmp_path: Path) -> None:
    name = this_process(proc=tmp_path)
    assert len(name.split(" ")) == 1
    assert not provably_dead(name, proc=tmp_path)
    assert not provably_dead("host-1-a   99999999 1", machine=Machine(boot="", processes=""))


@pytest.mark.usefixtures("told")
def test_a_process_of_which_nothing_can_be_read_may_live(tmp_path: Path) -> None:
    assert not provably_dead(this_process(), machine=HERE, proc=tmp_path)
