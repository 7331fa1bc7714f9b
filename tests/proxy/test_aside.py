"""Long work runs in a thread, short work here, and both give back what comes of it."""

import threading

import pytest

from proxy.aside import aside


@pytest.mark.parametrize(("size", "here"), [(100, True), (10**6, False)])
async def test_where_it_runs(size: int, here: bool) -> None:
    thread = await aside(size, threading.get_ident)
    assert (thread == threading.get_ident()) is here


@pytest.mark.parametrize("size", [100, 10**6])
async def test_what_it_raises(size: int) -> None:
    def job() -> None:
        raise ValueError("of the job")

    with pytest.raises(ValueError, match="of the job"):
        await aside(size, job)
