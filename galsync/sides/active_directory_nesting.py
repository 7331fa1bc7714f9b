"""Finds the groups above groups, since a directory tells of everybody the groups that they are in directly alone."""

from collections.abc import Iterable, Mapping
from typing import Final

from protocols.errors import PeerError
from protocols.ldap.operations import Search
from protocols.ldap.searching import Ask, complete, matching, named
from protocols.model.freebusy import Reason
from protocols.model.nesting import Nesting

_ABOVE: Final = "memberOf"
_DEEPEST: Final = 100


async def nesting(ask: Ask, base: str, groups: Iterable[str]) -> Nesting:
    """What ``groups`` under ``base`` lie in, each asked for once, by distinguished names in lower case.

    Raises PeerError.
    """
    above: dict[str, list[str]] = {}
    missing = {dn.lower() for dn in groups}
    for _ in range(_DEEPEST):
        if not missing:
            return Nesting(above)
        above |= {dn: [] for dn in missing}
        above |= await _direct(ask, base, missing)
        missing = {one for dn in missing for one in above[dn]} - above.keys()
    raise PeerError(Reason.TOO_MANY_ENTRIES, f"groups lie in groups more than {_DEEPEST} levels deep")


async def _direct(ask: Ask, base: str, groups: Iterable[str]) -> Mapping[str, list[str]]:
    direct: dict[str, list[str]] = {}
    for found in await matching(ask, Search(base=base, attributes=(_ABOVE,)), named(groups)):
        whole = await complete(ask, found, _ABOVE.lower())
        direct[found.dn.lower()] = [dn.lower() for dn in whole.texts(_ABOVE)]
    return direct
