"""Waiting that leads to nothing: after some of it in a row nobody waits for a while."""

import structlog

_ENOUGH = 3
_WHILE = 30.0
logger = structlog.get_logger("busyline.cluster")


class Vain:
    """How often the questions to the connector ``name`` have waited in vain; instants are seconds of any one clock."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._times, self._ended, self._again = 0, float("-inf"), float("-inf")

    def may_wait(self, now: float) -> bool:
        """Whether it is worth while to wait."""
        return now >= self._again

    def found(self) -> None:
        """Somebody who waited has got what it waited for."""
        self._times = 0

    def waited(self, began: float, ended: float, *, found: bool) -> None:
        """Somebody has waited to the end. Those who wait at the same time count as one."""
        if found:
            self.found()
        if found or began < self._ended:
            return
        self._times, self._ended = self._times + 1, ended
        if self._times >= _ENOUGH:
            self._times, self._again = _ENOUGH - 1, ended + _WHILE  # then once more in vain is enough
            mend = "see which node fetches so slowly, or whether something else writes to this Redis"
            logger.warning("cluster_waits_in_vain", connector=self._name, seconds=_WHILE, mend=mend)
