"""The cross-tenant access policy of a tenant towards its partner, as a piece of a pair."""

from collections.abc import Callable, Iterator
from datetime import datetime

from galsync.pairs.past import NOTHING_YET, Past
from galsync.pairs.pieces import Absent, Back, Part, Stands
from galsync.side import Failed, Written
from galsync.sides.tenant_failures import failed
from galsync.steps import Change
from protocols.errors import PeerError
from protocols.graph.cross_tenant import TRUST, Partner, limits, narrowed, taken_back, wanted
from protocols.graph.cross_tenant_policy import NoPolicy, partner, write
from protocols.http import Send


class PolicyPiece:
    """What the organisation lets the one with the id ``tenant`` see: ``capabilities``, by their types' names.

    ``past`` says which of them were ours to give.
    """

    part = Part.SHARING

    def __init__(
        self,
        end: str,
        send: Send,
        tenant: str,
        capabilities: tuple[str, ...],
        *,
        api_url: str,
        clock: Callable[[], datetime],
        past: Past = NOTHING_YET,
    ) -> None:
        self.key = f"{end.partition(' ')[0]}/policy/{tenant}"
        self.title = f"{end}: the Microsoft 365 cross-tenant access policy towards {tenant}"
        self._send, self._tenant, self._capabilities = send, tenant, capabilities
        self._api_url, self._clock, self._past = api_url, clock, past

    async def read(self) -> Stands:
        """What the policy says of the partner."""
        told = await partner(self._send, self._tenant, api_url=self._api_url, as_of=self._clock())
        if isinstance(told, PeerError):
            return failed(told)
        return Absent(told.detail) if isinstance(told, NoPolicy) else told.text

    def shall(self, was: str) -> str:
        """With the trust and the capabilities; nothing is widened that somebody narrowed. What we granted and is wanted
        no more is taken back."""
        before = Partner.read(was)
        after = narrowed(wanted(before, self._capabilities), self._capabilities, self._granted())
        return was if after == before else after.text

    def _granted(self) -> set[str]:
        """The capabilities that we gave; only those of somebody else are left as they are."""
        told = [(Partner.read(was), Partner.read(did)) for was, did in self._past.of(self.key)]
        return {name for was, did in told for name in did.capabilities if name not in was.capabilities}

    def same(self, one: str, other: str) -> bool:
        """Whichever way it was read."""
        return one == other or Partner.read(one) == Partner.read(other)

    def changes(self, was: str, shall: str) -> tuple[Change, ...]:
        """Trust and capabilities."""
        return tuple(_changes(Partner.read(was), Partner.read(shall)))

    def notes(self, was: str) -> tuple[str, ...]:
        """What stands in the way because somebody set it so."""
        inside = ", ".join(limits(Partner.read(was), self._capabilities))
        return (f"{inside} is set otherwise there, and stays so: free/busy may not be shared",) if inside else ()

    async def write(self, now: str, shall: str) -> Written | Failed:
        """By what differs alone."""
        before, after = Partner.read(now), Partner.read(shall)
        error = await write(self._send, before, after, api_url=self._api_url, as_of=self._clock())
        return failed(error) if error else Written()

    async def back(self, now: str, *, was: str, did: str) -> Back:
        """Whatever somebody changed since stays."""
        there, before, after = Partner.read(now), Partner.read(was), Partner.read(did)
        shall = taken_back(there, was=before, did=after)
        words = "" if before in (shall, there) else "somebody changed it since: what they set stays"
        return Back(now if shall == there else shall.text, words, left=bool(words) and shall == there)


def _changes(was: Partner, shall: Partner) -> Iterator[Change]:
    if was.there != shall.there:
        yield Change("partner", "there" if was.there else "", "there" if shall.there else "")
    if was.trust != shall.trust:
        yield Change(TRUST, was.trust, shall.trust)
    for name in sorted({*was.capabilities, *shall.capabilities}):
        before, after = was.capabilities.get(name, ""), shall.capabilities.get(name, "")
        if before != after:
            yield Change(name, before and "set", after and "allowed for everybody")
