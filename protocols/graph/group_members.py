"""Gathers the members of groups as a delta query tells them: by id, in pieces, some taken away again."""

from collections.abc import Mapping
from typing import Any, Final

from protocols.graph.people import text
from protocols.model.nesting import Nesting

_CONTACT: Final = "#microsoft.graph.orgcontact"


class Members:
    """The direct members of every group by id, in the order of what was told."""

    def __init__(self) -> None:
        self.has_contacts = False
        self._members: dict[str, dict[str, bool]] = {}

    def take(self, group: str, told: Any) -> None:
        """``told`` is a group's ``members@delta``: additions and removals (Graph, delta query: groups)."""
        members = self._members.setdefault(group, {})
        for each in told if isinstance(told, list) else ():
            if isinstance(each, dict) and (one := text(each.get("id"))):
                members[one] = "@removed" not in each
                self.has_contacts |= text(each.get("@odata.type")).lower() == _CONTACT

    @property
    def touched(self) -> tuple[str, ...]:
        """The ids of all who were told of, whether they came or went."""
        return tuple(dict.fromkeys(one for members in self._members.values() for one in members))

    def groups(self, addresses: Mapping[str, str]) -> dict[str, list[str]]:
        """The addresses of the groups that each is in at any depth, by the member's id; sorted."""
        direct: dict[str, list[str]] = {}
        for group, members in self._members.items():
            for one, there in members.items():
                if there:
                    direct.setdefault(one, []).append(group)
        nesting = Nesting(direct)
        found = {one: nesting.all_of(groups) for one, groups in direct.items()}
        told = {one: sorted({addresses[each] for each in groups if each in addresses}) for one, groups in found.items()}
        return {one: groups for one, groups in told.items() if groups}

    def of(self, group: str, addresses: Mapping[str, str]) -> tuple[str, ...]:
        """The addresses of a group's members, sorted: devices, and who has no address, are in no address book."""
        members = self._members.get(group, {})
        return tuple(sorted({addresses[one] for one, there in members.items() if there and one in addresses}))
