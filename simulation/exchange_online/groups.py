"""The distribution groups of a simulated Exchange Online: who is a member of which, and what its cmdlets do to them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from simulation.exchange_online.refusals import RefusedError, bad, missing

GROUP: Final = "MailUniversalDistributionGroup"
OTHER_GROUPS: Final = frozenset({"MailUniversalSecurityGroup", "MailNonUniversalGroup", "RoomList"})
KINDS: Final[Mapping[str, set[str]]] = {
    "Get-DistributionGroup": {GROUP, *OTHER_GROUPS},
    "Get-Group": {GROUP, *OTHER_GROUPS, "GroupMailbox"},
    "Set-DistributionGroup": {GROUP, *OTHER_GROUPS},
    "Set-Group": {GROUP, *OTHER_GROUPS},
    "Remove-DistributionGroup": {GROUP, *OTHER_GROUPS},
}
MEMBERS: Final = frozenset(
    {
        "Get-DistributionGroupMember",
        "Add-DistributionGroupMember",
        "Remove-DistributionGroupMember",
        "Update-DistributionGroupMember",
    }
)
WRITABLE: Final = ("DisplayName", "Notes")  # of Set-Group
MOST: Final = 10_000  # of one Update-DistributionGroupMember
Row = dict[str, Any]


class Memberships:
    """Who is in which group, by Guid. ``named`` finds a recipient by its identity; ``rows`` are all of them."""

    def __init__(self, rows: Mapping[str, Row], named: Callable[[str], Row | None]) -> None:
        self.of: dict[str, list[str]] = {}
        self._rows, self._named = rows, named

    def run(self, name: str, asked: Mapping[str, Any]) -> list[Row]:
        """One of :data:`MEMBERS`. Raises RefusedError."""
        group = self._one(str(asked.get("Identity", "")))
        if group["RecipientTypeDetails"] not in {GROUP, *OTHER_GROUPS}:
            raise missing(str(asked.get("Identity", "")))
        mine = self.of.setdefault(group["Guid"], [])
        if name.startswith("Get-"):
            return [self._rows[guid] for guid in mine if guid in self._rows]
        if asked.get("BypassSecurityGroupManagerCheck") is not True:
            raise bad("You don't have sufficient permissions. This operation can only be performed by a manager.")
        if name.startswith("Update-"):
            wanted = self._all(asked.get("Members", ()))
            self.of[group["Guid"]] = list(dict.fromkeys(wanted))
            return []
        member = self._one(str(asked.get("Member", "")))["Guid"]
        if name.startswith("Add-"):
            if member in mine:
                raise RefusedError(
                    "Microsoft.Exchange.Management.Tasks.MemberAlreadyExistsException", f"{member} is a member already."
                )
            mine.append(member)
        elif asked.get("Confirm") is not False:
            raise bad("Nobody is there to confirm it.")
        elif member not in mine:
            raise RefusedError("Microsoft.Exchange.Management.Tasks.MemberNotFoundException", f"{member} is no member.")
        else:
            mine.remove(member)
        return []

    def forget(self, guid: str) -> None:
        """The recipient went: it is in no group any more."""
        self.of.pop(guid, None)
        for mine in self.of.values():
            if guid in mine:
                mine.remove(guid)

    def _all(self, told: Iterable[Any]) -> list[str]:
        names = list(told)
        if len(names) > MOST:
            raise bad("There are too many members in one call.")
        return [self._one(str(each))["Guid"] for each in names]

    def _one(self, identity: str) -> Row:
        row = self._named(identity)
        if row is None:
            raise missing(identity)
        return row
