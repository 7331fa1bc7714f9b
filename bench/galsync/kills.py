"""What a sync loses and doubles when it is killed: `python -m bench.galsync.kills --times 200`."""

import argparse
import asyncio
import multiprocessing
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.galsync.killed_run import SYNC, carried_out, grace_of, killed, people_of, state_of
from bench.galsync.world import File
from galsync.entries import Held, Stamp
from protocols.model.mailbox import Mailbox

_FIRST, _LATER, _PATIENCE = 90, 60, 60.0
_FOREIGN: Final = Held(key="theirs", address=Mailbox.parse("boss@a.example"), addresses=frozenset({"boss@a.example"}))


@dataclass(slots=True)
class Tally:
    """``points``: where it was killed, and how often; the rest counts what must not be."""

    points: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    words: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether nothing was lost, doubled or otherwise not as it should be."""
        return not (self.lost or self.doubled or self.wrong)


def kill_and_resume(
    times: int, seed: int, *, say: Callable[[str], None] = lambda _: None, state: Callable[[Path], str] = state_of
) -> Tally:
    """``times`` kills in worlds that go on from one to the next for a while; after each, one run to the end, which is
    looked at, and another, which must find nothing to do. ``state`` gives each world its database."""
    chance, tally, world = random.Random(seed), Tally(), seed
    while tally.points.total() < times:
        world += 1
        with tempfile.TemporaryDirectory() as folder:
            _prepared(Path(folder))
            where = state(Path(folder))
            for generation in range(5):
                if tally.points.total() < times:
                    _killed_once(Path(folder), world, generation, chance, tally, state=where)
                    say(f"{tally.points.total()} of {times}: {tally.lost} lost, {tally.doubled} doubled")
    return tally


def _prepared(folder: Path) -> None:
    world = File(folder / "world.db")
    world.put("", _FOREIGN)
    world.close()


def _killed_once(folder: Path, seed: int, generation: int, chance: random.Random, tally: Tally, *, state: str) -> None:
    """Kills one run, perhaps the one that takes its place too, and looks at the world after the next."""
    for _ in range(chance.choice((1, 1, 2))):
        event = chance.randrange(1, _LATER if generation else _FIRST)
        if point := _death(folder, seed, generation, event, state, wait=chance.random() < 0.5):
            tally.points[point] += 1
    report = asyncio.run(carried_out(folder, seed, generation, lambda _: None, state=state))
    _judge(folder, seed, generation, tally)
    again = asyncio.run(carried_out(folder, seed, generation, lambda _: None, state=state))
    left = again.planned.total()
    if report.words or again.words or left:
        tally.wrong += 1
        tally.words.append(f"world {seed}/{generation}: {report.words or again.words or f'{left} steps are left'}")


def _death(folder: Path, seed: int, generation: int, event: int, state: str, *, wait: bool) -> str:
    """Where the run was killed; "" where it came to its end before."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.galsync.killed_run"])
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=killed, args=(folder, seed, generation, event, wait, theirs, state))
    process.start()
    theirs.close()
    try:
        point = str(ours.recv()) if ours.poll(_PATIENCE) else "silence"
    except EOFError:
        point = "silence"
    finally:
        process.kill()
        process.join()
        ours.close()
        process.close()
    return point


def _judge(folder: Path, seed: int, generation: int, tally: Tally) -> None:
    """Everybody wanted stands there once and as they should; who is not wanted does not, or is hidden."""
    world = File(folder / "world.db")
    standing = world.standing("")
    world.close()
    wanted = {f"hr:{anchor}": person for anchor, person in people_of(seed, generation).items()}
    ours: dict[str, list[Held]] = {}
    for held in standing:
        if held.stamp is not None:
            ours.setdefault(held.stamp.anchor, []).append(held)
    for anchor, person in wanted.items():
        right = [
            held
            for held in ours.get(anchor, [])
            if (held.address, dict(held.texts), held.hidden) == (person.primary, dict(person.texts), False)
        ]
        if not right:
            tally.lost += 1
            tally.words.append(f"world {seed}/{generation}: {anchor} is not there as it should be")
    tally.doubled += sum(len(objects) - 1 for objects in ours.values())
    addresses = Counter(address for held in standing for address in held.addresses)
    tally.doubled += sum(number - 1 for number in addresses.values())
    stay = bool(grace_of(seed))
    unwanted = [held for anchor, objects in ours.items() if anchor not in wanted for held in objects]
    foreign = [held for held in standing if held.stamp is None]
    odd = [held for held in unwanted if not (stay and held.hidden)]
    odd += [held for held in standing if held.stamp and held.stamp != Stamp(SYNC, held.stamp.anchor)]
    if odd or foreign != [_FOREIGN]:
        tally.wrong += 1
        tally.words.append(f"world {seed}/{generation}: {len(odd)} objects that should not stand there")


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where nothing was lost and nothing doubled."""
    parser = argparse.ArgumentParser(prog="python -m bench.galsync.kills", description=__doc__)
    parser.add_argument("--times", type=int, default=200, help="how often it is killed (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="of the instants and the worlds (default 1)")
    options = parser.parse_args(arguments)
    tally = kill_and_resume(options.times, options.seed, say=lambda words: print(f"\r{words}", end="", flush=True))
    print()
    for point, number in sorted(tally.points.items()):
        print(f"  killed {number:4} times at: {point}")
    for words in tally.words:
        print(f"  {words}")
    print(f"{tally.points.total()} kills: {tally.lost} lost, {tally.doubled} doubled, {tally.wrong} otherwise wrong")
    return 0 if tally.well else 1


if __name__ == "__main__":
    sys.exit(main())
