"""Tests of calsync/ledger/hooks.py: a message leads to its hook, and of a spoke the newest is the last."""

from dataclasses import replace

from calsync.ledger.ledger import Ledger
from calsync.notices.hook import Hook
from calsync.notices.watching import Hooks
from calsync.spoke import Watch
from tests.calsync.ledger.remembered import HUB
from tests.service.runs.kept import NOON

WATCH = Watch(key="channel", resource="resource", until=NOON)


def hook(name: str, spoke: str = "left", hub: str = HUB) -> Hook:
    return Hook(hub=hub, spoke=spoke, name=name, digest=name.encode())


async def test_the_ledger_keeps_hooks(ledger: Ledger) -> None:
    kept: Hooks = ledger
    for each in (hook("b"), hook("a"), hook("c", "right"), hook("d", hub="another")):
        await kept.keep_hook(each)
    promised = replace(hook("b"), watch=WATCH)
    await kept.keep_hook(promised)
    assert await kept.hooks(HUB) == [promised, hook("a"), hook("c", "right")]
    assert (await ledger.hook("b"), await ledger.hook("x")) == (promised, None)
    await kept.forget_hook("b")
    await kept.forget_hook("b")
    await kept.keep_hook(hook("b"))
    assert await kept.hooks(HUB) == [hook("a"), hook("c", "right"), hook("b")]
