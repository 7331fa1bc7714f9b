"""Writes the plans of one run, place beside place, and stops when too much fails."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from galsync.engine.placing import Hands, Placing
from galsync.steps import Plan
from service.runs.together import together


@dataclass(slots=True, kw_only=True)
class Applying:
    """One run being written. ``words`` say why it stopped before its end; "" where it did not."""

    hands: Hands
    words: str = ""
    _given_up_in_a_row: int = 0

    async def carry_out(self, plans: Iterable[Plan]) -> None:
        """Everything that the plans say, as far as it can be done.

        Raises StateError, RunOverError and LeaseLostError: then nothing more is begun, and what was in flight has
        ended.
        """
        asking, waiting = self.hands.asking, iter(plans)
        workers = (self._work(waiting) for _ in range(asking.sync.target.ability.at_once))
        await together(workers, give_up=asking.pace.stop)

    async def _work(self, waiting: Iterator[Plan]) -> None:
        for plan in waiting:
            placing = Placing(hands=self.hands, plan=plan)
            await placing.carry_out()
            self._judge(placing)

    def _judge(self, placing: Placing) -> None:
        """Many places that are given up in a row, and it is not the places: the target has a trouble of its own."""
        sync, tally = self.hands.asking.sync, self.hands.tally
        if placing.wrote:
            self._given_up_in_a_row = 0
        if not placing.given_up:
            return
        place = placing.plan.place
        tally.given_up.append(place)
        self._given_up_in_a_row += 1
        if not place or self._given_up_in_a_row >= sync.places_given_up:
            why = f"{sync.give_up_after} steps in a row failed" + (f" at {place} and others before" if place else "")
            self.words = f"stopped: {why}. Mend what they say, and run again; nothing is lost"
            self.hands.asking.pace.stop()
