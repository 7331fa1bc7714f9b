"""A simulation in a process of its own, on a core of its own: it must not share ours, and is asked by a pipe."""

import asyncio
import gc
import multiprocessing
import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, Final, TypeAlias

from bench.machine import SERVER

Serve: TypeAlias = Callable[..., Coroutine[Any, Any, None]]
"""Called with the pipe and then the arguments; a function of a module, since another process has to find it."""
_PATIENCE: Final = 120.0


class Apart:
    """The other end. ``told`` is what it said of itself when it was ready."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._turn = asyncio.Lock()
        self.told = self._answer()

    async def ask(self, name: str, *arguments: Any) -> Any:
        """What the method ``name`` of what runs there returns; others go on meanwhile."""
        async with self._turn:
            self._pipe.send((name, arguments))
            return await asyncio.to_thread(self._answer)

    def _answer(self) -> Any:
        if not self._pipe.poll(_PATIENCE):
            raise TimeoutError("the simulation does not answer")
        return self._pipe.recv()


@contextmanager
def apart(serve: Serve, *arguments: Any) -> Iterator[Apart]:
    """``serve`` runs in a process of its own until the block ends. Raises TimeoutError, EOFError where it cannot."""
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(serve, theirs, arguments), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Apart(ours)
    finally:
        process.kill()
        process.join()
        ours.close()
        process.close()


async def answering(pipe: Connection, there: object, told: Any) -> None:
    """Says ``told``, and then answers what :class:`Apart` asks by the methods of ``there``, for ever."""
    pipe.send(told)
    asked = asyncio.Event()
    asyncio.get_running_loop().add_reader(pipe.fileno(), asked.set)
    while True:
        await asked.wait()
        asked.clear()
        while pipe.poll():  # the loop may have told of the same question twice
            name, arguments = pipe.recv()
            pipe.send(await getattr(there, name)(*arguments))


def _run(serve: Serve, pipe: Connection, arguments: tuple[Any, ...]) -> None:
    os.sched_setaffinity(0, {SERVER})
    gc.set_threshold(700, 10, 1_000_000)  # to look through all appointments stops every answer for a while
    asyncio.run(serve(pipe, *arguments))
