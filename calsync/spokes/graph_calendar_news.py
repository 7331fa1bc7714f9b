"""What Graph says at a hook, in the words of the house."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from calsync.notices.news import News, Said
from protocols.errors import PeerError
from protocols.graph import subscriptions
from protocols.graph.subscriptions import Sort

SAID: Final = MappingProxyType(
    {
        Sort.CHANGED: Said.CHANGED,
        Sort.MISSED: Said.CHANGED,
        Sort.REAUTHORISE: Said.RENEW,
        Sort.REMOVED: Said.ENDED,
    }
)
"""Graph, change notifications lifecycle events."""


def read(headers: Mapping[str, str], body: bytes) -> Sequence[News]:
    """See :data:`calsync.notices.news.Read`: each notification proves itself by its clientState. Raises ValueError
    where there is none at all."""
    try:
        told = subscriptions.read(body)
    except PeerError:
        raise ValueError("no notification of Graph") from None
    if not told:
        raise ValueError("no notification of Graph")
    return [News(SAID[each.sort], each.secret) for each in told]
