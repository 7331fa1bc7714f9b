"""Groups of Exchange Online by cmdlets: who is in them, one by one or all at once, and the stamp that they tell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from protocols.errors import PeerError
from protocols.graph.admin_reading import keys_of, members
from protocols.graph.admin_recipients import DESCRIPTION, Recipient
from protocols.graph.cmdlets import Cmdlet, Endpoint, called
from protocols.http import Send
from protocols.model.stamps import with_stamp

BYPASS: Final[Mapping[str, Any]] = {"BypassSecurityGroupManagerCheck": True}
"""Whoever administers recipients need not be an owner of the group."""
ONE_BY_ONE: Final = 20
"""So many changes are made one by one; more, by the whole list in one call."""
MOST: Final = 10_000
"""Members in one call of Update-DistributionGroupMember: unconfirmed."""
_AS_IT_SHALL_BE: Final = ("MemberAlreadyExists", "MemberNotFound")
_UNKNOWN: Final = ("ParameterBinding", "NamedParameterNotFound")


def described(description: str | None, stamp: str) -> dict[str, Any]:
    """What gives a group its stamp as a line of its ``description``, too: Graph shows no other place of a stamp of a
    group, and who reads people there would take the group for somebody else's. That Graph shows this one is
    unconfirmed. Nothing where it has it, or where nobody told what stands there: what somebody typed stays."""
    if description is None or (longer := with_stamp(description, stamp)) == description:
        return {}
    return {DESCRIPTION: longer}


def undescribed(parameters: Mapping[str, Any], result: object) -> dict[str, Any] | None:
    """``parameters`` without a description that the cmdlet did not know; None where that is not why it was refused.

    Not every organisation, and no Exchange on-premises, has -Description for groups.
    """
    refused = isinstance(result, PeerError) and any(word in result.detail for word in _UNKNOWN)
    if not refused or DESCRIPTION not in parameters:
        return None
    return {name: value for name, value in parameters.items() if name != DESCRIPTION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Reads and changes them; ``again`` may ask repeatedly, as each call here does the same however often it comes."""

    again: Callable[[], Send]
    endpoint: Endpoint
    clock: Callable[[], datetime]

    async def of(self, key: str) -> list[Recipient] | PeerError:
        """The members of a group. A failure is returned."""
        return await members(self.again(), self.endpoint, key, as_of=self.clock())

    async def who(self, addresses: Sequence[str]) -> dict[str, Recipient] | PeerError:
        """Who answers to each of these addresses, as far as anybody does. A failure is returned."""
        if not addresses:
            return {}
        wanted = [address.lower() for address in addresses]
        return await keys_of(self.again(), self.endpoint, wanted, as_of=self.clock())

    async def change(self, key: str, join: Sequence[str], leave: Sequence[str]) -> tuple[str, ...] | PeerError:
        """These addresses come and those go, all other members stay; who is told are those who are nobody's.

        A failure is returned; then some may have come or gone.
        """
        if isinstance(there := await self.of(key), PeerError):
            return there
        if isinstance(known := await self.who(join), PeerError):
            return known
        now = {each.key for each in there}
        gone = {name.lower() for name in leave}
        take = [each.key for each in there if each.address and each.address.address in gone]
        add = [known[name.lower()].key for name in join if name.lower() in known]
        add = [each for each in dict.fromkeys(add) if each not in now]
        missing = tuple(name for name in join if name.lower() not in known)
        if len(add) + len(take) > ONE_BY_ONE and len(now) + len(add) <= MOST:
            whole = [*(each for each in sorted(now) if each not in take), *add]
            failure = await self._call("Update", {"Members": whole, "Confirm": False}, key)
            return failure or missing
        calls: list[tuple[str, dict[str, Any]]] = [("Add", {"Member": each}) for each in add]
        calls += [("Remove", {"Member": each, "Confirm": False}) for each in take]
        for verb, parameters in calls:
            if (failure := await self._call(verb, parameters, key)) is not None:
                return failure
        return missing

    async def _call(self, verb: str, parameters: Mapping[str, Any], key: str) -> PeerError | None:
        cmdlet = Cmdlet(f"{verb}-DistributionGroupMember", {"Identity": key, **parameters, **BYPASS})
        result = await called(self.again(), self.endpoint, cmdlet, as_of=self.clock())
        if not isinstance(result, PeerError) or any(word in str(result) for word in _AS_IT_SHALL_BE):
            return None
        return result
