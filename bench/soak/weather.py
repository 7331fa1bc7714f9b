"""The troubles that befall the systems one after the other, with calm between them, always the same for one seed."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from bench.soak.ground import CONTOSO, FABRIKAM, NORTHWIND, Ground
from simulation.faults import Trouble
from simulation.living import address

_OF_ANY: Final = (
    Trouble.HANG,
    Trouble.RESET,
    Trouble.CUT,
    Trouble.TRICKLE,
    Trouble.THROTTLED,
    Trouble.BROKEN,
    Trouble.TRUNCATED,
    Trouble.HTML,
    Trouble.GARBAGE,
    Trouble.WRONG_COUNT,
    Trouble.DENIED,
)
TROUBLES: Final[Mapping[str, tuple[Trouble, ...]]] = {
    "contoso": (*_OF_ANY, Trouble.TOO_MANY, Trouble.WRONG_ORDER, Trouble.SOMEBODY_ELSE),
    "northwind": (*_OF_ANY, Trouble.LOST_PAGE, Trouble.WRONG_ORDER, Trouble.SOMEBODY_ELSE),
    # an answer of EWS does not say whom it is about: who takes one for another's, or all in reverse, is not found out
    "fabrikam": (*_OF_ANY, Trouble.TOO_MANY),
}
_SHARES: Final = (0.2, 0.5, 1.0)  # of the questions that a trouble befalls
_ERRORS: Final = {
    "contoso": (CONTOSO, "ErrorProxyRequestProcessingFailed"),
    "northwind": (NORTHWIND, "internalError"),
    "fabrikam": (FABRIKAM, "ErrorProxyRequestProcessingFailed"),
}


@dataclass(frozen=True, slots=True)
class Spell:
    """A trouble of one system, which befalls a share of its questions; None: some of its mailboxes answer errors."""

    system: str
    trouble: Trouble | None
    share: float = 1.0
    seed: int = 0

    @property
    def words(self) -> str:
        """For the report."""
        what = self.trouble.value if self.trouble else "single mailboxes answer errors"
        return f"{self.system}: {what} ({self.share:.0%})"

    def break_out(self, ground: Ground) -> None:
        """From now on."""
        faults, random = ground.systems[self.system].faults, Random(self.seed)
        if self.trouble is None:
            domain, code = _ERRORS[self.system]
            faults.addresses = {address(n, domain): code for n in range(0, ground.plan.people, 3)}
        else:
            faults.trouble, faults.only = self.trouble, lambda _: random.random() < self.share


def spells(seed: int) -> list[Spell]:
    """Every trouble of every system at every share, shuffled."""
    every: list[tuple[str, Trouble | None]] = [(system, each) for system in TROUBLES for each in TROUBLES[system]]
    every += [(system, None) for system in TROUBLES]
    random = Random(seed)
    found = [Spell(system, each, share, random.randrange(2**32)) for system, each in every for share in _SHARES]
    random.shuffle(found)
    return found


async def weather(ground: Ground, asked: Callable[[], int], *, every: int, seed: int = 1) -> None:
    """Until it is cancelled: ``every`` questions (as ``asked`` counts them) of calm, as many of a spell, and again."""
    coming, now = spells(seed), 0
    try:
        while True:
            turn = asked() // every
            if turn != now:
                now = turn
                ground.all_well()
                if turn % 2:
                    coming[turn // 2 % len(coming)].break_out(ground)
            await asyncio.sleep(0.02)
    finally:
        ground.all_well()
