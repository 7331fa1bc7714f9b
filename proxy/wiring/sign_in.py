"""The outgoing network of a connector: what it asks tells by which hops it came."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from protocols.http import Send
from protocols.model.freebusy import Question
from proxy.hops import bearing, onward
from proxy.settings.connectors import PeerSection
from service.outgoing import Outgoing


class PeerNetwork(Outgoing):
    """What the connectors' ends are built with; whatever it opens is closed by the stack."""

    def __init__(self, settings: PeerSection, directory: Path, stack: AsyncExitStack, *, hop: str = "") -> None:
        super().__init__(settings, directory, stack)
        self.settings = settings
        self.hop = hop

    def onward(self, send: Send, question: Question) -> Send:
        """``send`` for what ``question`` makes us ask, its hops told."""
        return onward(send, question, self.hop)

    def bearing(self, send: Send, hops: Sequence[str] = ()) -> Send:
        """``send`` for what is no question about calendars: it tells ``hops``, by which it came to us, and ours."""
        return bearing(send, (*hops, self.hop))
