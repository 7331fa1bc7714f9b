"""What Exchange says at a hook, in the words of the house, and how its folders are watched."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from calsync.notices.hook import with_secret
from calsync.notices.news import ByUrl, Said
from calsync.spoke import Watch
from calsync.spokes.exchange_calendar_asking import Opened
from protocols.errors import PeerError
from protocols.ews import push
from protocols.ews.push import Sort

LASTS: Final = timedelta(hours=8)
"""How long a subscription is relied on: it has no end of its own, but is lost without a word where the server or we
were away for longer than half an hour. A new one is asked for some hours before that."""
_WORDS: Final = MappingProxyType(
    {
        "ErrorSubscriptionDelegateAccessNotSupported": (
            "Exchange tells of changes in a mailbox only to whoever acts as its owner: write impersonate = true"
        ),
        "ErrorInvalidPushSubscriptionUrl": "Exchange does not take this public_url of hub_notifications",
        "ErrorExceededSubscriptionCount": "the account may have no more subscriptions: raise EwsMaxSubscriptions",
    }
)
SAID: Final = MappingProxyType(
    {
        Sort.CHANGED: Said.CHANGED,
        Sort.REMOVED: Said.REMOVED,
        Sort.STATUS: Said.BEGUN,
        Sort.ENDED: Said.ENDED,
    }
)


async def watch(opened: Opened, url: str, secret: str, until: datetime) -> Watch:
    """See :class:`calsync.spoke.Watched`: of this one folder. ``secret`` stands in the URL that is called. Raises
    PeerError, with what to do."""
    now = opened.exchange.clock()
    try:
        key = await push.subscribe(opened.reading, opened.folder, with_secret(url, secret), as_of=now)
    except PeerError as error:
        words = _WORDS.get(error.detail)
        detail = f"{words} ({error.detail})" if words is not None else error.detail
        raise PeerError(error.reason, detail, retry_after=error.retry_after) from None
    return Watch(key=key, until=min(until, now + LASTS))


def read(headers: Mapping[str, str], body: bytes) -> Sequence[Said]:
    """See :class:`calsync.notices.news.ByUrl`. Raises ValueError where that is no call of Exchange's."""
    if "xml" not in headers.get("Content-Type", "").lower():
        raise ValueError("no notification of Exchange")
    try:
        return [SAID[each] for each in push.read(body)]
    except PeerError:
        raise ValueError("no notification of Exchange") from None


SPOKEN: Final = ByUrl(
    read=read, kind="text/xml", goes_on=push.result(goes_on=True), ends=push.result(goes_on=False)
)  # fmt: skip
"""Exchange forgets a subscription whose call is answered so, and none otherwise."""
