"""Says in the log why a peer fails, once a minute for each reason and not once a call."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from protocols.model.freebusy import Reason

_ADDRESS: Final = re.compile(r"\S*(?:@|%40)\S*")  # a peer's own words may name somebody

logger = structlog.get_logger("busyline.peer")


class Complaints:
    """What an administrator should know of one connector.

    A detail holds no secret and no subject; what looks like an address in it is left out.
    """

    def __init__(
        self, connector: str, *, clock: Callable[[], datetime], every: timedelta = timedelta(minutes=1)
    ) -> None:
        self._connector, self._clock, self._every = connector, clock, every
        self._told: dict[Reason, datetime] = {}

    def about(self, reason: Reason, detail: str) -> None:
        """A call failed as a whole. A warning, unless the same reason was told less than ``every`` ago."""
        now, told = self._clock(), self._told.get(reason)
        if told is not None and timedelta() <= now - told < self._every:
            return
        self._told[reason] = now
        words = _ADDRESS.sub("…", detail)
        logger.warning("peer_failed", connector=self._connector, reason=reason.value, detail=words)
