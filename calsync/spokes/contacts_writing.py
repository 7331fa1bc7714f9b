"""What the spokes of contacts do alike when they write: no copy twice, and every failure with what to do."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final

from calsync.items import Item, Mark
from calsync.spoke import Act, Failed, Outcome, Write, Written
from protocols.errors import PeerError
from protocols.model.freebusy import Reason

_REMEMBERED: Final = 20_000
_SURE: Final = frozenset({Reason.UNAUTHORIZED, Reason.NO_ACCESS, Reason.THROTTLED, Reason.NO_SUCH_MAILBOX})
GONE: Final = Failed(
    reason=Reason.PEER_FAILED, words="the contact is not there any more: it is looked at again", stale=True, gone=True
)
STALE: Final = Failed(
    reason=Reason.PEER_FAILED, words="somebody else changed the contact meanwhile: it is looked at again", stale=True
)
CUT: Final = Failed(
    reason=Reason.FORBIDDEN,
    words="the contact holds what cannot be told whole there (addresses of its own organisation, or a text that is too"
    " long): it is left as it is",
    refused=True,
)
"""For a change of a field that was told shorter than it is."""
UNREADABLE: Final = Failed(
    reason=Reason.PEER_FAILED, words="what stands there cannot be read, and is left as it is", refused=True
)
NO_CONTACT: Final = Failed(
    reason=Reason.FORBIDDEN, words="only contacts are written here: check the kind of the hub", refused=True
)


class Attempts:
    """The tokens of the copies that this process has tried to make, and may have made: whoever tries again looks for
    the copy first. The last of them, which is more than any run has under way."""

    def __init__(self) -> None:
        self._tokens: OrderedDict[str, None] = OrderedDict()

    async def once(
        self,
        writes: Sequence[Write],
        find: Callable[[Sequence[Write]], Awaitable[Sequence[Item | None]]],
        do: Callable[[Sequence[Write]], Awaitable[Sequence[Outcome]]],
    ) -> list[Outcome]:
        """What became of ``writes``: of copies tried before what ``find`` finds, of all others what ``do`` tells."""
        again = {number: write for number, write in enumerate(writes) if self._is_known(write)}
        outcomes: dict[int, Outcome] = {}
        if again:
            try:
                found = await find(list(again.values()))
            except PeerError as error:
                return [failed(error, "looking for the copy", {}, doubt=True)] * len(writes)
            there = {number: item for number, item in zip(again, found, strict=True) if item is not None}
            outcomes = {number: Written(item, earlier=True) for number, item in there.items()}
        rest = {number: write for number, write in enumerate(writes) if number not in outcomes}
        if rest:
            self._begin(rest.values())
            done = await do(list(rest.values()))
            outcomes |= dict(zip(rest, done, strict=True))
            self._end(rest, outcomes)
        return [outcomes[number] for number in range(len(writes))]

    def _is_known(self, write: Write) -> bool:
        return write.act is Act.CREATE and write.token in self._tokens

    def _begin(self, writes: Iterable[Write]) -> None:
        for write in writes:
            if write.act is Act.CREATE and write.token:
                self._tokens[write.token] = None
        while len(self._tokens) > _REMEMBERED:
            self._tokens.popitem(last=False)

    def _end(self, writes: Mapping[int, Write], outcomes: Mapping[int, Outcome]) -> None:
        for number, write in writes.items():
            outcome = outcomes[number]
            if isinstance(outcome, Failed) and not outcome.doubt:
                self._tokens.pop(write.token, None)


def failed(error: PeerError, doing: str, remedies: Mapping[Reason, str], *, doubt: bool = False) -> Failed:
    """What a refusal means for a write; ``remedies`` say what to do by its reason."""
    words = remedies.get(error.reason, "it is tried again; where it stays so, look at the folder by hand")
    return Failed(
        reason=error.reason,
        words=f"{doing}: {words} ({error})",
        retry_after=error.retry_after,
        doubt=doubt and error.reason not in _SURE,
    )


def is_of(mark: str, hub: str) -> bool:
    """Whether ``mark`` is a stamp of ``hub``."""
    told = Mark.read(mark)
    return told is not None and told.hub == hub
