"""Does what was planned of a move, in the order in which no mail is lost and nobody is shown free who is not.

1. The route flips: from now on both calendars are asked, so that nobody is free who is busy in either.
2. The entries go that lead to where people are no more: as long as one stands beside the new mailbox, mail to that
   address would be sent back to the side that forwards it, in a circle.
3. The forwarders are set (or given back): the mailbox that is left takes what comes until then, so nothing is lost.
4. The entries come that lead to where people are now.

Each part does nothing where it has been done already: killed in between, the same command goes on from there. What
fails stops the parts behind it.
"""

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from console.event.event import Direction, Entries, Event, Forwarders
from console.event.planning import Scene, chosen, forwarders
from console.gal.work import Work, at_work
from console.terminal import EndingError
from galsync.forwarding.carrying import Carried
from galsync.reports.report import RunReport
from galsync.side import Failed
from protocols.errors import PeerError
from proxy.moves import batches
from service.runs.states import RunState
from service.secrets import SecretError
from service.state.errors import StateError


@dataclass(slots=True)
class Done:
    """How far it came: whether the route was written, the runs of syncs, the forwarders by directory. ``words`` say why
    it ended before the end; "" where it did not."""

    route: bool = False
    runs: list[RunReport] = field(default_factory=list)
    forwarded: dict[str, Carried] = field(default_factory=dict)
    words: str = ""
    begun: bool = False
    """Whether anything was written, or may have been."""


class _EndedError(Exception):
    """A part failed, so that the next ones must wait."""


async def carried_out(event: Event, scene: Scene, tell: Callable[[str], None]) -> Done:
    """Does ``event``; ``tell`` hears of each part as it is done. Raises EndingError where the state cannot be used."""
    done = Done()
    try:
        async with AsyncExitStack() as stack:
            works = {each.settings.name: await _kept(each, event, scene, stack) for each in event.entries if each.acts}
            _flip(event, scene, done, tell)
            for each in event.going:
                await _run(each, works, done, tell)
            for forwarding in event.forwarders:
                await _forward(forwarding, scene, done, tell)
            for each in event.coming:
                await _run(each, works, done, tell)
    except (_EndedError, EndingError, StateError) as error:
        if not done.begun:
            raise EndingError(f"nothing was done: {error}") from None
        done.words = str(error)
    return done


async def _kept(entries: Entries, event: Event, scene: Scene, stack: AsyncExitStack) -> Work:
    """The sync, open, and kept to ourselves until ``stack`` ends: where another run has it nothing flips at all, or
    the route would go alone."""
    work = await stack.enter_async_context(at_work(chosen(scene, entries.settings.name, event.movers)))
    await stack.enter_async_context(work.engine.held())
    return work


def _flip(event: Event, scene: Scene, done: Done, tell: Callable[[str], None]) -> None:
    route = event.route
    if not route.flips or route.path is None:
        return
    now = int(scene.around.clock().timestamp())
    write = batches.moved if event.direction is Direction.FORTH else batches.rolled_back
    try:
        write(route.path, route.batch, now)
    except OSError as error:
        words = f"{route.path} cannot be written: {error.strerror}; run this as the user whose file it is"
        raise _EndedError(words) from None
    done.route = done.begun = True
    tell(f"{route.path}: {route.batch} {_FLIPPED[event.direction]}; a server that runs follows within a second")


_FLIPPED = {Direction.FORTH: "moves now", Direction.BACK: "is rolled back"}


async def _run(entries: Entries, works: Mapping[str, Work], done: Done, tell: Callable[[str], None]) -> None:
    name, outlook = entries.settings.name, entries.report.outlook
    if not entries.acts:
        return
    # an address book that an earlier part wrote into is looked at again: what was in the way there is gone by now
    stale = any(run.target == entries.settings.target for run in done.runs)
    done.begun = True
    report = await works[name].engine.apply(None if stale else outlook)
    done.runs.append(report)
    written = ", ".join(f"{act.value} {number}" for act, number in report.tally.written.items() if number)
    tell(f"{name}: {written or 'nothing was written'}")
    if report.state is not RunState.DONE or report.words:
        raise _EndedError(f"{name}: {report.words or 'the run did not end well'}")
    if report.tally.handed:
        words = "its script has to be run first; then give this command again, which goes on from there"
        raise _EndedError(f"{name}: {words}")


async def _forward(forwarding: Forwarders, scene: Scene, done: Done, tell: Callable[[str], None]) -> None:
    shifts = forwarding.shifts
    if isinstance(shifts, Failed) or not shifts:
        return
    try:
        async with AsyncExitStack() as stack:
            opened = await forwarders(scene, forwarding.settings, stack)
            done.begun = True
            carried = await opened.carry_out(shifts)
    except PeerError as error:
        words = f"{forwarding.settings.at} cannot be opened: {error.detail or error.reason.value}"
        raise _EndedError(words) from None
    except (SecretError, OSError) as error:
        raise _EndedError(f"{forwarding.settings.at} cannot be opened: {error}") from None
    done.forwarded[forwarding.settings.at] = carried
    counted = ", ".join(f"{act.value} {number}" for act, number in carried.done.items())
    tell(f"forwarders at {forwarding.settings.at}: {counted or 'nothing was written'}")
    wrong = []
    if carried.failed:
        wrong.append("failed: " + "; ".join(f"{mailbox}: {words}" for mailbox, words in carried.failed))
    if carried.handed:
        wrong.append(_handed(carried))
    if wrong:
        raise _EndedError(f"forwarders at {forwarding.settings.at} {'; '.join(wrong)}")


def _handed(carried: Carried) -> str:
    """What has to be done before it counts."""
    run = ", ".join(sorted(carried.scripts))
    return (
        f"wait for a script ({carried.handed} of them): run {run}, and copy back the .jsonl that it writes; mail goes "
        "its new way only then, and only then does this command, given again, go on from there"
    )
