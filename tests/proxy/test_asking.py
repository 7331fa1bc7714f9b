"""Whose request it is is known to all that is started for it, and to nothing else."""

import asyncio

from proxy.asking import ASKING, Asking, asked_by


async def test_what_a_request_starts_carries_it_on() -> None:
    async def deep() -> Asking:
        return await asyncio.create_task(_now())

    async def request(since: float, caller: str) -> Asking:
        ASKING.set(Asking(since=since))
        asked_by(caller)
        return await deep()

    found = await asyncio.gather(*(asyncio.create_task(request(n, f"caller-{n}")) for n in (1, 2)))
    assert found == [Asking(1, "caller-1"), Asking(2, "caller-2")]


def test_what_goes_on_side_by_side_keeps_nobody_waiting_twice() -> None:
    asking = Asking(since=5)
    asking.waited_for(0.5, after=0)
    asking.waited_for(0.3, after=0)
    assert asking.waited == 0.5
    asking.waited_for(0.3, after=0.5)
    assert asking.waited == 0.8
    nobody = Asking()
    nobody.waited_for(1, after=0)
    assert nobody == Asking()


async def test_without_a_request_nobody_asks() -> None:
    asked_by("northwind")
    assert ASKING.get() == Asking(0, "")


async def _now() -> Asking:
    return ASKING.get()
