"""What both key stores share: who waits and for how long, what is kept of which place, and what the log says."""

import asyncio
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from proxy.auth.kept_keys import APART, APART_AFTER_FAILURE, RENEWED, TRUSTED, KeptKeys, Place


@dataclass
class Shop:
    """Two places with a set of keys each, and a clock that is set by hand."""

    now: float = 1_000.0
    calls: list[str] = field(default_factory=list)
    broken: dict[str, Exception] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def fetch(self, name: str) -> str:
        """The set at ``name``."""
        self.calls.append(name)
        number = len(self.calls)
        await self.gate.wait()
        if name in self.broken:
            raise self.broken[name]
        return f"{name}{number}"

    def kept(self, *, patience: float | None = None) -> KeptKeys[str]:
        """What is tested."""
        places = [Place(lambda name=name: self.fetch(name), {"url": name}) for name in ("a", "b")]  # type: ignore[misc]
        whose = {"tenant": "t"}
        return KeptKeys(places, name="some_keys", whose=whose, clock=lambda: self.now, patience=patience)


async def test_each_place_keeps_its_own_through_failures_and_for_two_days() -> None:
    shop = Shop()
    kept = shop.kept()
    assert list(kept.held) == []
    assert await kept.look()
    assert kept.held == ("a1", "b2")
    shop.broken["a"] = PeerError(Reason.UNREACHABLE, "nobody there")
    shop.now += TRUSTED - 1
    with capture_logs() as logs:
        assert await kept.look()
    assert kept.held == ("a1", "b4")
    (line,) = logs
    assert (line["event"], line["tenant"], line["url"]) == ("some_keys", "t", "a")
    assert line["note"].startswith("kept as they were: ")
    shop.now += 1
    assert list(kept.held) == ["b4"]


async def test_looks_are_apart_and_closer_while_there_is_nothing() -> None:
    shop = Shop(broken={name: PeerError(Reason.UNREACHABLE, "") for name in "ab"})
    kept = shop.kept()
    for seconds in (0.0, APART_AFTER_FAILURE - 1, 1.0):
        shop.now += seconds
        await kept.look()
    assert len(shop.calls) == 4
    shop.broken.clear()
    for seconds in (APART_AFTER_FAILURE, APART - 1, 1.0):
        shop.now += seconds
        await kept.look()
    assert len(shop.calls) == 8


async def test_nobody_waits_for_a_renewal_nor_for_the_beginning() -> None:
    shop = Shop()
    kept = shop.kept()
    kept.begin()
    assert list(kept.held) == []
    await kept.look()
    kept.begin()
    kept.renew()
    await kept.look()
    assert len(shop.calls) == 2
    shop.now += RENEWED
    kept.renew()
    await kept.look()
    assert kept.held == ("a3", "b4")


async def test_who_loses_patience_leaves_the_fetch_to_others() -> None:
    shop = Shop()
    shop.gate.clear()
    kept = shop.kept(patience=0.01)
    assert not await kept.look()
    assert not await kept.look()
    shop.gate.set()
    assert await kept.look()
    assert (kept.held, len(shop.calls)) == (("a1", "b2"), 2)


async def test_what_breaks_is_told_without_its_words() -> None:
    shop = Shop(broken={"a": RuntimeError("the secret is hunter2")})
    kept = shop.kept()
    with capture_logs() as logs, pytest.raises(RuntimeError):
        await kept.look()
    assert [(line["log_level"], line["error"]) for line in logs] == [("error", "RuntimeError")]
    assert "hunter2" not in str(logs)


async def test_closing_calls_a_fetch_off() -> None:
    shop = Shop()
    shop.gate.clear()
    kept = shop.kept()
    kept.begin()
    waiting = asyncio.create_task(kept.look())
    await asyncio.sleep(0)
    await kept.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
