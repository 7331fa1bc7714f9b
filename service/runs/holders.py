"""Names this process so that another on the same machine can tell whether it is dead, and takes up what it held."""

import os
import platform
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_STATE, _THREADS, _STARTED = 0, 17, 19
"""Fields behind the name of a program (proc_pid_stat(5)): state, num_threads, starttime in ticks since the boot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where process numbers are the same: one boot of one kernel, and one namespace of processes in it (a container
    has its own). ``boot`` is random, and "" where the machine tells neither; then nobody can be proved dead."""

    boot: str
    processes: str

    @classmethod
    def here(cls, proc: Path = _PROC) -> "Machine":
        """This one."""
        try:
            boot = (proc / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
            return cls(boot=boot, processes=str((proc / "self/ns/pid").readlink()))
        except OSError:
            return cls(boot="", processes="")


def this_process(*, proc: Path = _PROC) -> str:
    """A name that no other process bears, ever: host, number, what is random, and where the number means something."""
    machine, number = Machine.here(proc), os.getpid()
    name = f"{platform.node()}-{number}-{secrets.token_hex(4)}"
    told = _stat(number, proc)
    if not machine.boot or told is None:
        return name
    return f"{name} {machine.boot} {machine.processes} {number} {told[_STARTED]}"


def provably_dead(holder: str, *, machine: Machine | None = None, proc: Path = _PROC) -> bool:
    """Whether ``holder``, a name of :func:`this_process`, ran on this machine and does not any more.

    False wherever there is a doubt: another machine, another container, or a process of which nothing can be read.
    """
    here = machine or Machine.here(proc)
    match holder.split(" "):
        case [_, here.boot, here.processes, number, started] if here.boot and number.isdecimal() and int(number) > 1:
            return _gone(int(number), started, proc)
    return False


def _gone(number: int, started: str, proc: Path) -> bool:
    try:
        os.kill(number, 0)  # no signal: whether there is such a process, whoever owns it and whatever /proc hides
    except ProcessLookupError:
        return True
    except OSError:  # there is one, and it is somebody else's
        pass
    told = _stat(number, proc)
    if told is None:
        return False
    ended = told[_STATE] in {"Z", "X"} and int(told[_THREADS]) <= 1  # killed, and nobody has taken note of it
    return ended or told[_STARTED] != started


def _stat(number: int, proc: Path) -> list[str] | None:
    try:
        return (proc / str(number) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2].split()
    except OSError:
        return None
